"""Columns that must not be learned from, or need not be, and what else is to be said of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ninefold.core import parts
from ninefold.core.findings import Told, found
from ninefold.core.problem import Problem
from ninefold.core.recipe import Audit
from ninefold.core.section import Finding
from ninefold.core.table import Dataset
from ninefold.prepare.seen import Seen

AUDITS, FINDINGS = "ninefold.prepare.audits", "ninefold.prepare.findings"


class Auditor(Told, Protocol):
    """A rule that leaves columns out: a part of `ninefold.prepare.audits`."""

    def find(self, seen: Seen) -> Iterator[Audit]:
        """The columns to leave out, with the evidence."""
        ...


def audit(problem: Problem, dataset: Dataset) -> tuple[list[Audit], tuple[Finding, ...]]:
    """Everything left out, by code, and findings on what is left; ``Problem.keep`` overrules.

    An auditor sees only columns that those of lower codes have left.
    """
    seen = Seen.of(problem, dataset)
    left_out: list[Audit] = []
    for auditor in auditors():
        due = [audit for audit in auditor.find(seen) if audit.column not in problem.keep]
        seen = seen.without({audit.column for audit in due})
        left_out += due
    return left_out, found(FINDINGS, seen)


def auditors() -> list[Auditor]:
    """Every auditor, by code."""
    made: list[Auditor] = [parts.make(AUDITS, name) for name in parts.names(AUDITS)]
    return sorted(made, key=lambda auditor: auditor.about.code)
