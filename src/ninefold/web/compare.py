"""Runs side by side: what was asked, what came out, and what only some of them found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ninefold.core.problem import Problem
from ninefold.core.results import Score
from ninefold.core.section import Figure, Finding, Series
from ninefold.core.words import column, duration
from ninefold.runs import Run
from ninefold.web.listing import evaluation_of, model_of

MOST_RUNS = 8
LABEL = 22


@dataclass(frozen=True)
class Row:
    """One thing of every run, in the order of the runs; ``differs`` where they are not all the same."""

    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Comparison:
    runs: tuple[Run, ...]
    settings: tuple[Row, ...]
    scores: tuple[Row, ...]
    figures: tuple[Figure, ...]
    members: tuple[Row, ...]
    columns: tuple[Row, ...]
    findings: tuple[tuple[Finding, tuple[bool, ...]], ...]
    """Findings that not all of them have, with who has them."""
    shared: int
    """How many findings all of them have."""


_SETTINGS: dict[str, Callable[[Problem], str]] = {
    "data": lambda p: p.source.rsplit("/", 1)[-1],
    "target": lambda p: p.sought,
    "task": lambda p: p.task,
    "metric": lambda p: p.metric,
    "validation": lambda p: f"{p.validation.folds} folds, {p.validation.scheme}",
    "sealed": lambda p: f"{100 * p.holdout:.3g} % of the rows",
    "budget": lambda p: f"work {p.budget.work}" if p.budget.work else duration(p.budget.seconds or 0),
    "seed": lambda p: str(p.seed),
    "learners": lambda p: ", ".join(p.learners) or "all",
    "sensitive": lambda p: ", ".join(p.sensitive) or "none",
    "left out by wish": lambda p: ", ".join(p.drop) or "none",
}


def comparison(runs: Sequence[Run]) -> Comparison:
    """Runs as far as they have come.

    Raises:
        RunError: when one of them has no problem yet.
    """
    runs = tuple(runs)
    problems = [run.problem for run in runs]
    scores = [found.scores if (found := evaluation_of(run)) else () for run in runs]
    findings, shared = _findings(runs)
    return Comparison(
        runs=runs,
        settings=tuple(Row(label, tuple(map(say, problems))) for label, say in _SETTINGS.items()),
        scores=tuple(_scores(scores)),
        figures=tuple(_figures(runs, scores)),
        members=tuple(_members(runs)),
        columns=tuple(_columns(runs)),
        findings=findings,
        shared=shared,
    )


def _metrics(scores: Sequence[Sequence[Score]]) -> list[str]:
    """Every metric that a run has, those of the headlines first."""
    heads = [found[0].metric for found in scores if found]
    return list(dict.fromkeys([*heads, *(score.metric for found in scores for score in found)]))


def _scores(scores: Sequence[Sequence[Score]]) -> Iterable[Row]:
    for metric in _metrics(scores):
        found = [_of(metric, each) for each in scores]
        title = next(score.title for score in found if score)
        yield Row(title, tuple(_shown(score) for score in found))


def _of(metric: str, scores: Sequence[Score]) -> Score | None:
    return next((score for score in scores if score.metric == metric), None)


def _shown(score: Score | None) -> str:
    if score is None:
        return "–"
    value, low, high = column([score.value, score.low, score.high])
    return f"{value} ({low}–{high})"


def _figures(runs: Sequence[Run], scores: Sequence[Sequence[Score]]) -> Iterable[Figure]:
    """One chart for each headline metric that two runs or more were scored by."""
    for metric in dict.fromkeys(found[0].metric for found in scores if found):
        shown = [(run, s) for run, found in zip(runs, scores, strict=True) if (s := _of(metric, found))]
        if len(shown) < 2:
            continue
        first = shown[0][1]
        better = "more" if first.higher_is_better else "less"
        names = tuple(run.id[:LABEL] for run, _ in shown)
        value, low, high = (tuple(getattr(score, part) for _, score in shown) for part in ("value", "low", "high"))
        note = f"Sealed rows, 95 % intervals; {better} is better. Runs on other rows or targets are not comparable."
        yield Figure(
            "intervals", first.title, (Series(first.title, names, value, low, high),), x_label=first.title, note=note
        )


def _members(runs: Sequence[Run]) -> Iterable[Row]:
    """Learners in each run's graph, with their weights summed."""
    weights: list[dict[str, float]] = []
    for run in runs:
        model = model_of(run)
        weights.append({})
        for member in model.members if model else ():
            weights[-1][member.title] = weights[-1].get(member.title, 0.0) + member.weight
    for title in dict.fromkeys(title for each in weights for title in each):
        yield Row(title, tuple(f"{each[title]:.2f}" if title in each else "–" for each in weights))


def _columns(runs: Sequence[Run]) -> Iterable[Row]:
    """Columns that not all of the graphs take."""
    taken = [set(found.columns) if (found := model_of(run)) else set() for run in runs]
    for name in sorted(set().union(*taken)):
        row = Row(name, tuple("used" if name in each else "–" for each in taken))
        if row.differs:
            yield row


def _findings(runs: Sequence[Run]) -> tuple[tuple[tuple[Finding, tuple[bool, ...]], ...], int]:
    told = [{f.code + f.title: f for _, section, _ in run.sections() for f in section.findings} for run in runs]
    every = {key: finding for each in told for key, finding in each.items()}
    having = [(finding, tuple(key in each for each in told)) for key, finding in every.items()]
    return tuple(pair for pair in having if not all(pair[1])), sum(all(has) for _, has in having)
