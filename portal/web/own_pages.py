"""The own account: password, second factor, sessions. Its pages stand on the log-in's blueprint."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import accounts, own_account, second_factor
from portal.actions.logging_in import PausedLogin, WrongPassword
from portal.actions.own_account import Checked
from portal.actions.second_factor import Vault
from portal.core.rights import NEEDS_SECOND, Actor, Waiting, waiting_for
from portal.qr import qr_svg
from portal.store import accounts as stored
from portal.web import guards, unit
from portal.web.login_forms import CurrentForm, OtherDeviceForm, PasswordForm, SecondForm, wait_words

NOT_IT = "现在的密码不对。"
OTHERS = "others"


def add_to(pages: Blueprint) -> None:
    """Give the blueprint these pages."""
    pages.add_url_rule("/account", view_func=account, methods=["GET"])
    pages.add_url_rule("/account", view_func=change_password, methods=["POST"])
    pages.add_url_rule("/account/sessions", view_func=end_sessions, methods=["POST"])
    pages.add_url_rule("/account/second", view_func=second, methods=["GET"])
    pages.add_url_rule("/account/second", view_func=set_second, methods=["POST"])
    pages.add_url_rule("/account/second/off", view_func=second_off, methods=["GET"])
    pages.add_url_rule("/account/second/off", view_func=drop_second, methods=["POST"])


def vault() -> Vault:
    return Vault(unit.fixtures().settings.secret_key)


def account() -> str | BaseResponse:
    """Who one is here: roles, password, second factor, and where one is logged in."""
    elsewhere = guards.way_in(url_for("login.account"))
    return elsewhere if elsewhere is not None else _account(PasswordForm())


def change_password() -> tuple[str, int] | BaseResponse:
    """A new password; every other session of the account ends."""
    actor, asked, at_hand = guards.known_actor(), PasswordForm(), unit.fixtures()
    if asked.validate():
        try:
            with at_hand.database.reading() as looking:
                checked = own_account.check_change(
                    looking, actor, asked.current.data, asked.new.data, at_hand.hasher
                )
            own_account.change_password(unit.session(), actor, guards.token() or "", checked, unit.now())
            return redirect(url_for("login.account", done=1), 303)
        except accounts.AccountRefused as refusal:
            asked.new.errors = [str(refusal)]
        except (WrongPassword, PausedLogin) as refusal:
            asked.current.errors = [_words(refusal)]
    return _account(asked), 422


def end_sessions() -> tuple[str, int] | BaseResponse:
    """End one of the own sessions, or all but this."""
    actor, which = guards.known_actor(), request.form.get("session", "")
    if which == OTHERS:
        own_account.end_others(unit.session(), actor, guards.token() or "")
    elif which.isascii() and which.isdigit() and len(which) < 16:
        own_account.end_session(unit.session(), actor, int(which))
    else:
        return _account(PasswordForm(), "请说明要退出哪一处登录。"), 422
    return redirect(url_for("login.account", ended=1), 303)


def second() -> str | BaseResponse:
    """Set a second factor up, or go over to another device."""
    elsewhere = guards.way_in(guards.own_path(request.args.get("next")))
    actor = guards.halfway()
    if actor is None or (elsewhere is not None and not _must_set_up(actor)):
        return elsewhere or redirect(url_for("login.form"))
    return _second(actor, OtherDeviceForm() if actor.has_second else SecondForm())


def set_second() -> tuple[str, int] | BaseResponse:
    """From now on a code of this device is wanted at log-in."""
    actor = guards.actor() or guards.waits_for(Waiting.SECOND)
    if actor is None:
        return guards.way_in() or redirect(url_for("login.form"))
    asked = OtherDeviceForm() if actor.has_second else SecondForm()
    secret = vault().drafted(actor.account_id, asked.draft.data or "")
    # who had to set it up to get in goes on to where the work is
    usual = url_for("login.account", second=1) if guards.actor() else url_for("login.home")
    done = redirect(guards.own_path(request.args.get("next")) or usual, 303)
    if secret is not None and _is_set(actor, secret):
        return done  # a second tap
    if not asked.validate():
        return _second(actor, asked), 422
    if secret is None:
        asked.code.errors = ["这一页放得太久了，二维码已经换了。请删掉刚才扫的，重新扫一次。"]
        return _second(actor, asked), 422
    checked = _checked(actor, asked.current.data) if actor.has_second else None
    if checked is not None and not _confirmed(actor, asked, checked):
        return _second(actor, asked), 422
    held = guards.token() or ""
    try:
        own_account.set_second(unit.session(), actor, held, secret, asked.code.data, unit.now(), vault())
    except own_account.CodeDoesNotFit:
        asked.code.errors = ["验证码对不上。请看手机上现在的 6 位数字；手机时间要准。"]
        return _second(actor, asked), 422
    return done


def second_off() -> str | BaseResponse:
    """Do without a second factor, where the roles don't want one."""
    elsewhere = guards.way_in(url_for("login.second_off"))
    if elsewhere is None and not _may_drop(guards.known_actor()):
        elsewhere = redirect(url_for("login.account"))
    return (
        elsewhere if elsewhere is not None else render_template("staff/second_off.html", form=CurrentForm())
    )


def drop_second() -> tuple[str, int] | BaseResponse:
    actor, asked = guards.known_actor(), CurrentForm()
    if asked.validate():
        try:
            checked = _checked(actor, asked.current.data)
            own_account.drop_second(unit.session(), actor, checked, unit.now())
            return redirect(url_for("login.account", second=0), 303)
        except accounts.AccountRefused as refusal:
            asked.current.errors = [str(refusal)]
        except (WrongPassword, PausedLogin) as refusal:
            asked.current.errors = [_words(refusal)]
    return render_template("staff/second_off.html", form=asked), 422


def _checked(actor: Actor, current: str) -> Checked:
    """The slow look at the present password, before anything is written."""
    at_hand = unit.fixtures()
    with at_hand.database.reading() as looking:
        return own_account.check_current(looking, actor, current, at_hand.hasher)


def _confirmed(actor: Actor, asked: OtherDeviceForm, checked: Checked) -> bool:
    try:
        own_account.confirm(unit.session(), actor, checked, unit.now())
    except accounts.AccountRefused as refusal:
        asked.current.errors = [str(refusal)]
        return False
    except (WrongPassword, PausedLogin) as refusal:
        asked.current.errors = [_words(refusal)]
        return False
    return True


def _account(asked: FlaskForm, refusal: str = "") -> str:
    actor, held = guards.known_actor(), guards.token() or ""
    own = stored.by_id(unit.session(), actor.account_id)
    others = [row.stands_for_id for row in own.roles if row.stands_for_id is not None]
    return render_template(
        "staff/account.html",
        actor=actor,
        own=own,
        stands_for=stored.labels(unit.session(), others),
        sessions=own_account.own_sessions(unit.session(), actor, held, unit.now()),
        may_drop=_may_drop(actor),
        form=asked,
        refusal=refusal,
        others=OTHERS,
    )


def _second(actor: Actor, asked: SecondForm) -> str:
    """The set-up page, with the secret of the form where it is still good, else with a new one."""
    kept = asked.draft.data or ""
    secret = vault().drafted(actor.account_id, kept)
    if secret is None:
        secret = second_factor.new_secret()
        kept = vault().draft(actor.account_id, secret)
    return render_template(
        "staff/second.html",
        form=asked,
        draft=kept,
        picture=Markup(qr_svg(second_factor.setup_address(secret, actor.username))),  # noqa: S704 — our own picture
        secret=second_factor.typed_secret(secret),
        has_second=actor.has_second,
        must=guards.actor() is None,
    )


def _is_set(actor: Actor, secret: bytes) -> bool:
    if not actor.has_second:
        return False
    with unit.fixtures().database.reading() as looking:
        kept = stored.by_id(looking, actor.account_id).second_secret
    return kept is not None and vault().opened(kept) == secret


def _must_set_up(actor: Actor) -> bool:
    return waiting_for(actor) is Waiting.SECOND


def _may_drop(actor: Actor) -> bool:
    return actor.has_second and not actor.roles & NEEDS_SECOND


def _words(refusal: WrongPassword | PausedLogin) -> str:
    return wait_words(refusal.until, unit.now()) if isinstance(refusal, PausedLogin) else NOT_IT
