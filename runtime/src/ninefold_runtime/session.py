"""A graph of a bundle loaded in ONNX Runtime: looked through first, and on the CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import (
    EPFail,
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    RuntimeException,
)
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as Unsupported

from ninefold_runtime.errors import BundleError
from ninefold_runtime.safety.graph import examine

_FAILS = (EPFail, Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, RuntimeException, Unsupported)
_LONGEST = 300
"""Characters of what ONNX Runtime says: it repeats names, which are as long as the file's maker likes."""


@dataclass(frozen=True, slots=True)
class Session:
    """``of`` is the ``onnxruntime.InferenceSession``; it may be asked ``rows`` rows at once."""

    of: Any
    rows: int

    def run(self, outputs: Sequence[str] | None, feed: Mapping[str, Any]) -> list[Any]:
        """The outputs.

        Raises:
            BundleError: NF-R115 when the graph fails on these rows.
        """
        try:
            answers: list[Any] = self.of.run(outputs, feed)
        except (*_FAILS, UnicodeDecodeError) as error:
            hint = "the bundle does not do what its schema says; make it again"
            raise BundleError("NF-R115", f"the graph fails on these rows: {_first(error)}", hint=hint) from error
        return answers

    def must_take(self, wanted: Mapping[str, str], otherwise: str) -> None:
        """Hold the graph to inputs of these names and types; ``otherwise`` says what a graph with others is.

        Raises:
            BundleError: NF-R107 when it has others.
        """
        given = {node.name: node.type for node in self.of.get_inputs()}
        if given != wanted:
            odd = ", ".join(sorted(wanted.keys() ^ given.keys())) or "types"
            hint = "its files are not of one training; make the bundle again"
            raise BundleError("NF-R107", f"the graph {otherwise} ({odd})", hint=hint)


def session(graph: bytes, threads: int = 1, name: str = "model.onnx") -> Session:
    """A graph that has passed all checks (`ninefold_runtime.safety.graph`), loaded.

    Raises:
        BundleError: NF-R107 when the graph is no graph or is not known to this ONNX Runtime, NF-R110 to R114 or R120
            when it is refused.
    """
    looked = examine(graph, name)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Bytes can be an ONNX file and a file of ONNX Runtime's own format at once: it is read as what was looked through.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        return Session(ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"]), looked.rows)
    except _FAILS as error:
        message = f"ONNX Runtime cannot load {name}: {_first(error)}"
        raise BundleError("NF-R107", message, hint="update onnxruntime") from error


def _first(error: Exception) -> str:
    """The first line of what went wrong."""
    return next(iter(str(error).splitlines()), "")[:_LONGEST]
