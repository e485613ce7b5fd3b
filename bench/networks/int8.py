"""What numbers of 8 bits make of a network's graph: size, time of a bare call with one row and with 64, and how far its
scores go from those in float32, for each kind of layer; and the ways that are not taken beside the two that are.

The claim: with weights of 8 bits a graph has at most 0.4 of its size and takes at most 1.15 times as long; with wide
products of 8 bits as well it takes at most 0.8 of the time for one row. Weights are random: what a trained network
loses is measured in each run. All graphs of a network are timed in turn, so that a busy moment hits all.

    .venv/bin/python bench/networks.py int8 --write
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from ninefold.forms.int8 import CAREFUL, FULL, PRODUCTS, WEIGHTS, rounded
from ninefold.forms.onnx import Session, Var, block_input, compiled, const, op
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.inputs.input import Input
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.inputs.series import Series
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layer import Layer, Weights
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.embedding import Embedding
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.pool2d import Pool2d
from ninefold.networks.layers.recurrent import Recurrent
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.writing import Ranges, Whole
from results import table, write

SMALLER, AS_LONG, QUICKER = 0.4, 1.15, 0.8
ROWS, CALLS = 64, 200
Array = Any


@dataclass(frozen=True)
class Dequantised:
    """Weights by ``DequantizeLinear``, which ONNX Runtime computes with every call."""

    def weight(self, weights: Array, keep: tuple[int, ...]) -> Var:
        whole, step = rounded(weights, keep)
        if len(keep) > 1:  # one axis alone has steps of its own there
            return op.mul(op.cast(const(whole, np.int8), to=np.float32), const(step, np.float32))
        return op.dequantize_linear(const(whole, np.int8), const(step.ravel(), np.float32), axis=keep[0])

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        return op.matmul(x, self.weight(np.ascontiguousarray(matrix), (1,)))


@dataclass(frozen=True, eq=False)
class Dynamic(Whole):
    """Products by a scale that is found for all rows of a call together, on which what is said of each then depends."""

    ranges: Ranges = field(default_factory=dict)

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        held, step, zero = op.dynamic_quantize_linear(x)
        whole, scale = rounded(matrix, (1,), FULL)
        sums = op.cast(op.matmul_integer(held, const(whole, np.int8), zero), to=np.float32)
        return op.mul(sums, op.mul(step, const(scale[0], np.float32)))


@dataclass(frozen=True, eq=False)
class ByRow(Whole):
    """Products by a scale that is found for each row."""

    ranges: Ranges = field(default_factory=dict)

    def product(self, name: str, x: Var, matrix: Array) -> Var:
        top = op.max([op.reduce_max(op.abs(x), const([-1], np.int64)), const(1e-30, np.float32)])
        level = op.add(op.mul(x, op.div(const(127, np.float32), top)), const(128.5, np.float32))
        whole, scale = rounded(matrix, (1,), CAREFUL)
        sums = op.matmul_integer(op.cast(level, to=np.uint8), const(whole, np.int8), const(128, np.uint8))
        return op.mul(op.mul(op.cast(sums, to=np.float32), top), const(scale[0] / 127, np.float32))


OTHERS = {"DequantizeLinear": Dequantised(), "DynamicQuantizeLinear": Dynamic(), "a scale for each row": ByRow()}


def perceptron(width: int) -> Sequential:
    return Sequential((Dense(width, start="he"), Activation(), Dense(width, start="he"), Activation(), Dense(10)))


def block(width: int) -> tuple[Layer, ...]:
    bent = Sequential((Dense(4 * width), Activation(), Dense(width)))
    return Residual(Attention(4)), Residual(bent)


def windows(width: int) -> Sequential:
    found = (Conv2d(width), Pool2d(), Activation(), Conv2d(2 * width), Pool2d(), Activation(), Conv2d(4 * width))
    return Sequential((*found, Activation(), Flatten(), Dense(10)))


RNG = np.random.default_rng(0)
PIXELS = Pixels(28, 28, 1, (33.0,), (78.0,))
NETWORKS: dict[str, tuple[Input, Sequential, Array]] = {
    "dense, 20-128-128": (Columns(20), perceptron(128), RNG.normal(size=(ROWS, 20))),
    "dense, 784-256-256": (Columns(784), perceptron(256), RNG.normal(size=(ROWS, 784))),
    "dense, 784-800-800": (Columns(784), perceptron(800), RNG.normal(size=(ROWS, 784))),
    "windows, 8-16-32": (PIXELS, windows(8), RNG.integers(0, 256, (ROWS, 784)).astype(np.uint8)),
    "windows, 32-64-128": (PIXELS, windows(32), RNG.integers(0, 256, (ROWS, 784)).astype(np.uint8)),
    "GRU, 64 of 40 steps": (
        Series(40, 8, (0.0,) * 8, (1.0,) * 8),
        Sequential((Recurrent("gru", 64, give="last"), Dense(10))),
        RNG.normal(size=(ROWS, 320)),
    ),
    "LSTM, 64 of 40 steps": (
        Series(40, 8, (0.0,) * 8, (1.0,) * 8),
        Sequential((Recurrent("lstm", 64, give="last"), Dense(10))),
        RNG.normal(size=(ROWS, 320)),
    ),
    "attention, 128 by 32 words": (
        Tokens(32),
        Sequential((Embedding(3000, 128), *block(128), *block(128), GlobalPool("mean"), Dense(10))),
        RNG.integers(1, 3000, (ROWS, 32)),
    ),
}


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--calls", type=int, default=CALLS, help="of one row that a time is the median of")
    asked.add_argument("--only", nargs="*", default=list(NETWORKS))
    asked.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    given = asked.parse_args(words)
    lines, holds = [], True
    for name in given.only:
        form, rows = network(name)
        found = measured(ways(form, rows), rows, given.calls)
        plain, light = found["float32"], found[WEIGHTS]
        good = light[0] <= SMALLER * plain[0] and light[1] <= AS_LONG * plain[1]
        if name in WIDE:
            good = good and found[PRODUCTS][1] <= QUICKER * plain[1]
        holds = holds and good
        for way, (size, one, many, apart, others) in found.items():
            shown = (f"{size / 1e3:.0f} kB", f"{one:.0f}", f"{many:.0f}", f"{apart:.4f}", f"{others:.0e}")
            lines.append((name, way, *shown))
            print(*lines[-1], sep=" · ", flush=True)
    heads = ("network", "numbers", "size", "µs, 1 row", f"µs, {ROWS} rows", "off by", "by other rows")
    body = f"{table(heads, lines)}\n\n{LEGEND}\n\n" + (
        "The claim holds." if holds else "The claim does not hold for every network."
    )
    if given.write:
        write("networks: numbers of 8 bits", body)
    else:
        print(body)
    return 0 if holds else 1


WIDE = ("dense, 784-256-256", "dense, 784-800-800", "attention, 128 by 32 words")
"""Where most of the time goes into wide products. Elsewhere a run takes what it measures to be quicker."""
LEGEND = (
    "off by: root mean square of what scores differ from float32, by their spread. by other rows: the most that the "
    "scores of a row change with the rows beside it, by the same spread."
)


def network(name: str) -> tuple[NetworkForm, Array]:
    import torch

    from ninefold.networks.network import Network

    input, body, rows = NETWORKS[name]
    torch.manual_seed(0)
    weights = Network(input, body).weights()
    return NetworkForm(input, body, Head(False, np.eye(10), np.zeros(10)), weights, None), rows


def ways(form: NetworkForm, rows: Array) -> dict[str, bytes]:
    """The network's graph in each way."""
    written: dict[str, Callable[[Var], Var]] = {"float32": form.graph, **form.int8(rows)}
    written |= {name: partial(_written, form, how) for name, how in OTHERS.items()}
    made = {}
    for name, graph in written.items():
        x = block_input(rows.dtype.type, rows.shape[1])
        made[name] = compiled({"x": x}, {"y": graph(x)})
    return made


def _written(form: NetworkForm, how: Any, x: Var) -> Var:
    flow = form.body.nodes(Weights(dict(form.weights), how=how), form.input.nodes(x))
    return form.head.nodes(flow.values)


def measured(graphs: dict[str, bytes], rows: Array, calls: int) -> dict[str, tuple[float, ...]]:
    """Bytes, µs of one row and of all, distance from the first graph, and of a row alone from it among others."""
    sessions = {name: Session(graph) for name, graph in graphs.items()}
    said = {name: session.run({"x": rows})["y"] for name, session in sessions.items()}
    alone = {n: np.vstack([s.run({"x": rows[i : i + 1]})["y"] for i in range(8)]) for n, s in sessions.items()}
    one, many = (timed(sessions, rows[:count], times) for count, times in ((1, calls), (len(rows), calls // 10 + 1)))
    plain = said["float32"]
    spread = plain.std()
    return {
        name: (
            len(graph),
            one[name],
            many[name],
            float(np.sqrt(np.mean((said[name] - plain) ** 2)) / spread),
            float(np.abs(alone[name] - said[name][:8]).max() / spread),
        )
        for name, graph in graphs.items()
    }


def timed(sessions: dict[str, Session], rows: Array, calls: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(calls):
        for name, session in sessions.items():
            session.run({"x": rows})  # what another left in the caches is not counted
            started = time.perf_counter()
            session.run({"x": rows})
            times[name].append(time.perf_counter() - started)
    return {name: float(np.median(each) * 1e6) for name, each in times.items()}


if __name__ == "__main__":
    sys.exit(main())
