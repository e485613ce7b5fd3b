"""Damaged and hostile bundles: each is refused with its own code, before anything in it is used."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import bundles
from ninefold_runtime import bundle
from ninefold_runtime.bundle import read_bundle, seal
from ninefold_runtime.errors import BundleError
from ninefold_runtime.files import put_folder, write_whole
from ninefold_runtime.graphcheck import refuse_external_data
from ninefold_runtime.model import Model, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bundles.write(tmp_path / "bundle", sketched=200)


def alter_byte(folder: Path) -> None:
    graph = folder / "model.onnx"
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 1
    graph.write_bytes(data)


def lengthen(folder: Path) -> None:
    with (folder / "schema.json").open("ab") as file:
        file.write(b" ")


def link(folder: Path) -> None:
    (folder / "schema.json").rename(folder.parent / "elsewhere.json")
    (folder / "schema.json").symlink_to(folder.parent / "elsewhere.json")


def pipe(folder: Path) -> None:
    (folder / "schema.json").unlink()
    os.mkfifo(folder / "schema.json")


def manifest(change: Callable[[dict], None]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "MANIFEST.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return damage


def name_outside(name: str) -> Callable[[Path], None]:
    return manifest(lambda content: content["files"].update({name: {"sha256": "0" * 64, "bytes": 1}}))


DAMAGES = {
    "altered byte": (alter_byte, "NF-R105"),
    "longer file": (lengthen, "NF-R105"),
    "missing file": (lambda folder: (folder / "model.onnx").unlink(), "NF-R103"),
    "missing manifest": (lambda folder: (folder / "MANIFEST.json").unlink(), "NF-R101"),
    "extra file": (lambda folder: (folder / "more.txt").write_text("x"), "NF-R104"),
    "extra folder": (lambda folder: (folder / "more").mkdir(), "NF-R104"),
    "symbolic link": (link, "NF-R106"),
    "named pipe": (pipe, "NF-R106"),
    "traversal": (name_outside("../elsewhere.json"), "NF-R102"),
    "absolute path": (name_outside("/etc/passwd"), "NF-R102"),
    "backslash": (name_outside("a\\b"), "NF-R102"),
    "hidden": (name_outside(".x"), "NF-R102"),
    "manifest in manifest": (name_outside("MANIFEST.json"), "NF-R102"),
    "later format": (manifest(lambda content: content.update(format=99)), "NF-R102"),
    "no JSON": (lambda folder: (folder / "MANIFEST.json").write_text("{"), "NF-R102"),
    "no schema listed": (lambda folder: ((folder / "schema.json").unlink(), seal(folder)), "NF-R103"),
    "schema of another shape": (lambda folder: ((folder / "schema.json").write_text("[]"), seal(folder)), "NF-R108"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_refused_by_its_code(folder: Path, damage: str) -> None:
    does, code = DAMAGES[damage]
    does(folder)
    with pytest.raises(BundleError) as refused:
        read_bundle(folder)
    assert refused.value.code == code


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


def external(tensor: TensorProto) -> TensorProto:
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "secret.bin"
    return tensor


def graph_of(nodes: list[onnx.NodeProto], initializers: list[TensorProto]) -> onnx.GraphProto:
    y = helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)
    return helper.make_graph(nodes, "g", [], [y], initializer=initializers)


def weight() -> TensorProto:
    return external(numpy_helper.from_array(np.ones(3), "w"))


def in_initializer() -> onnx.ModelProto:
    return helper.make_model(graph_of([helper.make_node("Identity", ["w"], ["y"])], [weight()]))


def in_constant() -> onnx.ModelProto:
    return helper.make_model(graph_of([helper.make_node("Constant", [], ["y"], value=weight())], []))


def in_subgraph() -> onnx.ModelProto:
    inner = in_constant().graph
    node = helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)
    return helper.make_model(graph_of([node], [numpy_helper.from_array(np.array(True), "c")]))


def in_sparse_tensor() -> onnx.ModelProto:
    model = helper.make_model(graph_of([], []))
    model.graph.sparse_initializer.add().values.CopyFrom(weight())
    return model


def in_function() -> onnx.ModelProto:
    model = helper.make_model(graph_of([], []))
    model.functions.add(name="f", domain="d").node.extend([helper.make_node("Constant", [], ["y"], value=weight())])
    return model


@pytest.mark.parametrize("make", [in_initializer, in_constant, in_subgraph, in_sparse_tensor, in_function])
def test_external_data_is_refused_wherever_it_hides(make: Callable[[], onnx.ModelProto]) -> None:
    with pytest.raises(BundleError, match="external data"):
        refuse_external_data(make().SerializeToString())


def test_external_data_in_a_sealed_bundle_is_refused(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(in_initializer().SerializeToString())
    seal(folder)
    with pytest.raises(BundleError, match="external data"):
        load(folder)


def test_a_large_honest_forest_passes() -> None:
    ids = list(range(300_000))
    node = helper.make_node(
        "TreeEnsemble", ["x"], ["y"], domain="ai.onnx.ml", nodes_featureids=ids, weights=[0.5] * 300_000
    )
    refuse_external_data(helper.make_model(graph_of([node], [])).SerializeToString())


def test_a_cut_graph_is_refused() -> None:
    data = bundles.graph("binary")
    refuse_external_data(data)
    with pytest.raises(BundleError):
        refuse_external_data(data[: len(data) - 7])


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
