"""The scoring plan as a flat sheet of fields: how each parameter is called, what it may be, and back to a plan.

One definition for the page that shows a plan, the form that changes it, and the list of what a new version changes.
Values are texts as people type them; groups (组别) and posts (岗位) bring fields of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2s

from portal.core.plan import Calibration, Plan, PostMode, Verified, Weights, decimal_text

FEWEST_IN_A_CROWD = 5  # residents' protection: below it staff could tell who said what
NUMBER = re.compile(r"\d{1,6}(\.\d{1,4})?")
WHOLE = re.compile(r"\d{1,6}")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: its key in forms, the section and name on pages, and its bounds or choices."""

    key: str
    section: str
    label: str
    high: int = 100
    low: int = 0
    whole: bool = False
    unit: str = ""
    hint: str = ""
    choices: Mapping[str, str] | None = None
    optional: bool = False

    def shown(self, text: str) -> str:
        """A value in words."""
        if self.choices is not None:
            return self.choices.get(text, text)
        return (
            f"{text}{' ' + self.unit if self.unit else ''}" if text else "同总的一样" if self.optional else ""
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that differs between two plans, in words."""

    label: str
    before: str
    after: str


DIMENSIONS, POSTS, MODULES, TEAMS = "四维权重", "岗位赋分", "模块评分", "组团积分"
VOICES, CASES, BONUS, SHOWN = "群众评价怎么算", "诉求办理怎么算", "专班加分", "群众保护"
VOICE_KEYS = ("verified", "anonymous_weight", "prior_strength")
CROWD_KEYS = ("release_batch", "smallest_crowd")
_CROWD_HINT = "不能少于 5：再少就能看出谁说了什么。"
_FIXED: tuple[Field, ...] = (
    Field("weight_post", DIMENSIONS, "岗位赋分的权重", hint="三项相加要等于 100。"),
    Field("weight_module", DIMENSIONS, "模块评分的权重"),
    Field("weight_team", DIMENSIONS, "组团积分的权重"),
    Field(
        "post_mode",
        POSTS,
        "岗位赋分的算法",
        choices={PostMode.MULTIPLY.value: "完成得分 × 岗位系数", PostMode.TIER.value: "按岗位档次分"},
    ),
    Field("module_daily", MODULES, "日常评分的份量", hint="三项份量按比例计，不必凑满 100。"),
    Field("module_stage", MODULES, "阶段评分的份量"),
    Field("module_annual", MODULES, "年度评分的份量"),
    Field("contest_cap", MODULES, "模块PK 最多加减", unit="分"),
    Field(
        "calibration",
        MODULES,
        "打分松紧的校准",
        choices={
            Calibration.NONE.value: "不校准",
            Calibration.MEAN_SHIFT.value: "按平均分校准（模块之间拉平松紧）",
        },
    ),
    Field("team_mass", TEAMS, "群众评价的份量", hint="三项份量按比例计，不必凑满 100。"),
    Field("team_cases", TEAMS, "诉求办理的份量"),
    Field("team_governance", TEAMS, "治理评分的份量"),
    Field(
        "verified",
        VOICES,
        "实名渠道",
        choices={Verified.WECHAT.value: "微信", Verified.NONE.value: "没有（匿名评价也按 1 份计）"},
    ),
    Field("anonymous_weight", VOICES, "一份匿名评价算几份", high=1, hint="0–1 之间，例如 0.5。"),
    Field(
        "prior_strength",
        VOICES,
        "向全镇平均靠拢的强度",
        high=1000,
        unit="份评价",
        hint="一个村评价少时，先当作还有这么多份“全镇平均”的评价。",
    ),
    Field("case_response", CASES, "按时答复率的份量", hint="三项份量按比例计，不必凑满 100。"),
    Field("case_resolution", CASES, "按时办结率的份量"),
    Field("case_satisfaction", CASES, "办理满意度的份量"),
    Field("answer_hours", CASES, "答复期限", low=1, high=720, whole=True, unit="小时"),
    Field("resolve_days", CASES, "办结期限", low=1, high=365, whole=True, unit="天"),
    Field("bonus_cap", BONUS, "专班加分最多计", high=20, unit="分"),
    Field("release_batch", SHOWN, "新评价满几份才计入页面", low=1, whole=True, unit="份", hint=_CROWD_HINT),
    Field("smallest_crowd", SHOWN, "满几份评价才单独显示", low=1, whole=True, unit="份", hint=_CROWD_HINT),
)
_PARTS = (("post", "岗位"), ("module", "模块"), ("team", "组团"))
_SUMS = {
    "module": ("daily", "stage", "annual"),
    "team": ("mass", "cases", "governance"),
    "case": ("response", "resolution", "satisfaction"),
}


def fields(groups: Sequence[str] = (), posts: Sequence[str] = ()) -> tuple[Field, ...]:
    """Every field in the order of the page; groups' weights stand after the overall ones, tiers after the post mode."""
    own = [
        Field(f"{group_key(group)}_{key}", DIMENSIONS, f"{group}：{words}的权重", optional=True)
        for group in groups
        for key, words in _PARTS
    ]
    tiers = [Field(tier_key(post), POSTS, f"{post} 的档次分", high=1000, optional=True) for post in posts]
    first, mode, *rest = _FIXED[:3], _FIXED[3], *_FIXED[4:]
    return (*first, *own, mode, *tiers, *rest)


def group_key(group: str) -> str:
    """The beginning of a group's keys: the same however many groups there are, and fit for an id of a page."""
    return f"group_{_digest(group)}"


def tier_key(post: str) -> str:
    return f"tier_{_digest(post)}"


def _digest(name: str) -> str:
    return blake2s(name.encode(), digest_size=5).hexdigest()


def groups_of(plan: Plan, serving: Sequence[str]) -> tuple[str, ...]:
    """The groups that a form shows: those in which somebody serves and those that the plan names."""
    return tuple(sorted({*serving, *plan.weights_by_group} - {""}))


def posts_of(plan: Plan, posts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*posts, *plan.tiers}))


def typed_of(plan: Plan, groups: Sequence[str] = (), posts: Sequence[str] = ()) -> dict[str, str]:
    """A plan's values as they would be typed, by key of the field; '' where a group or post has none."""
    values: dict[str, str] = {}
    for key, _ in _PARTS:
        values[f"weight_{key}"] = decimal_text(getattr(plan.weights, key))
        for group in groups:
            own = plan.weights_by_group.get(group)
            values[f"{group_key(group)}_{key}"] = "" if own is None else decimal_text(getattr(own, key))
    for post in posts:
        values[tier_key(post)] = decimal_text(plan.tiers[post]) if post in plan.tiers else ""
    stored = {"module": plan.module_weights, "team": plan.team_weights, "case": plan.case_weights}
    for prefix, weights in stored.items():
        values |= {f"{prefix}_{part}": decimal_text(number) for part, number in weights.items()}
    for key in ("contest_cap", "anonymous_weight", "prior_strength", "bonus_cap"):
        values[key] = decimal_text(getattr(plan, key))
    for key in ("answer_hours", "resolve_days", "release_batch", "smallest_crowd"):
        values[key] = str(getattr(plan, key))
    for key in ("post_mode", "calibration", "verified"):
        values[key] = getattr(plan, key).value
    return values


def read(
    typed: Mapping[str, str],
    groups: Sequence[str] = (),
    posts: Sequence[str] = (),
    fewest: int = FEWEST_IN_A_CROWD,
) -> tuple[Plan | None, dict[str, str]]:
    """The plan that was typed, or a sentence for each field that is wrong, by key."""
    values: dict[str, Fraction] = {}
    faults: dict[str, str] = {}
    for one in fields(groups, posts):
        text = typed.get(one.key, "").strip().translate(FULL_WIDTH)
        fault = _fault(one, text, fewest)
        if fault:
            faults[one.key] = fault
        elif text and one.choices is None:
            values[one.key] = Fraction(text)
    if not faults:
        faults = _together(values, typed, groups, posts)
    return (None, faults) if faults else (_plan(values, typed, groups, posts), {})


def changes(
    before: Plan, after: Plan, groups: Sequence[str] = (), posts: Sequence[str] = ()
) -> tuple[Change, ...]:
    """What differs, in words and in the order of the page."""
    old, new = typed_of(before, groups, posts), typed_of(after, groups, posts)
    return tuple(
        Change(one.label, one.shown(old[one.key]) or "（空）", one.shown(new[one.key]) or "（空）")
        for one in fields(groups, posts)
        if old[one.key] != new[one.key]
    )


def _fault(one: Field, text: str, fewest: int) -> str:
    """What is wrong with one field for itself, '' where nothing is."""
    if one.choices is not None:
        return "" if text in one.choices else f"{one.label}：请选一项。"
    if not text:
        return "" if one.optional else f"{one.label}：请填一个数。"
    if not (WHOLE if one.whole else NUMBER).fullmatch(text):
        kind = "整数" if one.whole else "数，小数最多四位"
        return f"{one.label}：要填{kind}，“{text[:20]}”不是。"
    low = fewest if one.key in CROWD_KEYS else one.low
    if not low <= Fraction(text) <= one.high:
        return f"{one.label}：要在 {low}–{one.high} 之间，{text} 不行。"
    return ""


def _together(
    values: Mapping[str, Fraction], typed: Mapping[str, str], groups: Sequence[str], posts: Sequence[str]
) -> dict[str, str]:
    """What is wrong with fields that belong together."""
    faults: dict[str, str] = {}
    three = [values[f"weight_{key}"] for key, _ in _PARTS]
    if sum(three) != 100:
        faults["weight_post"] = (
            f"三个维度的权重相加要等于 100，现在是 {decimal_text(sum(three, Fraction()))}。"
        )
    for group in groups:
        keys = [f"{group_key(group)}_{key}" for key, _ in _PARTS]
        own = [values[key] for key in keys if key in values]
        if own and (len(own) < 3 or sum(own) != 100):
            faults[keys[0]] = f"{group}的三项权重要么都不填，要么都填并且相加等于 100。"
    for prefix, parts in _SUMS.items():
        if not any(values[f"{prefix}_{part}"] for part in parts):
            faults[f"{prefix}_{parts[0]}"] = "这三项份量至少有一项要大于 0。"
    tiers = [values.get(tier_key(post), Fraction()) for post in posts]
    if typed.get("post_mode") == PostMode.TIER.value and not any(tiers):
        faults["post_mode"] = "按岗位档次分计算，至少要有一个岗位的档次分大于 0。"
    return faults


def _plan(
    values: Mapping[str, Fraction], typed: Mapping[str, str], groups: Sequence[str], posts: Sequence[str]
) -> Plan:
    def weights(prefix: str) -> Weights:
        return Weights(**{key: values[f"{prefix}_{key}"] for key, _ in _PARTS})

    def parts(prefix: str) -> dict[str, Fraction]:
        return {part: values[f"{prefix}_{part}"] for part in _SUMS[prefix]}

    return Plan(
        weights=weights("weight"),
        weights_by_group={
            group: weights(group_key(group)) for group in groups if f"{group_key(group)}_post" in values
        },
        post_mode=PostMode(typed["post_mode"].strip()),
        tiers={post: values[tier_key(post)] for post in posts if tier_key(post) in values},
        module_weights=parts("module"),
        contest_cap=values["contest_cap"],
        calibration=Calibration(typed["calibration"].strip()),
        team_weights=parts("team"),
        verified=Verified(typed["verified"].strip()),
        anonymous_weight=values["anonymous_weight"],
        prior_strength=values["prior_strength"],
        case_weights=parts("case"),
        answer_hours=int(values["answer_hours"]),
        resolve_days=int(values["resolve_days"]),
        bonus_cap=values["bonus_cap"],
        release_batch=int(values["release_batch"]),
        smallest_crowd=int(values["smallest_crowd"]),
    )
