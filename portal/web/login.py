"""Log-in and log-out, and what may still be wanted in between: a code, a new password, a second factor."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import accounts, logging_in, own_account
from portal.actions.logging_in import PausedLogin
from portal.core.rights import Right, Waiting, has_right
from portal.web import guards, own_pages, unit
from portal.web.devices import device_words
from portal.web.login_forms import CodeForm, FirstPasswordForm, LoginForm, wait_words

pages = Blueprint("login", __name__)
own_pages.add_to(pages)


@pages.get("/login")
def form() -> str | BaseResponse:
    if guards.halfway() is not None:
        return guards.way_in(_target()) or redirect(url_for(".home"))
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
        matches = logging_in.password_matches(looking, username, asked.password.data, at_hand.hasher)
    device = device_words(request.user_agent.string)
    try:
        token = logging_in.log_in(unit.session(), username, matches, unit.now(), device)
    except logging_in.WrongPassword:
        return _page(asked, "用户名或密码不对，请再试一次。", 422)
    except logging_in.ClosedAccount:
        return _page(asked, "这个账号已停用。还要用，请找管理员。", 422)
    except logging_in.SlipExpired:
        return _page(asked, "一次性密码过期了，请找管理员重新发一张。", 422)
    except PausedLogin as pause:
        return _page(asked, wait_words(pause.until, unit.now()), 429)
    response = make_response(redirect(_target() or url_for(".home"), 303))
    guards.begin(response, token)
    return response


@pages.post("/logout")
def leave() -> BaseResponse:
    """End the session for good, not only in this browser."""
    token = guards.token()
    if token:
        logging_in.log_out(unit.session(), token)
    response = make_response(redirect(url_for(".form"), 303))
    guards.end(response)
    return response


@pages.get("/home")
def home() -> BaseResponse:
    """Where somebody belongs after logging in."""
    elsewhere = guards.way_in()
    if elsewhere is not None:
        return elsewhere
    actor = guards.known_actor()
    if actor.township_id is not None and has_right(actor, Right.SEE_OFFICE):
        return redirect(url_for("overview.page"))
    if has_right(actor, Right.MANAGE_TOWNSHIPS):
        return redirect(url_for("system.townships"))
    if has_right(actor, Right.READ_REPORTS):
        return redirect(url_for("review.reports"))
    if actor.cadre is not None and has_right(actor, Right.SEE_OWN_SCORE):
        return redirect(url_for("cadres.score"))
    return redirect(url_for(".account"))


@pages.get("/login/code")
def code() -> str | BaseResponse:
    """The second factor's code, after the password."""
    return _waiting_page(Waiting.CODE, "staff/login_code.html", CodeForm)


@pages.post("/login/code")
def give_code() -> tuple[str, int] | BaseResponse:
    """Let the session in; wrong codes are counted with wrong passwords."""
    actor, asked = guards.waits_for(Waiting.CODE), CodeForm()
    if actor is None:
        return _onwards()
    if not asked.validate():
        return render_template("staff/login_code.html", form=asked, refusal=""), 422
    held, vault = guards.token() or "", own_pages.vault()
    try:
        logging_in.give_code(unit.session(), actor, held, asked.code.data, unit.now(), vault)
    except logging_in.WrongCode:
        asked.code.errors = ["验证码不对，或者已经用过了。请等手机上换一个新的再填。"]
        return render_template("staff/login_code.html", form=asked, refusal=""), 422
    except PausedLogin as pause:
        words = wait_words(pause.until, unit.now())
        return render_template("staff/login_code.html", form=asked, refusal=words), 429
    return redirect(_target() or url_for(".home"), 303)


@pages.get("/account/first-password")
def first_password() -> str | BaseResponse:
    """The one-time password of a slip must be changed before anything else opens."""
    return _waiting_page(Waiting.FIRST_PASSWORD, "staff/login_first.html", FirstPasswordForm)


@pages.post("/account/first-password")
def set_first_password() -> tuple[str, int] | BaseResponse:
    actor, asked = guards.waits_for(Waiting.FIRST_PASSWORD), FirstPasswordForm()
    at_hand = unit.fixtures()
    if actor is None:
        return _onwards()
    if asked.validate():
        try:
            with at_hand.database.reading() as looking:
                checked = own_account.check_change(looking, actor, None, asked.new.data, at_hand.hasher)
            own_account.change_password(unit.session(), actor, guards.token() or "", checked, unit.now())
            return redirect(_target() or url_for(".home"), 303)
        except accounts.AccountRefused as refusal:
            asked.new.errors = [str(refusal)]
        except PausedLogin as pause:
            asked.new.errors = [wait_words(pause.until, unit.now())]
    return render_template("staff/login_first.html", form=asked), 422


def _waiting_page(
    waiting: Waiting, template: str, kind: type[CodeForm | FirstPasswordForm]
) -> str | BaseResponse:
    """The page for those halfway in who must do just this; everybody else is sent to where he belongs."""
    elsewhere = guards.way_in(_target())
    if elsewhere is None:
        return redirect(url_for(".home"))
    own = url_for(guards.WAITING_PAGES[waiting])
    if elsewhere.location.partition("?")[0] != own:
        return elsewhere
    return render_template(template, form=kind(), refusal="")


def _onwards() -> BaseResponse:
    """For whoever need not do this, or has just done it with a first tap."""
    return guards.way_in(_target()) or redirect(_target() or url_for(".home"), 303)


def _target() -> str | None:
    return guards.own_path(request.args.get("next"))


def _page(asked: LoginForm, refusal: str, status: int) -> tuple[str, int]:
    return render_template("staff/login.html", form=asked, refusal=refusal), status
