"""The findings that every score beside a baseline may have, whatever the task."""

from __future__ import annotations

from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.findings.few_rows import FewRows
from ninefold.evaluate.findings.no_skill import NoSkill


def beaten(problem: Problem, evaluation: Evaluation) -> tuple[Finding, ...]:
    """That the baseline is as good, and that few rows say so; nothing where there is no baseline."""
    if evaluation.headline.baseline is None:
        return ()
    evidence = Evidence(problem, evaluation)
    return tuple(found for rule in (NoSkill(), FewRows()) if (found := rule.find(evidence)))
