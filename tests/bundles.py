"""Small real bundles for tests: hand-made graphs over columns of every kind, built through the one door to ONNX."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from ninefold.forms.onnx import Var, compiled, const, inlined, ml, op, raw_input
from ninefold_runtime.background import Prototypes
from ninefold_runtime.bundle import BACKGROUND, CONTRIBUTIONS, GRAPH, SCHEMA, SKETCHES, seal
from ninefold_runtime.files import write_whole
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.sketch import Sketches, sketch_columns
from ninefold_runtime.wire import NO_TIME, from_columns

PORTS = ("Southampton", "Cherbourg", "Queenstown")
COLUMNS = (
    Column(name="age", kind="number", example=31.0, minimum=1.0, maximum=80.0),
    Column(name="fare paid", kind="number", format="comma", example=12.5),
    Column(name="member", kind="boolean", example=True),
    Column(
        name="port",
        kind="category",
        levels=PORTS,
        distinct=3,
        example="Southampton",
    ),
    Column(name="joined", kind="datetime", example="2024-05-01"),
    Column(name="remark", kind="text", example="none yet"),
)
ARRAYS = (
    Column(name="photo", kind="image", shape=(6, 8, 1)),
    Column(name="pulse", kind="series", shape=(5,), example=(0.1, 0.2, 0.3, 0.2, 0.1)),
)
"""Of a bundle whose answer depends on how light the left half of an image is, and on the second moment of a series."""
CLASSES = {"binary": ("no", "yes"), "multiclass": ("high", "low", "middle"), "regression": ()}
SEVERAL = {
    "multilabel": {"several": ("hot", "wet, very"), "labels": (("no", "yes"), ("0", "1"))},
    "multioutput": {"several": ("height", "weight")},
    "quantile": {"quantiles": (0.1, 0.9)},
    "multitask": {"several": ("price", "sold"), "choices": ((), ("no", "yes"))},
}
"""What targets with several columns of predictions have besides."""


def schema(task: str) -> Schema:
    if task in SEVERAL:
        target = Target(name=", ".join(SEVERAL[task].get("several", ("outcome",))), task=task, **SEVERAL[task])
        return Schema(columns=COLUMNS, target=target, ignored=("ticket",))
    classes = CLASSES[task]
    positive = classes[-1] if task == "binary" else None
    target = Target(name="outcome", task=task, classes=classes, positive=positive)
    return Schema(columns=COLUMNS, target=target, ignored=("ticket",))


def graph(task: str, slope: float = 1.0) -> bytes:
    """A linear score of all columns; classes share it with different slopes, at most ``slope``."""
    inputs = {column.name: raw_input(column) for column in COLUMNS}
    score = _score(inputs)
    if task == "regression":
        return compiled(inputs, {"prediction": score})
    if task in SEVERAL:
        return compiled(inputs, _two(task, score))
    slopes = np.linspace(-slope, slope, len(CLASSES[task]))[None, :]
    probability = op.softmax(op.mul(op.unsqueeze(score, const([1], np.int64)), const(slopes)), axis=1)
    best = op.arg_max(probability, axis=1, keepdims=0)
    label = ml.label_encoder(
        best,
        keys_tensor=np.arange(slopes.shape[1]),
        values_tensor=np.array(CLASSES[task], np.str_),
        default_tensor=np.array(CLASSES[task][:1], np.str_),
    )
    return compiled(inputs, {"probability": probability, "label": label})


def contributions(task: str) -> bytes:
    """A split that gives all credit to the first column and leaves nothing over."""
    inputs = {column.name: raw_input(column) for column in COLUMNS}
    outputs = inlined(graph(task), inputs)
    said = outputs.get("probability", outputs.get("prediction"))
    wide = op.reshape(said, const([0, -1] if task != "regression" else [-1, 1], np.int64))
    width = len(SEVERAL.get(task, {}).get("several", ())) or len(SEVERAL.get(task, {}).get("quantiles", ()))
    base = np.full(width or len(CLASSES[task]) or 1, 0.25)
    whole = op.unsqueeze(op.sub(wide, const(base)), const([2], np.int64))
    split = op.pad(whole, const([0, 0, 0, 0, 0, len(COLUMNS)], np.int64), const(0.0))
    return compiled(inputs, {"contribution": split, "base": const(base), "explained": const(0.75)})


def _two(task: str, score: Var) -> dict[str, Var]:
    """Two columns: the score and the score and one more; their sigmoids where they are probabilities."""
    one = op.unsqueeze(score, const([1], np.int64))
    if task == "multitask":
        return _mixed(one)
    both = op.add(one, const([[0.0, 1.0]]))
    if task != "multilabel":
        return {"prediction": both}
    chance = op.sigmoid(both)
    no, yes = (const(words, np.str_) for words in np.array(SEVERAL[task]["labels"]).T)
    return {"probability": chance, "label": op.where(op.greater(chance, const(0.5)), yes, no)}


def _mixed(score: Var) -> dict[str, Var]:
    """The score as a value, and the probabilities of no and yes beside it."""
    chances = op.softmax(op.mul(score, const([[-1.0, 1.0]])), axis=1)
    best = op.arg_max(chances, axis=1, keepdims=1)
    label = op.gather(const(np.array(["no", "yes"], np.str_), np.str_), best, axis=0)
    return {"prediction": op.concat([score, chances], axis=1), "label": label}


def _score(inputs: dict[str, Var]) -> Var:
    port = ml.label_encoder(
        inputs["port"],
        keys_tensor=np.array(PORTS, np.str_),
        values_tensor=np.array([0.5, -0.5, 0.1]),
        default_tensor=np.array([0.0]),
    )
    remark = ml.label_encoder(
        inputs["remark"],
        keys_tensor=np.array(["good"], np.str_),
        values_tensor=np.array([1.0]),
        default_tensor=np.array([0.0]),
    )
    dated = op.where(op.equal(inputs["joined"], const(NO_TIME, np.int64)), const(0.0), const(0.25))
    age = op.mul(op.sub(_filled(inputs["age"], 30.0), const(30.0)), const(0.05))
    fare = op.mul(_filled(inputs["fare paid"], 10.0), const(0.01))
    return op.sum([port, remark, dated, age, fare, _filled(inputs["member"], 0.5)])


def _filled(x: Var, value: float) -> Var:
    return op.where(op.isnan(x), const(value), x)


def table(rows: int, seed: int = 0) -> dict[str, list[object]]:
    """Synthetic rows with gaps in every column."""
    rng = np.random.default_rng(seed)

    def gaps(values: list[object]) -> list[object]:
        return [None if gone else value for value, gone in zip(values, rng.random(rows) < 0.05, strict=True)]

    days = (np.datetime64("2020-01-01") + rng.integers(0, 1500, rows)).tolist()
    return {
        "age": gaps(rng.gamma(6, 5, rows).round(1).tolist()),
        "fare paid": gaps([f"{value:.2f}".replace(".", ",") for value in rng.lognormal(2, 1, rows)]),
        "member": gaps([bool(value) for value in rng.random(rows) < 0.3]),
        "port": gaps([str(value) for value in rng.choice(PORTS, rows, p=[0.6, 0.3, 0.1])]),
        "joined": gaps([day.isoformat() for day in days]),
        "remark": gaps([str(value) for value in rng.choice(["good", "so so", "rather bad, all in all"], rows)]),
    }


def prototypes(rows: int) -> Prototypes:
    """That many rows of `table` as the background, the first ones heavier."""
    weights = np.linspace(2, 1, rows)
    return Prototypes.of(from_columns(schema("binary"), table(rows, seed=5), rows).arrays, weights / weights.sum())


def write(folder: Path, task: str = "binary", sketched: int = 0, background: int = 0, slope: float = 1.0) -> Path:
    """A sealed bundle; with ``sketched`` rows of `table` as the reference and ``background`` rows, if any,
    which come with a split of the graph's answers."""
    folder.mkdir(parents=True)
    expects = schema(task)
    write_whole(folder / GRAPH, graph(task, slope))
    write_whole(folder / SCHEMA, msgspec.json.encode(expects))
    if sketched:
        arrays = from_columns(expects, table(sketched), sketched).arrays
        sketches = Sketches(rows=sketched, columns=sketch_columns(expects, arrays))
        write_whole(folder / SKETCHES, msgspec.json.encode(sketches))
    if background:
        write_whole(folder / BACKGROUND, msgspec.json.encode(prototypes(background)))
        write_whole(folder / CONTRIBUTIONS, contributions(task))
    seal(folder)
    return folder


def write_arrays(folder: Path) -> Path:
    """A sealed bundle over `ARRAYS`."""
    folder.mkdir(parents=True)
    inputs = {column.name: raw_input(column) for column in ARRAYS}
    start, ends, axes = (const(each, np.int64) for each in ([0], [4], [2]))
    left = op.slice(op.cast(inputs["photo"], to=np.float64), start, ends, axes)
    light = op.reduce_mean(left, const([1, 2, 3], np.int64), keepdims=False)
    second = op.gather(inputs["pulse"], const(1, np.int64), axis=1)
    pulse = op.where(op.isnan(second), const(0.0), second)
    score = op.add(op.mul(op.sub(light, const(100.0)), const(0.02)), pulse)
    slopes = op.mul(op.unsqueeze(score, const([1], np.int64)), const([[-1.0, 1.0]]))
    label = op.where(op.greater(score, const(0.0)), const("yes", np.str_), const("no", np.str_))
    write_whole(folder / GRAPH, compiled(inputs, {"probability": op.softmax(slopes, axis=1), "label": label}))
    target = Target(name="light", task="binary", classes=("no", "yes"), positive="yes")
    write_whole(folder / SCHEMA, msgspec.json.encode(Schema(columns=ARRAYS, target=target)))
    seal(folder)
    return folder
