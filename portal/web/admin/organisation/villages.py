"""Villages: the list, one village with its past, and every change of it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, url_for

from portal.actions import teams as team_acts
from portal.actions import villages as acts_on
from portal.actions.organising import Order
from portal.core.book import VillageKind
from portal.store import names, organising, rows, townships
from portal.store.organisation import NameKind, Poster, Team, Village
from portal.web import guards, unit
from portal.web.admin.organisation import acts, forms
from portal.web.admin.organisation.acts import ActPage, Answer
from portal.web.admin.organisation.blueprint import pages
from portal.web.admin.organisation.history import told

LABELS = {
    "name": "名称",
    "code": "代码",
    "households": "户数",
    "team": "联系的组团",
    "last_day": "到哪天为止",
}


@pages.get("/villages")
def villages() -> str:
    """Which villages are there, and who links them today?"""
    session, township, day = unit.session(), guards.township(), acts.today()
    everywhere = townships.villages(session, township.id)
    linking = {
        link.village_id: link
        for link in organising.links(session, township.id)
        if link.first_day <= day <= link.last_day
    }
    return render_template(
        "admin/organisation/villages.html",
        township=township,
        there=[one for one in everywhere if one.last_day is None or one.last_day >= day],
        gone=[one for one in everywhere if one.last_day is not None and one.last_day < day],
        name_of={one.id: one.name for one in everywhere},
        linking=linking,
        posters=townships.posters_in_use(session, township.id),
        kinds=forms.KINDS,
        done=acts.done(),
    )


@pages.get("/villages/<int:village_id>")
def village(village_id: int) -> str:
    """One village: what it is today, and what it was."""
    session, township = unit.session(), guards.township()
    found = acts.own(Village, village_id)
    successor = None if found.merged_into_id is None else acts.own(Village, found.merged_into_id)
    return render_template(
        "admin/organisation/village.html",
        village=found,
        successor=successor,
        kind=forms.KINDS[found.kind.value],
        former=names.former_names(session, township.id, NameKind.VILLAGE, found.id),
        counts=organising.counts(session, township.id, found.id),
        links=organising.links(session, township.id, village_id=found.id),
        poster=townships.posters_in_use(session, township.id).get(found.id),
        today=acts.today(),
        over=found.last_day is not None,
        done=acts.done(),
    )


@pages.get("/villages/<int:village_id>/history")
def village_history(village_id: int) -> str:
    """Who changed what of this village, and when?"""
    session, township = unit.session(), guards.township()
    found = acts.own(Village, village_id)
    links = [link.id for link in organising.links(session, township.id, village_id=found.id)]
    posters = [p.id for p in rows.in_township(session, Poster, township.id, Poster.village_id == found.id)]
    kinds = [
        ("village.", [found.id]),
        ("import.village", [found.id]),
        ("link.", links),
        ("import.team_link", links),
        ("poster.", posters),
    ]
    return render_template(
        "admin/organisation/history.html",
        what=found.name,
        back=url_for(".village", village_id=found.id),
        lines=told(organising.history(session, township.id, kinds)),
    )


@pages.route("/villages/new", methods=["GET", "POST"])
def new_village() -> Answer:
    acts.begin()
    form = forms.NewVillageForm()
    form.kind.choices = forms.KINDS

    def act(order: Order) -> str:
        wanted = acts_on.NewVillage(
            form.code.data, form.name.data, VillageKind(form.kind.data), form.households.number or 0
        )
        made = acts_on.add_village(order, wanted)
        return url_for(".village", village_id=made.id, done="added")

    return acts.perform(
        ActPage(
            title="添加村社",
            form=form,
            act=act,
            back=url_for(".villages"),
            back_words="村社",
            button="添加",
            notes=["添加后会有一张新的海报码。还要给它选组团。"],
        )
    )


@pages.route("/villages/<int:village_id>/rename", methods=["GET", "POST"])
def rename_village(village_id: int) -> Answer:
    acts.begin()
    row = acts.own(Village, village_id)
    now = {"name": row.name, "code": row.code}
    form = forms.VillageNameForm(data=now)

    def act(order: Order) -> str:
        acts_on.rename_village(order, village_id, form.name.data, form.code.data)
        return url_for(".village", village_id=village_id, done="renamed")

    notes = ["这一天以前的成绩仍显示原来的名称；原来的代码以后仍能找到它。"]
    return acts.perform(_page(row, f"{row.name}：改名称或代码", form, act, "保存", notes, now))


@pages.route("/villages/<int:village_id>/households", methods=["GET", "POST"])
def recount(village_id: int) -> Answer:
    acts.begin()
    row = acts.own(Village, village_id)
    now = {"households": row.households}
    form = forms.HouseholdsForm(data={"households": str(row.households)})

    def act(order: Order) -> str:
        acts_on.recount(order, village_id, form.households.number or 0)
        return url_for(".village", village_id=village_id, done="changed")

    return acts.perform(
        _page(row, f"{row.name}：改户数", form, act, "保存", [f"现在是 {row.households} 户。"], now)
    )


@pages.route("/villages/<int:village_id>/link", methods=["GET", "POST"])
def link_village(village_id: int) -> Answer:
    township_id = acts.begin()
    row, day = acts.own(Village, village_id), acts.today()
    team = townships.team_linking(unit.session(), township_id, row.id, day) or ""
    form = forms.LinkForm()
    form.team.choices = team_choices(township_id, "不联系（结束现在的联系）")

    def act(order: Order) -> str:
        chosen = int(form.team.data) if form.team.data else None
        team_acts.link_village(order, village_id, chosen)
        done = "linked" if chosen else "unlinked"
        return url_for(".village", village_id=village_id, done=done)

    notes = [
        f"今天由{team}联系。" if team else "今天没有组团联系。",
        "这一天以前的评价和诉求仍归原来的组团。",
    ]
    return acts.perform(_page(row, f"{row.name}：改联系的组团", form, act, "保存", notes, {"team": team}))


@pages.route("/villages/<int:village_id>/retire", methods=["GET", "POST"])
def retire_village(village_id: int) -> Answer:
    acts.begin()
    row = acts.own(Village, village_id)

    def act(order: Order) -> str:
        acts_on.retire_village(order, village_id)
        return url_for(".village", village_id=village_id, done="retired")

    notes = [
        "村社到前一天为止，组团的联系也到前一天为止，海报码从这一天起不能再用。",
        "并到别的村社去的，不要在这里停用，请用“合并村社”：那样旧海报会转到新的村社。",
    ]
    return acts.perform(
        _page(row, f"停用{row.name}", forms.EndForm(), act, "停用", notes, {"last_day": row.last_day})
    )


def team_choices(township_id: int, none: str) -> dict[str, str]:
    """Teams that are there today, after the choice of none."""
    everyone = rows.in_township(unit.session(), Team, township_id)
    day = acts.today()
    return {"": none, **{str(t.id): t.name for t in everyone if t.last_day is None or t.last_day >= day}}


def _page(
    row: Village,
    title: str,
    form: forms.DatedForm,
    act: acts.Act,
    button: str,
    notes: list[str],
    now: Mapping[str, object],
) -> ActPage:
    back = url_for(".village", village_id=row.id)
    return ActPage(title, form, act, back, row.name, button, notes, now, row.name, LABELS)
