"""What findings are made from."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.findings import found
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.diagnosis.slices import Judged
from ninefold.evaluate.labels import Doubted
from ninefold_runtime.drift import ColumnDrift

PACKAGE = "ninefold.evaluate.findings"


@dataclass(frozen=True)
class Evidence:
    """The evaluation so far, and what it does not carry: the standard error of the validation score (None with one
    fold), the slices that are weak beyond chance, the columns in which sealed rows differ from training rows, and what
    out-of-fold predictions say of the labels (None where there are no classes)."""

    problem: Problem
    evaluation: Evaluation
    validation_error: float | None = None
    weak: tuple[Judged, ...] = ()
    drift: tuple[ColumnDrift, ...] = ()
    labels: Doubted | None = None


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """All findings that are due, by code."""
    return found(PACKAGE, evidence)
