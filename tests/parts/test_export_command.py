"""``ninefold export`` as typed: what it says, what it finds, what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import bundles
from ninefold.cli.export import export
from ninefold.core.errors import RunError, WishError


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Here, where there is a run with a bundle."""
    bundles.write(tmp_path / "runs" / "7f3c2a" / "bundle")
    (tmp_path / "runs" / "7f3c2a" / "1-problem.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_says_where_it_is_and_what_comes_next(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export("7f3c2a", to="kubernetes")
    said = capsys.readouterr()
    assert "✓ kubernetes → outcome-kubernetes" in said.out
    assert "cd outcome-kubernetes\n  kubectl create secret generic outcome " in said.out
    assert "give image=" in said.err
    assert (place / "outcome-kubernetes" / "deployment.yaml").is_file()


def test_json_is_one_object(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export("runs/7f3c2a/bundle", to="huggingface", output=Path("a b/c"), settings=["name=mine"], as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["to"] == "huggingface"
    assert {"README.md", "bundle/model.onnx"} <= set(told["files"])
    assert all((place / told["folder"] / name).is_file() for name in told["files"])


def test_the_list_tells_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    export(listing=True)
    text = capsys.readouterr().out
    assert "docker  a Dockerfile" in text
    export(to="kubernetes", listing=True, as_json=True)
    (told,) = json.loads(capsys.readouterr().out)["destinations"]
    assert told["settings"]["least"]["default"] == 2
    with pytest.raises(WishError, match="there is no destination"):
        export(to="nowhere", listing=True)


def test_without_a_destination_it_names_them(place: Path) -> None:
    with pytest.raises(WishError) as refused:
        export("7f3c2a")
    assert refused.value.code == "NF-E344"
    assert "docker" in refused.value.hint


def test_a_run_without_a_bundle_is_no_subject(place: Path) -> None:
    shutil.rmtree(place / "runs" / "7f3c2a" / "bundle")
    with pytest.raises(RunError, match="no bundle yet"):
        export("7f3c2a", to="docker")
