"""The graphs of a speaking transformer, as `ninefold_runtime.language.voice` asks them: float32, nodes for each layer.

Keys and values of what was said lie in the state, those of the source in the memory: no token is looked at twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, argument_of, compiled, const, op
from ninefold.networks.speech.shape import Shape
from ninefold_runtime.tokenizer import PADDING

HIDDEN = -1e9
SMALL = 1e-5
"""Added to variances, as `torch.nn.LayerNorm` does."""


def encoder_graph(shape: Shape, weights: dict[str, Array]) -> bytes:
    """``source`` [N, S] to ``memory`` [N, S, 2 · layers · width]: keys and values for each layer of the decoder."""
    source = argument_of(np.int64, ("N", "S"))
    build = _Builder(shape, weights)
    allowed = _allowed(source)
    x = build.embedded(source, _whole([0]), _length(source))
    for i in range(shape.encoder):
        at = f"encoder.{i}"
        normed = build.norm(x, f"{at}.norm")
        x = op.add(x, build.attended(f"{at}.itself", normed, *build.both(f"{at}.itself", normed), allowed)[0])
        x = op.add(x, build.dense(x, at))
    made = build.norm(x, "encoder_norm")
    parts = [part for i in range(shape.decoder) for part in build.both(f"decoder.{i}.cross", made)]
    return compiled({"source": source}, {"memory": op.concat(parts, axis=2)})


def decoder_graph(shape: Shape, weights: dict[str, Array]) -> bytes:
    """What follows each token of a language model, or the last token of an answer."""
    inputs = {"token": argument_of(np.int64, ("N", "T")), "state": argument_of(np.float32, ("N", "P", shape.state))}
    if shape.encoder:
        inputs["source"] = argument_of(np.int64, ("N", "S"))
        inputs["memory"] = argument_of(np.float32, ("N", "S", shape.state))
    build = _Builder(shape, weights)
    before = _length(inputs["state"])
    after = op.add(before, _length(inputs["token"]))
    x = build.embedded(inputs["token"], before, after)
    state: list[Var] = []
    looked: Var | None = None
    earlier = build.earlier(before, after)
    for i in range(shape.decoder):
        at = f"decoder.{i}"
        normed = build.norm(x, f"{at}.norm")
        held, fresh = build.parts(inputs["state"], i), build.both(f"{at}.itself", normed)
        keys, values = (op.concat([old, new], axis=1) for old, new in zip(held, fresh, strict=True))
        state += [keys, values]
        x = op.add(x, build.attended(f"{at}.itself", normed, keys, values, earlier)[0])
        if shape.encoder:
            asked, seen = build.norm(x, f"{at}.cross_norm"), build.parts(inputs["memory"], i)
            taken, looked = build.attended(f"{at}.cross", asked, *seen, _allowed(inputs["source"]))
            x = op.add(x, taken)
        x = op.add(x, build.dense(x, at))
    said = build.norm(x, "norm")
    outputs = {"next_state": op.concat(state, axis=2)}
    if looked is not None:
        said = op.gather(said, op.sub(_length(inputs["token"]), _whole([1])), axis=1)
        outputs["attention"] = op.reduce_mean(looked, _whole([1]), keepdims=0)
    said_words = const(weights["words.weight"][: shape.sayable].T, np.float32)
    scores = op.add(op.matmul(said, said_words), build.var("bias"))
    return compiled(inputs, {"log_probability": op.log_softmax(scores, axis=-1), **outputs})


@dataclass(frozen=True, eq=False)
class _Builder:
    shape: Shape
    weights: dict[str, Array]

    def var(self, name: str, *, turned: bool = False) -> Var:
        return const(self.weights[name].T if turned else self.weights[name], np.float32)

    def linear(self, x: Var, name: str) -> Var:
        return op.add(op.matmul(x, self.var(f"{name}.weight", turned=True)), self.var(f"{name}.bias"))

    def norm(self, x: Var, name: str) -> Var:
        apart = op.sub(x, op.reduce_mean(x, _whole([-1])))
        spread = op.sqrt(op.add(op.reduce_mean(op.mul(apart, apart), _whole([-1])), const(SMALL, np.float32)))
        return op.add(op.mul(op.div(apart, spread), self.var(f"{name}.weight")), self.var(f"{name}.bias"))

    def embedded(self, tokens: Var, before: Var, after: Var) -> Var:
        table = self.weights["words.weight"] * np.float32(self.shape.width**0.5)
        words = op.gather(const(table, np.float32), tokens, axis=0)
        return op.add(words, op.slice(self.var("places"), before, after))

    def earlier(self, before: Var, after: Var) -> Var:
        """[T, P + T]: which tokens each of the new ones may look at, itself among them."""
        places = const(np.arange(self.shape.longest), np.int64)
        row = op.unsqueeze(op.slice(places, before, after), _whole([1]))
        return op.greater_or_equal(row, op.slice(places, _whole([0]), after))

    def both(self, name: str, seen: Var) -> tuple[Var, Var]:
        """Keys and values [N, S, C]."""
        made = self.linear(seen, f"{name}.both")
        return self._piece(made, 0), self._piece(made, 1)

    def parts(self, held: Var, layer: int) -> tuple[Var, Var]:
        """Keys and values of a layer in a state or a memory."""
        return self._piece(held, 2 * layer), self._piece(held, 2 * layer + 1)

    def _piece(self, block: Var, number: int) -> Var:
        """So many numbers of each place as a layer is wide."""
        width = self.shape.width
        return op.slice(block, _whole([number * width]), _whole([(number + 1) * width]), _whole([2]))

    def attended(self, name: str, x: Var, keys: Var, values: Var, allowed: Var) -> tuple[Var, Var]:
        """What each place takes, and how much it looks at each, [N, heads, T, S]."""
        size = self.shape.width // self.shape.heads
        asked, keys, values = (
            op.reshape(part, _whole([0, 0, self.shape.heads, size]))
            for part in (self.linear(x, f"{name}.query"), keys, values)
        )
        asked, values = (op.transpose(part, perm=[0, 2, 1, 3]) for part in (asked, values))
        scores = op.div(op.matmul(asked, op.transpose(keys, perm=[0, 2, 3, 1])), const(size**0.5, np.float32))
        looked = op.softmax(op.where(allowed, scores, const(HIDDEN, np.float32)), axis=-1)
        taken = op.transpose(op.matmul(looked, values), perm=[0, 2, 1, 3])
        flat = op.reshape(taken, _whole([0, 0, self.shape.width]))
        return self.linear(flat, f"{name}.out"), looked

    def dense(self, x: Var, layer: str) -> Var:
        up = op.relu(self.linear(self.norm(x, f"{layer}.last_norm"), f"{layer}.up"))
        return self.linear(up, f"{layer}.down")


def _allowed(source: Var) -> Var:
    """[N, 1, 1, S]: which places hold a token."""
    return op.unsqueeze(op.not_(op.equal(source, _whole(PADDING))), _whole([1, 2]))


def _length(block: Var) -> Var:
    """How long its second axis is, [1]."""
    return op.shape(block, start=1, end=2)


def _whole(value: object) -> Var:
    return const(value, np.int64)
