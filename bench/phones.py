"""Residents' phones that don't give up: the same page, with the same one-time key, is sent until it is answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from bench.client import Answer, Browser, Cut, Wire

PATIENCE = 60.0  # seconds that one rating may take before the phone gives up
BREATH = 0.05
NEW_RESIDENT, TWO_TAPS = 0.5, 0.2
MARK = "fault-run"
OPTIONS = {
    "q_visited": ("", "yes", "no", "unsure"),
    "q_contact": ("", "yes", "no"),
    "q_solved": ("", "done", "doing", "ignored", "none"),
    "q_overall": ("5", "4", "3", "2", "1", "unknown"),
}


@dataclass(slots=True)
class Sent:
    """One rating as its phone knows it; the comment is its mark. `refusals` are answers that were not 303."""

    comment: str
    accepted: bool = False
    broken: int = 0
    refusals: list[int] = field(default_factory=list)


class Phone(threading.Thread):
    """Sends ratings one after another until told to stop or `most` are sent."""

    def __init__(self, name: str, port: int, tokens: Sequence[str], seed: str, most: int) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self.port, self.tokens, self.most = Browser(port), port, tokens, most
        self.dice = Random(seed)
        self.sent: list[Sent] = []
        self.enough = threading.Event()

    def run(self) -> None:
        for number in range(self.most):
            if self.enough.is_set():
                return
            self.rate(f"{MARK} {self.name}-{number}")

    def rate(self, comment: str) -> Sent:
        """Open a form, fill it in, send it until a 303 comes."""
        sent = Sent(comment)
        self.sent.append(sent)
        until = time.monotonic() + PATIENCE
        if self.dice.random() < NEW_RESIDENT:
            self.browser.cookies.clear()
        path = f"/v/{self.dice.choice(self.tokens)}"
        page = self._open(path, until)
        if page is None:
            return sent
        fields = {name: self.dice.choice(options) for name, options in OPTIONS.items()}
        fields |= {"key": page.hidden["key"], "comment": comment}
        request = self.browser.request("POST", path, fields)
        taps = 2 if self.dice.random() < TWO_TAPS else 1
        while not sent.accepted and time.monotonic() < until:
            self._send(request, taps, sent)
        return sent

    def _open(self, path: str, until: float) -> Answer | None:
        while time.monotonic() < until:
            try:
                page = self.browser.get(path)
            except OSError:
                time.sleep(BREATH)
                continue
            if page.status == 200:
                return page
        return None

    def _send(self, request: bytes, taps: int, sent: Sent) -> None:
        """Send on as many connections as there are taps; a 303 counts as soon as its head is there."""
        wires = [self.browser.wire, *(Wire(self.port) for _ in range(taps - 1))]
        tapped = []
        for wire in wires:
            try:
                wire.send(request)
                tapped.append(wire)
            except OSError:  # nothing of it arrived
                time.sleep(BREATH)
        for wire in tapped:
            status = self._status(wire)
            if status == 303:
                sent.accepted = True
            elif status is None:
                sent.broken += 1
                time.sleep(BREATH)
            else:
                sent.refusals.append(status)
                time.sleep(BREATH)
        for wire in wires[1:]:
            wire.close()

    def _status(self, wire: Wire) -> int | None:
        try:
            return wire.read().status
        except Cut as cut:
            return cut.status
