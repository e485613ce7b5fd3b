"""Every hostile bundle is refused by its own name, in little time and room, before native code sees any of it."""

from __future__ import annotations

import shutil
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


def test_the_confinement_hears_what_it_should(confined: Confined, folder: Path, tmp_path: Path) -> None:
    """A test that cannot fail is none: a file outside is heard."""
    (tmp_path / "elsewhere").symlink_to(folder)
    key = tmp_path / "no such key"
    told = confined.load(folder, [key])
    assert told["code"] == "NF-R119"
