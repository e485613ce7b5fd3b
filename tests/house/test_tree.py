"""What lies in the repository: nothing large, nothing of one machine, and words where one looks for them."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from source_tree import ROOT, STAGES, Module, modules

MACHINE_PATHS = re.compile(r"/(?:work|home|root|Users|mnt|opt)/[\w.]|[A-Z]:\\\\?Users\\")
NOUNS = {
    "ninefold.core.problem": ("Problem", "Wishes", "Peek"),
    "ninefold.core.table": ("Dataset", "Rows", "Sealed"),
    "ninefold.core.recipe": ("Preparation", "Features"),
    "ninefold.core.results": ("Leaderboard", "Model", "Evaluation", "Bundle", "Watch"),
}

VERBS = (
    *zip(
        STAGES,
        ("define", "collect", "prepare", "engineer", "select", "train", "evaluate", "deploy", "watch"),
        strict=True,
    ),
    ("collect", "peek"),
)


def committed() -> list[Path]:
    """Files that git tracks; where this is no repository (an unpacked archive), all but what building leaves."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    rooms = ("src", "runtime/src", "tests", "docs", "bench", "examples")
    return [
        path
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


def test_no_file_is_over_one_megabyte() -> None:
    assert [str(path) for path in committed() if path.stat().st_size > 1_000_000] == []


def test_no_file_speaks_of_one_machine() -> None:
    readable = [path for path in committed() if path != Path(__file__) and path.suffix in _TEXT]
    assert len(readable) > 50
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in readable
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


_TEXT = {".py", ".md", ".toml", ".cff", ".html", ".css", ".js", ".json", ".svg", ""}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_module_says_what_it_is(module: Module) -> None:
    assert ast.get_docstring(module.tree)


@pytest.mark.parametrize(("name", "noun"), [(name, noun) for name, nouns in NOUNS.items() for noun in nouns])
def test_every_noun_is_explained(name: str, noun: str) -> None:
    module = next(module for module in modules() if module.name == name)
    found = [node for node in module.tree.body if isinstance(node, ast.ClassDef) and node.name == noun]
    assert found
    assert ast.get_docstring(found[0]) or ast.get_docstring(module.tree)


@pytest.mark.parametrize(("stage", "verb"), VERBS)
def test_every_stage_function_is_explained(stage: str, verb: str) -> None:
    module = next(module for module in modules() if module.name == f"ninefold.{stage}.stage")
    found = [node for node in module.tree.body if isinstance(node, ast.FunctionDef) and node.name == verb]
    assert found
    assert ast.get_docstring(found[0])
