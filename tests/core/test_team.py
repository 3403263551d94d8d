"""组团积分: the three components, rounded before they are combined, and what a member has of it."""

from datetime import datetime
from fractions import Fraction

from portal.core.days import Span
from portal.core.facts import Case, Facts, GovernanceMark, Link, Membership, VoiceCount
from portal.core.team import TeamDimension, TeamScore, team_dimension, team_scores
from tests.core.making import PLAN, YEAR, cadre, case, day, days, hundredths, link, village, voices
from tests.core.making import heard as hear_voices


def scores(
    *,
    heard: tuple[VoiceCount, ...] = (),
    cases: tuple[Case, ...] = (),
    governance: tuple[GovernanceMark, ...] = (),
    links: tuple[Link, ...] = (link(),),
    span: Span = YEAR,
) -> dict[str, TeamScore]:
    facts = Facts(
        YEAR, {}, (), ("二组", "一组"), (village(),), links, governance=governance, cases=cases, voices=heard
    )
    return team_scores(facts, hear_voices(*heard), span, PLAN)


def governed(mark: str | None, weight: str = "1", team: str = "一组") -> GovernanceMark:
    return GovernanceMark(team, "平安建设", Fraction(weight), None if mark is None else Fraction(mark))


def dimension(
    *memberships: Membership, served: tuple[Span, ...] = (YEAR,), of: dict[str, TeamScore] | None = None
) -> TeamDimension:
    return team_dimension(cadre(memberships=memberships), of or TWO, served)


def member(team: str, factor: str = "1", span: Span = YEAR) -> Membership:
    return Membership(team, span, Fraction(factor))


TWO = scores(governance=(governed("80"), governed("95", team="二组")))


def test_the_components_weigh_sixty_twenty_five_fifteen() -> None:
    told = scores(
        heard=(voices("4", 20),),
        cases=(case("03-01 08:00", "03-01 09:00", "03-02 08:00", True, 5),),
        governance=(governed("70"),),
    )["一组"]
    assert told.score == Fraction("86.5")  # 51 + 25 + 10.5


def test_the_components_are_rounded_before_they_are_combined() -> None:
    # governance 84.125 is 84.13, cases 3000/70 = 42.857... is 42.86: (25*42.86 + 15*84.13) / 40 = 58.33625
    told = scores(cases=(case("03-01 08:00", "03-01 09:00"),), governance=(governed("84.125"),))["一组"]
    assert (told.cases.score, told.governance.score) == (hundredths("42.86"), hundredths("84.13"))
    assert told.exact == Fraction("58.33625")
    assert told.score == hundredths("58.34")


def test_a_component_that_is_missing_takes_its_weight_with_it() -> None:
    told = scores(heard=(voices("4", 20),), governance=(governed("70"),))["一组"]
    assert told.score == 82  # (60*85 + 15*70) / 75
    assert told.cases.score is None


def test_a_team_with_nothing_has_no_score() -> None:
    assert scores()["一组"].score is None


def test_teams_stand_in_the_order_they_were_entered() -> None:
    assert list(scores()) == ["二组", "一组"]


def test_governance_is_the_weighted_mean_of_the_marked_items() -> None:
    told = scores(
        governance=(governed("90", "2"), governed("60"), governed(None, "99"), governed("1", team="二组"))
    )
    assert told["一组"].governance.score == 80


def test_a_case_belongs_to_the_team_of_the_day_it_was_opened() -> None:
    links = (link(span=days("01-01", "02-28")), link(team="二组", span=days("03-01", "12-31")))
    opened = (case("02-28 23:59:59", "03-01 08:00"), case("03-01 00:00"))
    told = scores(cases=opened, links=links)
    assert {team: (one.cases.response.good, one.cases.opened) for team, one in told.items()} == {
        "一组": (1, 1),
        "二组": (0, 1),
    }


def test_a_case_of_a_day_without_a_team_is_nobodys() -> None:
    told = scores(cases=(case("03-01 08:00"),), links=(link(span=days("03-02", "12-31")),))
    assert told["一组"].cases.opened == 0


def test_a_case_outside_the_days_asked_for_does_not_count() -> None:
    early = Case("1", "甲村", datetime(2025, 12, 31, 23, 59))
    links = (link(span=Span(day("01-01").replace(year=2025), YEAR.last)),)
    told = scores(cases=(early, case("04-01 00:00")), links=links, span=days("01-01", "03-31"))
    assert told["一组"].cases.opened == 0


def test_a_member_has_the_teams_score_times_the_factor() -> None:
    assert dimension(member("一组", "1.05")).score == 84
    assert dimension(member("一组", "0.9")).score == 72


def test_a_members_value_is_held_within_a_hundred() -> None:
    assert dimension(member("二组", "1.1")).score == 100  # 104.5


def test_memberships_weigh_by_their_days() -> None:
    told = dimension(member("一组", span=days("01-01", "03-31")), member("二组", span=days("04-01", "12-31")))
    assert told.exact == Fraction(90 * 80 + 275 * 95, 365)


def test_memberships_at_the_same_time_count_each() -> None:
    assert dimension(member("一组"), member("二组")).score == hundredths("87.50")


def test_a_value_is_held_within_a_hundred_before_the_mean_is_taken() -> None:
    # 100 and not 104.5, with 80 for as many days
    assert dimension(member("二组", "1.1"), member("一组")).score == 90


def test_only_days_of_service_count() -> None:
    told = dimension(
        member("一组"), member("二组", span=days("07-01", "07-10")), served=(days("07-01", "07-30"),)
    )
    assert told.exact == Fraction(30 * 80 + 10 * 95, 40)
    assert dimension(member("一组"), served=(days("07-01", "07-30"),)).memberships[0].days == 30


def test_a_team_without_a_score_drops_out_with_its_days() -> None:
    of = scores(governance=(governed("80"),))
    assert dimension(member("一组"), member("二组"), of=of).score == 80
    assert dimension(member("二组"), of=of).score is None


def test_without_a_membership_there_is_no_score() -> None:
    assert dimension().score is None


def test_memberships_of_one_team_and_factor_are_one_line() -> None:
    told = dimension(
        member("一组", span=days("01-01", "01-31")),
        member("一组", span=days("03-01", "03-31")),
        member("一组", "0.9", span=days("04-01", "04-30")),
    )
    assert [(line.factor, line.days) for line in told.memberships] == [(1, 62), (Fraction("0.9"), 30)]


def test_the_team_score_is_rounded_before_the_factor() -> None:
    # 84.125 is shown as 84.13; times 1.1 it is 92.543, where 84.125 * 1.1 would be 92.5375
    of = scores(governance=(governed("84.125"),))
    assert dimension(member("一组", "1.1"), of=of).exact == Fraction("92.543")
