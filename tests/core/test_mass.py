"""群众评价: V = (Σ a·x + K·μ) / (Σ a + K), K = 10, and what bounds anonymous voices.

Unless a test says otherwise 一组 links 甲村 and 二组 links 乙村 for the whole quarter, with 100 households each.
"""

from dataclasses import replace
from fractions import Fraction

from portal.core.book import Way
from portal.core.facts import Village
from portal.core.form import STANDARD, own_edition
from portal.core.mass import hear, mass_score, tally
from portal.core.plan import Plan, Verified
from tests.core.making import (
    AUTUMN,
    PLAN,
    SPRING,
    SUMMER,
    YEAR,
    day,
    days,
    heard,
    link,
    mass,
    village,
    voices,
)


def test_a_few_voices_move_a_village_a_little_away_from_the_townships_mean() -> None:
    told = voices("5"), voices("2", village="乙村", team="二组")
    # mean (100 + 40) / 2 = 70
    assert mass(*told).exact == Fraction(100 + 700, 11)  # 72.73
    assert mass(*told, team="二组").exact == Fraction(40 + 700, 11)  # 67.27
    assert mass(*told).score == Fraction("72.73")


def test_many_voices_move_it_far() -> None:
    told = voices("5", 90), voices("1", 90, village="乙村", team="二组")
    # mean 50
    assert mass(*told).score == 95  # (9000 + 500) / 100
    assert mass(*told, team="二组").score == 5


def test_a_silent_village_stands_at_the_townships_mean() -> None:
    assert mass(voices("3"), voices("5"), team="二组").score == 85


def test_hiding_the_poster_does_not_beat_what_is_well_spoken_of() -> None:
    told = voices("5", 5), voices("2", 5, village="乙村", team="二组")
    hidden = mass(voices("2", 5, village="乙村", team="二组"))
    assert hidden.score == 40
    assert mass(*told).score == 80  # (500 + 700) / 15


def test_an_anonymous_voice_weighs_half() -> None:
    told = voices("2", 4, way=Way.ANONYMOUS), voices("4", 8, village="乙村", team="二组")
    # a: 4 halves of 40 and 8 of 85: mean (80 + 680) / 10 = 76
    assert mass(*told).score == 70  # (80 + 760) / 12


def test_a_voice_on_paper_weighs_like_one_of_wechat() -> None:
    told = voices("2", 2, way=Way.PAPER), voices("4", 8, village="乙村", team="二组")
    assert mass(*told).score == 70


def test_anonymous_voices_alone_weigh_together_at_most_the_prior_strength() -> None:
    told = voices("1", 30, way=Way.ANONYMOUS), voices("5", 10, village="乙村", team="二组")
    # 30 halves are 15, held to 10: mean 1000 / 20 = 50
    assert heard(*told).scales["甲村", SPRING] == Fraction(2, 3)
    assert heard(*told).means == {SPRING: 50}
    assert mass(*told).score == 25  # (0 + 500) / 20


def test_twenty_anonymous_voices_are_just_within_the_bound() -> None:
    assert heard(voices("1", 20, way=Way.ANONYMOUS)).scales["甲村", SPRING] == 1
    assert heard(voices("1", 21, way=Way.ANONYMOUS)).scales["甲村", SPRING] == Fraction(20, 21)


def test_the_others_of_the_whole_village_quarter_lift_the_bound_whichever_team_they_speak_to() -> None:
    told = (
        voices("1", 40, way=Way.ANONYMOUS),
        voices("5", 3),
        voices("5", 2, team="二组", way=Way.PAPER),
        voices("5", 1, team=None),
        voices("5", 9, quarter=SUMMER),  # another quarter
        voices("5", 9, village="乙村"),  # another village
    )
    assert heard(*told).scales["甲村", SPRING] == Fraction(10 + 3 + 2 + 1, 20)


def test_the_bound_scales_every_stretch_of_the_village_quarter_evenly() -> None:
    told = voices("1", 30, way=Way.ANONYMOUS), voices("5", 10, team="二组", way=Way.ANONYMOUS)
    ballots = heard(*told)
    assert ballots.scales["甲村", SPRING] == Fraction(1, 2)
    assert [ballots.weight(voice) for voice in ballots.counts] == [Fraction(1, 4)] * 2


def test_a_plan_without_a_verified_channel_weighs_all_alike_and_knows_no_bound() -> None:
    plan = Plan(verified=Verified.NONE)
    told = voices("1", 90, way=Way.ANONYMOUS), voices("5", 90, village="乙村", team="二组")
    assert mass(*told, plan=plan).score == 5  # (0 + 10*50) / 100


def test_a_plan_in_which_anonymous_voices_weigh_nothing_hears_the_others() -> None:
    plan = Plan(anonymous_weight=Fraction(0))
    told = voices("1", 30, way=Way.ANONYMOUS), voices("4", 2, village="乙村", team="二组")
    assert mass(*told, plan=plan).score == 85
    assert mass(voices("1", 30, way=Way.ANONYMOUS), plan=plan).score is None


def test_a_voice_of_a_day_without_a_team_counts_for_the_mean_alone() -> None:
    told = voices("5"), voices("1", team=None)
    assert mass(*told).exact == Fraction(100 + 500, 11)
    assert mass(*told).cells[0].ballot.count == 1


def test_a_voice_without_value_counts_nowhere() -> None:
    told = voices("5"), voices("unknown", 50), voices("unknown", 50, way=Way.ANONYMOUS)
    assert mass(*told).score == 100
    assert mass(*told).cells[0].ballot.count == 1
    assert heard(voices("unknown")).means == {}


def test_a_quarter_in_which_nobody_spoke_is_left_out() -> None:
    told = mass(voices("5", 5), voices("1", 10, village="乙村", team="二组", quarter=AUTUMN), span=YEAR)
    # spring V = 100, autumn (silent here) 0; weighed by 90 and 92 days
    assert [(cell.quarter, cell.value) for cell in told.cells] == [(SPRING, 100), (AUTUMN, 0)]
    assert told.exact == Fraction(9000, 182)


def test_without_any_voice_there_is_no_score() -> None:
    assert mass().score is None


def test_a_team_without_a_village_has_no_score() -> None:
    assert mass(voices("5"), team="三组").score is None


def test_villages_weigh_by_their_households_and_the_days_they_were_linked() -> None:
    told = mass(
        voices("5"),
        voices("2", village="乙村"),
        links=(link(), link("乙村", span=days("03-02", "03-31"))),
        villages=(village(), village("乙村", 150)),
    )
    # mean 70; V 800/11 and 740/11; weights 100*90 and 150*30, two to one
    assert [cell.weight for cell in told.cells] == [4500, 9000]
    assert told.exact == Fraction(2 * 800 + 740, 33)


def test_days_count_up_to_the_day_asked_for() -> None:
    told = mass(voices("5"), span=days("01-01", "01-10"))
    assert [cell.days for cell in told.cells] == [10]


def test_two_links_of_one_quarter_are_one_village_quarter() -> None:
    links = (link(span=days("01-01", "01-10")), link(span=days("03-01", "03-10")))
    told = mass(voices("5", 3), links=links)
    assert [(cell.days, cell.ballot.count) for cell in told.cells] == [(20, 3)]


def test_without_prior_strength_a_silent_village_has_no_cell() -> None:
    plan = Plan(prior_strength=Fraction(0))
    assert mass(voices("5"), voices("2"), plan=plan).score == 70
    assert mass(voices("5"), team="二组", plan=plan).score is None


def test_a_cell_says_what_it_was_made_of() -> None:
    told = voices("5", 2), voices("2", 3, way=Way.ANONYMOUS)
    (cell,) = mass(*told).cells
    ballot = cell.ballot
    assert (ballot.count, ballot.weight, ballot.total) == (5, Fraction("3.5"), 260)
    assert ballot.ways == ((Way.WECHAT, 2), (Way.ANONYMOUS, 3))
    assert cell.value == (ballot.total + 10 * cell.township_mean) / (ballot.weight + 10)
    assert cell.tally == {(STANDARD.key, "overall", "5"): 2, (STANDARD.key, "overall", "2"): 3}


def test_voices_on_several_forms_of_one_quarter_count_by_the_points_of_their_own() -> None:
    """Before and after a change: 满意 is worth 85 on the standard form, and 50 with weight 3 beside 走访 on the other."""
    visited, *_, overall = STANDARD.questions
    softer = tuple(
        replace(option, points={"4": 50}.get(option.key, option.points)) for option in overall.options
    )
    own = own_edition((replace(visited, weight=1), replace(overall, weight=3, options=softer)))
    content = replace(voices("4", 2), edition=own.key, answers=(("visited", "yes"), ("overall", "4")))
    told = hear((voices("4", 3), content), {STANDARD.key: STANDARD, own.key: own}, PLAN)
    # (1*100 + 3*50) / 4 = 62.5; (3*85 + 2*62.5) / 5 = 76
    assert told.values == {
        (STANDARD.key, (("overall", "4"),)): 85,
        (own.key, content.answers): Fraction(125, 2),
    }
    assert told.means == {SPRING: 76}
    (cell,) = mass_score("一组", (link(),), {"甲村": village()}, told, SPRING.span).cells
    assert cell.value == 76
    assert cell.tally == {
        (STANDARD.key, "overall", "4"): 3,
        (own.key, "visited", "yes"): 2,
        (own.key, "overall", "4"): 2,
    }


def test_options_are_counted_over_all_patterns() -> None:
    both = replace(voices("5", 2), answers=(("visited", "yes"), ("overall", "5")))
    assert tally([both, voices("5", 3)]) == {
        (STANDARD.key, "visited", "yes"): 2,
        (STANDARD.key, "overall", "5"): 5,
    }


def test_a_link_outside_the_days_gives_no_cell() -> None:
    links = (link(span=days("07-01", "12-31")),)
    assert mass(voices("5"), links=links, span=days("01-01", "06-30")).cells == ()
    assert day("07-01") in links[0].span


def test_households_that_change_on_a_day_weigh_each_day_by_the_number_of_that_day() -> None:
    changing = Village("甲村", "甲村", 100, ((day("02-01"), 300), (day("03-01"), 100), (day("05-01"), 7)))
    told = mass(voices("5"), villages=(changing, village("乙村")))
    (cell,) = told.cells
    assert cell.parts == ((100, 31 + 31), (300, 28))
    assert cell.weight == 100 * 62 + 300 * 28
    assert cell.days == 90


def test_only_days_linked_see_the_change() -> None:
    changing = Village("甲村", "甲村", 100, ((day("02-01"), 300),))
    links = (link(span=days("02-10", "02-19")), link("乙村", "二组"))
    (cell,) = mass(voices("5"), links=links, villages=(changing, village("乙村"))).cells
    assert cell.parts == ((300, 10),)
