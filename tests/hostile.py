"""Bundles made to harm, each from an honest one, with the code and the short name by which it must be refused.

A case changes a copy of an honest bundle in place, or returns another path to load. Whoever makes such a bundle can
seal it: digests are right unless they are what the case is about.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Change = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    change: Change
    code: str
    refused: str | None


CASES: dict[str, Case] = {}


def case(name: str, code: str, refused: str | None = None) -> Callable[[Change], Change]:
    """Put a change into the corpus."""

    def put(change: Change) -> Change:
        assert name not in CASES
        CASES[name] = Case(change, code, refused)
        return change

    return put


def reseal(folder: Path, **more: dict[str, Any]) -> None:
    """A manifest over all files, without any of the checks that `seal` makes."""
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
        if path.name != "MANIFEST.json" and path.is_file()
    }
    (folder / "MANIFEST.json").write_text(json.dumps({"format": 1, "files": files | more}))


# --- files


def _edited(change: Callable[[dict[str, Any]], object]) -> Change:
    def damage(folder: Path) -> None:
        path = folder / "MANIFEST.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return damage


def _listed(name: str, size: int = 1) -> Change:
    return _edited(lambda content: content["files"].update({name: {"sha256": "0" * 64, "bytes": size}}))


def _with_file(name: str, data: bytes) -> Change:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(data)
        reseal(folder)

    return write


@case("altered byte", "NF-R105")
def _altered(folder: Path) -> None:
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(data)


@case("longer file", "NF-R105")
def _longer(folder: Path) -> None:
    with (folder / "schema.json").open("ab") as file:
        file.write(b" ")


@case("symbolic link", "NF-R106", "not-plain")
def _link(folder: Path) -> None:
    (folder / "schema.json").rename(folder.parent / "elsewhere.json")
    (folder / "schema.json").symlink_to(folder.parent / "elsewhere.json")


@case("manifest that is a link", "NF-R106", "not-plain")
def _manifest_link(folder: Path) -> None:
    (folder / "MANIFEST.json").rename(folder.parent / "elsewhere.json")
    (folder / "MANIFEST.json").symlink_to(folder.parent / "elsewhere.json")


@case("named pipe", "NF-R106", "not-plain")
def _pipe(folder: Path) -> None:
    (folder / "schema.json").unlink()
    os.mkfifo(folder / "schema.json")


@case("hard link to a secret", "NF-R105")
def _hard_link(folder: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_text("x" * (folder / "schema.json").stat().st_size)
    (folder / "schema.json").unlink()
    os.link(secret, folder / "schema.json")


@case("many files", "NF-R116", "files-many")
def _many(folder: Path) -> None:
    for i in range(100):
        (folder / f"f{i}").touch()
    reseal(folder)


@case("sparse file of 4 GB", "NF-R116", "files-large")
def _sparse(folder: Path) -> None:
    with (folder / "big").open("wb") as file:
        file.truncate(4 << 30)
    _listed("big", 4 << 30)(folder)


def _unlink(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def _no_schema(folder: Path) -> None:
    (folder / "schema.json").unlink()
    reseal(folder)


def _json(name: str, change: Callable[[dict[str, Any]], object]) -> Change:
    def damage(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        change(content)
        (folder / name).write_text(json.dumps(content))
        reseal(folder)

    return damage


def _schema(change: Callable[[dict[str, Any]], object]) -> Change:
    return _json("schema.json", change)


def _sketchy(change: Callable[[dict[str, Any]], object]) -> Change:
    return _json("sketches.json", lambda content: change(content["columns"]["age"]))


_DEEP = b"[" * 200_000
_FILES: dict[str, tuple[Change, str, str | None]] = {
    "missing file": (_unlink("model.onnx"), "NF-R103", None),
    "no schema listed": (_no_schema, "NF-R103", None),
    "missing manifest": (_unlink("MANIFEST.json"), "NF-R101", None),
    "extra file": (lambda folder: (folder / "more.txt").touch(), "NF-R104", None),
    "extra folder": (lambda folder: (folder / "more").mkdir(), "NF-R104", None),
    "traversal": (_listed("../elsewhere.json"), "NF-R102", "file-name"),
    "absolute path": (_listed("/etc/passwd"), "NF-R102", "file-name"),
    "backslash": (_listed("a\\b"), "NF-R102", "file-name"),
    "drive": (_listed("C:a"), "NF-R102", "file-name"),
    "hidden": (_listed(".x"), "NF-R102", "file-name"),
    "NUL in a name": (_listed("a\0b"), "NF-R102", "file-name"),
    "line end in a name": (_listed("a\n"), "NF-R102", "file-name"),
    "manifest in manifest": (_listed("MANIFEST.json"), "NF-R102", "file-name"),
    "negative size": (_listed("a", -1), "NF-R116", "files-large"),
    "names that differ in case": (_listed("MODEL.onnx"), "NF-R116", "files-case"),
    "later format": (_edited(lambda content: content.update(format=99)), "NF-R102", None),
    "manifest of no JSON": (lambda folder: (folder / "MANIFEST.json").write_text("{"), "NF-R102", None),
    "nested manifest": (lambda folder: (folder / "MANIFEST.json").write_bytes(b'{"a":' + _DEEP), "NF-R102", None),
    "huge manifest": (
        lambda folder: (folder / "MANIFEST.json").write_bytes(b" " * (2 << 20)),
        "NF-R102",
        "manifest-large",
    ),
    "schema of another shape": (_with_file("schema.json", b"[]"), "NF-R108", None),
    "nested schema": (_with_file("schema.json", b'{"odd":' + _DEEP), "NF-R108", None),
    "sketches that count more than bins": (_sketchy(lambda s: s["counts"].append(7)), "NF-R108", "contradiction"),
    "sketches that fall": (_sketchy(lambda s: s["edges"].reverse()), "NF-R108", "contradiction"),
    "date pattern that asks twice": (
        _schema(lambda s: s["columns"][4].update(format="%Y %Y")),
        "NF-R108",
        "contradiction",
    ),
    "the same column twice": (_schema(lambda s: s["columns"].append(s["columns"][0])), "NF-R108", "contradiction"),
    "nested background": (_with_file("background.json", _DEEP), "NF-R108", None),
    "schema of very many levels": (_with_file("schema.json", b'["a"' + b',"a"' * 2_100_000), "NF-R116", "json-large"),
    "infinite number": (_with_file("conformal.json", b'{"levels": [1e400], "rows": 1}'), "NF-R108", None),
    "NaN": (_with_file("background.json", b'{"weights": [NaN], "columns": {}}'), "NF-R108", None),
    "text that is no UTF-8": (_with_file("schema.json", b'{"columns": "\xff\xfe"}'), "NF-R108", None),
}
CASES |= {name: Case(*what) for name, what in _FILES.items()}


# --- what the monitor goes by


def referenced(change: Callable[[dict[str, Any]], object]) -> Change:
    """The sketches of a bundle with a reference for the monitor as training writes it, and a change to that."""

    def damage(folder: Path) -> None:
        ports = next(c for c in json.loads((folder / "schema.json").read_text())["columns"] if c["name"] == "port")
        _json("sketches.json", lambda content: change(_with_reference(content, ports)))(folder)

    return damage


def _with_reference(content: dict[str, Any], ports: dict[str, Any]) -> dict[str, Any]:
    question = {"edges": [0.5], "chance": [0.25, 0.75], "rows": [50, 50], "hits": [12, 38]}
    content["weights"] = {"age": 0.75, "port": 0.25}
    content["performance"] = {"rows": 100, "wrong": 24, "scores": {"accuracy": 0.76}, "questions": [question]}
    names, levels = [*ports["levels"], "other", "missing"], ports["levels"]
    part = {"rows": content["rows"], "columns": content["columns"]}
    content["groups"] = [{"column": ports, "names": names, "levels": levels, "parts": {names[0]: part}}]
    return content


def _question(**lists: list[float]) -> Change:
    return referenced(lambda content: content["performance"]["questions"][0].update(lists))


def _group(**fields: Any) -> Change:
    return referenced(lambda content: content["groups"][0].update(fields))


def _group_in_group(content: dict[str, Any]) -> None:
    (part,) = content["groups"][0]["parts"].values()
    content["groups"][0]["parts"] = {"Cherbourg": part | {"groups": [dict(content["groups"][0])]}}


def _broken_part(content: dict[str, Any]) -> None:
    (part,) = content["groups"][0]["parts"].values()
    part["columns"] = {name: sketch for name, sketch in part["columns"].items() if name != "age"}


_SPREAD = {"edges": [], "rows": [9], "size": [1.0], "square": [1.0], "fourth": [1.0], "far": [1.0]}
_DISTORTED: dict[str, Change] = {
    "weight of an unknown column": referenced(lambda c: c["weights"].update(ship=0.5)),
    "weight that is no share": referenced(lambda c: c["weights"].update(age=-1.0)),
    "performance of no rows": referenced(lambda c: c["performance"].update(rows=0, wrong=0)),
    "more wrong than rows": referenced(lambda c: c["performance"].update(wrong=101)),
    "no question of two classes": referenced(lambda c: c["performance"].update(questions=[])),
    "errors of values where there are classes": referenced(lambda c: c["performance"].update(errors=_SPREAD)),
    "question with fewer rows than bins": _question(rows=[100]),
    "question with fewer chances than bins": _question(chance=[0.5]),
    "question whose edges fall": _question(edges=[0.5, 0.4], chance=[0.1] * 3, rows=[9] * 3, hits=[1] * 3),
    "question with a chance above one": _question(chance=[0.25, 7.0]),
    "question with more hits than rows": _question(hits=[12, 51]),
    "groups with fewer names than levels": _group(names=["Southampton", "other", "missing"]),
    "groups of levels and bands": _group(edges=[1.0]),
    "groups of an input that is of another kind": _group(column={"name": "age", "kind": "category"}),
    "group without a name": referenced(lambda c: c["groups"][0].update(parts={"Paris": {"rows": 1, "columns": {}}})),
    "group without a column": referenced(_broken_part),
    "groups within groups": referenced(_group_in_group),
    "accuracy above one": referenced(lambda c: c.update(expected={"accuracy": 2.0, "deviation": 0.1, "rows": 9})),
    "score of another kind": referenced(lambda c: c.update(scores={"predicted probability": c["columns"]["port"]})),
}
CASES |= {f"monitor: {name}": Case(change, "NF-R108", "contradiction") for name, change in _DISTORTED.items()}


# --- packed


@dataclass(frozen=True)
class Entry:
    """A file in a zip file, which may be described in two ways."""

    name: bytes
    data: bytes
    method: int = 0
    flags: int = 0
    kind: int = 0o100644
    local: bytes | None = None
    packed: bytes | None = None
    size: int | None = None


def _zip(
    entries: Sequence[Entry], before: bytes = b"", gap: bytes = b"", comment: bytes = b"", count: int = 0
) -> bytes:
    body, table = before, b""
    for entry in entries:
        data = entry.data if entry.packed is None else entry.packed
        size = len(entry.data) if entry.size is None else entry.size
        shared = (20, entry.flags, entry.method, 0, 33, zlib.crc32(entry.data), len(data), size)
        local = entry.name if entry.local is None else entry.local
        where = len(body)
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *shared, len(local), 0) + local + data + gap
        table += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 0x314, *shared, len(entry.name), 0, 0, 0, 0, entry.kind << 16, where
        )
        table += entry.name
    number = count or len(entries)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(table), len(body), len(comment))
    return body + table + end + comment


def _entries(folder: Path) -> list[Entry]:
    return [Entry(path.name.encode(), path.read_bytes()) for path in sorted(folder.iterdir())]


def _zipped(make: Callable[[list[Entry]], bytes]) -> Change:
    def write(folder: Path) -> Path:
        place = folder.parent / "bundle.zip"
        place.write_bytes(make(_entries(folder)))
        return place

    return write


def _more(*more: Entry) -> Change:
    return _zipped(lambda entries: _zip([*entries, *more]))


def _pressed(data: bytes) -> bytes:
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    return press.compress(data) + press.flush()


def _overlapping(entries: list[Entry]) -> bytes:
    """Two entries of the table for one and the same data."""
    made = bytearray(_zip([*entries, Entry(b"twin", b"")]))
    table = struct.unpack_from("<L", made, len(made) - 6)[0]
    at = table
    for _ in entries:
        at += 46 + struct.unpack_from("<H", made, at + 28)[0]
    made[at + 42 : at + 46] = struct.pack("<L", 0)
    return bytes(made)


def _lent(entries: list[Entry]) -> bytes:
    """A table that names another size than the data has."""
    return _zip([*entries, Entry(b"short", b"abc", size=2)])


_ZEROS = bytes(30 << 20)
_PACKED: dict[str, tuple[Change, str, str | None]] = {
    "zip: something behind": (_zipped(lambda e: _zip(e) + b"x"), "NF-R117", "zip-end"),
    "zip: something before": (_zipped(lambda e: _zip(e, before=b"MZ")), "NF-R117", "zip-gap"),
    "zip: something between": (_zipped(lambda e: _zip(e, gap=b"x")), "NF-R117", "zip-gap"),
    "zip: comment": (_zipped(lambda e: _zip(e, comment=b"hello")), "NF-R117", "zip-end"),
    "zip: comment that is an end": (_zipped(lambda e: _zip(e, comment=_zip(e)[-22:])), "NF-R117", "zip-end"),
    "zip: two tables": (_zipped(lambda e: _zip(e) + _zip(e)), "NF-R117", "zip-end"),
    "zip: empty": (_zipped(lambda _: b""), "NF-R117", "zip-end"),
    "zip: cut": (_zipped(lambda e: _zip(e)[:-5]), "NF-R117", "zip-end"),
    "zip: no zip": (_zipped(lambda _: os.urandom(1000)), "NF-R117", "zip-end"),
    "zip: claims more files": (_zipped(lambda e: _zip(e, count=len(e) + 1)), "NF-R117", "zip-end"),
    "zip: very many files": (_zipped(lambda e: _zip(e, count=65_535)), "NF-R117", "zip-many"),
    "zip: a file twice": (_zipped(lambda e: _zip([*e, e[0]])), "NF-R117", "zip-twice"),
    "zip: two files in one place": (_zipped(_overlapping), "NF-R117", "zip-gap"),
    "zip: traversal": (_more(Entry(b"../x", b"x")), "NF-R104", None),
    "zip: absolute path": (_more(Entry(b"/tmp/x", b"x")), "NF-R104", None),
    "zip: backslash": (_more(Entry(b"..\\x", b"x")), "NF-R104", None),
    "zip: drive": (_more(Entry(b"C:x", b"x")), "NF-R104", None),
    "zip: NUL in a name": (_more(Entry(b"a\0b", b"x")), "NF-R117", "zip-name"),
    "zip: link": (_more(Entry(b"x", b"/etc/passwd", kind=0o120777)), "NF-R117", "zip-link"),
    "zip: device": (_more(Entry(b"x", b"", kind=0o020666)), "NF-R117", "zip-not-plain"),
    "zip: folder": (_more(Entry(b"x/", b"", kind=0)), "NF-R117", "zip-not-plain"),
    "zip: encrypted": (_more(Entry(b"x", b"x" * 20, flags=1)), "NF-R117", "zip-encrypted"),
    "zip: another method": (_more(Entry(b"x", b"x", method=12)), "NF-R117", "zip-method"),
    "zip: bomb": (_more(Entry(b"x", _ZEROS, method=8, packed=_pressed(_ZEROS))), "NF-R117", "zip-ratio"),
    "zip: bomb that says it is small": (
        _more(Entry(b"x", _ZEROS, method=8, packed=_pressed(_ZEROS), size=1000)),
        "NF-R117",
        "zip-broken",
    ),
    "zip: other size": (_zipped(_lent), "NF-R117", "zip-broken"),
    "zip: broken data": (_more(Entry(b"x", b"x" * 99, method=8, packed=b"\xff" * 50)), "NF-R117", "zip-broken"),
    "zip: other bytes than their sum": (_more(Entry(b"x", b"abc", packed=b"abd")), "NF-R117", "zip-broken"),
    "zip: another name inside": (_more(Entry(b"x", b"x", local=b"y")), "NF-R117", "zip-broken"),
}
CASES |= {name: Case(*what) for name, what in _PACKED.items()}


@case("zip: altered file", "NF-R105")
def _zip_altered(folder: Path) -> object:
    (folder / "schema.json").write_bytes((folder / "schema.json").read_bytes() + b" ")
    return _zipped(_zip)(folder)


# --- graphs

Nodes = list[onnx.NodeProto]


def _model(folder: Path, name: str = "model.onnx") -> onnx.ModelProto:
    return onnx.load_from_string((folder / name).read_bytes())


def _put(folder: Path, data: bytes, name: str = "model.onnx") -> None:
    (folder / name).write_bytes(data)
    reseal(folder)


def _changed(change: Callable[[onnx.ModelProto], object], name: str = "model.onnx") -> Change:
    def write(folder: Path) -> None:
        model = _model(folder, name)
        change(model)
        _put(folder, model.SerializeToString(), name)

    return write


def _nodes(*nodes: onnx.NodeProto) -> Change:
    return _changed(lambda model: model.graph.node.extend(nodes))


def _const(name: str, value: Any, dtype: Any = np.int64) -> onnx.NodeProto:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.array(value, dtype)))


def _external(place: str = "../secret") -> TensorProto:
    tensor = TensorProto(data_type=TensorProto.DOUBLE, dims=[3], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=place)
    return tensor


def _chain(op: str, times: int, first: str, **more: Any) -> Nodes:
    names = [first, *(f"{op} {first} {i}" for i in range(times))]
    return [helper.make_node(op, [a, a], [b], **more) for a, b in itertools.pairwise(names)]


def _big(name: str, shape: Sequence[int]) -> Nodes:
    return [
        _const(f"{name} one", 1.0, np.float64),
        _const(f"{name} shape", shape),
        helper.make_node("Expand", [f"{name} one", f"{name} shape"], [name]),
    ]


def _loop(times: int, body: Nodes, out: str, start: str = "start") -> onnx.NodeProto:
    none = helper.make_tensor_value_info
    graph = helper.make_graph(
        body,
        "body",
        [
            none("turn", TensorProto.INT64, []),
            none("on", TensorProto.BOOL, []),
            none("so far", TensorProto.DOUBLE, None),
        ],
        [none("on", TensorProto.BOOL, []), none(out, TensorProto.DOUBLE, None)],
    )
    return helper.make_node("Loop", ["times", "", start], ["looped"], body=graph)


def _looping(times: int, body: Nodes, out: str) -> Change:
    return _nodes(_const("times", times), _const("start", [1.0], np.float64), _loop(times, body, out))


def trees(nodes: int = 1, **other: Any) -> onnx.NodeProto:
    """One tree in a line: each node ends in a leaf to one side and in the next node to the other."""
    last = [0] * (nodes - 1) + [1]
    lists: dict[str, Any] = {
        "aggregate_function": 1,
        "post_transform": 0,
        "n_targets": 1,
        "tree_roots": [0],
        "nodes_featureids": [0] * nodes,
        "nodes_splits": numpy_helper.from_array(np.arange(nodes, 0, -1, np.float64)),
        "nodes_modes": numpy_helper.from_array(np.zeros(nodes, np.uint8)),
        "nodes_truenodeids": [*range(1, nodes), 0],
        "nodes_trueleafs": last,
        "nodes_falsenodeids": [0] * nodes,
        "nodes_falseleafs": [1] * nodes,
        "leaf_targetids": [0],
        "leaf_weights": numpy_helper.from_array(np.ones(1)),
    }
    return helper.make_node("TreeEnsemble", ["table"], ["sums"], domain="ai.onnx.ml", **lists | other)


def _trees(nodes: int = 1, **other: Any) -> Change:
    return _nodes(_const("table", [[1.0, 2.0]], np.float64), trees(nodes, **other))


_n = helper.make_node


def _raw(change: Callable[[bytes], bytes]) -> Change:
    return lambda folder: _put(folder, change((folder / "model.onnx").read_bytes()))


def _field(number: int, data: bytes) -> bytes:
    """A field with a length, as protobuf writes it."""
    return _number(number << 3 | 2) + _number(len(data)) + data


def _number(value: int) -> bytes:
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def _lying(**fields: Any) -> Change:
    """A tensor whose fields say so."""
    tensor = TensorProto(**{"data_type": TensorProto.DOUBLE, "dims": [1], "raw_data": b"\0" * 8} | fields)
    return _nodes(helper.make_node("Constant", [], ["lie"], value=tensor))


def _tokenizer(**how: Any) -> Change:
    node = helper.make_node(
        "Tokenizer", ["remark"], ["t"], domain="com.microsoft", mark=0, mincharnum=1, pad_value="\x02", **how
    )

    def change(model: onnx.ModelProto) -> None:
        model.opset_import.add(domain="com.microsoft", version=1)
        model.graph.node.append(node)

    return _changed(change)


def _inside(inner: onnx.NodeProto) -> Change:
    return _looping(3, [inner], "so far")


def _same_twice(model: onnx.ModelProto) -> None:
    model.graph.node.append(model.graph.node[-1])


def _input_twice(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([1]), "joined"))


def _loops(count: int) -> Nodes:
    loops = [_loop(3, [_n("Abs", ["so far"], [f"more {i}"])], f"more {i}") for i in range(count)]
    for i, loop in enumerate(loops):
        loop.output[0] = f"looped {i}"
    return [_const("times", 3), _const("start", [1.0], np.float64), *loops]


def _squares(times: int) -> Nodes:
    """A column times its own row, put into a row again: each step squares the length."""
    made = [*_big("q 0", [30]), _const("flat", [-1]), _const("tall", [-1, 1]), _const("long", [1, -1])]
    for i in range(times):
        made += [
            _n("Reshape", [f"q {i}", "tall"], [f"tall {i}"]),
            _n("Reshape", [f"q {i}", "long"], [f"long {i}"]),
            _n("MatMul", [f"tall {i}", f"long {i}"], [f"square {i}"]),
            _n("Reshape", [f"square {i}", "flat"], [f"q {i + 1}"]),
        ]
    return made


def _located(number: bytes) -> bytes:
    """A model with a constant whose data_location is ``number``, as a varint."""
    tensor = (
        TensorProto(data_type=TensorProto.DOUBLE, dims=[1], raw_data=b"\0" * 8).SerializeToString() + b"\x70" + number
    )
    attribute = _field(1, b"value") + _field(5, tensor) + b"\xa0\x01\x04"
    node = _field(2, b"lie") + _field(4, b"Constant") + _field(5, attribute)
    return b"\x08\x0a" + _field(7, _field(1, node)) + _field(8, b"\x10\x15")


_MEMBERS = {"nodes_modes": numpy_helper.from_array(np.array([6], np.uint8))}
_FAR = "~" * (1 << 21)
_GRAPHS: dict[str, tuple[Change, str, str | None]] = {
    "external initializer": (_changed(lambda m: m.graph.initializer.append(_external())), "NF-R107", "initializers"),
    "initializer that stands for an input": (_changed(_input_twice), "NF-R107", "initializers"),
    "external constant": (_nodes(_n("Constant", [], ["w"], value=_external())), "NF-R120", "external-data"),
    "external, absolute": (
        _nodes(_n("Constant", [], ["w"], value=_external("/etc/passwd"))),
        "NF-R120",
        "external-data",
    ),
    "external, in a loop": (_inside(_n("Constant", [], ["w"], value=_external())), "NF-R120", "external-data"),
    "external, in memory": (
        _nodes(_n("Constant", [], ["w"], value=_external("*/_ORT_MEM_ADDR_/*"))),
        "NF-R120",
        "external-data",
    ),
    "external, by location alone": (_raw(lambda _: _located(b"\1")), "NF-R120", "external-data"),
    "external, in 64 bits": (_raw(lambda _: _located(b"\x81\x80\x80\x80\x10")), "NF-R120", "external-data"),
    "external in contributions": (
        _changed(lambda m: m.graph.node.append(_n("Constant", [], ["w"], value=_external())), "contributions.onnx"),
        "NF-R120",
        "external-data",
    ),
    "sparse initializer": (
        _changed(lambda m: m.graph.sparse_initializer.add().values.CopyFrom(_external())),
        "NF-R107",
        "sparse-tensors",
    ),
    "function": (_changed(lambda m: m.functions.add(name="f", domain="d")), "NF-R110", "functions"),
    "training": (_changed(lambda m: m.training_info.add().initialization.name), "NF-R107", "training"),
    "settings in metadata": (
        _changed(lambda m: m.metadata_props.add(key="ort_config", value="{}")),
        "NF-R107",
        "metadata",
    ),
    "unknown field": (_raw(lambda data: data + _field(99, b"x")), "NF-R107", "unknown-field"),
    "two graphs": (_raw(lambda data: data + _field(7, b"")), "NF-R107", "twice"),
    "no graph": (_raw(lambda _: b""), "NF-R107", "no-graph"),
    "random bytes": (_raw(lambda _: b"\x07" + os.urandom(999)), "NF-R107", "unknown-field"),
    "cut": (_raw(lambda data: data[:-7]), "NF-R107", "cut"),
    "endless number": (_raw(lambda data: data + b"\x08" + b"\xff" * 20), "NF-R107", "number"),
    "two formats in one file": (_raw(lambda data: b"\x12\x06ZZORTM" + data), "NF-R107", "other-format"),
    "domain of its own": (_nodes(_n("Steal", ["age"], ["s"], domain="evil")), "NF-R110", "operator"),
    "If": (_nodes(_n("If", ["age"], ["s"])), "NF-R110", "operator"),
    "Scan": (_nodes(_n("Scan", ["age"], ["s"])), "NF-R110", "operator"),
    "ConstantOfShape of 2 GB": (
        _nodes(_const("s", [250_000_000]), _n("ConstantOfShape", ["s"], ["z"])),
        "NF-R110",
        "operator",
    ),
    "Range": (_nodes(_n("Range", ["age", "age", "age"], ["r"])), "NF-R113", "growth-unproven"),
    "Tile": (_nodes(_n("Tile", ["age", "age"], ["r"])), "NF-R110", "operator"),
    "Resize": (_nodes(_n("Resize", ["age"], ["r"])), "NF-R110", "operator"),
    "Einsum": (_nodes(_n("Einsum", ["age", "age"], ["r"], equation="i,j->ij")), "NF-R110", "operator"),
    "RegexFullMatch": (_nodes(_n("RegexFullMatch", ["remark"], ["r"], pattern="(a*)*b")), "NF-R110", "operator"),
    "another word pattern": (_tokenizer(tokenexp="(((a{0,99}){0,99}){0,99})"), "NF-R110", "attribute"),
    "unknown attribute": (_nodes(_n("Abs", ["age"], ["a"], odd=1)), "NF-R110", "attribute"),
    "attribute of another type": (_nodes(_n("Concat", ["age"], ["a"], axis="0")), "NF-R110", "attribute"),
    "later operator set": (_changed(lambda m: m.opset_import.add(domain="", version=999)), "NF-R110", "opset"),
    "later file format": (_changed(lambda m: setattr(m, "ir_version", 99)), "NF-R110", "ir-version"),
    "very many nodes": (_raw(lambda _: b"\x08\x0a" + _field(7, b"\x0a\x00" * 300_000)), "NF-R111", "too-many"),
    "very many texts": (
        _nodes(
            _n("Constant", [], ["t"], value=TensorProto(data_type=8, dims=[2_100_000], string_data=[b""] * 2_100_000))
        ),
        "NF-R111",
        "too-many",
    ),
    "long text": (
        _nodes(_n("LabelEncoder", ["remark"], ["l"], domain="ai.onnx.ml", default_string=_FAR)),
        "NF-R111",
        "text",
    ),
    "loop in a loop": (
        _looping(3, [_const("times", 3), _loop(3, [], "so far", "so far")], "so far"),
        "NF-R111",
        "nesting",
    ),
    "tensor that declares more": (_lying(dims=[1_000_000_000]), "NF-R112", "tensor-size"),
    "tensor that declares less": (_lying(dims=[0]), "NF-R112", "tensor-size"),
    "tensor of negative size": (_lying(dims=[-1]), "NF-R112", "tensor-shape"),
    "tensor whose size overflows": (_lying(dims=[1 << 32, 1 << 32]), "NF-R112", "tensor-size"),
    "tensor of texts that are not there": (_lying(data_type=8, dims=[9], raw_data=b""), "NF-R112", "tensor-size"),
    "bytes that are not there": (_lying(data_type=3, dims=[9], raw_data=b"\0" * 8), "NF-R112", "tensor-size"),
    "more bytes than there are": (_lying(data_type=3, dims=[8], raw_data=b"\0" * 9), "NF-R112", "tensor-size"),
    "tensor of an odd type": (_lying(data_type=99), "NF-R112", "tensor-type"),
    "Expand to 2 GB": (_nodes(*_big("z", [250_000_000])), "NF-R113", "growth"),
    "Expand to 2^62": (_nodes(*_big("z", [1 << 62])), "NF-R113", "growth"),
    "Expand again and again": (
        _nodes(*_big("a", [4000]), *_big("b", [4000, 1]), _n("Add", ["a", "b"], ["c"])),
        "NF-R113",
        "growth",
    ),
    "Concat doubles": (_nodes(_const("c", [1.0], np.float64), *_chain("Concat", 40, "c", axis=0)), "NF-R113", "growth"),
    "Concat doubles a shape": (
        _nodes(
            _const("o", 1.0, np.float64),
            _const("s", [2, 2]),
            *_chain("Concat", 4, "s", axis=0),
            _n("Expand", ["o", "Concat s 3"], ["z"]),
        ),
        "NF-R112",
        "tensor-shape",
    ),
    "shape that is multiplied": (
        _nodes(
            _const("o", 1.0, np.float64),
            _const("s", [9]),
            *_chain("Mul", 5, "s"),
            _n("Expand", ["o", "Mul s 4"], ["z"]),
        ),
        "NF-R113",
        "growth-unproven",
    ),
    "shape that is read from rows": (
        _nodes(
            _const("o", 1.0, np.float64),
            _n("Cast", ["age"], ["s"], to=7),
            _n("Expand", ["o", "s"], ["z"]),
        ),
        "NF-R113",
        "growth-unproven",
    ),
    "StringConcat doubles": (
        _nodes(_const("t", ["x"], object), *_chain("StringConcat", 40, "t")),
        "NF-R113",
        "growth",
    ),
    "Pad by 2 GB": (
        _nodes(_const("t", [1.0], np.float64), _const("p", [0, 250_000_000]), _n("Pad", ["t", "p"], ["z"])),
        "NF-R113",
        "growth",
    ),
    "Gather the same again": (
        _nodes(
            *_big("i", [3000]),
            _n("Cast", ["i"], ["j"], to=7),
            _n("Gather", ["i", "j"], ["k"]),
            _n("Gather", ["k", "j"], ["l"]),
            _const("m", [0]),
            _n("Unsqueeze", ["l", "m"], ["n"]),
            _n("Transpose", ["n"], ["o"]),
            _n("Mul", ["n", "o"], ["q"]),
        ),
        "NF-R113",
        "growth",
    ),
    "MatMul of a column and a row": (
        _nodes(*_big("a", [9000, 1]), *_big("b", [1, 9000]), _n("MatMul", ["a", "b"], ["c"])),
        "NF-R113",
        "growth",
    ),
    "squares of squares": (_nodes(*_squares(60)), "NF-R113", "growth"),
    "very many loops": (_nodes(*_loops(2000)), "NF-R111", "too-many"),
    "very many attributes": (
        _raw(lambda _: b"\x08\x0a" + _field(7, _field(1, _field(5, b"\x0a\x01a") * 60) * 15_000)),
        "NF-R111",
        "too-many",
    ),
    "loop with two counts": (
        _nodes(_const("times", [3, 4]), _const("start", [1.0], np.float64), _loop(3, [], "so far")),
        "NF-R107",
        "loop",
    ),
    "tree of nothing": (_nodes(_n("TreeEnsemble", ["age"], ["t"], domain="ai.onnx.ml")), "NF-R112", "tensor-shape"),
    "tree with texts for splits": (
        _trees(nodes_splits=TensorProto(data_type=8, dims=[1], string_data=[b"x"])),
        "NF-R114",
        "tree-lists",
    ),
    "MatMul that takes minutes": (
        _nodes(*_big("a", [1500, 1500]), *_chain("MatMul", 2, "a")),
        "NF-R113",
        "work",
    ),
    "loop without end": (_looping(1 << 62, [_n("Abs", ["so far"], ["more"])], "more"), "NF-R113", "work"),
    "loop that doubles": (
        _looping(40, [_n("Concat", ["so far", "so far"], ["more"], axis=0)], "more"),
        "NF-R113",
        "growth-loop",
    ),
    "loop of unknown length": (
        _nodes(_n("Cast", ["age"], ["times"], to=7), _const("start", [1.0], np.float64), _loop(0, [], "so far")),
        "NF-R113",
        "growth-unproven",
    ),
    "trees with very many answers": (_trees(n_targets=1 << 40), "NF-R113", "growth"),
    "words with a far place": (
        _nodes(
            _n(
                "TfIdfVectorizer",
                ["remark"],
                ["z"],
                max_gram_length=1,
                min_gram_length=1,
                max_skip_count=0,
                mode="TF",
                ngram_counts=[0],
                ngram_indexes=[1 << 30],
                pool_strings=["a"],
            )
        ),
        "NF-R113",
        "growth",
    ),
    "tree of one line": (_trees(100_000), "NF-R114", "tree-depth"),
    "tree that is a circle": (_trees(nodes_truenodeids=[0], nodes_trueleafs=[0]), "NF-R114", "tree-shape"),
    "tree whose branches meet": (
        _trees(2, nodes_falsenodeids=[1, 0], nodes_falseleafs=[0, 1]),
        "NF-R114",
        "tree-shape",
    ),
    "tree with the same root again": (_trees(tree_roots=[0] * 50), "NF-R114", "tree-shape"),
    "tree that asks for another column": (_trees(nodes_featureids=[1 << 40]), "NF-R114", "tree-range"),
    "tree that asks before the first column": (_trees(nodes_featureids=[-5]), "NF-R114", "tree-range"),
    "tree that answers elsewhere": (_trees(leaf_targetids=[10_000_000]), "NF-R114", "tree-range"),
    "tree that leads nowhere": (_trees(nodes_truenodeids=[77_777]), "NF-R114", "tree-range"),
    "tree without a root": (_trees(tree_roots=[9]), "NF-R114", "tree-range"),
    "tree with fewer splits": (_trees(nodes_splits=numpy_helper.from_array(np.empty(0))), "NF-R114", "tree-lists"),
    "tree that asks for members": (_trees(**_MEMBERS), "NF-R114", "tree-lists"),
    "value made twice": (_changed(_same_twice), "NF-R107", "twice"),
    "value from nowhere": (_nodes(_n("Abs", ["nowhere"], ["a"])), "NF-R107", "unknown-name"),
    "input without a shape": (
        _changed(lambda m: m.graph.input[0].type.tensor_type.ClearField("shape")),
        "NF-R107",
        "input-shape",
    ),
    "graph of another schema": (_changed(lambda m: m.graph.output[0].__setattr__("name", "label")), "NF-R107", None),
}
CASES |= {name: Case(*what) for name, what in _GRAPHS.items()}
