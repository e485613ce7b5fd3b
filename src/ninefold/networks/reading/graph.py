"""The graph of a reading network, as `ninefold_runtime.language.reader` asks it: float32."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, argument_of, compiled, const, op
from ninefold.networks.layer import Flow, Weights
from ninefold.networks.reading.shape import Shape
from ninefold_runtime.language.words import PADDING, SHAPES

HIDDEN = -1e9
"""The score of a place that holds no word."""


def reader_graph(shape: Shape, arrays: dict[str, Array]) -> bytes:
    """``question`` [N, Q] and ``passage`` [N, P] to the log-probabilities ``start`` and ``end`` [N, P]."""
    inputs = {"question": argument_of(np.int64, ("N", "Q")), "passage": argument_of(np.int64, ("N", "P"))}
    question, passage = inputs.values()
    weights = Weights(arrays)
    alike = same_words(question, passage)
    asked = _encoded(shape, weights, question, op.reduce_max(alike, _whole([1]), keepdims=False))
    read = _encoded(shape, weights, passage, op.reduce_max(alike, _whole([2]), keepdims=False))
    flow = Flow(read.values, read.mask, asked.values, asked.mask)
    scores = shape.reader.nodes(weights.under("reader"), flow).values
    return compiled(inputs, log_probabilities(scores, read.mask))


def same_words(question: Var, passage: Var) -> Var:
    """[N, P, Q] float32: 1 where both words are the same, and are words."""
    words = [op.div(numbers, _whole(SHAPES)) for numbers in (passage, question)]
    alike = op.equal(op.unsqueeze(words[0], _whole([2])), op.unsqueeze(words[1], _whole([1])))
    word = op.not_(op.equal(op.unsqueeze(passage, _whole([2])), _whole(PADDING)))
    return op.cast(op.and_(alike, word), to=np.float32)


def there(numbers: Var) -> Var:
    """[N, T]: which places hold a word; the first counts in any case."""
    places = op.range(_whole(0), op.squeeze(op.shape(numbers, start=1)), _whole(1))
    return op.or_(op.not_(op.equal(numbers, _whole(PADDING))), op.equal(places, _whole(0)))


def listed(numbers: Var, unknown: int) -> Var:
    """Which word of the list each is, or ``unknown``."""
    words = op.div(numbers, _whole(SHAPES))
    return op.where(op.less(words, _whole(unknown)), words, _whole(unknown))


def shapes_of(numbers: Var) -> Var:
    return op.mod(numbers, _whole(SHAPES))


def log_probabilities(scores: Var, mask: Var) -> dict[str, Var]:
    """[N, P, 2] scores as the outputs ``start`` and ``end``."""
    shown = op.where(op.unsqueeze(mask, _whole([2])), scores, const(HIDDEN, np.float32))
    told = op.log_softmax(shown, axis=1)
    names = ("start", "end")
    parts = (op.slice(told, _whole([i]), _whole([i + 1]), _whole([2])) for i in range(len(names)))
    return {name: op.squeeze(part, _whole([2])) for name, part in zip(names, parts, strict=True)}


def _encoded(shape: Shape, weights: Weights, numbers: Var, alike: Var) -> Flow:
    word = op.gather(weights.var("words.weight"), listed(numbers, shape.words), axis=0)
    look = op.gather(weights.var("shapes.weight"), shapes_of(numbers), axis=0)
    marked = op.mul(op.unsqueeze(alike, _whole([2])), weights.var("same"))
    flow = Flow(op.sum([word, look, marked]), there(numbers))
    return shape.encoder.nodes(weights.under("encoder"), flow)


def _whole(value: object) -> Var:
    return const(value, np.int64)
