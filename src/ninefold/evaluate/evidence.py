"""What findings are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.diagnosis.slices import Judged

PACKAGE = "ninefold.evaluate.findings"


@dataclass(frozen=True)
class Evidence:
    """The evaluation so far, and what it does not carry: the standard error of the validation score (None with one
    fold) and the slices that are weak beyond chance."""

    problem: Problem
    evaluation: Evaluation
    validation_error: float | None = None
    weak: tuple[Judged, ...] = ()


class Rule(Protocol):
    """One finding: when it is due, and what it says."""

    def find(self, evidence: Evidence) -> Finding | None: ...


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """All findings that are due, by code."""
    rules: list[Rule] = [parts.make(PACKAGE, name) for name in parts.names(PACKAGE)]
    found = [finding for rule in rules if (finding := rule.find(evidence))]
    return tuple(sorted(found, key=lambda finding: finding.code))
