"""A database that is locked, full or protected: a page in plain words, nothing half stored, and it works again."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.checks import Report, sound, stored
from bench.client import Answer, Browser
from bench.phones import MARK
from bench.server import Server, Town, portal_server

WORKERS = 2
BUSY_SECONDS = 15  # how long the portal waits for a locked database (portal.store.engine.BUSY_MS)
CADRE = "ganbu"
NOT_KEPT = "没有保存"


def briefly_locked(report: Report, server: Server, town: Town, file: Path) -> None:
    """Another writer holds the database: a form waits for it; forms can be opened meanwhile."""
    comment, seconds = f"{MARK} briefly locked", 5
    browser, request = _filled(server, town, comment)
    with _other_writer(file, seconds):
        begun = time.monotonic()
        opened = Browser(server.port).get(f"/v/{town.tokens[1]}").status == 200
        at_once = time.monotonic() - begun < 1
        answer = browser.wire.ask(request)
        took = f"{answer.status} after {time.monotonic() - begun:.1f} s"
    print(f"-- the database is locked by another writer for {seconds} s")
    report.say(opened and at_once, "Forms open at once all the same.")
    report.say(answer.status == 303, f"The sent form waited and was taken ({took}).")
    report.say(stored(file, comment) == 1, "It is stored exactly once.")


def locked_too_long(report: Report, server: Server, town: Town, file: Path) -> None:
    """Longer than the portal waits: everybody gets a page, and nobody waits twice."""
    comment, seconds = f"{MARK} locked too long", BUSY_SECONDS + 4
    browser, request = _filled(server, town, comment)
    staff = _logged_in(server, town)
    leaving = staff.request("POST", "/logout", staff.get("/account").hidden)
    with _other_writer(file, seconds):
        begun = time.monotonic()
        browser.wire.send(request)
        staff.wire.send(leaving)
        answer = browser.wire.read()
        took = time.monotonic() - begun
        left = staff.wire.read()
        left_took = time.monotonic() - begun
    print(f"-- the database is locked by another writer for {seconds} s")
    _refused(report, file, comment, answer, f" after {took:.1f} s")
    report.say(browser.wire.ask(request).status == 303, "Sent again when the lock was gone, it was taken.")
    report.say(stored(file, comment) == 1, "It is stored exactly once.")
    how = f"({left.status} after {left_took:.1f} s)"
    report.say(
        _friendly(left) and left_took < BUSY_SECONDS + 2,
        f"A log-out was answered with a page in plain words, too, and waited only once {how}.",
    )


@contextmanager
def _other_writer(file: Path, seconds: float) -> Iterator[None]:
    """Somebody else in the middle of a write for some seconds."""
    holding = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            holding.set()
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    try:
        yield
    finally:
        thread.join()


def full(report: Report, server: Server, town: Town, file: Path) -> None:
    """No file of the server may grow: to SQLite a full disk looks much the same. Then room comes back."""
    comment = f"{MARK} full"
    browser, request = _filled(server, town, comment)
    with _no_room(server):
        answer = browser.wire.ask(request)
        page = Browser(server.port).get(f"/v/{town.tokens[1]}")
    print("-- there is no room on the disk")
    _refused(report, file, comment, answer)
    report.say(page.status == 200, "Forms open all the same.")
    report.say(browser.wire.ask(request).status == 303, "Sent again when there was room, it was taken.")
    report.say(stored(file, comment) == 1, "It is stored exactly once.")
    report.say(sound(file), "The database is sound (PRAGMA integrity_check).")


@contextmanager
def _no_room(server: Server) -> Iterator[None]:
    """Writes of the server beyond a file's first 4,096 bytes fail."""
    pids = [server.pid, *server.workers()]
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def protected(report: Report, town: Town, folder: Path, file: Path) -> None:
    """A server that may only read its database."""
    print("-- the database may only be read")
    comment = f"{MARK} protected"
    with portal_server(f"sqlite:///file:{file}?mode=ro&uri=true", folder, WORKERS) as server:
        browser, request = _filled(server, town, comment)
        _refused(report, file, comment, browser.wire.ask(request))
        login = Browser(server.port).post("/login", {"username": CADRE, "password": "not-the-password"})
        report.say(_friendly(login), f"A log-in was answered with a page in plain words ({login.status}).")
        report.say(sound(file), "The database is sound (PRAGMA integrity_check).")
        unsaid(report, server)


def unsaid(report: Report, server: Server) -> None:
    """Whatever went wrong, the log must not tell what residents wrote."""
    told = MARK in server.log.read_text(errors="replace")
    report.say(
        not told, f"The server's log has nothing of what residents wrote{' - it has' if told else ''}."
    )


def _refused(report: Report, file: Path, comment: str, answer: Answer, took: str = "") -> None:
    how = f"({answer.status}{took})"
    report.say(_friendly(answer), f"The sent form was answered with a page in plain words {how}.")
    report.say(stored(file, comment) == 0, "What was refused is not stored.")


def _filled(server: Server, town: Town, comment: str) -> tuple[Browser, bytes]:
    """A browser with an open form, and the request that sends it."""
    browser, path = Browser(server.port), f"/v/{town.tokens[0]}"
    key = browser.get(path).hidden["key"]
    return browser, browser.request("POST", path, {"q_overall": "5", "key": key, "comment": comment})


def _logged_in(server: Server, town: Town) -> Browser:
    browser, login = Browser(server.port, timeout=90), town.logins[CADRE]
    if browser.log_in(login.username, login.password).status != 303:
        raise RuntimeError("log-in was refused")
    return browser


def _friendly(answer: Answer) -> bool:
    """A page of ours that says that nothing was kept (templates/refused/words.html)."""
    return answer.status >= 500 and NOT_KEPT in answer.text
