"""Every operator that a bundle's graph may use, which attributes it may have, and how much it may make of its inputs.

This is the whole list: what the compiler of Ninefold writes, and, for learners of other packages, what takes each cell
to another one and cannot make more than it is given. A test reads the compiler's sources and holds the two against
each other, both ways. ``rule`` names how large the outputs can be (`rules.RULES`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

INT, FLOAT, TEXT, TENSOR, GRAPH, INTS, TEXTS = "i", "f", "s", "t", "g", "ints", "strings"
TYPE_OF = {FLOAT: 1, INT: 2, TEXT: 3, TENSOR: 4, GRAPH: 5, INTS: 7, TEXTS: 8}
"""What an attribute's own field ``type`` must say."""
WORDS = (
    r"(?:[^\P{L}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{M}\p{N}_])+(?:['’][tT]\b)?"
    r"|['’](?:[sSmMdD]|[lL][lL]|[rR][eE]|[vV][eE])\b|" + "\x03" + r"|[^\pZ\pC]",
    "[a-zA-Z0-9_]+",
)
"""What a word may be: as the compiler writes it now, and as bundles had it before."""
IR = range(8, 11)
VERSIONS = {"": range(13, 22), "ai.onnx.ml": range(3, 6), "com.microsoft": range(1, 2)}
"""Operator sets by domain."""


@dataclass(frozen=True)
class Operator:
    rule: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, frozenset[bytes]] = field(default_factory=dict)
    """What the texts of an attribute may be; such attributes steer the operator."""


def _axis(rule: str) -> Operator:
    return Operator(rule, {"axis": INT})


_BROADCAST, _MARK, _SAME = Operator("broadcast"), Operator("mark"), Operator("same")
_REDUCE = Operator("reduce", {"keepdims": INT, "noop_with_empty_axes": INT})
_UNPADDED = {"auto_pad": frozenset({b"NOTSET"})}
_WINDOW = {"auto_pad": TEXT, "dilations": INTS, "kernel_shape": INTS, "pads": INTS, "strides": INTS}
_RECURRENT = {"activations": TEXTS, "direction": TEXT, "hidden_size": INT, "layout": INT}
_WAYS = {
    "activations": frozenset({b"Tanh", b"Relu", b"Sigmoid"}),
    "direction": frozenset({b"forward", b"bidirectional"}),
}
_BEST = Operator("best", {"axis": INT, "keepdims": INT, "select_last_index": INT})
ELEMENTWISE = frozenset({"Ceil", "Cos", "Erf", "Floor", "Reciprocal", "Sign", "Sin", "Softplus", "Tan"})
"""What only learners of other packages write: one cell from one cell, without attributes."""
STANDARD = dict.fromkeys(sorted(ELEMENTWISE), _SAME) | {
    "Abs": _SAME,
    "Add": Operator("add"),
    "And": _MARK,
    "ArgMax": _BEST,
    "ArgMin": _BEST,
    "AveragePool": Operator("pool", {**_WINDOW, "ceil_mode": INT, "count_include_pad": INT}, _UNPADDED),
    "Cast": Operator("cast", {"to": INT, "saturate": INT}),
    "Clip": _SAME,
    "Concat": _axis("concat"),
    "Constant": Operator("constant", {"value": TENSOR}),
    "Conv": Operator("conv", {**_WINDOW, "group": INT}, _UNPADDED),
    "Div": _BROADCAST,
    "Equal": _MARK,
    "Exp": _SAME,
    "Expand": Operator("expand"),
    "Flatten": _axis("flatten"),
    "Gather": _axis("gather"),
    "Greater": _MARK,
    "GreaterOrEqual": _MARK,
    "Gelu": Operator("same", {"approximate": TEXT}, {"approximate": frozenset({b"none", b"tanh"})}),
    "GRU": Operator("recurrent", {**_RECURRENT, "linear_before_reset": INT}, _WAYS),
    "Identity": _SAME,
    "IsNaN": _MARK,
    "LSTM": Operator("recurrent", {**_RECURRENT, "input_forget": INT}, _WAYS),
    "LayerNormalization": Operator("norm", {"axis": INT, "epsilon": FLOAT, "stash_type": INT}),
    "Less": _MARK,
    "LessOrEqual": _MARK,
    "Log": _SAME,
    "LogSoftmax": _axis("same"),
    "Loop": Operator("loop", {"body": GRAPH}),
    "MatMul": Operator("matmul"),
    "MatMulInteger": Operator("matmul"),
    "Max": _BROADCAST,
    "MaxPool": Operator("pool", {**_WINDOW, "ceil_mode": INT, "storage_order": INT}, _UNPADDED),
    "Min": _BROADCAST,
    "Mod": Operator("broadcast", {"fmod": INT}),
    "Mul": _BROADCAST,
    "Neg": _SAME,
    "Not": _MARK,
    "Or": _MARK,
    "Pad": Operator("pad", {"mode": TEXT}, {"mode": frozenset({b"constant"})}),
    "Pow": _BROADCAST,
    "QuantizeLinear": Operator("quantise", {"axis": INT, "block_size": INT, "output_dtype": INT, "saturate": INT}),
    "RNN": Operator("recurrent", _RECURRENT, _WAYS),
    "Range": Operator("range"),
    "ReduceMax": _REDUCE,
    "ReduceMean": _REDUCE,
    "ReduceMin": _REDUCE,
    "ReduceSum": _REDUCE,
    "Relu": _SAME,
    "Reshape": Operator("reshape", {"allowzero": INT}),
    "Round": _SAME,
    "ScatterElements": Operator("same", {"axis": INT, "reduction": TEXT}, {"reduction": frozenset({b"none"})}),
    "Shape": Operator("shape", {"start": INT, "end": INT}),
    "Sigmoid": _SAME,
    "Slice": Operator("same"),
    "Softmax": _axis("same"),
    "Sqrt": _SAME,
    "Squeeze": Operator("squeeze"),
    "StringConcat": Operator("join"),
    "Sub": _BROADCAST,
    "Sum": _BROADCAST,
    "Tanh": _SAME,
    "TfIdfVectorizer": Operator(
        "tf_idf",
        {
            "max_gram_length": INT,
            "max_skip_count": INT,
            "min_gram_length": INT,
            "mode": TEXT,
            "ngram_counts": INTS,
            "ngram_indexes": INTS,
            "pool_strings": TEXTS,
        },
        {"mode": frozenset({b"TF"})},
    ),
    "TopK": Operator("top_k", {"axis": INT, "largest": INT, "sorted": INT}),
    "Transpose": Operator("transpose", {"perm": INTS}),
    "Unsqueeze": Operator("unsqueeze"),
    "Where": Operator("where"),
}
MACHINE_LEARNING = {
    "LabelEncoder": Operator(
        "encode",
        {
            "keys_tensor": TENSOR,
            "values_tensor": TENSOR,
            "default_tensor": TENSOR,
            "default_float": FLOAT,
            "default_int64": INT,
            "default_string": TEXT,
        },
    ),
    "TreeEnsemble": Operator(
        "trees",
        {
            "aggregate_function": INT,
            "leaf_targetids": INTS,
            "leaf_weights": TENSOR,
            "membership_values": TENSOR,
            "n_targets": INT,
            "nodes_falseleafs": INTS,
            "nodes_falsenodeids": INTS,
            "nodes_featureids": INTS,
            "nodes_missing_value_tracks_true": INTS,
            "nodes_modes": TENSOR,
            "nodes_splits": TENSOR,
            "nodes_trueleafs": INTS,
            "nodes_truenodeids": INTS,
            "post_transform": INT,
            "tree_roots": INTS,
        },
    ),
}
MICROSOFT = {
    "Tokenizer": Operator(
        "tokens",
        {"mark": INT, "mincharnum": INT, "pad_value": TEXT, "separators": TEXTS, "tokenexp": TEXT},
        {
            "pad_value": frozenset({b"\x02"}),
            "separators": frozenset({b""}),
            "tokenexp": frozenset(map(str.encode, WORDS)),
        },
    )
}
OPERATORS: dict[str, dict[str, Operator]] = {
    "": STANDARD,
    "ai.onnx.ml": MACHINE_LEARNING,
    "com.microsoft": MICROSOFT,
}
"""By domain and name."""
