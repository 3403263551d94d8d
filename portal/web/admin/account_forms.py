"""The forms of a township's accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional

from portal.actions.accounts import LONGEST_USERNAME
from portal.actions.manage_accounts import Deputy
from portal.core.book import Role
from portal.core.rights import GRANTABLE
from portal.pinyin import by_pinyin
from portal.store.accounts import Holder
from portal.web.account_words import role_words
from portal.web.day_field import DayField
from portal.web.formats import WORDS

ROLES = tuple(role for role in Role if role in GRANTABLE)
LONGEST_REASON, LONGEST_NAME = 500, 40


def trimmed(typed: str | None) -> str:
    return (typed or "").strip()


def at_most(words: str, most: int) -> Length:
    return Length(max=most, message=f"{words}最多 {most} 个字。")


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why: it stands in the ledger."""

    reason = TextAreaField(
        "理由",
        filters=[trimmed],
        validators=[DataRequired("请写明理由，台账里要记。"), at_most("理由", LONGEST_REASON)],
    )


class ResetForm(ReasonForm):
    """A new slip, perhaps without the second factor."""

    second = BooleanField("同时去掉手机验证码", validators=[Optional()])


class WithRoles(FlaskForm):  # type: ignore[misc]
    """A tick for each role that a township gives."""

    @classmethod
    def of(cls, roles: Collection[Role]) -> WithRoles:
        """The form with these roles ticked, until something is posted."""
        return cls(data={_key(role): True for role in roles})

    @property
    def ticks(self) -> list[BooleanField]:
        return [self[_key(role)] for role in ROLES]

    @property
    def chosen(self) -> tuple[Role, ...]:
        return tuple(role for role in ROLES if self[_key(role)].data)


def _key(role: Role) -> str:
    return f"role_{role.value}"


for _role in ROLES:
    setattr(WithRoles, _key(_role), BooleanField(WORDS[f"role.{_role.value}"], validators=[Optional()]))


class RolesForm(WithRoles, ReasonForm):
    """Which roles, and why."""


class NewForm(WithRoles):
    """An account by hand: of a cadre by 工号, or of somebody who has none by name."""

    username = StringField(
        "用户名",
        filters=[trimmed],
        validators=[DataRequired("请填用户名。"), at_most("用户名", LONGEST_USERNAME)],
    )
    number = StringField("工号", filters=[trimmed], validators=[Optional(), at_most("工号", LONGEST_NAME)])
    holder = StringField("姓名", filters=[trimmed], validators=[Optional(), at_most("姓名", LONGEST_NAME)])


class DeputyForm(ReasonForm):
    """A role in somebody's place."""

    role = SelectField(
        "代理什么角色",
        validate_choice=False,
        choices=[
            SelectChoice("", "请选择"),
            *(SelectChoice(role.value, WORDS[f"role.{role.value}"]) for role in ROLES),
        ],
        validators=[
            InputRequired("请选代理什么角色。"),
            AnyOf([role.value for role in ROLES], message="请从列表里选一个角色。"),
        ],
    )
    stands_for = SelectField("代理谁", validate_choice=False, validators=[InputRequired("请选代理谁。")])
    first_day = DayField("从哪天起", validators=[InputRequired("请填从哪天起。")])
    last_day = DayField(
        "到哪天止（含当天）", validators=[InputRequired("请填到哪天止：代理都要有最后一天。")]
    )

    def offer(self, holders: Iterable[Holder]) -> None:
        """Fill in whom one may stand for, each with the roles he has for good."""
        self.stands_for.choices = [
            SelectChoice("", "请选择"),
            *(
                SelectChoice(str(one.account.id), f"{one.who}（{role_words(lasting)}）")
                for one in sorted(holders, key=lambda holder: by_pinyin(holder.who))
                if (lasting := [row.role for row in one.account.roles if row.last_day is None])
            ),
        ]

    def deputy(self) -> Deputy:
        """What a valid form asks for."""
        chosen, first, last = self.stands_for.data or "", self.first_day.data, self.last_day.data
        known = chosen.isascii() and chosen.isdigit() and len(chosen) < 10
        assert first is not None  # noqa: S101 — both days are wanted
        assert last is not None  # noqa: S101
        return Deputy(Role(self.role.data), first, last, int(chosen) if known else 0)


class BulkForm(FlaskForm):  # type: ignore[misc]
    """Which run of slips, and for how many, as the page said."""

    what = HiddenField(validators=[AnyOf(["new", "again"], message="请从页面上的按钮来做。")])
    number = HiddenField(validators=[InputRequired("请从页面上的按钮来做。")])
