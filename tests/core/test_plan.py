"""A plan is what its JSON says, with the default for what it leaves out."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import plan
from portal.core.book import MarkKind, Way
from portal.core.plan import Calibration, Plan, PostMode, Verified, Weights

DECIMALS = st.decimals(0, 10_000, places=8).map(Fraction)
TENTHS = st.integers(0, 1000).map(lambda tenths: Fraction(tenths, 10))


def weights() -> st.SearchStrategy[Weights]:
    halves = st.tuples(TENTHS, TENTHS).filter(lambda two: sum(two) <= 100)
    return halves.map(lambda two: Weights(*two, 100 - sum(two)))


PLANS = st.builds(
    Plan,
    weights=weights(),
    weights_by_group=st.dictionaries(st.sampled_from(["班子成员", "派驻"]), weights()),
    post_mode=st.sampled_from(PostMode),
    tiers=st.dictionaries(st.sampled_from(["A岗", "B岗"]), DECIMALS.filter(bool), min_size=1),
    contest_cap=DECIMALS,
    calibration=st.sampled_from(Calibration),
    verified=st.sampled_from(Verified),
    anonymous_weight=DECIMALS | st.fractions(0, 1, max_denominator=9),
    prior_strength=DECIMALS,
    answer_hours=st.integers(1, 100),
    resolve_days=st.integers(1, 100),
    bonus_cap=DECIMALS,
    release_batch=st.integers(1, 20),
    smallest_crowd=st.integers(1, 20),
)


@given(PLANS)
def test_a_plan_comes_back_from_its_json(own: Plan) -> None:
    assert plan.from_json(json.loads(json.dumps(plan.to_json(own)))) == own


def test_an_empty_plan_is_the_default_one() -> None:
    assert plan.from_json({}) == Plan()


def test_the_defaults_are_those_of_the_rules() -> None:
    assert plan.to_json(Plan()) == {
        "weights": {"post": "40", "module": "30", "team": "30"},
        "weights_by_group": {},
        "post_mode": "multiply",
        "tiers": {},
        "module_weights": {"daily": "40", "stage": "30", "annual": "30"},
        "contest_cap": "3",
        "calibration": "none",
        "team_weights": {"mass": "60", "cases": "25", "governance": "15"},
        "verified": "wechat",
        "anonymous_weight": "0.5",
        "prior_strength": "10",
        "case_weights": {"response": "30", "resolution": "40", "satisfaction": "30"},
        "answer_hours": 24,
        "resolve_days": 15,
        "bonus_cap": "5",
        "release_batch": 5,
        "smallest_crowd": 5,
    }


def test_a_parameter_that_no_plan_has_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no such plan parameter: colour, shape"):
        plan.from_json({"shape": "round", "colour": "red", "bonus_cap": "4"})


def test_a_parameter_left_out_has_its_default() -> None:
    own = plan.from_json({"prior_strength": "2.5", "post_mode": "tier", "tiers": {"A岗": "20"}})
    assert (own.prior_strength, own.post_mode, own.tiers) == (Fraction(5, 2), PostMode.TIER, {"A岗": 20})
    assert own.weights == Weights()


@pytest.mark.parametrize("three", [(40, 30, 31), (40, 30, 29), (110, -5, -5)])
def test_weights_that_do_not_add_up_to_a_hundred_are_refused(three: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="add up to 100"):
        Weights(*map(Fraction, three))


def test_a_group_has_its_own_weights_or_the_common_ones() -> None:
    own = plan.from_json({"weights_by_group": {"班子成员": {"post": "50", "module": "20", "team": "30"}}})
    assert own.weights_of("班子成员") == Weights(Fraction(50), Fraction(20), Fraction(30))
    assert own.weights_of("一般干部") == Weights()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("40", "40"),
        ("1/2", "0.5"),
        ("33.33", "33.33"),
        ("0.00000001", "0.00000001"),
        ("1/3", "1/3"),
        ("0", "0"),
    ],
)
def test_a_number_is_written_as_shortly_as_it_can_be(value: str, expected: str) -> None:
    assert plan.decimal_text(Fraction(value)) == expected


def test_an_anonymous_voice_weighs_half_unless_nobody_can_be_known() -> None:
    weights = {way: Plan().voice_weight(way) for way in Way}
    assert weights == {Way.WECHAT: 1, Way.PAPER: 1, Way.ANONYMOUS: Fraction(1, 2)}
    assert {Plan(verified=Verified.NONE).voice_weight(way) for way in Way} == {1}


def test_every_kind_of_mark_has_a_weight() -> None:
    assert [Plan().mark_weight(kind) for kind in MarkKind] == [40, 30, 30]


@pytest.mark.parametrize(
    "parameters",
    [
        {"module_weights": {"daily": "40", "stage": "30"}},
        {"team_weights": {"mass": "0", "cases": "0", "governance": "0"}},
        {"case_weights": {"response": "-1", "resolution": "40", "satisfaction": "30"}},
        {"post_mode": "tier"},
        {"post_mode": "tier", "tiers": {"A岗": "0"}},
        {"weights": {"post": "50", "team": "50"}},
    ],
)
def test_a_plan_that_cannot_score_is_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"weights|tier"):
        plan.from_json(parameters)
