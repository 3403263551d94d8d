"""Every component on one page, for whoever builds pages and for the tests that measure them; not in production."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from portal.web.charts import Bar, Pair, bar_chart, dot_chart, line_chart, stack_chart
from portal.web.conflict import Line
from portal.web.day_field import DayField

pages = Blueprint("gallery", __name__)

GROUPS = {"lead": "班子成员", "middle": "中层干部", "staff": "一般干部"}
LEVELS = ("很满意", "满意", "一般", "不满意", "很不满意")
CHANGED = (Line("组长", "何佳怡", "曾海", "单明"), Line("生效日期", "2026-01-01", "2026-04-01", ""))
MONTHS = 8


class SampleForm(FlaskForm):  # type: ignore[misc]
    """A field of every kind."""

    class Meta:
        csrf = False  # nothing is ever sent from here

    name = StringField("姓名", validators=[InputRequired()])
    note = TextAreaField("原因")
    began = DayField("生效日期", validators=[InputRequired()])
    weight = StringField("权重", validators=[InputRequired()])
    group = SelectField("组别", choices=GROUPS, validators=[InputRequired()])
    kind = RadioField(
        "哪一种变动",
        choices={"join": "调入", "leave": "调出", "move": "换模块"},
        validators=[InputRequired()],
    )
    modules = SelectMultipleField("所在模块", choices={"party": "党建模块", "people": "民生模块"})
    counted = BooleanField("参加考评")
    sheet = FileField("工作簿", validators=[InputRequired()])


def _wrong() -> SampleForm:
    """The same form as it comes back: what was typed, and a sentence at each field."""
    form = SampleForm(prefix="wrong-", formdata=None, data={"name": "单明", "weight": "一百二"})
    sentences = {
        "note": "原因最多写 200 个字，现在有 230 个，请删去一些。",
        "began": "请填生效日期，例如 2026-04-01。",
        "weight": "权重要填 0 到 100 的数，您填的是“一百二”。",
        "group": "请选一个组别。",
        "kind": "请选一种变动。",
        "modules": "请至少选一个模块。",
        "counted": "请先确认是否参加考评。",
        "sheet": "请选一个 .xlsx 文件。",
    }
    for name, sentence in sentences.items():
        form[name].errors = [sentence]
    return form


def _charts() -> dict[str, object]:
    months = [(f"{at + 1}月", 80 + at, f"{80 + at}.00") for at in range(MONTHS)]
    return {
        "bars": bar_chart(
            "四个维度的得分",
            [
                Bar("岗位赋分", 91, 100, "91.00", 86, "86.00"),
                Bar("模块评分", 78, 100, "78.00", 84, "84.00"),
                Bar("组团积分", 0, 100, "0.00", 82, "82.00"),
                Bar("专班加分", 4, 5, "4.00"),
            ],
            "维度",
        ),
        "plain_bars": bar_chart("各村收到的评价", [Bar("塔石村", 46, 60, "46")], "村社"),
        "stacked": stack_chart(
            "总的来说满意吗",
            LEVELS,
            [
                ("塔石村", (12, 30, 6, 2, 1)),
                ("名字长得一行放不下的村民委员会", (0, 5, 5, 0, 0)),
                ("新村", (0,) * 5),
            ],
            "村社",
        ),
        "short_line": line_chart(
            "组团得分，一个季度一个点",
            [("一季度", 82, "82.10"), ("二季度", 88, "88.40"), ("三季度", 85, "85.00")],
            60,
            100,
        ),
        "long_line": line_chart("模块评分，一个月一个点", months, 60, 100, "月份"),
        "dots": dot_chart(
            "今年和去年",
            [
                Pair("岗位赋分", 91, "91.00", 86, "86.00"),
                Pair("模块评分", 78, "78.00", 78, "78.00"),
                Pair("组团积分", 60, "60.00", 100, "100.00"),
            ],
            ("今年", "去年"),
            60,
            100,
            "维度",
        ),
    }


@pages.get("/_ui")
def components() -> str:
    """What is there to build with: every component in every state."""
    form = SampleForm(
        formdata=None, data={"name": "曾海", "group": "middle", "kind": "move", "counted": True}
    )
    return render_template(
        "gallery.html", form=form, wrong=_wrong(), charts=_charts(), changed=CHANGED, groups=GROUPS
    )
