"""Beside a member's graph, where its form has one, a graph that splits its prediction by raw column."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Form
from ninefold.core.table import Rows
from ninefold.core.workshop import save_array
from ninefold.crew.desk import Material
from ninefold.forms.contributions.lineage import lineage
from ninefold.forms.contributions.margins import Learned
from ninefold.forms.contributions.of_form import explained, has_path
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.onnx import Session, block_input, compiled

SHARE = 0.25
"""Of the time that a fit has left, what trying the view's columns may take."""
ROWS = 100_000
"""Training rows, about, that means are taken of."""
LEAST_SECONDS = 1.0
"""What a fit must have left for it: the member itself is worth more."""


def contribute(form: Form, material: Material, rows: Rows, folder: Path, clock: Clock) -> None:
    """Write ``paths.onnx`` (``x`` [N, D] to ``said`` [N, K] and ``parts`` [N, K, C]) and ``base.npy`` [K] into the
    folder of a member that was fitted on all ``rows``; nothing, where the form cannot tell or there is no time."""
    paths = folder / "paths.onnx"
    paths.unlink(missing_ok=True)  # of an earlier fit
    if not has_path(form) or clock.left < LEAST_SECONDS:
        return
    matrix = material.learned[:: max(1, len(material.learned) // ROWS)]
    session = Session(material.graph.read_bytes())
    x = block_input(np.float64, matrix.shape[1])
    try:
        shares = lineage(session, rows.columns, Clock(clock.left * SHARE), np.random.default_rng(0))
        told = explained(form, x, Learned(matrix, shares))
    except Untold:  # the bundle says which share of the ensemble is not told
        return
    save_array(folder / "base.npy", told.base)
    paths.write_bytes(compiled({"x": x}, {"said": told.said, "parts": told.parts}))
