"""The forms on cadres. What may be chosen has its name as value, so that a page of conflict can show it as typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DecimalField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal.actions.memberships import HIGHEST, LOWEST
from portal.core.book import Role
from portal.files.sheets import ROLES
from portal.web.day_field import DayField

NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_NAME, LONGEST_REASON = 40, 500
ROLE_FIELDS = {role: f"role_{role.value}" for role in ROLES.values()}


class ChoiceField(SelectField):  # type: ignore[misc]
    """One of the names offered."""

    def pre_validate(self, form: object) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(f"“{self.label.text}”里没有这一项，请重新选。") from error


class FactorField(DecimalField):  # type: ignore[misc]
    """A number with two decimals at most."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError as error:
            raise ValueError("个人系数要写成 0.95 这样的数。") from error


class TickField(BooleanField):  # type: ignore[misc]
    """A tick; 否 says no as well, so that a page of conflict can hand it on."""

    false_values = (False, "false", "", "否")


def _clean(typed: str | None) -> str:
    return NOT_TEXT.sub("", typed or "").strip()


def words(label: str, most: int = LONGEST_NAME, needed: bool = True) -> StringField:
    checks: list[Any] = [InputRequired(f"请填{label}。")] if needed else [Optional()]
    checks.append(Length(max=most, message=f"{label}最多 {most} 个字。"))
    return StringField(label, filters=[_clean], validators=checks)


def day(label: str, needed: bool = True) -> DayField:
    return DayField(label, validators=[InputRequired(f"请填{label}。")] if needed else [Optional()])


def one_of(label: str, needed: bool = False) -> ChoiceField:
    return ChoiceField(label, validators=[InputRequired(f"请选{label}。")] if needed else [Optional()])


def why(needed: bool = True) -> TextAreaField:
    checks: list[Any] = [InputRequired("请写理由：以后要说得清为什么改。")] if needed else [Optional()]
    checks.append(Length(max=LONGEST_REASON, message=f"理由最多 {LONGEST_REASON} 个字。"))
    return TextAreaField("理由", filters=[_clean], validators=checks)


def tick(label: str) -> TickField:
    return TickField(label)


def factor() -> FactorField:
    checks = [
        InputRequired("请填个人系数，一般是 1。"),
        NumberRange(LOWEST, HIGHEST, f"个人系数要在 {LOWEST} 到 {HIGHEST} 之间。"),
    ]
    return FactorField("个人系数", places=None, validators=checks)


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Every form here; whoever gets past it has read a field's value with the right type."""

    def offer(self, **names: Iterable[str]) -> None:
        """What may be chosen, by field; fields that the form doesn't have are passed over."""
        for name, options in names.items():
            if name in self:
                field = self[name]
                # nothing is chosen for anybody: what must be chosen begins with a question
                asks = [] if field.data else [SelectChoice("", "请选")]
                empty = asks if field.flags.required else [SelectChoice("", _nothing(name))]
                field.choices = [*empty, *(SelectChoice(option, option) for option in options)]

    def roles(self) -> tuple[str, ...]:
        return tuple(role.value for role, name in ROLE_FIELDS.items() if self[name].data)


def _nothing(name: str) -> str:
    return {"instead_of": "都不结束", "secondment": "都不是"}.get(name, "（不选）")


class NameForm(PersonForm):
    """A corrected name or phone."""

    name = words("姓名")
    phone = words("手机", needed=False)
    reason = why()


class MoveForm(PersonForm):
    """From a day on another post or module."""

    day = day("从哪天起")
    post = one_of("新岗位")
    module = one_of("新模块")
    reason = why()


class TermsForm(PersonForm):
    """From a day on another group, 编制 …"""

    day = day("从哪天起")
    group = one_of("组别", needed=True)
    staffing = one_of("编制")
    secondment = one_of("借调或挂职来")
    exempt = tick("不参评（党政主要领导）")
    role_cadre = tick("干部")
    role_module_leader = tick("模块负责人")
    role_team_leader = tick("组团团长")
    role_clerk = tick("经办人")
    role_township_admin = tick("管理员")
    role_approver = tick("党委")
    reason = why()


class LeaveForm(PersonForm):
    """The last day of service."""

    day = day("任职的最后一天")
    reason = why()


class StretchForm(PersonForm):
    """A stretch of service."""

    first_day = day("从哪天起")
    last_day = day("到哪天", needed=False)
    group = one_of("组别", needed=True)
    staffing = one_of("编制")
    secondment = one_of("借调或挂职来")
    post = one_of("岗位")
    module = one_of("模块")
    exempt = tick("不参评（党政主要领导）")
    role_cadre = tick("干部")
    role_module_leader = tick("模块负责人")
    role_team_leader = tick("组团团长")
    role_clerk = tick("经办人")
    role_township_admin = tick("管理员")
    role_approver = tick("党委")
    reason = why()


class JoinForm(PersonForm):
    """Somebody comes."""

    number = words("工号")
    name = words("姓名")
    phone = words("手机", needed=False)
    first_day = day("从哪天起")
    last_day = day("到哪天", needed=False)
    group = one_of("组别", needed=True)
    staffing = one_of("编制")
    secondment = one_of("借调或挂职来")
    post = one_of("岗位")
    module = one_of("模块")
    team = one_of("组团")
    exempt = tick("不参评（党政主要领导）")
    role_cadre = tick("干部")
    role_module_leader = tick("模块负责人")
    role_team_leader = tick("组团团长")
    role_clerk = tick("经办人")
    role_township_admin = tick("管理员")
    role_approver = tick("党委")
    reason = why(needed=False)


class ExtraForm(PersonForm):
    """A further post."""

    post = one_of("兼的岗位", needed=True)
    first_day = day("从哪天起")
    last_day = day("到哪天", needed=False)
    reason = why()


class MemberForm(PersonForm):
    """A membership."""

    team = one_of("组团", needed=True)
    first_day = day("从哪天起")
    last_day = day("到哪天", needed=False)
    factor = factor()
    reason = why()


class TeamForm(PersonForm):
    """Into a team, perhaps in place of another."""

    team = one_of("组团", needed=True)
    first_day = day("从哪天起")
    last_day = day("到哪天", needed=False)
    instead_of = one_of("到前一天结束的组团")
    factor = factor()
    reason = why()


class AbsenceForm(PersonForm):
    """Days that don't count."""

    kind = one_of("哪一种", needed=True)
    first_day = day("第一天")
    last_day = day("最后一天")
    reason = why()


class WithdrawForm(PersonForm):
    """A row that should never have been there."""

    reason = why()


def roles_from(values: Iterable[str]) -> dict[str, bool]:
    """The ticks of these roles."""
    held = set(values)
    return {name: role.value in held for role, name in ROLE_FIELDS.items()}


def default_roles() -> dict[str, bool]:
    return roles_from([Role.CADRE.value])
