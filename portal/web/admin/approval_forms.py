"""What is typed when a bonus or a change of a case is proposed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.actions.cases import Why

LONGEST_REASON = 500
LONGEST_NUMBER = 100
POINTS = re.compile(r"[0-5](\.[0-9]{1,2})?")
AGAIN = "again"
WHATS: Mapping[str, str] = {
    Why.BEYOND_DUTY.value: "不计：超职责（不是组团该办的）",
    Why.UNTRUE.value: "不计：不实（没有这回事）",
    AGAIN: "重新计入（原来定为不计的）",
}


class _OneOf:
    """The choice is one of those offered; an address made by hand may carry another."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: FlaskForm, field: Field) -> None:
        del form
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(self.words)


def _choice(label: str, words: str) -> SelectField:
    return SelectField(label, validate_choice=False, validators=[InputRequired(words), _OneOf(words)])


def _reason(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[lambda typed: typed and typed.strip()],
        validators=[
            InputRequired("请写理由：批的人要知道为什么。"),
            _not_blank,
            Length(max=LONGEST_REASON, message=f"理由最多 {LONGEST_REASON} 个字。"),
        ],
    )


def _not_blank(form: FlaskForm, field: Field) -> None:
    del form
    if not field.data:
        raise ValidationError("请写理由：批的人要知道为什么。")


def _half_width(typed: str | None) -> str | None:
    """What an input method may have typed as full-width, as a number is written."""
    return typed and unicodedata.normalize("NFKC", typed).strip()


class BonusForm(FlaskForm):  # type: ignore[misc]
    """A bonus for one cadre from one task force."""

    task_force = _choice("专班", "请选一个专班。")
    cadre = _choice("干部", "请选一名干部。")
    points = StringField("加分", filters=[_half_width], validators=[InputRequired("请填加几分，例如 1.5。")])
    reason = _reason("理由")

    def offer(self, forces: Iterable[tuple[int, str]], cadres: Iterable[tuple[int, str]]) -> None:
        """What may be chosen: ids with their words."""
        for field, words, offered in (
            (self.task_force, "请选专班", forces),
            (self.cadre, "请选干部", cadres),
        ):
            some = [SelectChoice(str(key), label) for key, label in offered]
            field.choices = [SelectChoice("", words), *some]

    def validate_points(self, field: Field) -> None:
        typed = field.data or ""
        if not POINTS.fullmatch(typed) or not 0 < Decimal(typed) <= 5:
            raise ValidationError("加分要填大于 0、不超过 5 的数，最多两位小数，例如 1.5。")


class CaseForm(FlaskForm):  # type: ignore[misc]
    """A case that should not count, or count again."""

    number = StringField(
        "诉求编号",
        filters=[lambda typed: typed and typed.strip()],
        validators=[
            InputRequired("请填诉求编号。"),
            Length(max=LONGEST_NUMBER, message=f"诉求编号最多 {LONGEST_NUMBER} 个字。"),
        ],
    )
    what = SelectField(
        "怎么办",
        choices=[SelectChoice("", "请选择"), *(SelectChoice(key, label) for key, label in WHATS.items())],
        validate_choice=False,
        validators=[InputRequired("请选怎么办。"), _OneOf("请选怎么办。")],
    )
    words = _reason("理由（凭什么这样认定）")
