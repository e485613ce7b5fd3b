"""Every hostile bundle is refused by its own name, in little time and room, before native code sees any of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bundles
from confined import LIMIT_MB, LIMIT_S, Confined
from hostile import CASES


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    process = Confined()
    yield process
    process.close()


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.write(tmp_path_factory.mktemp("honest") / "bundle", sketched=200, background=5)


@pytest.fixture
def folder(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(honest, tmp_path / "bundle"))


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_by_its_name(confined: Confined, folder: Path, name: str) -> None:
    case = CASES[name]
    changed = case.change(folder)
    told = confined.load(changed if isinstance(changed, Path) else folder)
    assert (told["code"], told["refused"]) == (case.code, case.refused), told
    assert told["mb"] < LIMIT_MB
    assert told["cpu"] < LIMIT_S
    assert told["events"] == []
    assert told["crash"] == ""
    # What does not fit its schema, and what is wrong with the second graph, is known once the first is loaded.
    assert told["asked"] == (name in {"graph of another schema", "external in contributions"})


def test_the_honest_one_is_used_without_a_pickle_or_a_look_elsewhere(confined: Confined, folder: Path) -> None:
    told = confined.load(folder)
    assert (told["code"], told["crash"], told["events"], told["asked"]) == (None, "", [], True)
    assert told["mb"] < LIMIT_MB


PLANTED = """
import os, pickle, subprocess, sys
from confined import hearing
events = []
sys.addaudithook(hearing(events, "nowhere", []))
open(sys.argv[1]).close()
pickle.loads(pickle.dumps(os.getcwd))
subprocess.run([sys.executable, "-c", ""])
print(events)
"""


def test_the_confinement_hears_what_it_should(tmp_path: Path) -> None:
    """A test that cannot fail is none."""
    secret = tmp_path / "secret"
    secret.touch()
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", PLANTED, str(secret)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": tests})
    for heard in (f"open {secret}", "pickle.find_class", "subprocess.Popen"):
        assert heard in done.stdout
