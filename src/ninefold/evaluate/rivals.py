"""A student and what it is compared with, on the sealed rows."""

from __future__ import annotations

import dataclasses

from ninefold.core.results import Rival
from ninefold.evaluate.answers import ask
from ninefold.evaluate.case import Case


def rivals(case: Case) -> tuple[Rival, ...]:
    """Each graph's score by the problem's metric; nothing is chosen by it."""
    from ninefold.forms.onnx import Session

    metric, rows, problem = case.metrics[case.problem.metric], case.rows, case.problem
    return tuple(
        dataclasses.replace(
            rival,
            sealed=ask(Session(rival.graph.read_bytes()), rows.columns, rows.target, problem).score(metric),
        )
        for rival in case.model.rivals
    )
