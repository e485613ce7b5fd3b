"""What a graph can grow to is bounded, and honest graphs of every learner and size pass."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

import bundles
from hostile import trees
from ninefold.checks._bench import mixed, tried
from ninefold.core import parts
from ninefold.core.protocols import Block, Known
from ninefold.forms.neighbours import Neighbours
from ninefold.forms.onnx import block_input, compiled, const, form_graph, op
from ninefold_runtime.errors import BundleError
from ninefold_runtime.safety.admitted import admitted
from ninefold_runtime.safety.graph import MOST_ROWS, ROOM, examine
from ninefold_runtime.safety.growth import growth_of
from ninefold_runtime.safety.onnx import parsed
from ninefold_runtime.session import session

QUICK = ("baseline", "decision_tree", "k_means", "linear_regression", "naive_bayes", "nearest_neighbours", "rules")


def grown(graph: bytes, rows: int) -> int:
    return growth_of(graph, admitted(parsed(graph)), rows).made


def inside(graph: bytes, rows: int) -> dict[str, Any]:
    """Every value of a graph as ONNX Runtime makes it of some rows."""
    model = onnx.load_from_string(graph)
    known = {value.name for value in model.graph.output}
    made = [name for node in model.graph.node for name in node.output if name and name not in known]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in made)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    loaded = ort.InferenceSession(model.SerializeToString(), options)
    draw = np.random.default_rng(0)
    kinds = {
        "tensor(double)": lambda shape: draw.normal(size=shape),
        "tensor(string)": lambda shape: np.full(shape, "a good word", object),
        "tensor(int64)": lambda shape: np.ones(shape, np.int64),
    }
    feed = {}
    for node in loaded.get_inputs():
        feed[node.name] = kinds[node.type]([size if isinstance(size, int) else rows for size in node.shape])
    return dict(zip([node.name for node in loaded.get_outputs()], loaded.run(None, feed), strict=True))


def assert_bounded(graph: bytes) -> None:
    """No value is larger than its bound, has other dimensions, or other whole numbers than were followed."""
    examine(graph)
    bounds = growth_of(graph, admitted(parsed(graph)), 7).values
    for name, made in inside(graph, 7).items():
        bound, found = bounds[name.encode()], np.asarray(made)
        assert found.ndim == len(bound.dims)
        assert all(size <= most for size, most in zip(found.shape, bound.dims, strict=True)), name
        if bound.whole is not None:
            pairs = zip(found.ravel(), bound.whole, strict=True)
            assert all(n == most or (n < most and not bound.exact) for n, most in pairs), name
        assert found.dtype == object or found.itemsize <= bound.cell, name
        if found.dtype == object:
            assert max((len(text.encode()) for text in found.ravel()), default=0) <= bound.cell


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "multilabel", "quantile"])
def test_values_of_bundles_stay_within_their_bounds(task: str) -> None:
    assert examine(bundles.graph(task)).rows == MOST_ROWS
    assert_bounded(bundles.graph(task))
    assert_bounded(bundles.contributions(task))


@pytest.mark.parametrize("name", QUICK)
def test_values_of_forms_stay_within_their_bounds(name: str) -> None:
    """Every bundle is examined when it is deployed; these show here what broke."""
    learner = parts.make("ninefold.learners", name)
    for task in learner.card.solves:
        data = mixed(task, learner.card.view)
        assert_bounded(form_graph(tried(learner, data), data.x.shape[1]))


def test_the_bound_is_no_less_than_what_is_made() -> None:
    """A chain of shapes that ONNX Runtime tells us afterwards."""
    x = block_input(np.float64, 3)
    long = op.reshape(op.concat([x, x], axis=1), const([-1], np.int64))
    wide = op.matmul(op.unsqueeze(long, const([1], np.int64)), const(np.ones((1, 7))))
    graph = compiled({"x": x}, {"y": wide})
    made = session(graph).run(None, {"x": np.zeros((10, 3))})[0]
    assert made.shape == (60, 7)
    assert grown(graph, 10) >= made.nbytes
    assert grown(graph, 10) < 3 * made.nbytes


def test_rows_per_call_shrink_with_what_a_row_needs() -> None:
    rows = np.random.default_rng(0).normal(size=(20_000, 2))
    form = Neighbours(rows, np.ones((20_000, 1)), 5, "manhattan", False)
    looked = examine(form_graph(form, 2))
    assert 1 < looked.rows < MOST_ROWS
    assert looked.rows * 20_000 * 8 < ROOM


def test_a_row_alone_that_needs_too_much_is_refused() -> None:
    x = block_input(np.float64, 1)
    wide = op.matmul(x, const(np.ones((1, 3000))))
    square = op.matmul(op.transpose(wide, perm=[1, 0]), wide)
    with pytest.raises(BundleError, match="MB of a single row") as refused:
        examine(compiled({"x": x}, {"y": square}))
    assert refused.value.code == "NF-R113"


def test_five_megabytes_of_trees_take_a_tenth_of_a_second() -> None:
    nodes, tall = 200_000, 100
    roots = np.arange(0, nodes, tall)
    ends = np.arange(nodes) % tall == tall - 1
    lists = {
        "tree_roots": roots.tolist(),
        "nodes_truenodeids": np.where(ends, 0, np.arange(nodes) + 1).tolist(),
        "nodes_trueleafs": ends.astype(int).tolist(),
    }
    node = trees(nodes, **lists)
    table = helper.make_tensor_value_info("table", TensorProto.DOUBLE, ["N", 1])
    sums = helper.make_tensor_value_info("sums", TensorProto.DOUBLE, None)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 5)]
    graph = helper.make_model(
        helper.make_graph([node], "g", [table], [sums]), opset_imports=opsets, ir_version=10
    ).SerializeToString()
    assert len(graph) > 4_000_000
    started = time.process_time()
    examine(graph)
    assert time.process_time() - started < 0.3, "a tenth of a second, and room for a busy machine"


@pytest.mark.parametrize("step", ["tf_idf", "text_statistics", "one_hot", "hash", "date_parts", "ordinal"])
def test_values_of_steps_stay_within_their_bounds(step: str) -> None:
    """The steps that count, cut and look up texts and times."""
    rng = np.random.default_rng(0)
    words = rng.choice(["good", "a bad word", "", "Good"], (60, 1)).astype(object)
    values = rng.integers(0, 10**15, (60, 1)) if step == "date_parts" else words
    known = Known(rng.integers(0, 2, 60).astype(float), "binary", 2)
    fitted = parts.make("ninefold.features.steps", step).fit(Block(values, ("x",)), known, rng=rng)
    block = block_input(np.str_ if values.dtype == object else np.int64, 1)
    assert_bounded(compiled({"block": block}, {"out": fitted.graph(block)}))
