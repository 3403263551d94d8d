"""The form in which a township makes its own form, and a draft of it that fits into an address."""

from __future__ import annotations

from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from wtforms import BooleanField, StringField

from portal.core import form_fields
from portal.core.form import Edition
from portal.core.form_catalogue import OVERALL
from portal.core.form_fields import ASKED, Field, Part
from portal.web import unit
from portal.web.admin.period_forms import Needed, reason_field


def _stripped(typed: str | None) -> str:
    return (typed or "").strip()


def _field(one: Field) -> StringField | BooleanField:
    if one.part is Part.USE:
        return BooleanField(f"问“{one.question.column}”")
    words = one.option.words if one.option else {Part.TEXT: "问法", Part.WEIGHT: "权重"}[one.part]
    return StringField(words, filters=[_stripped], validators=[Needed()])


EditionForm: type[FlaskForm] = type(
    "EditionForm",
    (FlaskForm,),
    {**{one.key: _field(one) for one in form_fields.fields()}, "reason": reason_field("为什么改")},
)


def filled(edition: Edition, township: str, reason: str = "") -> FlaskForm:
    """The form as this edition would have been typed."""
    typed = form_fields.typed_of(edition, township)
    boxes = {one.key for one in form_fields.fields() if one.part is Part.USE}
    data = {key: value == ASKED if key in boxes else value for key, value in typed.items()}
    return EditionForm(formdata=None, data={**data, "reason": reason})


def read(asked: FlaskForm, township: str) -> Edition | None:
    """The edition that was typed; what is wrong stands at its fields."""
    valid = asked.validate()
    typed = {key: ASKED if value is True else value or "" for key, value in asked.data.items()}
    edition, faults = form_fields.read(typed, township)
    for key, sentence in faults.items():
        asked[key].errors = [sentence]
    return edition if valid else None


def draft_of(edition: Edition, township: str) -> str:
    """An edition that is not saved yet, as an address carries it: signed, and no longer than it must be."""
    usual = form_fields.typed_of(_BARE, township)
    typed = form_fields.typed_of(edition, township)
    return _signed().dumps({key: value for key, value in typed.items() if value != usual[key]})


def from_draft(text: str, township: str) -> Edition | None:
    """The edition that `draft_of` wrote; None for anything else."""
    try:
        differing = _signed().loads(text)
    except BadData:
        return None
    return form_fields.read({**form_fields.typed_of(_BARE, township), **differing}, township)[0]


_BARE = Edition("", (OVERALL,))


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(unit.fixtures().settings.secret_key, salt="form-draft")
