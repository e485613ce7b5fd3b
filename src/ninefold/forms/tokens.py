"""Text in the graph: ONNX Runtime's own tokeniser (``com.microsoft``), the one operator outside the standard."""

from __future__ import annotations

from typing import Any

from ninefold.forms.onnx import Var, inlined

PAD = "\x02"
WORD = "[a-zA-Z0-9_]+"
"""What a word is: RE2's and Python's reading agree on it."""


def words(text: Var) -> Var:
    """[N] strings to [N, T] words, padded with PAD; case is kept."""
    return _tokens(text, {"tokenexp": WORD})


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
