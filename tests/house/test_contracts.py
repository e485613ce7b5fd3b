"""The contracts of pyproject.toml bite: a planted import breaks them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from source_tree import ROOT, STAGES, modules

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


def test_the_contracts_have_no_exemptions() -> None:
    loose = {"ignore_imports", "exhaustive_ignores", "exclude_type_checking_imports"}
    assert [contract["name"] for contract in CONTRACTS if loose & contract.keys()] == []


def test_every_room_stands_in_the_house() -> None:
    layers = next(contract for contract in CONTRACTS if contract["type"] == "layers")["layers"]
    named = {room.strip() for layer in layers for room in re.split("[|:]", layer)}
    assert named == {module.room for module in modules("ninefold") if module.room}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
        "--no-logo",
    ]
    environment = {"PYTHONPATH": f"{folder / 'src'}:{folder / 'runtime' / 'src'}", "PATH": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


PLANTED = [
    ("src/ninefold/evaluate/stage.py", "def late():\n    import ninefold.select.stage\n"),
    ("src/ninefold/core/errors.py", "import ninefold.forms.onnx\n"),
    ("src/ninefold/learners/__init__.py", "import ninefold.metrics\n"),
    ("src/ninefold/cli/__init__.py", "import ninefold.train.stage\n"),
    ("src/ninefold/report/__init__.py", "import ninefold.forms.onnx\n"),
    ("src/ninefold/web/__init__.py", "import ninefold.evaluate.view\n"),
    ("src/ninefold/web/pages.py", "import ninefold.learners\n"),
    ("src/ninefold/export/__init__.py", "import ninefold.forms.onnx\n"),
    ("src/ninefold/export/destination.py", "import ninefold.deploy.stage\n"),
    ("src/ninefold/guide/__init__.py", "import ninefold.practice.deck\n"),
    ("src/ninefold/practice/deck.py", "import ninefold.learners\n"),
    ("src/ninefold/compare/__init__.py", "import ninefold.forms.onnx\n"),
    ("runtime/src/ninefold_runtime/schema.py", "import ninefold.core.table\n"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree with nothing in it but the imports, so that the linter reads it quickly."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"))
    for module in modules():
        path = folder / module.path.relative_to(ROOT)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return folder


def test_an_empty_house_keeps_the_contracts(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("file", "code"), PLANTED, ids=[file for file, _ in PLANTED])
def test_a_planted_import_breaks_them(copy: Path, file: str, code: str) -> None:
    path = copy / file
    assert path.exists(), "plant in a file of the house"
    path.write_text(code)
    try:
        done = lint(copy)
    finally:
        path.write_text("")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_nine_stages_are_named_in_the_contracts() -> None:
    protected = next(contract for contract in CONTRACTS if contract["type"] == "protected")
    assert protected["protected_modules"] == [f"ninefold.{stage}" for stage in STAGES]
