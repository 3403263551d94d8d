"""The organisation of a workbook: villages with their posters, modules, posts, cadres, teams, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.actions.import_work import Choose, SheetOutcome, Work
from portal.actions.ledger import Entry, record_all
from portal.actions.merge import Merged, Wanted
from portal.clock import local_day
from portal.core.days import Span
from portal.store import appraisal, organisation, townships
from portal.store.rows import overlapping

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L: nobody mistypes one for the other
TOKEN_LENGTH = 6
Lasting = organisation.Village | organisation.Module | organisation.Post | organisation.Team


def import_organisation(work: Work, period: appraisal.Period) -> None:
    """Everything but the marks; the posts' coefficients are the period's."""
    _villages(work, period)
    _modules_and_posts(work, period)
    _people(work)
    _extra_posts_and_moves(work)
    _teams(work)
    _members_and_links(work)


def _villages(work: Work, period: appraisal.Period) -> None:
    wanted = [
        Wanted(
            f"{row.code} {row.name}",
            {"code": row.code},
            {"name": row.name, "kind": row.kind, "households": row.households},
            {"first_day": work.span.first},
        )
        for row in work.book.villages
    ]
    villages = work.merge("村社", organisation.Village, wanted).rows
    _there_since(work, villages)
    _posters(work, villages)
    households = [
        Wanted(
            f"{row.code} {row.name}",
            {"period_id": period.id, "village_id": village.id, "first_day": work.span.first},
            {"households": row.households},
        )
        for row, village in zip(work.book.villages, villages, strict=True)
    ]
    work.merge_quietly(appraisal.PeriodVillage, households)


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


def _there_since(work: Work, rows: Sequence[Lasting]) -> None:
    """A workbook of an earlier period tells that what it names was there before."""
    first = work.span.first
    later = [row for row in rows if row.first_day > first]
    changes = [Entry(row.name, {"first_day": row.first_day}, {"first_day": first}, row.id) for row in later]
    for row in later:
        row.first_day = first
    if later:
        record_all(work.session, work.act, f"import.{later[0].__tablename__}", changes)


def _posters(work: Work, villages: Iterable[organisation.Village]) -> None:
    """Every village has a code on paper from the day it is entered."""
    hanging = townships.posters_in_use(work.session, work.township_id)
    taken = set(townships.tokens(work.session))
    bare = [village for village in villages if village.id not in hanging]
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


def _people(work: Work) -> None:
    people = [
        Wanted(f"{row.number} {row.name}", {"number": row.number}, {"name": row.name, "phone": row.phone})
        for row in work.book.cadres
    ]
    cadres = work.merge_quietly(organisation.Cadre, people)
    services = _services(work, cadres.rows)
    served = work.merge_quietly(organisation.Service, services, overlapping(organisation.Service, work.span))
    work.outcomes.append(_count_together(cadres, served))


def _services(work: Work, cadres: Sequence[organisation.Cadre]) -> list[Wanted]:
    """Each row's days of service in this period: earlier and later ones belong to other periods' workbooks."""
    posts, modules = work.ids("posts"), work.ids("modules")
    wanted = []
    for row, cadre in zip(work.book.cadres, cadres, strict=True):
        days = Span(row.first_day, row.last_day).within(work.span)
        if days is None:
            continue
        figures = {
            "first_day": days.first,
            "last_day": days.last,
            "group_name": row.group,
            "staffing": row.staffing,
            "exempt": row.exempt,
            "post_id": posts.get(row.post),
            "module_id": modules.get(row.module),
            "roles": [role.value for role in row.roles],
        }
        wanted.append(Wanted(f"{row.number} {row.name}", {"cadre_id": cadre.id}, figures))
    return wanted


def _count_together(
    cadres: Merged[organisation.Cadre], services: Merged[organisation.Service]
) -> SheetOutcome:
    """A row of 干部 is two rows here; it counts once, as added or changed when either is."""
    added = {change.label for change in cadres.changes if change.before is None}
    touched = {change.label for change in (*cadres.changes, *services.changes)}
    return SheetOutcome("干部", len(added), len(touched - added), len(cadres.rows) - len(touched))


def _extra_posts_and_moves(work: Work) -> None:
    numbers, posts, modules = work.ids("cadres"), work.ids("posts"), work.ids("modules")
    extra = [
        Wanted(
            f"{row.cadre} {row.post}",
            {"cadre_id": numbers[row.cadre], "post_id": posts[row.post], "first_day": row.first_day},
            {"last_day": row.last_day},
        )
        for row in work.book.extra_posts
    ]
    work.merge("兼岗", organisation.ExtraPost, extra)
    moves = [
        Wanted(
            f"{row.cadre} {row.day}",
            {"cadre_id": numbers[row.cadre], "day": row.day},
            {"post_id": posts.get(row.post), "module_id": modules.get(row.module)},
        )
        for row in work.book.moves
    ]
    work.merge("调动", organisation.Move, moves)


def _teams(work: Work) -> None:
    since = {"first_day": work.span.first}
    named = [Wanted(row.name, {"name": row.name}, fresh=since) for row in work.book.teams]
    _there_since(work, work.merge("组团", organisation.Team, named).rows)
    teams, numbers = work.ids("teams"), work.ids("cadres")
    leaders = [
        Wanted(
            f"{row.name} {row.leader}",
            {"team_id": teams[row.name]},
            {"cadre_id": numbers[row.leader], "first_day": work.span.first, "last_day": work.span.last},
        )
        for row in work.book.teams
        if row.leader
    ]
    work.merge_quietly(organisation.TeamLeader, leaders, overlapping(organisation.TeamLeader, work.span))


def _members_and_links(work: Work) -> None:
    teams, numbers, villages = work.ids("teams"), work.ids("cadres"), work.ids("villages")
    members = [
        Wanted(
            f"{row.team} {row.cadre}",
            {"team_id": teams[row.team], "cadre_id": numbers[row.cadre], "first_day": row.first_day},
            {"last_day": row.last_day, "factor": row.factor},
        )
        for row in work.book.members
    ]
    work.merge("组团成员", organisation.TeamMembership, members)
    links = [
        Wanted(
            f"{row.team} {row.village}",
            {"team_id": teams[row.team], "village_id": villages[row.village], "first_day": row.first_day},
            {"last_day": row.last_day},
        )
        for row in work.book.links
    ]
    work.merge("组团联村", organisation.TeamLink, links)
