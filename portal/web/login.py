"""Log-in, log-out and the own account."""

from __future__ import annotations

import re
from math import ceil

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from portal.actions import accounts
from portal.core.rights import Right, has_right
from portal.web import guards, unit

pages = Blueprint("login", __name__)

LONGEST_PASSWORD = 200
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f]")


def _at_most(name: str, most: int) -> Length:
    return Length(max=most, message=f"{name}最多 {most} 个字符。")


class LoginForm(FlaskForm):  # type: ignore[misc]
    """User name and password."""

    class Meta:
        csrf = False  # guards.same_site stands in: there is no session yet that a token could belong to

    username = StringField(
        "用户名",
        filters=[lambda typed: typed and NOT_TEXT.sub("", typed)],
        validators=[InputRequired("请填用户名。"), _at_most("用户名", accounts.LONGEST_USERNAME)],
    )
    password = PasswordField(
        "密码", validators=[InputRequired("请填密码。"), _at_most("密码", LONGEST_PASSWORD)]
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password for the own account."""

    current = PasswordField(
        "现在的密码", validators=[InputRequired("请填现在的密码。"), _at_most("密码", LONGEST_PASSWORD)]
    )
    new = PasswordField(
        "新密码",
        validators=[
            InputRequired("请填新密码。"),
            Length(
                min=accounts.SHORTEST_PASSWORD, message=f"新密码至少 {accounts.SHORTEST_PASSWORD} 个字符。"
            ),
            _at_most("新密码", LONGEST_PASSWORD),
        ],
    )
    again = PasswordField(
        "再填一次新密码",
        validators=[InputRequired("请再填一次新密码。"), EqualTo("new", "两次填的新密码不一样。")],
    )


@pages.get("/login")
def form() -> str | BaseResponse:
    if guards.actor() is not None:
        return redirect(url_for(".home"))
    return _page(LoginForm(), "", 200)[0]


@pages.post("/login")
def enter() -> tuple[str, int] | BaseResponse:
    """Begin a session; a wrong password is counted, and after three the account pauses, longer each time."""
    if not guards.same_site():
        raise CSRFError
    asked = LoginForm(request.form)
    if not asked.validate():
        return _page(asked, "", 422)
    username = asked.username.data.strip()
    at_hand = unit.fixtures()
    with at_hand.database.reading() as looking:
        matches = accounts.password_matches(looking, username, asked.password.data, at_hand.hasher)
    try:
        token = accounts.log_in(unit.session(), username, matches, unit.now())
    except accounts.WrongPassword:
        return _page(asked, "用户名或密码不对，请再试一次。", 422)
    except accounts.PausedLogin as pause:
        seconds = ceil((pause.until - unit.now()).total_seconds())
        wait = f"{seconds} 秒" if seconds < 120 else f"{ceil(seconds / 60)} 分钟"
        return _page(asked, f"输错的次数多了，为了安全请等 {wait}再试。", 429)
    response = make_response(redirect(guards.own_path(request.args.get("next")) or url_for(".home"), 303))
    guards.begin(response, token)
    return response


@pages.post("/logout")
def leave() -> BaseResponse:
    """End the session for good, not only in this browser."""
    token = request.cookies.get(guards.COOKIE)
    if token:
        accounts.log_out(unit.session(), token)
    response = make_response(redirect(url_for(".form"), 303))
    guards.end(response)
    return response


@pages.get("/home")
def home() -> BaseResponse:
    """Where somebody belongs after logging in."""
    actor = guards.actor()
    if actor is None:
        return redirect(url_for(".form"))
    if actor.township_id is not None and has_right(actor, Right.SEE_OFFICE):
        return redirect(url_for("overview.page"))
    if actor.cadre is not None and has_right(actor, Right.SEE_OWN_SCORE):
        return redirect(url_for("cadres.score"))
    return redirect(url_for(".account"))


@pages.get("/account")
def account() -> str | BaseResponse:
    actor = guards.actor()
    if actor is None:
        return redirect(url_for(".form", next=url_for(".account")))
    return render_template(
        "staff/account.html", actor=actor, form=PasswordForm(), done="done" in request.args
    )


@pages.post("/account")
def change_password() -> tuple[str, int] | BaseResponse:
    """A new password; every other session of the account ends."""
    actor = guards.actor()
    if actor is None:
        abort(403)
    asked = PasswordForm(request.form)
    if asked.validate():
        token = request.cookies[guards.COOKIE]
        try:
            accounts.change_password(
                unit.session(),
                actor,
                token,
                asked.current.data,
                asked.new.data,
                unit.now(),
                unit.fixtures().hasher,
            )
            return redirect(url_for(".account", done=1), 303)
        except accounts.WrongPassword:
            asked.current.errors = ["现在的密码不对。"]
    return render_template("staff/account.html", actor=actor, form=asked, done=False), 422


def _page(asked: LoginForm, refusal: str, status: int) -> tuple[str, int]:
    return render_template("staff/login.html", form=asked, refusal=refusal), status
