"""The ledger for people: search, before and after side by side, export. It is only read: no address takes a post."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request, url_for

from portal.actions.ledger import OPERATOR, SYSTEM
from portal.clock import local, moment_of
from portal.core.ledger_kinds import GROUPS, kind_words
from portal.core.rights import Right
from portal.files.ledger_out import LedgerLine, ledger_csv, ledger_xlsx
from portal.store import ledger_search
from portal.store.ledger import LedgerEntry
from portal.store.ledger_search import Wanted
from portal.web import formats, guards, unit
from portal.web import ledger_words as words
from portal.web.day_field import NoDay, read_day

pages = Blueprint("ledger", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_LEDGER)

ACTS_A_PAGE, ENTRIES_A_PAGE = 25, 50
MOST_EXPORTED = 20_000
LARGEST_ACT = 2**63 - 1
LONGEST_WORDS = 100
OPEN_AT_ONCE = 5  # so few entries of an operation stand open
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: Mapping[str, tuple[Callable[[str, Sequence[LedgerLine]], bytes], str]] = {
    "csv": (ledger_csv, "text/csv"),
    "xlsx": (ledger_xlsx, XLSX),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: as typed, as the store understands it, and what is wrong with it by field."""

    typed: Mapping[str, str]
    wanted: Wanted
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entry in words."""

    kind: str
    subject: str
    reason: str
    lines: Sequence[words.Line]
    added: bool
    removed: bool


@pages.get("/ledger")
def index() -> tuple[str, int]:
    """What was done, by whom, newest first: a line an operation."""
    return _index(_asked(), "")


@pages.get("/ledger.<kind>")
def export(kind: str) -> Response | tuple[str, int]:
    """The same choice as a file, a line an entry."""
    if kind not in FILES:
        abort(404)
    township, session, asked = guards.township(), unit.session(), _asked()
    if asked.faults:
        return _index(asked, "")
    _, entries = ledger_search.count(session, township.id, asked.wanted)
    if entries > MOST_EXPORTED:
        return _index(
            asked,
            f"选中的有 {entries} 条，一次最多导出 {MOST_EXPORTED} 条。请缩短日期或换一个类别，再导出。没有导出任何内容。",
        )
    found = ledger_search.exported(session, township.id, asked.wanted, MOST_EXPORTED)
    write, mimetype = FILES[kind]
    title = f"{township.name}台账_{local(unit.now()):%Y%m%d}"
    disposition = f"attachment; filename=ledger.{kind}; filename*=UTF-8''{quote(f'{title}.{kind}')}"
    content = write(title, _lines(township.id, found))
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})


@pages.get("/ledger/<int:act>")
def entries(act: int) -> str:
    """One operation: every entry with before and after side by side."""
    township, session = guards.township(), unit.session()
    total = ledger_search.count_of_act(session, township.id, act) if act <= LARGEST_ACT else 0
    if not total:
        abort(404)
    page, last = _page(total, ENTRIES_A_PAGE)
    found = ledger_search.of_act(session, township.id, act, (page - 1) * ENTRIES_A_PAGE, ENTRIES_A_PAGE)
    names = _names(township.id, found)
    return render_template(
        "admin/ledger/act.html",
        at=formats.moment(found[0].at),
        who=words.actor_words(found[0].actor, ledger_search.accounts(session, township.id)),
        total=total,
        shown=[_shown(entry, names) for entry in found],
        open_at_once=total <= OPEN_AT_ONCE,
        page=page,
        last=last,
        address=lambda number: url_for(".entries", act=act, page=number),
    )


def _index(asked: Asked, refusal: str) -> tuple[str, int]:
    township, session = guards.township(), unit.session()
    acts, entries = (0, 0)
    if not asked.faults:
        acts, entries = ledger_search.count(session, township.id, asked.wanted)
    page, last = _page(acts, ACTS_A_PAGE)
    found = []
    if acts:
        found = ledger_search.acts(session, township.id, asked.wanted, (page - 1) * ACTS_A_PAGE, ACTS_A_PAGE)
    holders = ledger_search.accounts(session, township.id)
    told: dict[str, Any] = {key: value for key, value in asked.typed.items() if value}
    html = render_template(
        "admin/ledger/index.html",
        acts=found,
        counts=(acts, entries),
        typed=asked.typed,
        told=told,
        faults=asked.faults,
        refusal=refusal,
        groups=GROUPS,
        actors={name: words.actor_words(name, holders) for name in (*holders, OPERATOR, SYSTEM)},
        actor_words=lambda actor: words.actor_words(actor, holders),
        kinds_words=words.kinds_words,
        moment=formats.moment,
        page=page,
        last=last,
        address=lambda number: url_for(".index", **told, page=number),
    )
    return html, 422 if asked.faults or refusal else 200


def _asked() -> Asked:
    """The filters of the address; a group or a person that there is not narrows nothing down by mistake."""
    fields = ("q", "group", "actor", "first", "last")
    typed = {name: request.args.get(name, "").strip()[:LONGEST_WORDS] for name in fields}
    group = next((group for group in GROUPS if group.key == typed["group"]), None)
    faults: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name, label in (("first", "开始日期"), ("last", "结束日期")):
        days[name], fault = _day(typed[name], label)
        faults.update({name: fault} if fault else {})
    first, last = days["first"], days["last"]
    if first and last and last < first:
        faults["last"] = "结束日期要在开始日期当天或以后。"
    wanted = Wanted(
        words=typed["q"],
        prefixes=group.prefixes if group else (),
        actor=typed["actor"],
        first=_midnight(first) if first else None,
        before=_midnight(last + timedelta(days=1)) if last else None,
    )
    return Asked(typed, wanted if not faults else replace(wanted, first=None, before=None), faults)


def _day(text: str, label: str) -> tuple[date | None, str]:
    if not text:
        return None, ""
    try:
        return read_day(text), ""
    except NoDay as fault:
        return None, f"{label}{fault}"


def _midnight(day: date) -> datetime:
    return moment_of(datetime.combine(day, time()))


def _page(total: int, a_page: int) -> tuple[int, int]:
    """The page that the address asks for, among those that there are."""
    last = max(1, -(-total // a_page))
    text = request.args.get("page", "1")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return min(max(asked, 1), last), last


def _names(township_id: int, found: Sequence[LedgerEntry]) -> words.Names:
    sides: list[Mapping[str, Any] | None] = [side for entry in found for side in (entry.before, entry.after)]
    return ledger_search.names(unit.session(), township_id, words.references(sides))


def _shown(entry: LedgerEntry, names: words.Names) -> EntryShown:
    return EntryShown(
        kind=kind_words(entry.kind),
        subject=entry.subject,
        reason=entry.reason,
        lines=words.lines(entry.before, entry.after, names),
        added=entry.before is None and entry.after is not None,
        removed=entry.before is not None and entry.after is None,
    )


def _lines(township_id: int, found: Sequence[LedgerEntry]) -> list[LedgerLine]:
    names = _names(township_id, found)
    holders = ledger_search.accounts(unit.session(), township_id)
    told = []
    for entry in found:
        lines = words.lines(entry.before, entry.after, names)
        told.append(
            LedgerLine(
                at=local(entry.at),
                actor=words.actor_words(entry.actor, holders),
                kind=kind_words(entry.kind),
                subject=entry.subject,
                before="；".join(f"{line.label} {line.before}" for line in lines if line.before),
                after="；".join(f"{line.label} {line.after}" for line in lines if line.after),
                reason=entry.reason,
                act=str(entry.act),
            )
        )
    return told
