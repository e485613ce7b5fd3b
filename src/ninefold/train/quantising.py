"""Numbers of 8 bits in the graph: what they cost is measured, and the user's limits choose.

A graph of these does not compute what the fitted Python computes, so that parity is no proof of it. In its place its
score is compared with that of the graph without them: out of fold, by graphs of the folds' fits that were written the
same way, and of the fit on all rows on the training rows of the gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ninefold.core.problem import Limits
from ninefold.core.results import Quantised
from ninefold.core.scoring import metric_for
from ninefold.core.workshop import INT8
from ninefold.train.drafting import Case, Draft, drafted
from ninefold.train.gate import natively, parity
from ninefold.train.limits import exceeded, microseconds

STEP = 0.01
"""What the whole graph may differ by from its members' graphs of 8 bits: where one rounds a number up and the other
down it is a step of that number, a 255th of its range, that goes on."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A graph that may ship. ``told`` is None of the one without numbers of 8 bits."""

    draft: Draft
    microseconds: float
    told: Quantised | None = None


def candidates(case: Case, plain: Draft) -> list[Candidate]:
    """The graphs with numbers of 8 bits that can be made of the same members, each with what it costs."""
    made, members = [], plain.blueprint.members
    for kind in INT8 if case.problem.limits.tries_int8 else ():
        if not any(case.workshop.of_kind(member.trial, kind).is_file() for member in members):
            continue
        draft = drafted(case, members, kind)
        taken = microseconds(draft.graph, case.gate.rows)
        lost, apart = _lost(case, plain, draft), _apart(case, draft)
        made.append(Candidate(draft, taken, Quantised(kind, len(draft.graph), taken, lost, why=apart)))
    return made


def chosen(limits: Limits, plain: Candidate, others: Sequence[Candidate]) -> Candidate | None:
    """The quickest graph of 8 bits where such are wished for, else the plain one, else the graph of 8 bits that loses
    least; of those that keep the limits. None where no graph keeps them."""
    kept = [each for each in others if not why_not(limits, each)]
    if limits.int8 and kept:
        return min(kept, key=lambda each: each.microseconds)
    if not why_not(limits, plain):
        return plain
    return min(kept, key=lambda each: each.told.loss if each.told else 0.0, default=None)


def why_not(limits: Limits, each: Candidate) -> str:
    """Why a graph cannot ship; empty where it can."""
    if each.told is not None and each.told.why:
        return each.told.why
    if each.told is not None and not each.told.loss <= limits.loss:
        return f"it costs {each.told.loss:.2%} of the lead over the baseline, more than the {limits.loss:.2%} allowed"
    return exceeded(limits, each.draft.graph, each.microseconds) or ""


def told(limits: Limits, others: Sequence[Candidate], ships: Candidate) -> tuple[Quantised, ...]:
    """What the report says of them all."""
    every = [(each, each.told) for each in others if each.told is not None]
    return tuple(replace(known, ships=each is ships, why=why_not(limits, each)) for each, known in every)


def unshipped(limits: Limits, others: Sequence[Candidate], ships: Candidate) -> dict[str, str]:
    """Why numbers of 8 bits that were wished for are not in the graph."""
    if not limits.int8 or ships.told is not None:
        return {}
    if not others:
        return {"Numbers of 8 bits": "no member of the graph is a network"}
    return {each.title.capitalize(): each.why for each in told(limits, others, ships)}


def _lost(case: Case, plain: Draft, light: Draft) -> float:
    """The share of the lead over the baseline that numbers of 8 bits cost."""
    board, sign = case.board, 1 if case.board.higher_is_better else -1
    metric, trained = metric_for(case.problem, case.problem.metric), case.gate.training
    seen = ~np.isnan(plain.out_of_fold).any(axis=1)
    y, fitted = case.dataset.rows.target[seen], case.gate.rows.target[:trained]
    own, lighter = (sign * metric.score(y, draft.out_of_fold[seen]) for draft in (plain, light))
    whole, eight = (
        sign * metric.score(fitted, natively(draft.blueprint, case.workshop)[:trained]) for draft in (plain, light)
    )
    lost, lead = max(own - lighter, whole - eight), own - sign * (board.trial(board.baseline).score or 0.0)
    if lost <= 0:
        return 0.0
    return float(lost / lead) if lead > 0 else float("inf")


def _apart(case: Case, draft: Draft) -> str:
    """Empty where the whole graph is what its members' graphs of 8 bits make together."""
    proof = parity(replace(draft.blueprint, tolerance=STEP), draft.graph, case.gate, case.workshop)
    if proof.largest_difference <= STEP and proof.labels_equal:
        return ""
    return f"the whole graph differs from its members by {proof.largest_difference:.1e}"
