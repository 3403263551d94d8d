"""Merging villages: what is wanted, then exactly what will happen, then doing it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from flask import redirect, render_template, request, url_for

from portal.actions.merging import Merger, Prospect, merge_villages, prospect
from portal.actions.organising import OrganisationRefused, proper_name
from portal.actions.villages import NewVillage
from portal.core.book import VillageKind
from portal.store import townships
from portal.web import unit
from portal.web.admin.organisation import acts, forms
from portal.web.admin.organisation.acts import Answer
from portal.web.admin.organisation.blueprint import pages
from portal.web.admin.organisation.villages import team_choices

KEEP, NOBODY, NEW = "keep", "nobody", "new"


@pages.route("/villages/merge", methods=["GET", "POST"])
def merge() -> Answer:
    """First post: what would happen. Second one, with the same prospect in it: do it."""
    township_id = acts.begin()
    form = _form(township_id)
    if request.method in unit.READING:
        return _show(form)
    if not form.validate():
        return _show(form), 422
    order = acts.order(form.day.data, form.reason.data or "")
    try:
        wanted = _wanted(form)
        ahead = prospect(order, wanted)
        sure = request.form.get("sure", "")
        if sure == _digest(ahead):
            made = merge_villages(order, wanted)
            return redirect(url_for(".village", village_id=made.id, done="merged"), 303)
    except OrganisationRefused as refusal:
        unit.undo()
        return _show(form, acts.said(form, refusal)), 422
    kept = [
        (name, value) for name, value in request.form.items(multi=True) if name not in ("sure", "csrf_token")
    ]
    page = render_template(
        "admin/organisation/merge_sure.html", ahead=ahead, kept=kept, sure=_digest(ahead), changed=bool(sure)
    )
    return page, 409 if sure else 200


def _form(township_id: int) -> forms.MergeForm:
    day = acts.today()
    there = {
        str(one.id): f"{one.name}（{one.households} 户）"
        for one in townships.villages(unit.session(), township_id)
        if one.last_day is None or one.last_day >= day
    }
    form = forms.MergeForm()
    form.villages.choices = there
    form.into.choices = {"": "请选择", **there, NEW: "一个新的村社"}
    form.kind.choices = forms.KINDS
    teams: Mapping[str, str] = team_choices(township_id, "")
    own = {key: name for key, name in teams.items() if key}
    form.team.choices = {KEEP: "不变：仍由原来联系它的组团联系", **own, NOBODY: "暂时没有"}
    return form


def _wanted(form: forms.MergeForm) -> Merger:
    villages = tuple(dict.fromkeys(int(key) for key in form.villages.data or ()))
    households = form.households.number
    team = int(form.team.data) if form.team.data not in (KEEP, NOBODY) else None
    if households == 0:
        raise OrganisationRefused("户数要 1 以上的整数。", "households")
    if not form.into.data:
        raise OrganisationRefused("请选合并成哪个村社。", "into")
    if form.into.data != NEW:
        if form.team.data == NOBODY:
            raise OrganisationRefused("合并后不再联系的，请合并以后在村社页面上结束联系。", "team")
        return Merger(villages, int(form.into.data), None, team, households)
    if form.team.data == KEEP:
        raise OrganisationRefused("新的村社还没有组团联系，请选一个组团，或者选“暂时没有”。", "team")
    name = proper_name(form.name.data or "")
    new = NewVillage(form.code.data or "", name, VillageKind(form.kind.data), households or 1)
    return Merger(villages, None, new, team, households)


def _digest(ahead: Prospect) -> str:
    """The prospect in short: it is done only as it was read."""
    endings = [(one.village.id, one.village.households, one.team, one.token) for one in ahead.endings]
    told = (ahead.day, ahead.name, ahead.households, endings, ahead.team, ahead.keeps_team, ahead.token)
    return sha256(repr(told).encode()).hexdigest()


def _show(form: forms.MergeForm, refusal: str = "") -> str:
    return render_template("admin/organisation/merge.html", form=form, refusal=refusal)
