"""Everything that any action enters in the ledger has Chinese words, and so has every column that it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from portal.actions.two_person import KINDS as TWO_PERSON
from portal.config import ROOT
from portal.core.ledger_kinds import GROUPS, KINDS, NEVER_SHOWN, TABLES, group_of, has_words, kind_words
from portal.store.office import ProposalState
from portal.store.tables import Base
from portal.web.ledger_words import FIELDS, REFERENCES, STATES, kinds_words

ACTIONS = sorted((ROOT / "portal" / "actions").glob("*.py"))
KIND = re.compile(r"[a-z_]+\.(?!csv|xlsx|db$)[a-z_]+")  # no file's name
BEGINNING = re.compile(r"[a-z_]+\.")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# what follows the literal beginning of a kind that is put together
ENDINGS = {
    "import.": list(TABLES),
    "import_undone.": list(TABLES),
    "new_year.": list(TABLES),
    "proposal.": [state.value for state in ProposalState if state is not ProposalState.WAITING],
}
OUTSIDE = {"township", "account", "account_role", "staff_session", "ledger_entry", "proposal"}
NO_ROWS_SHOWN = {"rating", "quarter_secret", "voice_key", "county_entry", "county_contact", *OUTSIDE}
QUIET = {
    "id",
    "definition",
    "content",
    "secret",
    "words",
    "contact",
    "receipt",
    "submission",
    "sealed",
    "digest",
}  # never a column of an entry


def kinds() -> Iterator[str]:
    """Every kind that an action names: whole ones, and those that begin with a literal."""
    for file in ACTIONS:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                beginning = str(node.values[0].value)
                if BEGINNING.fullmatch(beginning):
                    yield from (beginning + ending for ending in ENDINGS.get(beginning, ["unknown"]))
            elif isinstance(node, ast.Constant) and KIND.fullmatch(str(node.value)):
                yield str(node.value)


@pytest.mark.parametrize("kind", sorted(set(kinds())))
def test_every_kind_that_an_action_enters_has_words(kind: str) -> None:
    assert has_words(kind), kind
    assert CHINESE.search(kind_words(kind))


def test_some_kinds_are_found_at_all() -> None:
    assert {"account.created", "import.task", "proposal.expired", "rating.received"} <= set(kinds())


@pytest.mark.parametrize("kind", sorted(set(kinds())))
def test_every_kind_is_looked_for_in_one_group_but_for_those_never_shown(kind: str) -> None:
    hidden = kind.startswith(NEVER_SHOWN)
    assert (group_of(kind) is None) is hidden, kind


def test_no_two_groups_share_a_noun() -> None:
    nouns = [noun for group in GROUPS for noun in group.nouns]
    assert len(nouns) == len(set(nouns))


@pytest.mark.parametrize("table", sorted(set(Base.metadata.tables) - NO_ROWS_SHOWN))
def test_every_table_and_every_column_of_it_has_words(table: str) -> None:
    assert table in TABLES
    columns = {column.name for column in Base.metadata.tables[table].columns} - QUIET
    if table != "import_file":
        assert [name for name in sorted(columns) if name not in FIELDS] == []


def test_an_id_that_has_a_name_also_has_words() -> None:
    assert set(REFERENCES) <= set(FIELDS)


def test_every_state_has_words_and_every_two_person_act_too() -> None:
    assert set(STATES) == {state.value for state in ProposalState}
    for kind in TWO_PERSON.values():
        assert CHINESE.search(kind.words)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("import.resident_case", "导入：诉求"),
        ("import_undone.task", "撤销导入：岗位任务"),
        ("team.renamed", "组团：改名"),
        ("proposal.approved", "两人办理：已同意"),
        ("account.created", "开通账号"),
        ("unheard.of", "unheard.of"),
    ],
)
def test_a_kind_in_words(kind: str, words: str) -> None:
    assert kind_words(kind) == words
    assert (kind in KINDS) <= has_words(kind)


@pytest.mark.parametrize("name", ["from", "leader"])
def test_what_is_entered_beside_columns_has_words_too(name: str) -> None:
    assert CHINESE.search(FIELDS[name])


def test_an_operation_is_told_by_what_was_done_not_by_what_followed() -> None:
    kinds = {"link.ended": 2, "poster.retired": 1, "village.households_changed": 1, "village.merged": 1}
    assert kinds_words(kinds).startswith("村社：合并 1 条")
