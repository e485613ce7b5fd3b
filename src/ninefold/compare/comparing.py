"""The comparison itself: rows chosen, both asked, differences weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ninefold.compare.contender import Contender, Labelled, Table
from ninefold.compare.fair import fair_rows
from ninefold.compare.paired import delong, differences, mcnemar
from ninefold.compare.parts import MOST_COLUMNS, Duel, worse_parts
from ninefold.compare.speed import Heard, heard
from ninefold.compare.terms import answered, common
from ninefold.compare.verdict import judged
from ninefold.compare.warnings import choices, gaps, sizes
from ninefold.core.clock import Clock
from ninefold.core.comparison import Comparison, Difference
from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.core.protocols import Metric
from ninefold.core.scoring import SMOOTH, of_task
from ninefold.core.table import Array
from ninefold.diagnosis.intervals import Resampling
from ninefold.metrics._costs import of_costs
from ninefold_runtime import wire
from ninefold_runtime.folding import folded
from ninefold_runtime.schema import Column, Target

RESAMPLES = 1_000
OTHERS_SECONDS, PARTS_SECONDS = 10.0, 10.0
"""What the metrics that do not decide may take, and looking at parts. The metric that decides always has all of its
resamples, so that the verdict is the same on every machine."""


@dataclass(frozen=True)
class Asked:
    """How to compare: by which metric (A's own where None), with which margin, drawing which groups whole."""

    metric: str | None = None
    margin: float = 0.0
    group: str | None = None
    seed: int = 0


def compare(a: Contender, b: Contender, data: Labelled, asked: Asked, progress: Callable[[str], None]) -> Comparison:
    """Judge B against A.

    Raises:
        WishError: NF-E330 when they do not answer the same question, NF-E331 when the margin is no margin, NF-E332 when
            the metric is no number on these rows; NF-E307 when it does not measure the task.
        ColumnError: NF-E201 when the target or the group is no column, NF-E207 when no row is left to judge on.
    """
    if not 0 <= asked.margin < float("inf"):
        raise WishError(
            "NF-E331", f"--margin {asked.margin} is no margin", hint="a number in the metric's unit, from 0 on"
        )
    target = common(a, b)
    data = replace(data, table=dict(folded(a.schema, data.table)))
    metrics = _metrics(a, b, target, asked)
    group = _group(a, b, data, asked)
    progress(f"looking for rows that {a.name} or {b.name} learned from")
    fair = fair_rows(a, b, data, target)
    rows, y = fair.rows, fair.y
    progress(f"asking both about {len(y):,} rows")
    sides = [heard(contender, rows.table) for contender in (a, b)]
    one, other = (answered(each, side.made, target, y) for each, side in zip((a, b), sides, strict=True))
    order, how = np.argsort(-one.predictions[:, -1], kind="stable"), _resampling(rows.table, group, len(y))
    duel = Duel(one.take(order), other.take(order), how.within(order), next(iter(metrics.values())), target)
    progress("weighing the differences")
    told, resamples = _differences(duel, metrics, asked.seed)
    progress("looking at parts of the rows")
    parts, looked_at = worse_parts(duel, _columns(a, b, sides, order), Clock(PARTS_SECONDS))
    verdict = judged(told[0], asked.margin)
    unread = (finding for each in zip((a, b), sides, strict=True) for finding in gaps(*each))
    weak = (*(() if asked.metric else choices(a, b, told[0].metric)), *sizes(len(y), how.units, group))
    return Comparison(
        a=sides[0].side,
        b=sides[1].side,
        data=data.name,
        target=target.name,
        task=target.task,
        rows=len(y),
        outcome=verdict.outcome,
        worse=verdict.worse,
        sentence=verdict.sentence,
        margin=asked.margin,
        headline=told[0],
        differences=told,
        tests=() if group else tuple(test for test in (mcnemar(one, other), delong(one, other)) if test),
        parts=parts,
        looked_at=looked_at,
        resamples=resamples,
        group=group,
        left_out=fair.left_out,
        findings=(*fair.findings, *unread, *weak),
    )


def _metrics(a: Contender, b: Contender, target: Target, asked: Asked) -> dict[str, Metric]:
    """Those of the task by name, the one that decides first."""
    chosen = asked.metric or a.metric or b.metric or SMOOTH[target.task]
    worth = next((of_costs(c.problem) for c in (a, b) if c.problem and c.problem.classes == target.classes), {})
    known = of_task(target.task, SMOOTH[target.task], target.levels) | worth
    if chosen not in known:
        hint = f"choose from: {', '.join(known)}"
        message = f"{chosen} does not measure {target.task}"
        raise WishError("NF-E307", message, hint=hint, given=chosen, suggestions=nearest(chosen, known))
    return {chosen: known[chosen]} | known


def _group(a: Contender, b: Contender, data: Labelled, asked: Asked) -> str | None:
    """The column that was named, else the one that either run kept together, where the table has it."""
    if asked.group is not None and asked.group not in data.table:
        close = nearest(asked.group, data.table)
        hint = f'did you mean "{close[0]}"?' if close else f"the columns are: {', '.join(list(data.table)[:20])}"
        message = f'--group: there is no column "{asked.group}"'
        raise ColumnError("NF-E201", message, hint=hint, given=asked.group, suggestions=close)
    own = [contender.problem.group for contender in (a, b) if contender.problem]
    return next((name for name in (asked.group, *own) if name and name in data.table), None)


def _resampling(table: Table, group: str | None, rows: int) -> Resampling:
    if group is None:
        return Resampling(np.arange(rows))
    values = np.array([wire.text(value) for value in table[group]], np.str_)
    return Resampling(np.asarray(np.unique(values, return_inverse=True)[1], np.int64))


def _differences(duel: Duel, metrics: dict[str, Metric], seed: int) -> tuple[tuple[Difference, ...], int]:
    """All of them, that of the metric that decides first, and the resamples behind that one."""
    name, metric = next(iter(metrics.items()))
    rng = np.random.default_rng(seed)
    first, resamples = differences({name: metric}, duel.a, duel.b, duel.how, rng=rng, clock=Clock(), most=RESAMPLES)
    if not first:
        message = f"{metric.title} is no number on these {len(duel.a)} rows"
        raise WishError("NF-E332", message, hint="give rows of every class, or choose another --metric")
    others = {other: each for other, each in metrics.items() if other != name}
    rest, _ = differences(others, duel.a, duel.b, duel.how, rng=rng, clock=Clock(OTHERS_SECONDS))
    return first + rest, resamples


def _columns(a: Contender, b: Contender, sides: list[Heard], order: Array) -> Iterator[tuple[Column, Array]]:
    """The columns of A, then those that B alone takes, rows in ``order``."""
    known: dict[str, tuple[Column, Array]] = {}
    for contender, side in zip((a, b), sides, strict=True):
        for column in contender.schema.columns[:MOST_COLUMNS]:
            known.setdefault(column.name, (column, side.arrays[column.name][order]))
    yield from known.values()
