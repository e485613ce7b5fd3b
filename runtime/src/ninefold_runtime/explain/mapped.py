"""The bundle's graph of maps, which tells what each place of an image gives; loaded when first asked."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ninefold_runtime.errors import BundleError
from ninefold_runtime.explain.asked import Arrays, PlaceMaps
from ninefold_runtime.schema import Schema
from ninefold_runtime.session import Session, session

NAMES = ("map", "base", "explained")


class Mapped:
    """``maps.onnx`` as a function of wired columns (`ninefold_runtime.explain.asked.Maps`)."""

    def __init__(self, graph: bytes, schema: Schema) -> None:
        self._graph, self._known = graph, {column.name for column in schema.columns if column.kind == "image"}

    @cached_property
    def _session(self) -> Session:
        loaded = session(self._graph, name="maps.onnx")
        given = {node.name for node in loaded.of.get_inputs()}
        if len(given) != 1 or not given <= self._known or len(loaded.of.get_outputs()) != len(NAMES):
            hint = "maps.onnx and schema.json are not of one training; make the bundle again"
            raise BundleError("NF-R107", "the graph of maps does not fit the schema", hint=hint)
        return loaded

    def __call__(self, row: Arrays) -> PlaceMaps:
        """Of one row.

        Raises:
            BundleError: NF-R107 to R115 when the graph cannot be used.
        """
        column = str(self._session.of.get_inputs()[0].name)
        maps, base, share = self._session.run(None, {column: row[column]})
        if maps.ndim != 4 or base.shape != maps.shape[1:2] or not np.isfinite(maps).all():
            raise BundleError("NF-R115", "the graph of maps gives no maps", hint="make the bundle again")
        return PlaceMaps(column, maps[0], base, float(share))
