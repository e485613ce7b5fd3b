"""Stage 1: wishes become a problem. Everything is checked here, so that later stages need not ask again."""

from __future__ import annotations

from ninefold.core.book import Context
from ninefold.core.fairness import ALLOWED
from ninefold.core.problem import Peek, Problem, Wishes
from ninefold.forms.speaking import SPEAKERS
from ninefold.problem.columns import refuse_unknown
from ninefold.problem.costs import costs_of
from ninefold.problem.fair import fair_of, without_constraint
from ninefold.problem.forecast import forecast_of
from ninefold.problem.metric import metric_of
from ninefold.problem.series import of_series
from ninefold.problem.several import several_of
from ninefold.problem.target import Target, target_of
from ninefold.problem.texts import judging, refuse_unasked, refuse_wordless
from ninefold.problem.untargeted import clusters_of, contamination_of, truths_of
from ninefold.problem.validation import holdout_of, validation_of
from ninefold_runtime.schema import SPOKEN, UNTARGETED


def define(peek: Peek, wishes: Wishes, *, context: Context) -> Problem:
    """What is asked, as the peek and the wishes tell.

    Raises:
        WishError, ColumnError: see `target_of`, `several_of`, `metric_of`, `validation_of`, `refuse_unknown`,
            `costs_of`, `truths_of`, `clusters_of`, `contamination_of`, `fair_of`.
    """
    context.progress(f"{peek.rows:,} rows × {len(peek.columns):,} columns")
    wishes = of_series(wishes)
    if wishes.forecast:
        target = forecast_of(peek, wishes)
    else:
        target = several_of(peek, wishes) if len(wishes.targets) > 1 else target_of(peek, wishes)
    refuse_unknown(peek, wishes, SPEAKERS if target.task in SPOKEN else "ninefold.learners")
    refuse_wordless(target.task, peek, wishes, target.passage)
    refuse_unasked(target.task, wishes)
    costs = costs_of(target, wishes)
    metric, metric_why, notes = metric_of(target, wishes, peek)
    holdout = holdout_of(peek, wishes)
    return Problem(
        source=peek.source,
        target=wishes.asked,
        task=target.task,
        task_why=target.why,
        classes=target.classes,
        positive=target.positive,
        metric=metric,
        metric_why=metric_why,
        validation=judging() if target.task in SPOKEN else validation_of(target, holdout, peek, wishes),
        budget=wishes.budget,
        seed=wishes.seed,
        holdout=holdout,
        group=wishes.group,
        time=wishes.time,
        costs=costs.matrix,
        gains=costs.gains,
        sensitive=wishes.sensitive,
        fair=fair_of(target, peek, wishes),
        fair_gap=ALLOWED if wishes.fair_gap is None else wishes.fair_gap,
        kinds=wishes.kinds,
        keep=wishes.keep,
        drop=wishes.drop,
        learners=wishes.learners,
        missing=wishes.missing or "median",
        scale=wishes.scale or "standard",
        allow_rows=wishes.allow_rows,
        limits=wishes.limits,
        teaching=wishes.teaching,
        notes=(*_understood(target, wishes), *target.notes, *notes, *costs.notes, *without_constraint(wishes)),
        counts=target.counts,
        target_numbers=peek.target_numbers if _is_amount(target) else (),
        several=target.several,
        labels=target.labels,
        choices=target.choices,
        quantiles=target.quantiles,
        truth=wishes.truth,
        truths=truths_of(target, peek, wishes),
        clusters=clusters_of(target, peek, wishes),
        contamination=contamination_of(target, wishes),
        folding=peek.folding,
        backbone=wishes.backbone,
        context=target.passage,
        documents=wishes.documents or "",
        image_size=wishes.image_size,
    )


def _is_amount(target: Target) -> bool:
    return not (target.classes or target.several or target.task in {*UNTARGETED, *SPOKEN})


def _understood(target: Target, wishes: Wishes) -> tuple[str, ...]:
    """What was inferred from numbers and could have been meant otherwise."""
    if wishes.task or wishes.order or target.column.kind not in {"number", "id"} or not target.classes:
        return ()
    return (f"{target.why}; say --task regression if an amount is meant",)
