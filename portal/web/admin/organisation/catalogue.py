"""Modules and posts: two lists, and what changes in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from flask import render_template, url_for

from portal.actions import posts_and_modules as acts_on
from portal.actions.organising import Order
from portal.store import organising, rows
from portal.store.organisation import Module, Post
from portal.web import guards, unit
from portal.web.admin.organisation import acts, forms
from portal.web.admin.organisation.acts import ActPage, Answer
from portal.web.admin.organisation.blueprint import pages
from portal.web.admin.organisation.forces import current_period

LABELS = {"name": "名称", "coefficient": "系数", "last_day": "到哪天为止"}
RENAMED = ["这一天以前的成绩仍显示原来的名称。"]


@pages.get("/modules")
def modules() -> str:
    """Which modules are there?"""
    everyone = rows.in_township(unit.session(), Module, guards.township().id)
    day = acts.today()
    there = [one for one in everyone if one.last_day is None or one.last_day >= day]
    return render_template(
        "admin/organisation/modules.html",
        there=there,
        gone=[one for one in everyone if one not in there],
        odd=not acts_on.FEWEST_MODULES <= len(there) <= acts_on.MOST_MODULES,
        done=acts.done(),
    )


@pages.route("/modules/new", methods=["GET", "POST"])
def new_module() -> Answer:
    acts.begin()
    form = forms.NewNameForm()

    def act(order: Order) -> str:
        acts_on.add_module(order, form.name.data)
        return url_for(".modules", done="added")

    return acts.perform(ActPage("添加模块", form, act, url_for(".modules"), "模块", "添加"))


@pages.route("/modules/<int:module_id>/rename", methods=["GET", "POST"])
def rename_module(module_id: int) -> Answer:
    acts.begin()
    row = acts.own(Module, module_id)
    form = forms.RenameForm(data={"name": row.name})
    back = url_for(".modules")
    act = _renaming(acts_on.rename_module, row.id, form, url_for(".modules", done="renamed"))
    return acts.perform(
        _page(row, f"{row.name}：改名称", form, act, back, "保存", RENAMED, {"name": row.name})
    )


@pages.route("/modules/<int:module_id>/retire", methods=["GET", "POST"])
def retire_module(module_id: int) -> Answer:
    acts.begin()
    row = acts.own(Module, module_id)

    def act(order: Order) -> str:
        acts_on.retire_module(order, module_id)
        return url_for(".modules", done="retired")

    notes = ["模块到前一天为止。这一天以后还有人在这个模块，就不能停用。"]
    back, now = url_for(".modules"), {"last_day": row.last_day}
    return acts.perform(_page(row, f"停用{row.name}", forms.EndForm(), act, back, "停用", notes, now))


@pages.get("/posts")
def posts() -> str:
    """Which posts are there, and with which coefficient in this period?"""
    session, township, day = unit.session(), guards.township(), acts.today()
    everyone, period = rows.in_township(session, Post, township.id), current_period()
    there = [one for one in everyone if one.last_day is None or one.last_day >= day]
    return render_template(
        "admin/organisation/posts.html",
        there=there,
        gone=[one for one in everyone if one not in there],
        period=period,
        coefficients=organising.coefficients(session, township.id, period.id) if period else {},
        done=acts.done(),
    )


@pages.route("/posts/new", methods=["GET", "POST"])
def new_post() -> Answer:
    acts.begin()
    form = forms.NewPostForm()

    def act(order: Order) -> str:
        acts_on.add_post(order, form.name.data, form.coefficient.number or Decimal(0))
        return url_for(".posts", done="added")

    return acts.perform(ActPage("添加岗位", form, act, url_for(".posts"), "岗位", "添加"))


@pages.route("/posts/<int:post_id>/rename", methods=["GET", "POST"])
def rename_post(post_id: int) -> Answer:
    acts.begin()
    row = acts.own(Post, post_id)
    form = forms.RenameForm(data={"name": row.name})
    back = url_for(".posts")
    act = _renaming(acts_on.rename_post, row.id, form, url_for(".posts", done="renamed"))
    return acts.perform(
        _page(row, f"{row.name}：改名称", form, act, back, "保存", RENAMED, {"name": row.name})
    )


@pages.route("/posts/<int:post_id>/coefficient", methods=["GET", "POST"])
def set_coefficient(post_id: int) -> Answer:
    township_id = acts.begin()
    row, period = acts.own(Post, post_id), current_period()
    held = organising.coefficients(unit.session(), township_id, period.id) if period else {}
    words = str(held.get(row.id, ""))
    form = forms.CoefficientForm(data={"coefficient": words})

    def act(order: Order) -> str:
        at_once = acts_on.set_coefficient(order, post_id, form.coefficient.number or Decimal(0))
        return url_for(".posts", done="changed" if at_once else "proposed")

    notes = [
        f"{period.name}里现在是 {words or '没有'}。" if period else "现在没有考评周期。",
        "周期打开以前直接改；打开以后要写明理由，由党委批准才改，因为它会动担任这个岗位的人的得分。",
    ]
    back, now = url_for(".posts"), {"coefficient": words}
    return acts.perform(_page(row, f"{row.name}：改系数", form, act, back, "提交", notes, now))


@pages.route("/posts/<int:post_id>/retire", methods=["GET", "POST"])
def retire_post(post_id: int) -> Answer:
    acts.begin()
    row = acts.own(Post, post_id)

    def act(order: Order) -> str:
        acts_on.retire_post(order, post_id)
        return url_for(".posts", done="retired")

    notes = ["岗位到前一天为止。这一天以后还有人担任，就不能停用。"]
    back, now = url_for(".posts"), {"last_day": row.last_day}
    return acts.perform(_page(row, f"停用{row.name}", forms.EndForm(), act, back, "停用", notes, now))


def _renaming(
    do: Callable[[Order, int, str], None], row_id: int, form: forms.RenameForm, target: str
) -> acts.Act:
    def act(order: Order) -> str:
        do(order, row_id, form.name.data)
        return target

    return act


def _page(
    row: Module | Post,
    title: str,
    form: forms.DatedForm,
    act: acts.Act,
    back: str,
    button: str,
    notes: list[str],
    now: Mapping[str, object],
) -> ActPage:
    words = "模块" if isinstance(row, Module) else "岗位"
    return ActPage(title, form, act, back, words, button, notes, now, row.name, LABELS)
