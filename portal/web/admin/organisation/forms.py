"""The forms of the organisation, with fields that say in Chinese what is wanted."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.core.book import VillageKind
from portal.web.day_field import DayField

LONGEST_REASON = 500
NOBODY = "none"
KINDS = {VillageKind.VILLAGE.value: "村", VillageKind.COMMUNITY.value: "社区"}
NOT_THERE = "请从列出的里面选一项。"


class WholeField(StringField):  # type: ignore[misc]
    """A whole number; `number` is None where nothing was typed."""

    number: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (self.data or "").strip()
        if not typed:
            return
        if not typed.isdecimal() or len(typed) > 9:
            raise ValueError(f"{self.label.text}要是整数，例如 320。")
        self.number = int(typed)


class CoefficientField(StringField):  # type: ignore[misc]
    """A number with at most two decimals."""

    number: Decimal | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (self.data or "").strip()
        if not typed:
            return
        try:
            self.number = Decimal(typed)
        except InvalidOperation:
            self.number = None
        if self.number is None or not self.number.is_finite() or len(typed) > 8:
            self.number = None
            raise ValueError(f"{self.label.text}要是数字，例如 1.05。")


def wanted(what: str) -> InputRequired:
    return InputRequired(f"请填{what}。")


def chosen(label: str, hint: str = "") -> SelectField:
    required = [InputRequired(f"请选{label}。")]
    return SelectField(label, required, invalid_choice_message=NOT_THERE, description=hint)


def name_field(label: str = "名称") -> StringField:
    return StringField(label, [wanted(label), Length(max=50, message=f"{label}最多 50 个字。")])


def day_field(hint: str = "") -> DayField:
    return DayField("从哪天起", [wanted("从哪天起")], description=hint)


class DatedForm(FlaskForm):  # type: ignore[misc]
    """What holds from a day on."""

    day = day_field()
    reason = TextAreaField(
        "理由", [Length(max=LONGEST_REASON, message=f"理由最多 {LONGEST_REASON} 个字。")], default=""
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for name in ("day", "reason"):  # the own fields first, then from when and why
            self._fields[name] = self._fields.pop(name)

    def fields_in_order(self) -> list[Field]:
        return [item for item in self if item.name != "csrf_token"]


class NewVillageForm(DatedForm):
    name = name_field("村社名称")
    code = StringField(
        "村社代码",
        [wanted("村社代码")],
        description="12 位统计用区划代码。",
        filters=[lambda t: t and t.strip()],
    )
    kind = chosen("类型")
    households = WholeField("户数", [wanted("户数")])


class VillageNameForm(DatedForm):
    name = name_field("村社名称")
    code = StringField("村社代码", [wanted("村社代码")], filters=[lambda t: t and t.strip()])


class HouseholdsForm(DatedForm):
    households = WholeField(
        "户数", [wanted("户数")], description="从这一天起按新的户数算份量，之前的日子按原来的。"
    )


class LinkForm(DatedForm):
    team = chosen("联系的组团", "原来的联系到前一天为止，不用另外结束。")


class VillageLinkForm(DatedForm):
    village = chosen("村社", "这个村社原来的联系到前一天为止，不用另外结束。")


class RenameForm(DatedForm):
    name = name_field()


class NewNameForm(RenameForm):
    """A new module or team."""


class LeaderForm(DatedForm):
    leader = chosen("团长", "现任的团长到前一天为止。团长自己的个人系数在任期内总是 1。")


class NewPostForm(DatedForm):
    name = name_field("岗位名称")
    coefficient = CoefficientField(
        "系数", [wanted("系数")], description="0.80–1.40，属于所填日子的考评周期。"
    )


class CoefficientForm(DatedForm):
    coefficient = CoefficientField("系数", [wanted("系数")], description="0.80–1.40，整个周期都按它算。")


class EndForm(DatedForm):
    """The end of something: nothing but the day."""


class MergeForm(DatedForm):
    villages = SelectMultipleField(
        "要合并的村社", [wanted("要合并的村社")], invalid_choice_message=lambda _: NOT_THERE + "%(value)s"
    )
    into = chosen("合并成哪个村社", "可以是上面选中的一个，也可以是一个新的村社。")
    name = StringField("新村社的名称", description="只在合并成新的村社时填。")
    code = StringField(
        "新村社的代码", description="只在合并成新的村社时填，12 位。", filters=[lambda t: t and t.strip()]
    )
    kind = chosen("新村社的类型", "只在合并成新的村社时选。")
    households = WholeField("合并后的户数", description="不填就是各村户数之和。")
    team = chosen("合并后联系它的组团")


class TaskForceForm(FlaskForm):  # type: ignore[misc]
    name = name_field("专班名称")
    leader = SelectField("负责人", invalid_choice_message=NOT_THERE)
    first_day = DayField("开始", [wanted("开始")])
    last_day = DayField("结束", [wanted("结束")])
    reason = TextAreaField(
        "理由", [Length(max=LONGEST_REASON, message=f"理由最多 {LONGEST_REASON} 个字。")], default=""
    )

    def fields_in_order(self) -> list[Field]:
        return [self.name, self.leader, self.first_day, self.last_day, self.reason]
