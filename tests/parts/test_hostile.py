"""Every hostile bundle is refused by its own name, in little time and room, before native code sees any of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import bundles
from confined import LIMIT_MB, LIMIT_S, Confined
from hostile import CASES, referenced
from ninefold_runtime.agreement import refuse_contradictions
from ninefold_runtime.errors import BundleError
from ninefold_runtime.performance import Errors, Performance
from ninefold_runtime.sketch import Sketches, sketch_columns
from ninefold_runtime.wire import from_columns


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


def test_an_honest_reference_for_the_monitor_is_taken(confined: Confined, folder: Path) -> None:
    referenced(lambda content: content)(folder)
    told = confined.load(folder)
    assert (told["code"], told["crash"]) == (None, "")


def _spread(**lists: tuple[float, ...]) -> Performance:
    one = (1.0, 2.0)
    honest = Errors(edges=(0.5,), rows=(40, 60), size=one, square=one, fourth=one, far=one)
    return Performance(rows=100, wrong=20, scores={}, errors=msgspec.structs.replace(honest, **lists))


@pytest.mark.parametrize(
    "lists", [{}, {"edges": ()}, {"far": (1.0,)}, {"rows": (40, -1)}, {"size": (1.0, -1.0)}, {"edges": (2.0, 1.0)}]
)
def test_errors_of_values_are_looked_at(lists: dict[str, tuple[float, ...]]) -> None:
    schema = bundles.schema("regression")
    arrays = from_columns(schema, bundles.table(50), 50).arrays
    sketches = Sketches(rows=50, columns=sketch_columns(schema, arrays), performance=_spread(**lists))
    if not lists:
        refuse_contradictions(schema, sketches, None)
        return
    with pytest.raises(BundleError, match="errors whose bins"):
        refuse_contradictions(schema, sketches, None)


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
