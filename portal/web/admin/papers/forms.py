"""The fields of a sheet that is typed in: one short field a question, in the order of the printed form."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from portal.core.form import Answers, Edition
from portal.core.paper_forms import answers_typed
from portal.store.papers import EntryKind

LONGEST_COMMENT = 500
WHO: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.PAPER: ("编号", "纸上左下角的 8 位，横线可以不打，大写小写都行。"),
    EntryKind.PHONE: ("电话号码", "手机或座机。只用来认出同一个人；抽到要复查的才加密存着，查完就删。"),
    EntryKind.DOOR: (
        "门牌号或户主姓名",
        "例如 3组12号；同一户访问两个人的，后面加上称呼。只用来认出同一户；抽到要复查的才加密存着，查完就删。",
    ),
}


class SheetForm(FlaskForm):  # type: ignore[misc]
    """The questions of an edition; `read` gives the answers and puts what is wrong at its field."""

    def read(self, edition: Edition) -> Answers:
        typed = {question.key: self[f"q_{question.key}"].data or "" for question in edition.questions}
        answers, wrong = answers_typed(edition, typed)
        for place, question in enumerate(edition.questions, start=1):
            if question.key in wrong:
                last = len(question.options)
                words = f"第 {place} 题填的数字不对：只能填 1 到 {last}，没选的空着或填 0。"
                self.say(f"q_{question.key}", words)
        return answers

    def say(self, name: str, words: str) -> None:
        """Put a sentence at a field; at the first one where there is no such field."""
        item = self._fields.get(name) or next(iter(self._fields.values()))
        item.errors = [*item.errors, words]


def sheet_form(edition: Edition, kind: EntryKind | None) -> SheetForm:
    """The form of an edition: with whose voice it is and words where a kind is given, else the questions alone."""
    fields: dict[str, object] = {}
    if kind is not None:
        fields["who"] = StringField(WHO[kind][0], description=WHO[kind][1])
    for place, question in enumerate(edition.questions, start=1):
        options = "　".join(f"{number} {option.words}" for number, option in enumerate(question.options, 1))
        fields[f"q_{question.key}"] = StringField(f"{place}. {question.column}", description=options)
    if kind is not None:
        most = Length(max=LONGEST_COMMENT, message=f"想说的话最多 {LONGEST_COMMENT} 个字。")
        fields["comment"] = StringField("想说的话", [most])
    made: SheetForm = type("OneSheetForm", (SheetForm,), fields)()
    return made
