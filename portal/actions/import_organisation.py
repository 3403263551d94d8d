"""The organisation of a workbook: villages with their posters, modules, posts, teams, links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from portal.actions.import_people import import_people
from portal.actions.import_stretches import Row, Stored, ends_of
from portal.actions.import_work import Choose, Work
from portal.actions.merge import Change, Wanted
from portal.clock import local_day
from portal.core.book import MemberRow
from portal.core.days import Span
from portal.store import appraisal, organisation, roster, townships
from portal.store.rows import in_township, overlapping

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L: nobody mistypes one for the other
TOKEN_LENGTH = 6
Lasting = organisation.Village | organisation.Module | organisation.Post | organisation.Team


def import_organisation(work: Work, period: appraisal.Period) -> None:
    """Everything but the marks; the posts' coefficients are the period's."""
    _villages(work, period)
    _modules_and_posts(work, period)
    import_people(work)
    _teams(work)
    _members_and_links(work)


def _villages(work: Work, period: appraisal.Period) -> None:
    """A village that is named as it was called before keeps its name; the households of today are left alone
    where a later day has its own number."""
    known = work.ids("villages")
    before = roster.former_names(work.session, work.township_id, organisation.NameKind.VILLAGE)
    counted_later = townships.villages_counted_after(work.session, work.township_id, work.span.first)
    wanted = []
    for row in work.book.villages:
        figures: dict[str, object] = {"name": row.name, "kind": row.kind, "households": row.households}
        village_id = known.get(row.code, 0)
        if row.name in before.get(village_id, ()):
            del figures["name"]
        if village_id in counted_later:
            del figures["households"]
        wanted.append(
            Wanted(f"{row.code} {row.name}", {"code": row.code}, figures, {"first_day": work.span.first})
        )
    villages = work.merge_quietly(organisation.Village, wanted)
    earlier = _there_since(work, villages.rows)
    _posters(work, villages.rows)
    households = [
        Wanted(
            f"{row.code} {row.name}",
            {"period_id": period.id, "village_id": village.id, "first_day": _counted_since(work, village)},
            {"households": row.households},
        )
        for row, village in zip(work.book.villages, villages.rows, strict=True)
    ]
    counted = work.merge_quietly(appraisal.PeriodVillage, households)
    labels = (wish.label for wish in wanted)
    work.count_together("村社", villages, labels, earlier, [c for c in counted.changes if c.before])


def _counted_since(work: Work, village: organisation.Village) -> date:
    """The first day of the period on which the village is there."""
    return village.first_day if village.first_day in work.span else work.span.first


def _modules_and_posts(work: Work, period: appraisal.Period) -> None:
    since = {"first_day": work.span.first}
    modules = [Wanted(row.name, {"name": row.name}, fresh=since) for row in work.book.modules]
    _there_since(work, work.merge("模块", organisation.Module, modules).rows)
    posts = [Wanted(row.name, {"name": row.name}, fresh=since) for row in work.book.posts]
    named = work.merge_quietly(organisation.Post, posts)
    _there_since(work, named.rows)
    coefficients = [
        Wanted(row.name, {"post_id": post.id, "period_id": period.id}, {"coefficient": row.coefficient})
        for row, post in zip(work.book.posts, named.rows, strict=True)
    ]
    work.merge("岗位", appraisal.PeriodPost, coefficients)


def _there_since(work: Work, rows: Sequence[Lasting]) -> list[Change]:
    """A workbook of an earlier period tells that what it names was there before; what begins within the period
    was entered with its day by hand."""
    first = work.span.first
    later = [row for row in rows if row.first_day > work.span.last]
    changes = [Change(row.name, {"first_day": row.first_day}, {"first_day": first}, row) for row in later]
    for row in later if work.made_up is None else ():
        row.first_day = first
    if later:
        work.tell(later[0].__tablename__, changes)
    return changes


def _posters(work: Work, villages: Iterable[organisation.Village]) -> None:
    """Every village has a code on paper from the day it is entered until it ends."""
    hanging = townships.posters_in_use(work.session, work.township_id)
    taken = set(townships.tokens(work.session))
    bare = [village for village in villages if village.id not in hanging and village.last_day is None]
    issued = {"issued_on": local_day(work.act.at)}
    wanted = [
        Wanted(
            f"{v.code} {v.name}",
            {"village_id": v.id},
            fresh={**issued, "token": new_token(taken, work.choose)},
        )
        for v in bare
    ]
    work.merge_quietly(organisation.Poster, wanted, organisation.Poster.retired_on.is_(None))


def new_token(taken: set[str], choose: Choose) -> str:
    """A token that was never given out before; it is added to `taken`."""
    while (token := "".join(choose(LETTERS) for _ in range(TOKEN_LENGTH))) in taken:
        pass
    taken.add(token)
    return token


def _teams(work: Work) -> None:
    since = {"first_day": work.span.first}
    named = [Wanted(row.name, {"name": row.name}, fresh=since) for row in work.book.teams]
    merged = work.merge_quietly(organisation.Team, named)
    _there_since(work, merged.rows)
    led = _leaders(work, [team.id for team in merged.rows])
    work.count_together("组团", merged, (wish.label for wish in named), led)


def _leaders(work: Work, team_ids: Sequence[int]) -> list[Change]:
    """团长 is who led last in the period: where somebody else did so by hand for some days, those days stay."""
    numbers = work.ids("cadres")
    stored: dict[int, list[organisation.TeamLeader]] = {}
    scope = overlapping(organisation.TeamLeader, work.span)
    for stretch in in_township(work.session, organisation.TeamLeader, work.township_id, scope):
        stored.setdefault(stretch.team_id, []).append(stretch)
    new, known = [], []
    for row, team_id in zip(work.book.teams, team_ids, strict=True):
        if not row.leader:
            continue
        leader = {"cadre_id": numbers[row.leader]}
        if team_id in stored:
            last = max(stored[team_id], key=lambda stretch: stretch.first_day)
            known.append(Wanted(row.name, {"id": last.id}, leader))
        else:
            days = {"first_day": work.span.first, "last_day": work.span.last}
            new.append(Wanted(row.name, {"team_id": team_id}, {**leader, **days}))
    changed = work.merge_quietly(organisation.TeamLeader, known, scope)
    added = work.merge_quietly(organisation.TeamLeader, new, scope)
    return [*changed.changes, *added.changes]


def _members_and_links(work: Work) -> None:
    """Days that were entered by hand stay, and what ended by hand stays ended."""
    _members(work, ends_of(work, organisation.Team))
    _links(work, ends_of(work, organisation.Team), ends_of(work, organisation.Village))


def _members(work: Work, ends: Mapping[int, date | None]) -> None:
    teams, numbers = work.ids("teams"), work.ids("cadres")
    leaders = {(row.name, row.leader) for row in work.book.teams if row.leader}
    columns = ("team_id", "cadre_id")
    rows = [
        Row(
            (teams[one.team], numbers[one.cadre]),
            Span(one.first_day, one.last_day),
            f"{one.team} {one.cadre}",
        )
        for one in work.book.members
    ]
    stored = Stored(work, organisation.TeamMembership, columns, "组团成员", rows)

    def wanted(row: Row, member: MemberRow) -> Wanted:
        identity = {**dict(zip(columns, row.key, strict=True)), "first_day": row.days.first}
        days = {"last_day": stored.last_day(row, ends.get(row.key[0]))}
        if (member.team, member.cadre) in leaders:
            # a leader's factor is 1 whatever is stored, so there is nothing to change
            return Wanted(row.label, identity, days, {"factor": member.factor})
        return Wanted(row.label, identity, {**days, "factor": member.factor})

    members = [wanted(row, member) for row, member in zip(rows, work.book.members, strict=True)]
    work.merge("组团成员", organisation.TeamMembership, members)


def _links(work: Work, team_ends: Mapping[int, date | None], village_ends: Mapping[int, date | None]) -> None:
    teams, villages = work.ids("teams"), work.ids("villages")
    columns = ("team_id", "village_id")
    rows = [
        Row(
            (teams[one.team], villages[one.village]),
            Span(one.first_day, one.last_day),
            f"{one.team} {one.village}",
        )
        for one in work.book.links
    ]
    stored = Stored(work, organisation.TeamLink, columns, "组团联村", rows)
    links = [
        Wanted(
            row.label,
            {**dict(zip(columns, row.key, strict=True)), "first_day": row.days.first},
            {"last_day": stored.last_day(row, team_ends.get(row.key[0]), village_ends.get(row.key[1]))},
        )
        for row in rows
    ]
    work.merge("组团联村", organisation.TeamLink, links)
