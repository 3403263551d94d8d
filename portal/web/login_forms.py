"""The forms of log-in and of the own account."""

from __future__ import annotations

import re
from datetime import datetime
from math import ceil

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from portal.actions import accounts

LONGEST_PASSWORD = 200
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f]")


def at_most(name: str, most: int) -> Length:
    return Length(max=most, message=f"{name}最多 {most} 个字符。")


def wait_words(until: datetime, now: datetime) -> str:
    """How long an account pauses, in a sentence."""
    seconds = ceil((until - now).total_seconds())
    wait = f"{seconds} 秒" if seconds < 120 else f"{ceil(seconds / 60)} 分钟"
    return f"输错的次数多了，为了安全请等 {wait}再试。"


def _code() -> StringField:
    wanted = "请填手机上的 6 位验证码。"
    return StringField("验证码", validators=[InputRequired(wanted), Length(max=20, message=wanted)])


class LoginForm(FlaskForm):  # type: ignore[misc]
    """User name and password."""

    class Meta:
        csrf = False  # guards.same_site stands in: there is no session yet that a token could belong to

    username = StringField(
        "用户名",
        filters=[lambda typed: typed and NOT_TEXT.sub("", typed)],
        validators=[InputRequired("请填用户名。"), at_most("用户名", accounts.LONGEST_USERNAME)],
    )
    password = PasswordField(
        "密码", validators=[InputRequired("请填密码。"), at_most("密码", LONGEST_PASSWORD)]
    )


class CurrentForm(FlaskForm):  # type: ignore[misc]
    """Whether it is really the account's owner."""

    current = PasswordField(
        "现在的密码", validators=[InputRequired("请填现在的密码。"), at_most("密码", LONGEST_PASSWORD)]
    )


class FirstPasswordForm(FlaskForm):  # type: ignore[misc]
    """The password that takes the place of the slip's."""

    new = PasswordField(
        "新密码",
        validators=[
            InputRequired("请填新密码。"),
            Length(
                min=accounts.SHORTEST_PASSWORD, message=f"新密码至少 {accounts.SHORTEST_PASSWORD} 个字符。"
            ),
            at_most("新密码", LONGEST_PASSWORD),
        ],
    )
    again = PasswordField(
        "再填一次新密码",
        validators=[InputRequired("请再填一次新密码。"), EqualTo("new", "两次填的新密码不一样。")],
    )


class PasswordForm(CurrentForm, FirstPasswordForm):
    """A new password for the own account."""


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The second factor's code at log-in."""

    code = _code()


class SecondForm(FlaskForm):  # type: ignore[misc]
    """A second factor: the secret on its way, and a code that shows that it arrived."""

    draft = HiddenField()
    code = _code()


class OtherDeviceForm(CurrentForm, SecondForm):
    """Another device for a second factor that there is already."""
