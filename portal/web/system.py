"""The installation's own pages: which townships there are, and each one's first administrator."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal import divisions
from portal.actions import install_township
from portal.actions.accounts import LONGEST_USERNAME, AccountRefused
from portal.actions.install_township import LONGEST_NAME, NewTownship
from portal.actions.ledger import Act
from portal.core.rights import Right
from portal.files.slips import Slip
from portal.store import accounts as stored
from portal.store import townships as stored_townships
from portal.store.organisation import Township
from portal.web import guards, unit
from portal.web.slip_answer import make_passwords, slips_answer, slips_document

pages = Blueprint("system", __name__, url_prefix="/system")
guards.protect(pages, Right.MANAGE_TOWNSHIPS)

LONGEST_REASON = 500


def _trimmed(typed: str | None) -> str:
    return (typed or "").strip()


def _text(words: str, most: int) -> StringField:
    wanted = [DataRequired(f"请填{words}。"), Length(max=most, message=f"{words}最多 {most} 个字。")]
    return StringField(words, filters=[_trimmed], validators=wanted)


class TownshipForm(FlaskForm):  # type: ignore[misc]
    """A new township and its first administrator."""

    code = _text("乡镇代码", 9)
    name = _text("乡镇名称", LONGEST_NAME)
    county = _text("县市区", LONGEST_NAME)
    username = _text("管理员的用户名", LONGEST_USERNAME)
    holder = _text("管理员的姓名", LONGEST_NAME)


class FirstForm(FlaskForm):  # type: ignore[misc]
    """An administrator for a township that has none."""

    username = _text("管理员的用户名", LONGEST_USERNAME)
    holder = _text("管理员的姓名", LONGEST_NAME)


class RecoverForm(FlaskForm):  # type: ignore[misc]
    """Which administrator lost everything, and why it is believed."""

    account = RadioField(
        "哪一位管理员", validate_choice=False, validators=[InputRequired("请选哪一位管理员。")]
    )
    reason = TextAreaField(
        "理由",
        filters=[_trimmed],
        validators=[
            DataRequired("请写明理由，乡镇的台账里要记。"),
            Length(max=LONGEST_REASON, message=f"理由最多 {LONGEST_REASON} 个字。"),
        ],
    )


@pages.get("")
def townships() -> str:
    """Every township of this installation."""
    session = unit.session()
    return render_template(
        "system/townships.html",
        townships=stored_townships.everyone(session),
        administrators=stored.administrators_by_township(session),
        numbers=stored.numbers_by_township(session),
        opened=stored_townships.opened(session),
    )


@pages.get("/townships/new")
def new() -> str:
    """First the code; what the list of divisions knows of it is filled in, and may be changed."""
    code = _trimmed(request.args.get("code"))
    known = divisions.township(code)
    data = {"code": code, "username": f"{code}-admin"} if code else {}
    if known is not None:
        data |= {"name": known.name, "county": known.county}
    return _new(TownshipForm(data=data), code=code, listed=known is not None)


@pages.post("/townships/new")
def add() -> tuple[str, int] | Response:
    """A township; the answer is its first administrator's slip."""
    actor, asked = guards.known_actor(), TownshipForm()
    if not asked.validate():
        return _new(asked), 422
    wanted = NewTownship(asked.code.data, asked.name.data, asked.county.data)
    username, holder = asked.username.data, asked.holder.data
    (one_time,) = make_passwords(1)
    document = slips_document(wanted.name, [Slip(holder, "", username, one_time.password)])
    try:
        install_township.install(unit.session(), actor, wanted, username, holder, one_time, _act())
    except AccountRefused as refused:
        unit.undo()
        return _new(asked, str(refused)), 422
    return slips_answer(document, f"{wanted.name}管理员的账号纸条")


@pages.get("/townships/<int:township>/admin")
def administrator(township: int) -> str:
    """A township's way back, where its administrators can't help each other."""
    return _administrator(_township(township))


@pages.post("/townships/<int:township>/admin")
def recover(township: int) -> tuple[str, int] | Response:
    """A slip for an administrator: a new one where there is none, else one who lost everything."""
    with unit.fixtures().database.reading() as looking:
        found = stored_townships.found(looking, township)
        own = [] if found is None else stored.administrators_by_township(looking).get(found.id, [])
        names = stored.labels(looking, [one.id for one in own])
    if found is None:
        abort(404)
    asked = RecoverForm() if own else FirstForm()
    if not asked.validate():
        return _administrator(found, asked), 422
    (one_time,) = make_passwords(1)
    actor, act = guards.known_actor(), _act()
    try:
        if isinstance(asked, FirstForm):
            username, holder = asked.username.data, asked.holder.data
            install_township.first_administrator(
                unit.session(), actor, found, username, holder, one_time, act
            )
        else:
            chosen = next((one.id for one in own if str(one.id) == asked.account.data), 0)
            holder, why = names.get(chosen, ""), asked.reason.data
            username = install_township.recover_administrator(
                unit.session(), actor, found, chosen, one_time, why, act
            )
        document = slips_document(found.name, [Slip(holder, "", username, one_time.password)])
    except AccountRefused as refused:
        unit.undo()
        return _administrator(found, asked, str(refused)), 422
    return slips_answer(document, f"{found.name}管理员的账号纸条")


def _act() -> Act:
    return Act(guards.known_actor().username, unit.now(), None)


def _township(township_id: int) -> Township:
    found = stored_townships.found(unit.session(), township_id)
    if found is None:
        abort(404)
    return found


def _new(asked: TownshipForm, refusal: str = "", code: str = "", *, listed: bool = True) -> str:
    posted = request.method == "POST"
    return render_template(
        "system/new.html", form=asked, refusal=refusal, code=code, listed=listed, whole=posted or bool(code)
    )


def _administrator(
    township: Township, asked: RecoverForm | FirstForm | None = None, refusal: str = ""
) -> str:
    session = unit.session()
    own = stored.administrators_by_township(session).get(township.id, [])
    names = stored.labels(session, [one.id for one in own])
    form = asked or (RecoverForm() if own else FirstForm())
    if isinstance(form, RecoverForm):
        form.account.choices = [
            SelectChoice(
                str(one.id), f"{names[one.id]}（{one.username}）{'，已停用' if one.closed_at else ''}"
            )
            for one in own
        ]
    return render_template(
        "system/administrator.html", township=township, form=form, refusal=refusal, first=not own
    )
