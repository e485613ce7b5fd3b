"""The bundle's second graph, which tells what each raw column adds to what the first says; loaded when first asked."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ninefold_runtime.errors import BundleError
from ninefold_runtime.explain.asked import Arrays, Parts
from ninefold_runtime.schema import Schema
from ninefold_runtime.session import Session, session

OUTPUTS = 3


class Contributed:
    """``contributions.onnx`` as a function of wired columns (`ninefold_runtime.explain.asked.Split`)."""

    def __init__(self, graph: bytes, schema: Schema) -> None:
        self._graph = graph
        self._names = schema.names

    @cached_property
    def _session(self) -> Session:
        loaded = session(self._graph, name="contributions.onnx")
        given = {node.name for node in loaded.of.get_inputs()}
        if given != set(self._names) or len(loaded.of.get_outputs()) != OUTPUTS:
            hint = "contributions.onnx and schema.json are not of one training; make the bundle again"
            raise BundleError("NF-R107", "the graph of contributions does not fit the schema", hint=hint)
        return loaded

    def __call__(self, arrays: Arrays) -> Parts:
        """The parts of what the graph says of at least one row.

        Raises:
            BundleError: NF-R107 to R115 when the graph cannot be used.
        """
        rows = len(arrays[self._names[0]])
        chunks = [self._run(arrays, start) for start in range(0, rows, self._session.rows)]
        split = np.concatenate([chunk[0] for chunk in chunks])
        return Parts(chunks[0][1], split[:, :, :-1], split[:, :, -1], float(chunks[0][2]))

    def _run(self, arrays: Arrays, start: int) -> list[Any]:
        end = start + self._session.rows
        return self._session.run(None, {n: arrays[n][start:end] for n in self._names})
