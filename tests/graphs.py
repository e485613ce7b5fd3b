"""Fitted forms as the graphs that serve."""

from __future__ import annotations

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Session, form_graph


def through_graph(form: Form, x: Array) -> Array:
    """What the form's own graph says of rows [N, C]."""
    return Session(form_graph(form, x.shape[1])).run({"x": x})["y"]
