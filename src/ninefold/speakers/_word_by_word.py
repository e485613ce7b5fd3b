"""A graph that says one token for each of the source, in its order: what copying and dictionaries come to.

Its ``memory`` is, of each token of the source, the one to say and its log-probability; its ``state`` counts tokens.
"""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, argument_of, compiled, const, op
from ninefold.forms.speaking import Spoken
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import Tokens

LONGEST = 256
UNLIKELY = -30.0
"""The log-probability of every other token."""


def word_by_word(tokens: Tokens, said: Array, sure: Array) -> Spoken:
    """``said`` [V] is what each token becomes, with the log-probability ``sure`` [V]; the end becomes the end."""
    table = np.column_stack([said.astype(np.float32), sure.astype(np.float32)])
    source = argument_of(np.int64, ("N", "S"))
    encoder = compiled({"source": source}, {"memory": op.gather(const(table, np.float32), source, axis=0)})
    return Spoken(_decoder(tokens.size), tokens, Speech(width=1, longest=LONGEST), encoder)


def _decoder(size: int) -> bytes:
    inputs = {
        "token": argument_of(np.int64, ("N", "T")),
        "state": argument_of(np.float32, ("N", "P", 1)),
        "source": argument_of(np.int64, ("N", "S")),
        "memory": argument_of(np.float32, ("N", "S", 2)),
    }
    counted = op.unsqueeze(op.cast(op.mul(inputs["token"], _whole(0)), to=np.float32), _whole([2]))
    after = op.concat([inputs["state"], counted], axis=1)
    before, last, end = _length(inputs["state"]), _length(after), op.sub(_length(inputs["source"]), _whole([1]))
    found = op.gather(inputs["memory"], op.min([op.sub(last, _whole([1])), end]), axis=1)
    said, sure = (op.slice(found, _whole([i]), _whole([i + 1]), _whole([2])) for i in range(2))
    chosen = op.equal(const(np.arange(size)[None, None], np.float32), said)
    places = const(np.arange(2 * LONGEST), np.int64)
    asked = op.unsqueeze(op.min([op.slice(places, before, last), end]), _whole([1]))
    of_source = op.slice(places, _whole([0]), _length(inputs["source"]))
    looked = op.equal(op.unsqueeze(of_source, _whole([0])), asked)
    spread = op.mul(op.cast(op.unsqueeze(inputs["source"], _whole([1])), to=np.float32), const(0.0, np.float32))
    return compiled(
        inputs,
        {
            "log_probability": op.where(chosen, sure, const(UNLIKELY, np.float32)),
            "next_state": after,
            "attention": op.add(spread, op.cast(looked, to=np.float32)),
        },
    )


def _length(block: Var) -> Var:
    """How long its second axis is, [1]."""
    return op.slice(op.shape(block), _whole([1]), _whole([2]))


def _whole(value: object) -> Var:
    return const(value, np.int64)
