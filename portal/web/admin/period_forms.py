"""The forms of set-up, periods and plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.actions.periods import LONGEST_NAME, NewPeriod
from portal.core import plan_fields
from portal.core.days import Span
from portal.web.day_field import DayField

LONGEST_REASON = 500


class Needed:
    """Marks a field as one that must be filled in; what is wrong with it the plan's own rules say."""

    field_flags: Mapping[str, bool] = {"required": True}

    def __call__(self, form: FlaskForm, field: Any) -> None:
        del form, field


def _stripped(typed: str | None) -> str:
    return (typed or "").strip()


def reason_field(label: str, needed: bool = True) -> TextAreaField:
    checks = [Length(max=LONGEST_REASON, message=f"{label}最多 {LONGEST_REASON} 个字。")]
    return TextAreaField(
        label,
        filters=[_stripped],
        validators=[InputRequired(f"请填{label}。"), *checks] if needed else checks,
    )


class PeriodForm(FlaskForm):  # type: ignore[misc]
    """A period's name and days."""

    name = StringField(
        "名称",
        filters=[_stripped],
        validators=[
            InputRequired("请填名称，例如 2027年度。"),
            Length(max=LONGEST_NAME, message=f"名称最多 {LONGEST_NAME} 个字。"),
        ],
    )
    first_day = DayField("第一天", validators=[InputRequired("请填第一天。")])
    last_day = DayField("最后一天", validators=[InputRequired("请填最后一天。")])

    def wanted(self) -> NewPeriod:
        """What was typed; call it when the form is valid."""
        return NewPeriod(self.name.data, Span(self.first_day.data, self.last_day.data))

    def refuse(self, sentence: str, field: str) -> None:
        """Put a refusal at the field that it is about, the name where it is about none."""
        self[field or "name"].errors = [sentence]


class OpenForm(FlaskForm):  # type: ignore[misc]
    """Opening a period for good."""

    reason = reason_field("照样打开的理由", needed=False)
    sure = BooleanField(
        "我知道：打开以后，方案和岗位系数要两个人才能改，也不能再关上。",
        validators=[InputRequired("请先打勾，表示知道打开以后意味着什么。")],
    )


def plan_form(groups: Sequence[str], posts: Sequence[str]) -> type[FlaskForm]:
    """A form with every parameter of a plan, and why it is changed."""
    parts = {one.key: _plan_field(one) for one in plan_fields.fields(groups, posts)}
    return type("PlanForm", (FlaskForm,), {**parts, "reason": reason_field("为什么改")})


def _plan_field(one: plan_fields.Field) -> StringField | SelectField:
    needed = [] if one.optional else [Needed()]
    label = f"{one.label}（{one.unit}）" if one.unit else one.label
    if one.choices is None:
        return StringField(label, filters=[_stripped], validators=needed)
    choices = [SelectChoice(value, words) for value, words in one.choices.items()]
    return SelectField(label, choices=choices, validate_choice=False, validators=needed)
