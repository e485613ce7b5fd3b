"""A graph of a bundle loaded in ONNX Runtime: looked through first, and on the CPU."""

from __future__ import annotations

from typing import Any

import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as Unsupported

from ninefold_runtime.errors import BundleError
from ninefold_runtime.graphcheck import refuse_external_data


def session(graph: bytes, threads: int = 1) -> Any:
    """An ``onnxruntime.InferenceSession``.

    Raises:
        BundleError: NF-R107 when the graph is no graph, reads other files, or is not known to this ONNX Runtime.
    """
    refuse_external_data(graph)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, Unsupported) as error:
        message = f"ONNX Runtime cannot load the graph: {str(error).splitlines()[0]}"
        raise BundleError("NF-R107", message, hint="update onnxruntime") from error
