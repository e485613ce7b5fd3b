"""A bundle is written, sealed, and read whole (what is damaged or hostile: `test_hostile`)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import bundles
from ninefold_runtime import bundle
from ninefold_runtime.bundle import read_bundle, seal
from ninefold_runtime.errors import BundleError
from ninefold_runtime.files import put_folder, write_whole
from ninefold_runtime.model import Model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bundles.write(tmp_path / "bundle", sketched=200)


def test_a_whole_bundle_is_read(folder: Path) -> None:
    read = read_bundle(folder)
    assert read.schema.names == tuple(column.name for column in bundles.COLUMNS)
    assert read.sketches is not None
    assert set(read.manifest.files) == {"model.onnx", "schema.json", "sketches.json"}


def test_a_run_folder_is_told_apart(folder: Path) -> None:
    with pytest.raises(BundleError) as refused:
        read_bundle(folder.parent)
    assert str(folder) in refused.value.hint


def test_a_graph_of_another_schema_is_refused() -> None:
    with pytest.raises(BundleError, match="does not fit its schema"):
        Model(bundles.graph("regression"), bundles.schema("binary"))


def test_what_is_no_graph_is_refused() -> None:
    for data in (b"", b"\x00", b"not a graph at all", os.urandom(2000)):
        with pytest.raises(BundleError) as refused:
            Model(data, bundles.schema("binary"))
        assert refused.value.code == "NF-R107"


def test_seal_refuses_folders_and_links(folder: Path) -> None:
    (folder / "more").mkdir()
    with pytest.raises(BundleError):
        seal(folder)


def test_put_folder_exchanges(tmp_path: Path) -> None:
    place = tmp_path / "place"
    for content in ("one", "two"):
        fresh = tmp_path / "fresh"
        fresh.mkdir()
        write_whole(fresh / "file", content.encode())
        put_folder(fresh, place)
        assert (place / "file").read_text() == content
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_put_folder_works_without_the_system_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold_runtime.files._exchanged", lambda *_: False)
    test_put_folder_exchanges(tmp_path)


def test_the_manifest_lists_size_and_digest(folder: Path) -> None:
    files = json.loads((folder / bundle.MANIFEST).read_text())["files"]
    assert files["schema.json"]["bytes"] == (folder / "schema.json").stat().st_size
    assert len(files["schema.json"]["sha256"]) == 64
