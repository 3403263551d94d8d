"""The house rules that no linter holds: short rooms, words for everything, and nothing of anybody's own machine."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from portal.config import ROOT
from portal.core.book import Role
from portal.web.formats import WORDS

LONGEST_MODULE, LONGEST_FUNCTION = 400, 45
MODULES = sorted([*(ROOT / "portal").rglob("*.py"), ROOT / "wsgi.py"])
MIGRATIONS = sorted((ROOT / "migrations").rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-test.lock")
LEFT_OVER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
HOSTS = re.compile(
    r"pypi\.|pythonhosted|registry\.npm|artifactory|mirrors?\.[a-z]+\.|/simple/?\b", re.IGNORECASE
)
MACHINE_PATH = re.compile(r"(?<![\w.~*)}>-])/(?:home|root|Users|work|mnt|private)/\w")
GLOSSARY = ROOT / "docs" / "glossary.md"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def tracked() -> dict[str, str]:
    """The text of every file that goes out with the source."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if asked.returncode:
        pytest.skip("not a git checkout: which files go out can't be told")
    texts: dict[str, str] = {}
    for name in asked.stdout.decode().split("\0"):
        file = ROOT / name
        if name and file.is_file():
            content = file.read_bytes()
            if b"\0" not in content[:8000]:
                texts[name] = content.decode("utf-8")
    return texts


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked().items()
        if name != named(Path(__file__))
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("module", [*MODULES, *MIGRATIONS], ids=named)
def test_every_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_modules_and_functions_stay_short(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("module", sorted((ROOT / "portal" / "actions").glob("*.py")), ids=named)
def test_an_action_writes_no_sql(module: Path) -> None:
    """Statements live in the store; an action may hold a session and hand a condition on."""
    imported = re.findall(
        r"^from sqlalchemy\S* import (.+)$", module.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {name for names in imported for name in names.split(", ")} <= {"Session", "ColumnElement"}


def test_nothing_is_left_for_later_in_a_comment() -> None:
    assert lines_with(LEFT_OVER) == []


def test_no_registry_is_named() -> None:
    """Where packages come from is for whoever installs them to say."""
    assert lines_with(HOSTS) == []


def test_no_path_of_somebodys_machine_is_named() -> None:
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_version_and_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(packages) > 20
    for package in packages:
        assert re.match(r"[a-z0-9][a-z0-9.-]*(\[[a-z,]+\])?==\S+ ", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", package), package
    assert "://" not in text
    assert "--index" not in text


def test_the_tests_are_locked_to_what_runs() -> None:
    """A package that both need has one version."""

    def versions(lock: str) -> dict[str, str]:
        text = (ROOT / lock).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", text, re.MULTILINE))

    run, test = map(versions, LOCKS)
    assert {
        name: (version, test.get(name)) for name, version in run.items() if test.get(name) != version
    } == {}


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_chinese_word(role: Role) -> None:
    assert re.fullmatch(r"[\u4e00-\u9fff]+", WORDS[f"role.{role.value}"])


def test_no_two_roles_share_a_word() -> None:
    words = [WORDS[f"role.{role.value}"] for role in Role]
    assert len(set(words)) == len(words)


def glossary() -> list[list[str]]:
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_every_line_of_the_glossary_has_both_words() -> None:
    for row in glossary():
        assert len(row) == 3, row
        assert re.search(r"[a-z]", row[0]), row
        assert re.search(r"[\u4e00-\u9fff]", row[1]), row


def test_every_word_of_the_glossary_is_used_in_the_code() -> None:
    code = "\n".join(module.read_text(encoding="utf-8") for module in MODULES)
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).lower()  # TeamLink is a team and a link
    words = [word.strip().lower() for row in glossary() for word in re.split(r"[(),]|\bkind\b", row[0])]
    whole = {word: rf"(?<![a-z]){word.replace(' ', '[ _]')}(es|s)?(?![a-z])" for word in words}
    assert [word for word, pattern in whole.items() if not re.search(pattern, code)] == []


@pytest.mark.parametrize("key", [key for key in WORDS if not key.startswith("role.")])
def test_a_word_on_pages_is_the_glossarys(key: str) -> None:
    in_code = key.rpartition(".")[2].replace("_", " ")
    assert [row for row in glossary() if in_code in row[0] and WORDS[key] in row[1]], (key, WORDS[key])
