"""Teams: the list, one team with its villages, leader and members, and every change of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from flask import render_template, url_for

from portal.actions import teams as acts_on
from portal.actions.organising import Order
from portal.pinyin import by_pinyin
from portal.store import names, organising, rows, townships
from portal.store.organisation import Cadre, NameKind, Team, TeamLeader, TeamMembership
from portal.web import guards, unit
from portal.web.admin.organisation import acts, forms
from portal.web.admin.organisation.acts import ActPage, Answer
from portal.web.admin.organisation.blueprint import pages
from portal.web.admin.organisation.history import told

Named = TypeVar("Named", organising.Person, Cadre)

LABELS = {"name": "名称", "leader": "团长", "last_day": "到哪天为止", "villages": "联系的村社"}


@pages.get("/teams")
def teams() -> str:
    """Which teams are there, who leads them, and how much do they link?"""
    session, township, day = unit.session(), guards.township(), acts.today()
    links = [one for one in organising.links(session, township.id) if one.first_day <= day <= one.last_day]
    leaders = organising.leaders(session, township.id)
    everyone = rows.in_township(session, Team, township.id)
    return render_template(
        "admin/organisation/teams.html",
        there=[one for one in everyone if one.last_day is None or one.last_day >= day],
        gone=[one for one in everyone if one.last_day is not None and one.last_day < day],
        leading={team: _now(people, day) for team, people in leaders.items()},
        villages={team.id: [link.village for link in links if link.team_id == team.id] for team in everyone},
        members=organising.members_on(session, township.id, day),
        done=acts.done(),
    )


@pages.get("/teams/<int:team_id>")
def team(team_id: int) -> str:
    """One team: leader, members and villages today, and the links of all times."""
    session, township, day = unit.session(), guards.township(), acts.today()
    found = acts.own(Team, team_id)
    links = organising.links(session, township.id, team_id=found.id)
    leaders = organising.leaders(session, township.id, found.id).get(found.id, [])
    return render_template(
        "admin/organisation/team.html",
        team=found,
        former=names.former_names(session, township.id, NameKind.TEAM, found.id),
        leaders=leaders,
        leader=_now(leaders, day),
        members=_by_name(organising.members_on(session, township.id, day).get(found.id, [])),
        villages=[link for link in links if link.first_day <= day <= link.last_day],
        links=links,
        over=found.last_day is not None,
        done=acts.done(),
    )


@pages.get("/teams/<int:team_id>/history")
def team_history(team_id: int) -> str:
    """Who changed what of this team, and when?"""
    session, township = unit.session(), guards.township()
    found = acts.own(Team, team_id)
    links = [link.id for link in organising.links(session, township.id, team_id=found.id)]
    led = [r.id for r in rows.in_township(session, TeamLeader, township.id, TeamLeader.team_id == found.id)]
    members = rows.in_township(session, TeamMembership, township.id, TeamMembership.team_id == found.id)
    joined = [row.id for row in members]
    kinds = [
        ("team.leader_ended", led),
        ("import.team_leader", led),
        *[(f"team.{what}", [found.id]) for what in ("added", "renamed", "retired", "leader_changed")],
        ("link.", links),
        ("import.team_link", links),
        ("membership.", joined),
        ("import.team_membership", joined),
    ]
    return render_template(
        "admin/organisation/history.html",
        what=found.name,
        back=url_for(".team", team_id=found.id),
        lines=told(organising.history(session, township.id, kinds)),
    )


@pages.route("/teams/new", methods=["GET", "POST"])
def new_team() -> Answer:
    acts.begin()
    form = forms.NewNameForm()

    def act(order: Order) -> str:
        made = acts_on.add_team(order, form.name.data)
        return url_for(".team", team_id=made.id, done="added")

    notes = ["添加以后，再给它选团长、成员和联系的村社。"]
    return acts.perform(ActPage("添加组团", form, act, url_for(".teams"), "组团", "添加", notes))


@pages.route("/teams/<int:team_id>/rename", methods=["GET", "POST"])
def rename_team(team_id: int) -> Answer:
    acts.begin()
    row = acts.own(Team, team_id)
    form = forms.RenameForm(data={"name": row.name})

    def act(order: Order) -> str:
        acts_on.rename_team(order, team_id, form.name.data)
        return url_for(".team", team_id=team_id, done="renamed")

    notes = ["这一天以前的成绩仍显示原来的名称。"]
    return acts.perform(_page(row, f"{row.name}：改名称", form, act, "保存", notes, {"name": row.name}))


@pages.route("/teams/<int:team_id>/leader", methods=["GET", "POST"])
def lead_team(team_id: int) -> Answer:
    township_id = acts.begin()
    row, day = acts.own(Team, team_id), acts.today()
    present = _now(organising.leaders(unit.session(), township_id, row.id).get(row.id, []), day)
    form = forms.LeaderForm()
    serving = organising.cadres_serving(unit.session(), township_id, day)
    people = {one.number: f"{one.name}（{one.number}）" for one in _by_name(serving)}
    form.leader.choices = {"": "请选择", **people, forms.NOBODY: "没有团长"}

    def act(order: Order) -> str:
        number = "" if form.leader.data == forms.NOBODY else form.leader.data
        acts_on.lead_from(order, team_id, number)
        return url_for(".team", team_id=team_id, done="changed")

    who = f"{present.name}（{present.number}）" if present else ""
    notes = [f"现任团长：{who}。" if who else "现在没有团长。"]
    return acts.perform(_page(row, f"{row.name}：换团长", form, act, "保存", notes, {"leader": who}))


@pages.route("/teams/<int:team_id>/link", methods=["GET", "POST"])
def link_from_team(team_id: int) -> Answer:
    township_id = acts.begin()
    row, day = acts.own(Team, team_id), acts.today()
    linking = {
        link.village_id: link
        for link in organising.links(unit.session(), township_id)
        if link.first_day <= day <= link.last_day
    }
    villages = [
        one
        for one in townships.villages(unit.session(), township_id)
        if acts.is_there(one, day) and (one.id not in linking or linking[one.id].team_id != row.id)
    ]
    form = forms.VillageLinkForm()
    form.village.choices = {
        "": "请选择",
        **{
            str(v.id): f"{v.name}（{linking[v.id].team if v.id in linking else '没有组团'}）"
            for v in villages
        },
    }

    def act(order: Order) -> str:
        acts_on.link_village(order, int(form.village.data), team_id)
        return url_for(".team", team_id=team_id, done="linked")

    own = "、".join(link.village for link in linking.values() if link.team_id == row.id)
    notes = ["括号里是今天联系它的组团。这一天以前的评价和诉求仍归原来的组团。"]
    return acts.perform(_page(row, f"{row.name}：联系一个村社", form, act, "保存", notes, {"villages": own}))


@pages.route("/teams/<int:team_id>/retire", methods=["GET", "POST"])
def retire_team(team_id: int) -> Answer:
    acts.begin()
    row = acts.own(Team, team_id)

    def act(order: Order) -> str:
        acts_on.retire_team(order, team_id)
        return url_for(".team", team_id=team_id, done="retired")

    notes = ["组团到前一天为止：它联系的村社、成员和团长都到前一天为止。村社要另外选组团。"]
    return acts.perform(
        _page(row, f"停用{row.name}", forms.EndForm(), act, "停用", notes, {"last_day": row.last_day})
    )


def _by_name(people: Iterable[Named]) -> list[Named]:
    return sorted(people, key=lambda one: (by_pinyin(one.name), one.number))


def _now(people: list[organising.Person], day: date) -> organising.Person | None:
    return next((one for one in people if one.first_day <= day <= one.last_day), None)


def _page(
    row: Team,
    title: str,
    form: forms.DatedForm,
    act: acts.Act,
    button: str,
    notes: list[str],
    now: Mapping[str, object],
) -> ActPage:
    back = url_for(".team", team_id=row.id)
    return ActPage(title, form, act, back, row.name, button, notes, now, row.name, LABELS)
