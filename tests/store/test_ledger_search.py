"""Looking things up in the ledger, on both databases: nothing of another township, nothing of residents' ratings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from portal.store import ledger_search
from portal.store.ledger_search import Wanted
from portal.store.people import Account
from tests.store.rows import NOW, Ground

ALL = Wanted()
HIDDEN = ("rating.received", "rating.set_aside", "rating.doubted", "ratings.imported", "ratings.x")
SHOWN = ("ratingx.added", "import.task", "proposal.approved", "account.created")


def fill(ground: Ground, *rows: dict[str, Any]) -> None:
    for row in rows:
        ground.add(ground.entry(**row))


def subjects(ground: Ground, wanted: Wanted = ALL) -> list[str]:
    return [e.subject for e in ledger_search.exported(ground.session, ground.township, wanted, 100)]


def acts(ground: Ground, wanted: Wanted = ALL, first: int = 0, most: int = 100) -> Sequence[int]:
    return [line.act for line in ledger_search.acts(ground.session, ground.township, wanted, first, most)]


@pytest.mark.parametrize("kind", HIDDEN)
def test_entries_of_ratings_are_found_by_nothing(ground: Ground, kind: str) -> None:
    fill(
        ground,
        {"act": 7, "kind": kind, "subject": "秘密", "actor": "resident", "reason": "秘密"},
        {"act": 8, "kind": "proposal.approved", "subject": "公开"},
        {"act": 8, "kind": kind, "subject": "秘密"},
    )
    own, session = ground.township, ground.session
    prefix = f"{kind.partition('.')[0]}."
    choices = (
        ALL,
        Wanted(words="秘密"),
        Wanted(prefixes=(prefix,)),
        Wanted(prefixes=(kind,)),
        Wanted(actor="resident"),
        Wanted(first=NOW, before=NOW + timedelta(days=1)),
    )
    for wanted in choices:
        assert "秘密" not in subjects(ground, wanted), wanted
        for line in ledger_search.acts(session, own, wanted, 0, 100):
            assert (line.act, line.count, dict(line.kinds)) == (8, 1, {"proposal.approved": 1})
    assert ledger_search.count(session, own, ALL) == (1, 1)
    assert ledger_search.count(session, own, Wanted(words="秘密")) == (0, 0)
    assert ledger_search.count_of_act(session, own, 7) == 0
    assert ledger_search.of_act(session, own, 7, 0, 100) == []
    assert [entry.subject for entry in ledger_search.of_act(session, own, 8, 0, 100)] == ["公开"]


def test_what_only_looks_like_a_rating_is_shown(ground: Ground) -> None:
    fill(ground, *({"kind": kind, "subject": kind} for kind in SHOWN))
    assert sorted(subjects(ground)) == sorted(SHOWN)


def test_nothing_of_another_township_or_of_none_is_found(ground: Ground) -> None:
    other = Ground(ground.session, "330825112")
    fill(ground, {"act": 1, "subject": "本镇"}, {"act": 1, "subject": "无镇", "township_id": None})
    fill(other, {"act": 1, "subject": "外镇"}, {"act": 2, "subject": "外镇"})
    assert subjects(ground) == ["本镇"]
    assert acts(ground) == [1]
    assert ledger_search.count_of_act(ground.session, ground.township, 1) == 1
    assert ledger_search.count_of_act(ground.session, ground.township, 2) == 0


def test_operations_stand_newest_first_and_each_on_one_page(ground: Ground) -> None:
    moments = [NOW + timedelta(minutes=place // 3) for place in range(11)]  # three at a time share a moment
    fill(ground, *({"act": 100 - place, "at": at} for place, at in enumerate(moments)))
    whole = acts(ground)
    paged = [act for first in range(0, 11, 2) for act in acts(ground, ALL, first, 2)]
    assert paged == whole
    assert sorted(whole) == list(range(90, 101))
    by_act = {100 - place: at for place, at in enumerate(moments)}
    assert [by_act[act] for act in whole] == sorted(moments, reverse=True)


def test_one_operation_is_one_line_with_its_kinds_counted(ground: Ground) -> None:
    fill(
        ground,
        *({"act": 5, "kind": "import.task", "subject": f"{n}"} for n in range(3)),
        {"act": 5, "kind": "import.bonus", "subject": "9", "reason": "补录"},
    )
    (line,) = ledger_search.acts(ground.session, ground.township, ALL, 0, 10)
    assert (line.count, dict(line.kinds)) == (4, {"import.bonus": 1, "import.task": 3})
    assert (line.subject, line.reason, line.at, line.actor) == ("0", "补录", NOW, "operator")
    assert ledger_search.count(ground.session, ground.township, ALL) == (1, 4)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(words="平安"), ["a", "b"]),
        (Wanted(words="WANG"), ["c"]),
        (Wanted(words="50%"), ["d"]),
        (Wanted(words="%"), ["d"]),
        (Wanted(words="_"), []),
        (Wanted(words="干部1"), ["1 平安"]),
        (Wanted(prefixes=("team.", "import.")), ["b", "c"]),
        (Wanted(actor="wang"), ["c"]),
        (Wanted(actor="nobody"), []),
        (Wanted(words="平安", prefixes=("team.",)), ["b"]),
    ],
)
def test_words_kinds_and_people_narrow_the_choice(ground: Ground, wanted: Wanted, found: list[str]) -> None:
    rows = {
        "a": {"subject": "平安 a"},
        "b": {"kind": "team.renamed", "reason": "平安"},
        "c": {"kind": "import.task", "actor": "wang"},
        "d": {"reason": "加了50%"},
        "1 平安": {"subject": "1 x"},
    }
    for name, row in rows.items():
        fill(ground, {"subject": name, **row, "after": {"row": name}})
    rest = ledger_search.exported(ground.session, ground.township, wanted, 100)
    assert sorted(entry.after["row"] for entry in rest if entry.after) == sorted(found)


def test_days_narrow_the_choice_up_to_the_last_moment(ground: Ground) -> None:
    fill(ground, *({"subject": f"{n}", "at": NOW + timedelta(hours=n)} for n in range(5)))
    hour = timedelta(hours=1)
    assert subjects(ground, Wanted(first=NOW + hour, before=NOW + 3 * hour)) == ["2", "1"]


def test_names_stand_for_ids_with_one_statement_a_table(ground: Ground) -> None:
    other = Ground(ground.session, "330825112")
    statements: list[str] = []
    bind = ground.session.get_bind()

    def hear(*told: Any) -> None:
        statements.append(told[2])

    event.listen(bind, "before_cursor_execute", hear)
    found = ledger_search.names(ground.session, ground.township, {"cadre", "team", "unheard-of"})
    event.remove(bind, "before_cursor_execute", hear)
    assert len(statements) == 2
    assert found[("cadre", ground.cadre)] == "干部1（1）"
    assert found[("team", ground.team)] == "甲组"
    assert ("cadre", other.cadre) not in found
    assert set(ledger_search.names(ground.session, ground.township, ledger_search._NAMED)) >= set(found)


def test_accounts_come_with_whose_they_are(ground: Ground) -> None:
    own = {"password_hash": "x", "township_id": ground.township}
    ground.add(Account(username="a", holder="王五", cadre_id=ground.cadre, **own))
    ground.add(Account(username="b", cadre_id=ground.cadre, **own))
    ground.add(Account(username="c", **own))
    ground.add(Account(username="d", password_hash="x"))
    found = ledger_search.accounts(ground.session, ground.township)
    assert found == {"a": "王五", "b": "干部1", "c": ""}
