"""Task forces of the present period."""

from __future__ import annotations

from flask import render_template, url_for

from portal.actions.organising import Order, period_of
from portal.actions.task_forces import TaskForceDays, add_task_force, change_task_force
from portal.pinyin import by_pinyin
from portal.store import organising, rows
from portal.store.appraisal import Period, TaskForce
from portal.store.organisation import Cadre
from portal.web import guards, unit
from portal.web.admin.organisation import acts, forms
from portal.web.admin.organisation.acts import ActPage, Answer
from portal.web.admin.organisation.blueprint import pages

LABELS = {"name": "名称", "leader": "负责人", "first_day": "开始", "last_day": "结束"}


def current_period() -> Period | None:
    """The period that holds today."""
    return period_of(unit.session(), guards.township().id, acts.today())


@pages.get("/task-forces")
def task_forces() -> str:
    """Which task forces does the present period have?"""
    period = current_period()
    found = organising.task_forces(unit.session(), guards.township().id, period.id) if period else []
    return render_template(
        "admin/organisation/task_forces.html", period=period, forces=found, done=acts.done()
    )


@pages.route("/task-forces/new", methods=["GET", "POST"])
def new_task_force() -> Answer:
    township_id = acts.begin()
    period = current_period()
    span = {"first_day": acts.today(), "last_day": period.last_day} if period else {}
    form = forms.TaskForceForm(data=span)
    _leaders(form, township_id)

    def act(order: Order) -> str:
        add_task_force(order, _wanted(form))
        return url_for(".task_forces", done="added")

    return acts.perform(ActPage("添加专班", form, act, url_for(".task_forces"), "专班", "添加"))


@pages.route("/task-forces/<int:force_id>", methods=["GET", "POST"])
def task_force(force_id: int) -> Answer:
    township_id = acts.begin()
    row = acts.own(TaskForce, force_id)
    leader = None if row.leader_id is None else rows.one(unit.session(), Cadre, township_id, row.leader_id)
    now: dict[str, object] = {
        "name": row.name,
        "leader": leader.number if leader else "",
        "first_day": row.first_day,
        "last_day": row.last_day,
    }
    form = forms.TaskForceForm(data=now)
    _leaders(form, township_id, leader)

    def act(order: Order) -> str:
        change_task_force(order, force_id, _wanted(form))
        return url_for(".task_forces", done="changed")

    return acts.perform(
        ActPage(
            title=f"专班：{row.name}",
            form=form,
            act=act,
            back=url_for(".task_forces"),
            back_words="专班",
            button="保存",
            seen=now,
            subject=row.name,
            labels=LABELS,
        )
    )


def _wanted(form: forms.TaskForceForm) -> TaskForceDays:
    return TaskForceDays(form.name.data, form.leader.data, form.first_day.data, form.last_day.data)


def _leaders(form: forms.TaskForceForm, township_id: int, present: Cadre | None = None) -> None:
    people = organising.cadres_serving(unit.session(), township_id, acts.today())
    own = [present] if present is not None else []
    offered = sorted((*own, *people), key=lambda one: by_pinyin(one.name))
    form.leader.choices = {
        "": "还没有",
        **{one.number: f"{one.name}（{one.number}）" for one in offered},
    }
