"""Language models that count: a table with a row of log-probabilities for each context, and the graph that looks up."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import argument_of, compiled, const, op
from ninefold.forms.speaking import Spoken, Texts, one_text
from ninefold.speakers._pieces import characters
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import Tokenizer, Tokens

WINDOW = 256
MOST = 2_000
"""Different characters at most: tables of pairs have the square of them."""


def read(texts: Texts) -> tuple[Tokens, Array]:
    """The characters that there are, and the text as their numbers [L].

    Raises:
        ValueError: when they are too many.
    """
    text = one_text(texts)
    tokens = characters([text])
    if tokens.size > MOST:
        raise ValueError(f"{tokens.size:,} different characters are too many for a table of pairs")
    return tokens, np.array(Tokenizer(tokens).encode(text), np.int64)


def looked_up(tokens: Tokens, table: Array) -> Spoken:
    """``table`` [V, V]: the log-probability of each token (its column) after each (its row)."""
    token = argument_of(np.int64, ("N", "T"))
    inputs = {"token": token, "state": argument_of(np.float32, ("N", "P", 1))}
    fresh = op.unsqueeze(op.cast(token, to=np.float32), const([2], np.int64))
    outputs = {
        "log_probability": op.gather(const(table, np.float32), token, axis=0),
        "next_state": op.concat([inputs["state"], fresh], axis=1),
    }
    return Spoken(compiled(inputs, outputs), tokens, Speech(width=1, longest=WINDOW, window=WINDOW))


def smoothed(counts: Array, likely: Array, discount: float) -> Array:
    """[R, V] probabilities: each count less ``discount``, what is taken away going to ``likely`` [V], as in
    interpolated Kneser-Ney smoothing (Kneser and Ney 1995; Chen and Goodman 1999)."""
    totals, kinds = counts.sum(axis=1, keepdims=True), (counts > 0).sum(axis=1, keepdims=True)
    seen = np.maximum(counts - discount, 0.0) / np.maximum(totals, 1)
    return np.where(totals > 0, seen + discount * kinds / np.maximum(totals, 1) * likely, likely)
