"""The verdict in plain words: ship, ship with care, or do not ship, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Score
from ninefold.core.section import Finding
from ninefold.core.words import counted, number
from ninefold_runtime.schema import Task

Kind = Literal["ship", "care", "stop", "open"]
TITLES: dict[Kind, str] = {
    "ship": "Ship it",
    "care": "Ship it with care",
    "stop": "Do not ship it",
    "open": "No verdict yet",
}
NAMED = 3
"""Kinds of findings that the verdict names, by the first of each; it counts the others."""
OF_THE_DATA = 4
"""The last stage whose serious findings are about columns and rows: what they warn of was left out, or can be."""
NAIVE: dict[Task, str] = {
    "binary": "knowing only the class shares",
    "multiclass": "knowing only the class shares",
    "ordinal": "knowing only the class shares",
    "multilabel": "knowing only the share of each",
    "multioutput": "knowing only the means",
    "multitask": "knowing only the means and shares",
    "quantile": "knowing no column",
    "clustering": "one cloud without groups",
    "anomaly": "chance",
    "translation": "copying the source",
    "question-answering": "matching words",
    "language-model": "knowing only how often each character comes",
}


class Judgement(msgspec.Struct, frozen=True):
    """``kind`` decides, ``title`` says it, ``text`` gives the reasons, a sentence each."""

    kind: Kind
    title: str
    text: tuple[str, ...]


def judge(problem: Problem, evaluation: Evaluation | None, findings: Sequence[Finding]) -> Judgement:
    """What the findings, and the score beside the baseline's, come to; ``findings`` are sorted, the gravest first."""
    if evaluation is None:
        return Judgement("open", TITLES["open"], ("The run has not come to its score on sealed rows.",))
    kind, against = _weighed(findings)
    reasons = [_score(problem, evaluation.headline, evaluation.rows)]
    return Judgement(kind, TITLES[kind], (*reasons, _grounds(kind, against, len(findings))))


def _weighed(findings: Sequence[Finding]) -> tuple[Kind, list[Finding]]:
    """The verdict, and the findings that it rests on."""
    serious = [finding for finding in findings if finding.level == "serious"]
    stops = [finding for finding in serious if _stage(finding) > OF_THE_DATA]
    if stops:
        return "stop", stops
    cares = [*serious, *(finding for finding in findings if finding.level == "warning")]
    return ("care", cares) if cares else ("ship", [])


def _stage(finding: Finding) -> int:
    """The stage that found it: the first digit of NF705 is 7."""
    return int(finding.code[2])


def _score(problem: Problem, score: Score, rows: int) -> str:
    told = f"{score.title} {number(score.value)}"
    where = f"On {counted(rows, 'row')} that nothing was fitted or chosen on, the model"
    if score.baseline is None:
        return f"{where} has {told}; its 95 % interval reaches from {number(score.low)} to {number(score.high)}."
    naive, against = NAIVE.get(problem.task, "knowing only the mean"), number(score.baseline)
    bad = score.low if score.higher_is_better else score.high
    if _beats(bad, score):
        return (
            f"{where} clearly beats {naive}: {told} against {against}, and {number(bad)} at the worse end of its "
            "95 % interval."
        )
    verb = "may be no better than" if _beats(score.value, score) else "is no better than"
    return f"{where} {verb} {naive}: {told} ({number(score.low)} to {number(score.high)}) against {against}."


def _beats(value: float, score: Score) -> bool:
    base = score.baseline or 0.0
    return value > base if score.higher_is_better else value < base


def _grounds(kind: Kind, against: Sequence[Finding], findings: int) -> str:
    if kind == "ship":
        return "Nothing that was looked for stands against it." if findings else "Nothing was found to act on."
    kinds: dict[str, str] = {}
    for finding in against:
        kinds.setdefault(finding.code, f"“{finding.title}”")
    before = "Against it:" if kind == "stop" else "Look first at"
    return f"{before} {_listed(list(kinds.values()))}."


def _listed(titles: Sequence[str]) -> str:
    """A, B and C; A, B, C and 2 more."""
    shown = [*titles[:NAMED], *([f"{len(titles) - NAMED} more"] if len(titles) > NAMED else [])]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
