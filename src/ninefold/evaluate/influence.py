"""Which columns matter, how they move the answers, and how far the answers can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.behaviour import Behaviour
from ninefold.core.protocols import Metric
from ninefold.core.results import Importance, Score
from ninefold.core.scoring import SMOOTH
from ninefold.core.shipping import schema_of
from ninefold.evaluate.case import Case
from ninefold.evaluate.dependences import asked_about, dependences
from ninefold.evaluate.groups import THRESHOLD, groups
from ninefold.evaluate.importance import Shuffling, Unit, alone, importances, together
from ninefold.evaluate.promises import Check, read, told

SHUFFLING, FOLLOWING, PROMISING = 0.3, 0.1, 0.05
"""Shares of the time left when each begins."""


@dataclass(frozen=True)
class Influence:
    """What it costs, in ``metric``, to shuffle each column and each group of columns that say much the same."""

    metric: Metric
    shuffled: dict[Unit, Importance]

    @property
    def columns(self) -> tuple[Importance, ...]:
        """Of single columns, the largest first."""
        return alone(self.shuffled)


def influence_of(case: Case, headline: Score) -> Influence:
    """By the headline's metric, or by the task's smooth one where the headline moves in steps."""

    def progress(done: float) -> None:
        case.context.progress("shuffling columns", 0.3 + 0.4 * done)

    steps = case.metrics[headline.metric].needs_labels
    metric = case.metrics[SMOOTH[case.problem.task] if steps else headline.metric]
    names = case.model.columns
    alike = groups(tuple(case.dataset.column(name) for name in names), case.dataset.rows, case.rng)
    units = (*((name,) for name in names), *alike)
    shuffling = Shuffling(case.graph, case.rows, case.problem, metric, case.how)
    return Influence(metric, importances(shuffling, units, case.rng, case.context.share(SHUFFLING), progress))


def behaviour_of(case: Case, influence: Influence) -> Behaviour:
    """What moves the answers, by the columns that matter measurably, and what intervals or sets are worth."""
    case.context.progress("following the most important columns", 0.9)
    schema = schema_of(case.problem, case.dataset, case.model)
    names = [each.column for each in influence.columns if each.drop > 0]
    asked = asked_about(case.graph, case.rows, case.problem, schema, case.rng)
    made = read(case.model.conformal)
    check = Check(made, case.answers, case.how, case.rng, case.context.share(PROMISING)) if made else None
    return Behaviour(
        together=together(influence.shuffled),
        threshold=THRESHOLD,
        followed=dependences(asked, names, case.problem, case.context.share(FOLLOWING)),
        promises=check.promises(case.problem.several) if check else (),
        by_class=check.by_class(case.problem.classes) if check else (),
        how=told(made) if made else "",
    )
