"""The forms of the pages that bring workbooks in."""

from __future__ import annotations

from typing import ClassVar

from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

LARGEST = 8_000_000
LARGEST_PASTE = 1_000_000


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A workbook to be looked at."""

    file = FileField("工作簿（.xlsx）")


class PasteForm(FlaskForm):  # type: ignore[misc]
    """A block of cells for one sheet."""

    cells = TextAreaField(
        "从 Excel 或 WPS 复制来的内容",
        validators=[
            InputRequired("请先粘贴内容。"),
            Length(max=LARGEST_PASTE // 4, message="一次粘贴的内容太多：请分几次，或者上传工作簿。"),
        ],
    )


class Told:
    """Marks a field as one to fill in; only the action knows whether it takes two persons, and so a reason."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: object, item: object) -> None:
        del form, item


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """What was looked at; a reason where it takes two persons."""

    digest = HiddenField()
    reason = TextAreaField("理由", validators=[Told(), Length(max=500, message="理由最多 500 个字。")])


class UndoForm(FlaskForm):  # type: ignore[misc]
    """Why an import is taken back."""

    reason = TextAreaField(
        "为什么撤销",
        validators=[
            InputRequired("请写明为什么撤销。"),
            Length(max=500, message="理由最多 500 个字。"),
        ],
    )
