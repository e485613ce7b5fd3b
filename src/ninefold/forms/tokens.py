"""Text in the graph: ONNX Runtime's own tokeniser (``com.microsoft``), the one operator outside the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from spox import Tensor, argument

from ninefold.core.table import Array
from ninefold.forms.onnx import Session, Var, compiled, inlined

PAD = "\x02"
NOTHING, UNKNOWN = 0, 1
"""Numbers of what is behind the end of a text, and of words outside the vocabulary; the words follow."""
BREAK = "\x03"
"""A word of its own, which stands between the texts of several columns."""
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
WORD = (
    rf"(?:[^\P{{L}}{_UNSPACED}]|[\p{{M}}\p{{N}}_])+(?:['’][tT]\b)?"
    r"|['’](?:[sSmMdD]|[lL][lL]|[rR][eE]|[vV][eE])\b"
    rf"|{BREAK}|[^\pZ\pC]"
)
"""What a word is, in RE2's writing: a run of letters, marks, digits and underscores (don't included), what follows an
apostrophe in English, or any other single visible character; letters of scripts without spaces stand alone."""
TEXTS = 1_000
"""Texts that are read at a time."""


def words(text: Var) -> Var:
    """[N] strings to [N, T] words, padded with PAD; case is kept."""
    return _tokens(text, {"tokenexp": WORD})


def read(texts: Array) -> Iterator[list[str]]:
    """The words of each of the texts [N], by the graph that reads them later."""
    text = argument(Tensor(np.str_, ("N",)))
    session = Session(compiled({"text": text}, {"words": words(text)}))
    for start in range(0, len(texts), TEXTS):
        for row in session.run({"text": texts[start : start + TEXTS]})["words"].tolist():
            yield row[: row.index(PAD)] if PAD in row else row


def characters(text: Var) -> Var:
    """[N] strings to [N, T] single characters, padded with PAD."""
    return _tokens(text, {"separators": [""]})


def _tokens(text: Var, how: dict[str, Any]) -> Var:
    from onnx import TensorProto, helper

    node = helper.make_node(
        "Tokenizer", ["text"], ["tokens"], domain="com.microsoft", mark=0, mincharnum=1, pad_value=PAD, **how
    )
    graph = helper.make_graph(
        [node],
        "tokenizer",
        [helper.make_tensor_value_info("text", TensorProto.STRING, ["N"])],
        [helper.make_tensor_value_info("tokens", TensorProto.STRING, ["N", "T"])],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    return inlined(model.SerializeToString(), {"text": text})["tokens"]
