"""Limits on the graph's size and on the time of one answer: a member too many is left out by name."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from ninefold.core.problem import Limits
from ninefold.core.results import Member
from ninefold.core.table import Rows
from ninefold.core.words import size
from ninefold.core.workshop import Workshop
from ninefold.forms.onnx import Session

TIMED = 50


def microseconds(graph: bytes, rows: Rows) -> float:
    """Median of one bare call with one row."""
    session = Session(graph)
    one = {name: values[:1] for name, values in rows.columns.items()}
    session.run(one)
    times = []
    for _ in range(TIMED):
        started = time.perf_counter()
        session.run(one)
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e6)


def exceeded(limits: Limits, graph: bytes, taken: float) -> str | None:
    """What a graph that takes ``taken`` microseconds exceeds, in words; None when it keeps the limits."""
    if limits.bytes is not None and len(graph) > limits.bytes:
        return f"the graph would have {size(len(graph))}, more than the {size(limits.bytes)} allowed"
    if limits.microseconds is not None and taken > limits.microseconds:
        return f"one answer would take {taken:.0f} µs, more than the {limits.microseconds:.0f} µs allowed"
    return None


def heaviest(members: Sequence[Member], workshop: Workshop) -> Member:
    """The member with the largest graph, which is nearly always the slowest as well."""
    return max(members, key=lambda member: (workshop.member(member.trial) / "form.onnx").stat().st_size)
