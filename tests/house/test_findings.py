"""Every finding has one file, a page that says what the file says, a test that it fires, and one that it is silent."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from source_tree import ROOT, modules

from ninefold.cli.findings import index, page
from ninefold.core.findings import PACKAGES, About, catalogue

PAGES = ROOT / "docs" / "findings"
CODE = re.compile(r"\bNF\d{3}\b")
STAGES = {"2": "collect", "3": "prepare", "5": "select", "6": "train", "7": "evaluate"}
KNOWN = catalogue()
CODES = [about.code for about in KNOWN]


def test_codes_are_given_once() -> None:
    assert [code for code, count in Counter(CODES).items() if count > 1] == []
    assert len(CODES) > 50


def test_the_digit_is_the_stages() -> None:
    homes = {
        module.name: CODE.findall(ast.get_docstring(module.tree) or "")[:1]
        for module in modules("ninefold")
        if module.name.rpartition(".")[0] in PACKAGES and not module.path.name.startswith("_")
    }
    assert sorted(code for found in homes.values() for code in found) == CODES
    assert [name for name, found in homes.items() if STAGES[found[0][2]] != name.split(".")[1]] == []


def test_every_code_that_is_spoken_of_is_known() -> None:
    spoken = {
        code: module.name for module in modules("ninefold") for code in CODE.findall(module.path.read_text("utf-8"))
    }
    assert {code: name for code, name in spoken.items() if code not in CODES} == {}


@pytest.mark.parametrize("about", KNOWN, ids=CODES)
def test_the_page_says_what_the_rule_says(about: About) -> None:
    again = ".venv/bin/python -m ninefold.cli.pages docs/findings"
    assert (PAGES / f"{about.code}.md").read_text("utf-8") == page(about), again
    for said in (about.title, about.means, about.how, about.action, about.mistaken):
        assert said.strip() == said
        assert said
    assert about.how.endswith(".")
    assert about.questions


def test_there_are_no_other_pages() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted([*CODES, "README"])
    assert (PAGES / "README.md").read_text("utf-8") == index(KNOWN)


@pytest.mark.parametrize("name", ["FIRES", "SILENT"])
def test_every_finding_is_tested(name: str) -> None:
    assert set(CODES) - keys(name) == set()


def keys(name: str) -> set[str]:
    """Codes that begin the keys of the dictionaries of this name in all tests."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= {key[:5] for tables in assigned(path, name) for key in tables}
    return found


def assigned(path: Path, name: str) -> list[list[str]]:
    tree = ast.parse(path.read_text("utf-8"))
    return [
        [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Dict)
        and name in ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0])
    ]
