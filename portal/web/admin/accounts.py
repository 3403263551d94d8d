"""Accounts: who logs in, one account, a new one by hand, slips in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request

from portal.actions import manage_accounts, slips
from portal.actions.accounts import AccountRefused, NewAccount
from portal.actions.slips import Planned
from portal.clock import local_day
from portal.core.rights import Right
from portal.files.slips import Slip
from portal.pinyin import by_pinyin
from portal.store import accounts as stored
from portal.store import proposals, townships
from portal.store.accounts import Holder
from portal.web import guards, unit
from portal.web.account_words import proposal_words, role_words
from portal.web.admin.account_forms import BulkForm, NewForm
from portal.web.own_accounts import holder_of, own_township
from portal.web.slip_answer import make_passwords, slips_answer, slips_document

pages = Blueprint("accounts", __name__, url_prefix="/admin")
guards.protect(pages, Right.MANAGE_ACCOUNTS)

STATES = {"new": "未启用", "used": "在用", "closed": "已停用"}


def state_of(holder: Holder) -> str:
    """How an account stands: one of `STATES`."""
    if holder.account.closed_at is not None:
        return "closed"
    return "new" if holder.account.one_time_until is not None else "used"


@pages.get("/accounts")
def listed() -> str:
    """Who logs in here."""
    township = guards.township()
    everybody = sorted(stored.listed(unit.session(), township.id), key=lambda one: by_pinyin(one.who))
    asked, state = request.args.get("q", "").strip(), request.args.get("state", "")
    found = [one for one in everybody if _fits(one, asked) and state in ("", state_of(one))]
    planned = slips.plan_new(unit.session(), township.id, unit.now())
    return render_template(
        "admin/accounts/list.html",
        township=township,
        everybody=everybody,
        found=found,
        asked=asked,
        state=state,
        states=STATES,
        state_of=state_of,
        today=local_day(unit.now()),
        without=len(planned),
        stands_for=_stands_for(found),
    )


@pages.get("/accounts/<int:account>")
def account(account: int) -> str:
    """One account, and what may be done with it."""
    return account_page(holder_of(unit.session(), account))


@pages.get("/accounts/new")
def new() -> str:
    return render_template("admin/accounts/new.html", form=NewForm(), refusal="")


@pages.post("/accounts/new")
def add() -> tuple[str, int] | Response:
    """An account by hand; the answer is its slip."""
    asked, township_id = NewForm(), own_township()
    refusal = ""
    if asked.validate():
        if bool(asked.number.data) == bool(asked.holder.data):
            asked.number.errors = ["工号和姓名填一个：干部填工号，没有工号的人填姓名。"]
        else:
            try:
                return _add(asked, township_id)
            except AccountRefused as refused:
                unit.undo()
                refusal = str(refused)
    return render_template("admin/accounts/new.html", form=asked, refusal=refusal), 422


@pages.get("/accounts/slips")
def bulk() -> str:
    """How many slips there would be, and for whom."""
    return _bulk(*slips.plans(unit.session(), own_township(), unit.now()))


@pages.post("/accounts/slips")
def print_bulk() -> tuple[str, int] | Response:
    """Accounts and slips for everybody on the list."""
    asked, township_id, actor = BulkForm(), own_township(), guards.known_actor()
    again = asked.what.data == "again"
    with unit.fixtures().database.reading() as looking:
        plans = slips.plans(looking, township_id, unit.now())
        name = townships.by_id(looking, township_id).name
    planned = plans[again][: slips.MOST_AT_ONCE]
    if not asked.validate():
        return _bulk(*plans, "请从页面上的按钮来做。"), 422
    if str(len(planned)) != asked.number.data or not planned:
        return _bulk(*plans, "名单刚才变了，什么也没有做。请看一看现在的名单再做。"), 422
    made = make_passwords(len(planned))
    document = slips_document(name, [_slip(one, it.password) for one, it in zip(planned, made, strict=True)])
    try:
        carry_out = slips.carry_out_again if again else slips.carry_out_new
        carry_out(unit.session(), actor, planned, made, unit.now())
    except AccountRefused as refused:
        unit.undo()
        return _bulk(*slips.plans(unit.session(), township_id, unit.now()), str(refused)), 422
    return slips_answer(document, f"{name}账号纸条")


def account_page(holder: Holder) -> str:
    """The page of an account."""
    session, own = unit.session(), guards.known_actor()
    try:
        manage_accounts.must_be_manageable(own, holder.account)
        barred = ""
    except AccountRefused as refused:
        barred = str(refused)
    kinds = (manage_accounts.ROLES_KIND, slips.RESET_KIND)
    waiting = [
        found.payload
        for kind in kinds
        if (found := proposals.waiting_on(session, own_township(), kind.key, holder.account.username))
    ]
    names = stored.labels(session, [each["stands_for_id"] for each in waiting if "stands_for_id" in each])
    return render_template(
        "admin/accounts/account.html",
        holder=holder,
        own=holder.account,
        state=state_of(holder),
        states=STATES,
        today=local_day(unit.now()),
        stands_for=_stands_for([holder]),
        sessions=len(stored.sessions(session, holder.account.id, unit.now())),
        barred=barred,
        waiting=[proposal_words(payload, names) for payload in waiting],
    )


def _add(asked: NewForm, township_id: int) -> Response:
    actor, number = guards.known_actor(), asked.number.data or None
    wanted = NewAccount(
        asked.username.data, "", asked.chosen, township_id, cadre=number, holder=asked.holder.data
    )
    with unit.fixtures().database.reading() as looking:
        township = townships.by_id(looking, township_id).name
        name = stored.cadre_name(looking, township_id, number) if number else asked.holder.data
    if number and not name:
        raise AccountRefused(f"这个乡镇没有工号为“{number}”的干部。")
    (one_time,) = make_passwords(1)
    slip = Slip(name or "", number or "", wanted.username, one_time.password)
    document = slips_document(township, [slip])
    slips.add_by_hand(unit.session(), actor, wanted, one_time, unit.now())
    return slips_answer(document, f"{name}的账号纸条")


def _bulk(new_ones: Sequence[Planned], again: Sequence[Planned], refusal: str = "") -> str:
    return render_template(
        "admin/accounts/slips.html",
        refusal=refusal,
        runs=(("new", new_ones), ("again", again)),
        most=slips.MOST_AT_ONCE,
        role_words=role_words,
    )


def _slip(one: Planned, password: str) -> Slip:
    return Slip(one.name, one.number, one.username, password)


def _fits(one: Holder, asked: str) -> bool:
    wanted = asked.casefold()
    return any(wanted in words.casefold() for words in (one.name, one.number, one.account.username))


def _stands_for(holders: Sequence[Holder]) -> dict[int, str]:
    ids = [row.stands_for_id for one in holders for row in one.account.roles if row.stands_for_id is not None]
    return stored.labels(unit.session(), ids)
