"""Teams over time: adding, renaming, ending one, who leads it, and which villages it links from when to when."""

from __future__ import annotations

from datetime import date

from portal.actions.organising import (
    Order,
    OrganisationRefused,
    end_row,
    end_stretch,
    enter_named,
    must_be_open,
    must_be_there,
    own_row,
    period_of,
    rename_named,
    words_of,
)
from portal.store import organising, proposals, roster, rows
from portal.store.office import ProposalState
from portal.store.organisation import (
    Cadre,
    NameKind,
    Team,
    TeamLeader,
    TeamLink,
    TeamMembership,
    Village,
)


def add_team(order: Order, name: str) -> Team:
    """Enter a team that is there from the day on. Raises OrganisationRefused."""
    team: Team = enter_named(order, NameKind.TEAM, name)
    return team


def rename_team(order: Order, team_id: int, name: str) -> None:
    """Another name from the day on. Raises OrganisationRefused, also while a two-person act waits that names it."""
    order.allow()
    team: Team = own_row(order, Team, team_id)
    waiting = proposals.listed(order.session, order.township_id, ProposalState.WAITING)
    if any(team.name in proposal.moves_teams for proposal, _, _ in waiting):
        raise OrganisationRefused(f"有一件关于“{team.name}”的事在等人批，请先办完再改名。")
    rename_named(order, NameKind.TEAM, team.id, name)


def retire_team(order: Order, team_id: int) -> None:
    """The team ends the day before, and with it its links, its memberships and its leader's time."""
    team: Team = own_row(order, Team, team_id)
    order.allow(teams=[team.name])
    end_row(order, team, "team.retired")
    village_names = {row.id: row.name for row in rows.in_township(order.session, Village, order.township_id)}
    cadre_names = {row.id: row.name for row in rows.in_township(order.session, Cadre, order.township_id)}
    for link in rows.in_township(
        order.session,
        TeamLink,
        order.township_id,
        TeamLink.team_id == team.id,
        TeamLink.last_day >= order.day,
    ):
        end_stretch(order, link, "link.ended", f"{team.name}—{village_names[link.village_id]}")
    for member in rows.in_township(
        order.session,
        TeamMembership,
        order.township_id,
        TeamMembership.team_id == team.id,
        TeamMembership.last_day >= order.day,
    ):
        end_stretch(order, member, "membership.ended", f"{team.name} {cadre_names[member.cadre_id]}")
    for leader in _leading(order, team, order.day):
        end_stretch(order, leader, "team.leader_ended", f"{team.name} {cadre_names[leader.cadre_id]}")


def lead_from(order: Order, team_id: int, number: str) -> None:
    """Another leader (工号) from the day on, '' for nobody; the one before leads up to the day before."""
    team: Team = own_row(order, Team, team_id)
    must_be_open(order)
    must_be_there(order, team)
    cadre = _cadre(order, team, number) if number else None
    present = _leading(order, team, order.day)
    numbers = {row.id: row.number for row in rows.in_township(order.session, Cadre, order.township_id)}
    moved = {numbers[row.cadre_id] for row in present} | ({number} if number else set())
    order.allow(teams=[team.name], cadres=sorted(moved))
    until = _until(order, team, [row.first_day for row in present if row.first_day > order.day])
    now = [row for row in present if row.first_day <= order.day]
    if (now[0].cadre_id if now else None) == (cadre.id if cadre else None):
        raise OrganisationRefused("这一天的团长就是这样，没有要改的。", "leader")
    for row in now:
        end_stretch(order, row, "team.leader_ended", f"{team.name} {numbers[row.cadre_id]}")
    if cadre is not None:
        leader = TeamLeader(
            township_id=order.township_id,
            team_id=team.id,
            cadre_id=cadre.id,
            first_day=order.day,
            last_day=until,
        )
        order.session.add(leader)
        before = {"leader": numbers[now[0].cadre_id]} if now else None
        after = {"leader": cadre.number, "from": order.day}
        order.session.flush()
        order.note("team.leader_changed", team, team.name, before, after)


def link_village(order: Order, village_id: int, team_id: int | None) -> None:
    """The team (None: no team) links the village from the day on; the present link ends the day before."""
    village: Village = own_row(order, Village, village_id)
    must_be_open(order)
    must_be_there(order, village)
    team = None if team_id is None else own_row(order, Team, team_id)
    losing = organising.teams_linking(order.session, order.township_id, [village.id], order.day)
    order.allow(teams=[*losing, *([team.name] if team else [])])
    if team is None:
        if not losing:
            raise OrganisationRefused(
                f"{words_of(order.day)}起没有组团联系“{village.name}”，没有要改的。", "team"
            )
        _make_room(order, village)
    else:
        link_from(order, team, village)


def link_from(order: Order, team: Team, village: Village) -> None:
    """Write the link; whoever may do it was asked before."""
    must_be_there(order, team)
    present = [link for link in _links(order, village) if link.first_day <= order.day]
    if present and present[0].team_id == team.id:
        raise OrganisationRefused(f"“{team.name}”这一天已经联系“{village.name}”，没有要改的。", "team")
    ahead = [link.first_day for link in _links(order, village) if link.first_day > order.day]
    until = _until(order, team, ahead)
    if village.last_day is not None:
        until = min(until, village.last_day)
    for link in present:
        _end(order, link, village)
    link = TeamLink(
        township_id=order.township_id,
        team_id=team.id,
        village_id=village.id,
        first_day=order.day,
        last_day=until,
    )
    order.session.add(link)
    days = {"first_day": order.day, "last_day": until}
    order.note("link.added", link, f"{team.name}—{village.name}", None, days)


def _make_room(order: Order, village: Village) -> None:
    for link in _links(order, village):
        _end(order, link, village)


def _end(order: Order, link: TeamLink, village: Village) -> None:
    team = organising.team_names(order.session, order.township_id)[link.team_id]
    end_stretch(order, link, "link.ended", f"{team}—{village.name}")


def _links(order: Order, village: Village) -> list[TeamLink]:
    """The village's links that last to the day or longer."""
    return rows.in_township(
        order.session,
        TeamLink,
        order.township_id,
        TeamLink.village_id == village.id,
        TeamLink.last_day >= order.day,
    )


def _leading(order: Order, team: Team, since: date) -> list[TeamLeader]:
    return rows.in_township(
        order.session,
        TeamLeader,
        order.township_id,
        TeamLeader.team_id == team.id,
        TeamLeader.last_day >= since,
    )


def _until(order: Order, team: Team, ahead: list[date]) -> date:
    """Up to when what begins on the day lasts: before what was entered for later, else to the period's end."""
    if ahead:
        return min(ahead) - (order.day - order.before)
    if team.last_day is not None:
        return team.last_day
    period = period_of(order.session, order.township_id, order.day)
    if period is None:
        raise OrganisationRefused(f"{words_of(order.day)}不在任何考评周期里，请填周期里的日子。", "day")
    return period.last_day


def _cadre(order: Order, team: Team, number: str) -> Cadre:
    key = roster.cadre_id(order.session, order.township_id, number)
    cadre = None if key is None else rows.one(order.session, Cadre, order.township_id, key)
    if cadre is None:
        raise OrganisationRefused(f"没有工号为“{number}”的干部。", "leader")
    if cadre.id not in {
        row.id for row in organising.cadres_serving(order.session, order.township_id, order.day)
    }:
        raise OrganisationRefused(
            f"{cadre.name}（{number}）在{words_of(order.day)}没有任职，不能当“{team.name}”的团长。", "leader"
        )
    return cadre
