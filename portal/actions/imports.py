"""Bringing a workbook in by the web: put down, looked at, confirmed; by two persons where it touches the own score.

What is confirmed is what was looked at: a preview has a digest of every change, and where anything is different by the
time of the confirmation nothing is done and the new preview is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from portal.actions import proposals
from portal.actions.guard import require
from portal.actions.import_concerns import Moved, for_committee, for_two, moved_by
from portal.actions.import_township import import_township, look_at_import
from portal.actions.import_work import ImportRefused, SheetOutcome, Work
from portal.actions.ledger import Act, plain
from portal.actions.merge import Change
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Told, Wish
from portal.core.book import Book, Known, PeriodRow
from portal.core.periods import PeriodDays
from portal.core.rights import Actor, Right, has_right
from portal.store import imports, roster, townships
from portal.store import proposals as waiting_proposals
from portal.store.concerns import Concerns, concerns
from portal.store.office import ImportFile, Proposal
from portal.store.organisation import Township

Reader = Callable[[bytes, str, Callable[[PeriodRow], Known]], Book | None]
LONGEST_NAME = 200
ROWS_TOLD = 10  # rows that a proposal names, before it only counts
_UNSEEN = frozenset(kind.removeprefix("import.") for kind in imports.UNSEEN)
_SHEETS: Mapping[str, str] = {  # the sheet that rows of a table stand in
    "township": "考评",
    "period": "考评",
    "village": "村社",
    "period_village": "村社",
    "module": "模块",
    "post": "岗位",
    "period_post": "岗位",
    "cadre": "干部",
    "service": "干部",
    "extra_post": "兼岗",
    "move": "调动",
    "team": "组团",
    "team_leader": "组团",
    "team_membership": "组团成员",
    "team_link": "组团联村",
    "task_force": "专班",
    "task": "岗位任务",
    "module_mark": "模块评分",
    "contest": "模块PK",
    "governance_mark": "治理评分",
    "bonus": "专班加分",
    "resident_case": "诉求",
}
_REFERS: Mapping[str, str] = {  # what a column refers to, of roster.NAMED
    "cadre_id": "cadres",
    "leader_id": "cadres",
    "marker_id": "cadres",
    "post_id": "posts",
    "module_id": "modules",
    "team_id": "teams",
    "village_id": "villages",
}


class PreviewChanged(Exception):
    """What would be changed is not what was looked at; nothing was done."""


class NeedsTwo(Exception):
    """This one is for two persons; nothing was done."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row that would be added (`before` is None) or changed; columns that refer to a row hold what it is called."""

    sheet: str
    table: str
    label: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    own: bool  # it moves the own score or the own team's


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do."""

    outcomes: tuple[SheetOutcome, ...]
    lines: tuple[Line, ...]
    digest: str
    moved: Moved
    published: bool  # the period is: corrections are for two persons
    kept: tuple[str, ...]  # numbers of requests that no workbook changes
    by_two: bool  # the period is open, and it holds bonuses, coefficients, or cases that don't count

    @property
    def needs_two(self) -> bool:
        return self.published or self.by_two or bool(self.moved.own)


def known_to(session: Session, township_id: int) -> Callable[[PeriodRow], Known]:
    """What a workbook of this township may name without listing it."""

    def known(period: PeriodRow) -> Known:
        found = imports.period_named(session, township_id, period.name)
        return roster.known(session, township_id, None if found is None else found.id)

    return known


def period_row(township: Township, period: PeriodDays) -> PeriodRow:
    """What 考评 of a workbook of this period would say."""
    days = period.span
    return PeriodRow(township.name, township.code, township.county, period.name, days.first, days.last)


def stage(session: Session, actor: Actor, name: str, content: bytes, now: datetime) -> ImportFile:
    """Put a file down to be looked at; nothing else happens."""
    require(actor, Right.IMPORT)
    file = ImportFile(
        township_id=_township(actor),
        account_id=actor.account_id,
        name=_printable(name)[-LONGEST_NAME:] or "工作簿.xlsx",
        content=content,
        uploaded_at=now,
    )
    session.add(file)
    session.flush()
    return file


def preview(session: Session, actor: Actor, book: Book, now: datetime) -> Preview:
    """What the book would add and change; reads only. Raises ImportRefused."""
    township_id = _township(actor)
    work = _look(session, township_id, book, Act(actor.username, now, township_id))
    moved = moved_by(work.changes, concerns(session, township_id, work.span), actor)
    return Preview(
        outcomes=tuple(work.outcomes),
        lines=_lines(work, frozenset(moved.own)),
        digest=_digest(work.changes),
        moved=moved,
        published=_published(session, township_id, book),
        kept=tuple(work.kept),
        by_two=_opened(session, township_id, book)
        and any(for_two(table, change) for table, change in work.changes),
    )


def confirm(session: Session, actor: Actor, file_id: int, book: Book, digest: str, now: datetime) -> bool:
    """Carry the import out; False when it was carried out already.

    Raises NotAllowed, LookupError, ImportRefused, PreviewChanged, and NeedsTwo.
    """
    require(actor, Right.IMPORT)
    file = _locked(session, _township(actor), file_id)
    if file.confirmed_at is not None:
        return False
    _must_not_wait(session, file)
    seen = preview(session, actor, book, now)
    if seen.digest != digest:
        raise PreviewChanged
    if seen.needs_two:
        raise NeedsTwo
    _carry_out(session, file, book, Act(actor.username, now, file.township_id), "")
    return True


def propose_import(
    session: Session, actor: Actor, file_id: int, book: Book, digest: str, reason: str, now: datetime
) -> Proposal:
    """Put an import before a second person.

    Raises NotAllowed, LookupError, ImportRefused, PreviewChanged, and ProposalRefused.
    """
    require(actor, Right.IMPORT)
    file = _locked(session, _township(actor), file_id)
    if file.confirmed_at is not None:
        raise ProposalRefused("这份文件已经导入过了，不用再提。")
    seen = preview(session, actor, book, now)
    if seen.digest != digest:
        raise PreviewChanged
    wish = Wish(
        subject=subject_of(file),
        reason=reason,
        payload={"file": file.id, "digest": digest},
        moves_cadres=sorted(seen.moved.cadres),
        moves_teams=sorted(seen.moved.teams),
    )
    return proposals.propose(session, actor, IMPORT, wish, now)


def subject_of(file: ImportFile) -> str:
    """What a two-person act about this file is called."""
    return f"{file.name[-150:]}（第 {file.id} 号导入）"


_readers: list[Reader] = []


def read_with(reader: Reader) -> None:
    """Say how files are read: actions know no files, and an approved import must be read once more."""
    _readers[:] = [reader]


def _carry_out_approved(session: Session, carrying: Carrying) -> None:
    proposal = carrying.proposal
    file = imports.by_id(session, proposal.township_id, int(carrying.payload["file"]), lock=True)
    if file is None or file.confirmed_at is not None:
        raise ProposalRefused("这份文件已经导入过了，不能再导入一次。")
    township = townships.by_id(session, proposal.township_id)
    book = _readers[0](file.content, township.code, known_to(session, township.id))
    try:
        changes = None if book is None else _look(session, township.id, book, carrying.act).changes
    except ImportRefused as refusal:
        raise ProposalRefused(str(refusal)) from refusal
    if book is None or changes is None or _digest(changes) != carrying.payload["digest"]:
        raise ProposalRefused("提出以后数据又变了，和当时预览的不一样：请提出的人撤回，重新预览再提。")
    if _opened(session, township.id, book):
        must_be_committee(carrying.approver, changes)
    act = Act(imports.username(session, proposal.proposer_id), carrying.act.at, proposal.township_id)
    reason = f"{proposal.reason}（由 {carrying.approver.username} 批准）"
    _carry_out(session, file, book, act, reason)


def must_be_committee(approver: Actor, changes: Iterable[tuple[str, Change]]) -> None:
    """Pass where whoever approves may approve what is in it. Raises ProposalRefused."""
    if has_right(approver, Right.APPROVE_FOR_COMMITTEE):
        return
    if any(for_committee(table, change) for table, change in changes):
        raise ProposalRefused("里面有专班加分、岗位系数或考评周期的日子，要由党委的账号来批。")


def _told(session: Session, proposal: Proposal, now: datetime) -> Told:
    """The file, how much of each sheet would be changed, and which rows are the proposer's own."""
    file = imports.by_id(session, proposal.township_id, int(proposal.payload["file"]))
    if file is None:
        return [("文件", "（已经不在）")]
    told = [("文件", file.name)]
    if file.confirmed_at is not None:
        line = imports.line(session, file)
        return [*told, ("已经导入", f"新增 {line.added} 条，修改 {line.changed} 条")]
    if proposal.decided_at is not None:
        return [*told, ("结果", "没有导入，什么也没有改")]
    township = townships.by_id(session, proposal.township_id)
    book = _readers[0](file.content, township.code, known_to(session, township.id))
    try:
        work = None if book is None else _look(session, township.id, book, Act("", now, township.id))
    except ImportRefused as refusal:
        return [*told, ("现在导不进去", str(refusal))]
    if work is None or _digest(work.changes) != proposal.payload["digest"]:
        return [*told, ("现在导不进去", "提出以后资料又变了，和当时预览的不一样，要请提出的人撤回再提。")]
    told += [(f"“{one.sheet}”表", _counted(one)) for one in work.outcomes if one.added or one.changed]
    around = concerns(session, township.id, work.span)
    moved = moved_by(work.changes, around, proposer_of(proposal, around))
    rows = [f"{line.sheet} {line.label}" for line in _lines(work, frozenset(moved.own)) if line.own]
    return [*told, ("关系到提出人自己的", named_rows(rows))]


def proposer_of(proposal: Proposal, around: Concerns) -> Actor:
    """Who proposed it, as far as 回避 goes."""
    number = around.cadres.get(proposal.proposer_cadre_id or 0)
    return Actor(proposal.proposer_id, "", proposal.township_id, frozenset(), number)


def named_rows(rows: Sequence[str]) -> str:
    """Rows in a sentence: the first few, and how many more."""
    found = list(dict.fromkeys(rows))
    shown = "；".join(found[:ROWS_TOLD])
    more = len(found) - ROWS_TOLD
    return (f"{shown}；还有 {more} 条" if more > 0 else shown) or "没有"


def _counted(one: SheetOutcome) -> str:
    found = ((f"新增 {one.added} 条", one.added), (f"修改 {one.changed} 条", one.changed))
    return "，".join(words for words, number in found if number)


IMPORT = Kind("import", "导入工作簿", _carry_out_approved, propose=Right.IMPORT, told=_told)


def _carry_out(session: Session, file: ImportFile, book: Book, act: Act, reason: str) -> None:
    import_township(session, book, act, reason=reason)
    file.act, file.confirmed_at = act.id, act.at
    session.flush()


def _look(session: Session, township_id: int, book: Book, act: Act) -> Work:
    return look_at_import(session, book, act, townships.by_id(session, township_id))


def _locked(session: Session, township_id: int, file_id: int) -> ImportFile:
    file = imports.by_id(session, township_id, file_id, lock=True)
    if file is None:
        raise LookupError(file_id)
    return file


def _must_not_wait(session: Session, file: ImportFile) -> None:
    if waiting_proposals.waiting_on(session, file.township_id, IMPORT.key, subject_of(file)) is not None:
        raise ImportRefused("这次导入正等另一个人批，不用再确认。要改，请先撤回。")


def _published(session: Session, township_id: int, book: Book) -> bool:
    period = imports.period_named(session, township_id, book.period.name)
    return period is not None and period.published_at is not None


def _opened(session: Session, township_id: int, book: Book) -> bool:
    period = imports.period_named(session, township_id, book.period.name)
    return period is not None and period.opened_at is not None


def _digest(changes: list[tuple[str, Change]]) -> str:
    told = [
        [
            table,
            change.label,
            None if change.before is None else plain(change.before),
            plain(change.after),
            None if change.before is None else change.row_id,
        ]
        for table, change in changes
    ]
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _lines(work: Work, own: frozenset[int]) -> tuple[Line, ...]:
    """Every change that stands for something in the workbook, with names in place of ids."""
    names: dict[str, dict[int, str]] = {
        what: {row_id: key for key, row_id in work.ids(what).items()} for what in set(_REFERS.values())
    }
    forces = {change.row_id: change.label for table, change in work.changes if table == "task_force"}
    period = next((change.row_id for table, change in work.changes if table == "period"), None)
    stored = imports.period_named(work.session, work.township_id, work.book.period.name)
    found = work.task_force_ids(stored.id if stored is not None else period or 0)
    names["task_forces"] = {**{row_id: name for name, row_id in found.items()}, **forces}

    def worded(values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            column: value
            if value is None or column not in refers
            else names[refers[column]].get(value, str(value))
            for column, value in values.items()
            if column not in ("period_id", "id")
        }

    refers = {**_REFERS, "task_force_id": "task_forces"}
    return tuple(
        Line(
            _SHEETS[table],
            table,
            change.label,
            None if change.before is None else worded(change.before),
            worded(change.after),
            place in own,
        )
        for place, (table, change) in enumerate(work.changes)
        if table not in _UNSEEN
    )


def _printable(name: str) -> str:
    return "".join(character for character in name if character.isprintable()).strip()


def _township(actor: Actor) -> int:
    if actor.township_id is None:
        raise LookupError("a township")
    return actor.township_id
