"""The reviewed questions that a township may put on its form (scoring.md, mass 1): facts before feelings, 总体 last.

Each asks one thing in spoken words. Options stand best first; one that says nothing about the team has no points and
stands last. The order here is the order on every form.
"""

from __future__ import annotations

from portal.core.form import STANDARD, Option, Question

_STANDARD = {question.key: question for question in STANDARD.questions}
OVERALL = _STANDARD["overall"]
CATALOGUE: tuple[Question, ...] = (
    _STANDARD["visited"],
    _STANDARD["contact"],
    Question(
        "asked",
        "问需",
        "最近三个月，{whom}问过您家有什么难处吗？",
        20,
        (Option("yes", "问过", 100), Option("no", "没问过", 0), Option("unsure", "记不清", None)),
    ),
    Question(
        "policy",
        "政策",
        "有新政策的时候，{whom}跟您讲过吗？",
        10,
        (Option("yes", "讲过", 100), Option("no", "没讲过", 0), Option("unsure", "记不清", None)),
    ),
    Question(
        "warned",
        "预警",
        "要来台风、大雨的时候，有人提前通知您吗？",
        10,
        (Option("yes", "通知了", 100), Option("no", "没通知", 0), Option("none", "没碰上过", None)),
    ),
    Question(
        "helped",
        "帮忙",
        "您家有难处的时候，{whom}来帮过吗？",
        20,
        (Option("yes", "帮过", 100), Option("no", "没帮过", 0), Option("none", "没有过难处", None)),
    ),
    Question(
        "replied",
        "回话",
        "您反映过的事，多久有人回话？",
        20,
        (
            Option("days", "三天以内", 100),
            Option("weeks", "半个月以内", 60),
            Option("long", "半个月以上", 20),
            Option("never", "没人回话", 0),
            Option("none", "没反映过", None),
        ),
    ),
    _STANDARD["solved"],
    Question(
        "errands",
        "跑腿",
        "找{whom}办一件事，要跑几趟？",
        20,
        (
            Option("once", "一趟", 100),
            Option("twice", "两趟", 60),
            Option("more", "三趟以上", 0),
            Option("none", "没办过事", None),
        ),
    ),
    Question(
        "promise",
        "兑现",
        "{whom}答应过您的事，后来办了吗？",
        20,
        (
            Option("done", "都办了", 100),
            Option("some", "办了一些", 60),
            Option("no", "没办", 0),
            Option("none", "没答应过什么", None),
        ),
    ),
    Question(
        "manner",
        "态度",
        "{whom}跟您说话，态度怎么样？",
        10,
        (
            Option("good", "好", 100),
            Option("fair", "一般", 60),
            Option("poor", "不好", 0),
            Option("none", "没说过话", None),
        ),
    ),
    OVERALL,
)
_PLACES = {question.key: 2 * place for place, question in enumerate(CATALOGUE)}


def place_of(key: str) -> int:
    """Where a question stands among all; one that the catalogue has no more stands just before 总体."""
    return _PLACES.get(key, _PLACES[OVERALL.key] - 1)
