"""Changing one account: roles, deputies, closing and reopening, a new slip. One thing a page."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import manage_accounts, slips
from portal.actions.accounts import AccountRefused
from portal.actions.manage_accounts import lasting_roles
from portal.actions.seen import ChangedMeanwhile, must_be_as_seen, seen_of
from portal.actions.slips import ResetNeedsTwo
from portal.core.book import Role
from portal.core.rights import GRANTABLE
from portal.files.slips import Slip
from portal.store import accounts as stored
from portal.store import townships
from portal.store.accounts import Holder
from portal.store.office import Proposal
from portal.web import guards, unit
from portal.web.account_words import role_words
from portal.web.admin.account_forms import DeputyForm, ReasonForm, ResetForm, RolesForm
from portal.web.admin.accounts import account_page
from portal.web.admin.accounts import pages as pages
from portal.web.conflict import conflict_page
from portal.web.own_accounts import holder_of, own_township
from portal.web.slip_answer import make_passwords, slips_answer, slips_document

Answer = tuple[str, int] | BaseResponse


@pages.get("/accounts/<int:account>/roles")
def roles(account: int) -> str:
    holder = holder_of(unit.session(), account)
    return _roles(holder, RolesForm.of(lasting_roles(holder.account)))


@pages.post("/accounts/<int:account>/roles")
def set_roles(account: int) -> Answer:
    """Give exactly these roles, or propose them to a second person."""
    actor, asked = guards.known_actor(), RolesForm()
    holder = holder_of(unit.session(), account, lock=True)
    if not asked.validate():
        return _roles(holder, asked), 422
    values = _values(holder)
    try:
        must_be_as_seen(request.form.get("seen", ""), values)
        asked_for = manage_accounts.set_roles(
            unit.session(), actor, holder, asked.chosen, asked.reason.data, unit.now()
        )
    except AccountRefused as refused:
        unit.undo()
        return _roles(holder_of(unit.session(), account), asked, str(refused)), 422
    except ChangedMeanwhile as changed:
        typed = {**request.form.to_dict(), "roles": role_words(asked.chosen)}
        back = url_for(".account", account=account)
        what = f"{holder.who}的角色"
        return conflict_page(what, changed, {"roles": "角色"}, typed, seen_of(values), back)
    return _after(account, asked_for, "roles")


@pages.get("/accounts/<int:account>/deputy")
def deputy(account: int) -> str:
    return _deputy(holder_of(unit.session(), account), DeputyForm())


@pages.post("/accounts/<int:account>/deputy")
def set_deputy(account: int) -> Answer:
    """Give a role in somebody's place for some days, or propose it."""
    actor, asked = guards.known_actor(), DeputyForm()
    holder = holder_of(unit.session(), account, lock=True)
    if not asked.validate():
        return _deputy(holder, asked), 422
    wanted = asked.deputy()
    try:
        asked_for = manage_accounts.set_deputy(
            unit.session(), actor, holder, wanted, asked.reason.data, unit.now()
        )
    except AccountRefused as refused:
        unit.undo()
        return _deputy(holder_of(unit.session(), account), asked, str(refused)), 422
    return _after(account, asked_for, "deputy")


@pages.post("/accounts/<int:account>/deputy/end")
def end_deputy(account: int) -> Answer:
    """The deputy's time ends now."""
    actor, name = guards.known_actor(), request.form.get("role", "")
    holder = holder_of(unit.session(), account, lock=True)
    if name not in GRANTABLE:
        return account_page(holder), 422
    try:
        manage_accounts.end_deputy(unit.session(), actor, holder, Role(name), unit.now())
    except AccountRefused:  # the page says why in the place of its buttons
        unit.undo()
        return account_page(holder_of(unit.session(), account)), 422
    return _after(account, None, "ended")


@pages.get("/accounts/<int:account>/close")
def close(account: int) -> str:
    return _reason(holder_of(unit.session(), account), ReasonForm())


@pages.post("/accounts/<int:account>/close")
def set_closed(account: int) -> Answer:
    """Close an open account."""
    actor, asked = guards.known_actor(), ReasonForm()
    holder = holder_of(unit.session(), account, lock=True)
    if not asked.validate():
        return _reason(holder, asked), 422
    try:
        manage_accounts.close(unit.session(), actor, holder, asked.reason.data, unit.now())
    except AccountRefused as refused:
        unit.undo()
        return _reason(holder_of(unit.session(), account), asked, str(refused)), 422
    return _after(account, None, "closed")


@pages.get("/accounts/<int:account>/reopen")
def reopen(account: int) -> str:
    return _reason(holder_of(unit.session(), account), ReasonForm(), opening=True)


@pages.post("/accounts/<int:account>/reopen")
def set_open(account: int) -> Answer:
    """Open a closed account again, or propose it."""
    actor, asked = guards.known_actor(), ReasonForm()
    holder = holder_of(unit.session(), account, lock=True)
    if not asked.validate():
        return _reason(holder, asked, opening=True), 422
    try:
        asked_for = manage_accounts.reopen(unit.session(), actor, holder, asked.reason.data, unit.now())
    except AccountRefused as refused:
        unit.undo()
        return _reason(holder_of(unit.session(), account), asked, str(refused), opening=True), 422
    return _after(account, asked_for, "reopened")


@pages.get("/accounts/<int:account>/reset")
def reset(account: int) -> str:
    return _reset(holder_of(unit.session(), account), ResetForm())


@pages.post("/accounts/<int:account>/reset")
def print_reset(account: int) -> tuple[str, int] | BaseResponse:
    """A new slip, or the question to a second person whether there may be one."""
    actor, asked, township_id = guards.known_actor(), ResetForm(), own_township()
    with unit.fixtures().database.reading() as looking:
        holder = holder_of(looking, account)
        township = townships.by_id(looking, township_id).name
        try:
            slips.must_be_permitted(looking, actor, holder, unit.now())
            two = False
        except (AccountRefused, ResetNeedsTwo) as refused:
            two = isinstance(refused, ResetNeedsTwo)
    if not asked.validate():
        return _reset(holder_of(unit.session(), account), asked), 422
    try:
        if two:
            own = holder_of(unit.session(), account, lock=True)
            asked_for = slips.propose_reset(unit.session(), actor, own, asked.reason.data, unit.now())
            return _after(account, asked_for, "")
        return _print(asked, account, township)
    except (AccountRefused, ResetNeedsTwo) as refused:
        unit.undo()
        words = str(refused) or "刚才有人改了这个账号，什么也没有做。请再看一遍。"
        return _reset(holder_of(unit.session(), account), asked, words), 422


def _print(asked: ResetForm, account: int, township: str) -> Response:
    (one_time,) = make_passwords(1)
    with unit.fixtures().database.reading() as looking:
        holder = holder_of(looking, account)
    slip = Slip(holder.who, holder.number, holder.account.username, one_time.password)
    document = slips_document(township, [slip])
    own = holder_of(unit.session(), account, lock=True)
    slips.reset(
        unit.session(),
        guards.known_actor(),
        own,
        one_time,
        asked.reason.data,
        unit.now(),
        second=asked.second.data,
    )
    return slips_answer(document, f"{holder.who}的账号纸条")


def _after(account: int, asked_for: Proposal | None, done: str) -> BaseResponse:
    words = "asked" if asked_for is not None else done
    return redirect(url_for(".account", account=account, done=words), 303)


def _values(holder: Holder) -> dict[str, str]:
    """An account's lasting roles as its form has seen them."""
    return {"roles": role_words(lasting_roles(holder.account))}


def _two(holder: Holder) -> bool:
    return manage_accounts.needs_two(unit.session(), holder.account)


def _roles(holder: Holder, asked: RolesForm, refusal: str = "") -> str:
    seen = request.form.get("seen") or seen_of(_values(holder))
    return render_template(
        "admin/accounts/roles.html", holder=holder, form=asked, refusal=refusal, seen=seen, two=_two(holder)
    )


def _deputy(holder: Holder, asked: DeputyForm, refusal: str = "") -> str:
    everybody = stored.listed(unit.session(), own_township())
    asked.offer(
        one for one in everybody if one.account.id != holder.account.id and one.account.closed_at is None
    )
    return render_template(
        "admin/accounts/deputy.html", holder=holder, form=asked, refusal=refusal, two=_two(holder)
    )


def _reason(holder: Holder, asked: ReasonForm, refusal: str = "", *, opening: bool = False) -> str:
    return render_template(
        "admin/accounts/close.html",
        holder=holder,
        form=asked,
        refusal=refusal,
        opening=opening,
        two=_two(holder),
    )


def _reset(holder: Holder, asked: ResetForm, refusal: str = "") -> str:
    two, permit = False, None
    try:
        permit = slips.must_be_permitted(unit.session(), guards.known_actor(), holder, unit.now())
    except ResetNeedsTwo:
        two = True
    except AccountRefused as refused:
        refusal = refusal or str(refused)
    return render_template(
        "admin/accounts/reset.html", holder=holder, form=asked, refusal=refusal, two=two, permit=permit
    )
