"""Taking an import back by counter-entries: every added row goes, every changed one gets its values of before.

All or nothing, and only while nothing stands on it: no row was changed since, nothing else refers to an added row, no
later import touched it, and no published period counts it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.actions import proposals
from portal.actions.guard import require
from portal.actions.import_concerns import Moved, for_two, moved_by
from portal.actions.import_work import ImportRefused
from portal.actions.imports import NeedsTwo, must_be_committee, named_rows, proposer_of, subject_of
from portal.actions.ledger import Act, Entry, record_all
from portal.actions.merge import Change, same
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Told, Wish
from portal.clock import local_day
from portal.core.days import Span
from portal.core.rights import Actor, Right
from portal.store import imports
from portal.store.concerns import concerns
from portal.store.ledger import LedgerEntry
from portal.store.office import ImportFile, Proposal

_FRESH = frozenset({"first_day", "token", "issued_on", "parameters", "definition", "reason", "made_at"})
_WORDS: Mapping[str, str] = {
    "rating": "群众评价",
    "account": "账号",
    "resident_case": "诉求",
    "absence": "请假等缺勤",
    "poster": "海报",
    "plan_version": "方案",
    "proposal": "两人办理的事",
    "former_name": "改名、改代码的记录",
    "village": "村社",
    "period_village": "村社户数",
    "service": "任职",
    "move": "调动",
    "extra_post": "兼岗",
    "team_leader": "团长",
    "team_membership": "组团成员",
    "team_link": "组团联村",
    "task": "岗位任务",
    "module_mark": "模块评分",
    "contest": "模块PK",
    "governance_mark": "治理评分",
    "task_force": "专班",
    "bonus": "专班加分",
    "period_post": "岗位系数",
    "period": "考评周期",
    "cadre": "干部",
    "post": "岗位",
    "module": "模块",
    "team": "组团",
}


class CannotUndo(ImportRefused):
    """Something stands on the import: `obstacles` says what, a sentence each; nothing was done."""

    def __init__(self, obstacles: tuple[str, ...]) -> None:
        super().__init__("这次导入撤不回来：有别的东西建在它上面。什么也没有改。")
        self.obstacles = obstacles


@dataclass(frozen=True, slots=True)
class _Step:
    """One ledger entry of the import, with the row as it stands (None: it is gone)."""

    table: str
    entry: LedgerEntry
    row: Any

    @property
    def added(self) -> bool:
        return self.entry.before is None

    @property
    def after(self) -> Mapping[str, Any]:
        return self.entry.after or {}

    @property
    def row_id(self) -> int:
        return int(self.entry.row_id or 0)


def undo_import(session: Session, actor: Actor, file_id: int, reason: str, now: datetime) -> bool:
    """Take an import back; False when it was taken back already.

    Raises NotAllowed, LookupError, ImportRefused without a reason, CannotUndo, and NeedsTwo.
    """
    file = _confirmed(session, actor, file_id, reason)
    if file.undone_at is not None:
        return False
    steps = _steps(session, file)
    _must_be_free(session, file, steps)
    if _moved(session, file, steps, actor).own or _for_two(session, file, steps):
        raise NeedsTwo
    _take_back(session, file, steps, Act(actor.username, now, file.township_id), reason.strip())
    return True


def propose_undo(session: Session, actor: Actor, file_id: int, reason: str, now: datetime) -> Proposal:
    """Put the taking back before a second person. Raises as `undo_import`, and ProposalRefused."""
    file = _confirmed(session, actor, file_id, reason)
    if file.undone_at is not None:
        raise ProposalRefused("这次导入已经撤销了，不用再提。")
    steps = _steps(session, file)
    _must_be_free(session, file, steps)
    moved = _moved(session, file, steps, actor)
    wish = Wish(
        subject=subject_of(file),
        reason=reason,
        payload={"file": file.id},
        moves_cadres=sorted(moved.cadres),
        moves_teams=sorted(moved.teams),
    )
    return proposals.propose(session, actor, UNDO, wish, now)


def undo_needs_two(session: Session, actor: Actor, file: ImportFile) -> bool:
    """Whether taking it back would move the actor's own score or own team's, or what two persons decide."""
    steps = _steps(session, file)
    if _for_two(session, file, steps):
        return True
    return (actor.cadre is not None or bool(actor.teams)) and bool(_moved(session, file, steps, actor).own)


def _carry_out(session: Session, carrying: Carrying) -> None:
    proposal = carrying.proposal
    file = imports.by_id(session, proposal.township_id, int(carrying.payload["file"]), lock=True)
    if file is None or file.confirmed_at is None or file.undone_at is not None:
        raise ProposalRefused("这次导入已经撤销了，不能再撤一次。")
    steps = _steps(session, file)
    try:
        _must_be_free(session, file, steps)
    except CannotUndo as refusal:
        raise ProposalRefused(f"{refusal}{''.join(refusal.obstacles[:3])}") from refusal
    must_be_committee(carrying.approver, _in_open_periods(session, file, steps))
    act = Act(imports.username(session, proposal.proposer_id), carrying.act.at, proposal.township_id)
    reason = f"{proposal.reason}（由 {carrying.approver.username} 批准）"
    _take_back(session, file, steps, act, reason)


def _told(session: Session, proposal: Proposal, now: datetime) -> Told:
    """The import, what taking it back would do, and which rows are the proposer's own."""
    del now
    file = imports.by_id(session, proposal.township_id, int(proposal.payload["file"]))
    if file is None:
        return [("文件", "（已经不在）")]
    line = imports.line(session, file)
    told = [("文件", file.name), ("这次导入", f"新增 {line.added} 条，修改 {line.changed} 条")]
    if file.undone_at is not None:
        return [*told, ("结果", "已经撤销")]
    steps = _steps(session, file)
    around = concerns(session, file.township_id, _days(session, file, steps))
    own = moved_by(_changes(steps), around, proposer_of(proposal, around)).own
    there = [step for step in steps if step.row is not None]
    rows = [_words(there[place]) for place in own]
    return [
        *told,
        ("同意以后", "新增的都删去，修改的都改回原来的样子；有别的东西建在上面就不撤"),
        ("关系到提出人自己的", named_rows(rows)),
    ]


UNDO = Kind("import.undo", "撤销导入", _carry_out, propose=Right.IMPORT, told=_told)


def _confirmed(session: Session, actor: Actor, file_id: int, reason: str) -> ImportFile:
    require(actor, Right.IMPORT)
    file = imports.by_id(session, actor.township_id or 0, file_id, lock=True)
    if file is None:
        raise LookupError(file_id)
    if file.confirmed_at is None:
        raise ImportRefused("这份文件还没有导入，没有什么可撤销的。")
    if not reason.strip():
        raise ImportRefused("请写明为什么撤销。")
    return file


def _steps(session: Session, file: ImportFile) -> list[_Step]:
    """What the import wrote, table by table; the township itself stays whatever happens."""
    by_table: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in imports.entries_of(session, file.township_id, file.act or 0):
        by_table[entry.kind.removeprefix("import.")].append(entry)
    steps = []
    for table, entries in by_table.items():
        rows = imports.rows_by_id(session, file.township_id, table, [entry.row_id or 0 for entry in entries])
        steps += [
            _Step(table, entry, rows.get(entry.row_id or 0))
            for entry in entries
            if table != "township" or entry.before is not None
        ]
    place = {table: number for number, table in enumerate(imports.order_of_tables())}
    return sorted(steps, key=lambda step: (place[step.table], step.row_id))


def _moved(session: Session, file: ImportFile, steps: Iterable[_Step], actor: Actor) -> Moved:
    found = list(steps)
    return moved_by(_changes(found), concerns(session, file.township_id, _days(session, file, found)), actor)


def _changes(steps: Iterable[_Step]) -> list[tuple[str, Change]]:
    """What the import changed, of the rows that are still there."""
    return [_change(step) for step in steps if step.row is not None]


def _days(session: Session, file: ImportFile, steps: Iterable[_Step]) -> Span:
    """The days that the import's rows hold; without any, those of every period."""
    days = [
        span for step in steps if step.row is not None and (span := imports.days_of(step.row)) is not None
    ]
    if not days:
        days = [Span(p.first_day, p.last_day) for p in imports.periods_of(session, file.township_id)]
    return Span(min(d.first for d in days), max(d.last for d in days)) if days else Span(date.min, date.max)


def _change(step: _Step) -> tuple[str, Change]:
    before, after = _decoded(step, step.entry.before), _decoded(step, step.after) or {}
    return step.table, Change(step.entry.subject, before, after, step.row)


def _for_two(session: Session, file: ImportFile, steps: Iterable[_Step]) -> bool:
    """Whether it holds what takes two persons once the period is open."""
    return any(for_two(table, change) for table, change in _in_open_periods(session, file, steps))


def _in_open_periods(session: Session, file: ImportFile, steps: Iterable[_Step]) -> list[tuple[str, Change]]:
    """The import's changes of what belongs to a period that was opened."""
    opened = [one for one in imports.periods_of(session, file.township_id) if one.opened_at is not None]
    ids = {one.id for one in opened}

    def inside(step: _Step) -> bool:
        if step.table == "resident_case":
            day = local_day(step.row.opened_at)
            return any(one.first_day <= day <= one.last_day for one in opened)
        return (step.row_id if step.table == "period" else getattr(step.row, "period_id", None)) in ids

    return [_change(step) for step in steps if step.row is not None and inside(step)]


def _must_be_free(session: Session, file: ImportFile, steps: list[_Step]) -> None:
    """Raise CannotUndo with everything that stands on the import."""
    against = [
        *_published(session, file, steps),
        *_changed_since(steps),
        *_touched_since(session, file, steps),
        *_standing_on(session, file, steps),
        *_gone(session, steps),
    ]
    if against:
        raise CannotUndo(tuple(dict.fromkeys(against)))


def _published(session: Session, file: ImportFile, steps: list[_Step]) -> list[str]:
    found = []
    for period in imports.published_periods(session, file.township_id):
        days = Span(period.first_day, period.last_day)
        for step in steps:
            own = getattr(step.row, "period_id", None) == period.id or (
                step.table == "period" and step.row_id == period.id
            )
            span = None if step.row is None else imports.days_of(step.row)
            if own or (span is not None and span.within(days) is not None):
                found.append(f"“{period.name}”的结果已经公布，公布以后不能撤销导入。")
                break
    return found


def _changed_since(steps: list[_Step]) -> list[str]:
    found = []
    for step in steps:
        if step.row is None:
            found.append(f"{_words(step)}：这一条后来被删除了。")
        elif not _as_imported(step):
            found.append(f"{_words(step)}：这一条后来被改过。")
    return found


def _as_imported(step: _Step) -> bool:
    """Whether the row still is what the import made of it; of an added one nothing was filled in since."""
    wanted = _decoded(step, step.after) or {}
    if not all(same(getattr(step.row, name), value) for name, value in wanted.items()):
        return False
    if not step.added:
        return True
    return not any(
        column.nullable and column.name not in wanted and getattr(step.row, column.name) is not None
        for column in step.row.__table__.columns
        if column.name not in _FRESH
    )


def _touched_since(session: Session, file: ImportFile, steps: list[_Step]) -> list[str]:
    found = []
    for table, own in _by_table(steps).items():
        touched = imports.touched_since(
            session,
            file.township_id,
            table,
            [step.row_id for step in own],
            file.confirmed_at or file.uploaded_at,
            file.act or 0,
        )
        for step in own:
            who = touched.get(step.row_id)
            if who == "import":
                found.append(f"{_words(step)}：后面的一次导入又改了它，请先撤销后面的那次。")
            elif who and step.added:
                found.append(f"{_words(step)}：这一条后来被改过。")
    return found


def _standing_on(session: Session, file: ImportFile, steps: list[_Step]) -> list[str]:
    added = [step for step in steps if step.added]
    going = {table: {step.row_id for step in own} for table, own in _by_table(added).items()}
    found = []
    for table, own in _by_table(added).items():
        counts = imports.referring(session, file.township_id, table, going[table], going)
        names = {step.row_id: _words(step) for step in own}
        found += [
            f"{names[row_id]}：已经有{_WORDS.get(other, '别的记录')} {count} 条。"
            for (row_id, other), count in sorted(counts.items())
        ]
    return found


def _gone(session: Session, steps: list[_Step]) -> list[str]:
    """A value of before that names a row which is no longer there."""
    found = []
    for step in steps:
        if step.added or step.row is None:
            continue
        for table in imports.missing_targets(session, step.table, _decoded(step, step.entry.before) or {}):
            found.append(f"{_words(step)}：原来的{_WORDS.get(table, '记录')}已经没有了。")
    return found


def _by_table(steps: Iterable[_Step]) -> dict[str, list[_Step]]:
    found: dict[str, list[_Step]] = defaultdict(list)
    for step in steps:
        found[step.table].append(step)
    return found


def _words(step: _Step) -> str:
    return f"{_WORDS.get(step.table, '记录')} {step.entry.subject}"


def _take_back(session: Session, file: ImportFile, steps: list[_Step], act: Act, reason: str) -> None:
    """First what was added goes, the rows that refer before those referred to; then the values of before return."""
    for table, own in _by_table(step for step in reversed(steps) if step.added).items():
        for step in own:
            session.delete(step.row)
        session.flush()
        gone = [Entry(step.entry.subject, step.after, None, step.entry.row_id) for step in own]
        record_all(session, act, f"import_undone.{table}", gone, reason)
    for table, own in _by_table(step for step in reversed(steps) if not step.added).items():
        for step in own:
            for name, value in (_decoded(step, step.entry.before) or {}).items():
                setattr(step.row, name, value)
            session.flush()
        back = [Entry(step.entry.subject, step.after, step.entry.before, step.entry.row_id) for step in own]
        record_all(session, act, f"import_undone.{table}", back, reason)
    file.undone_act, file.undone_at = act.id, act.at
    session.flush()


def _decoded(step: _Step, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Column values as the ledger keeps them, turned back into what the columns hold."""
    return None if values is None else imports.column_values(step.table, values)
