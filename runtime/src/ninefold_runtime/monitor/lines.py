"""The monitor's Prometheus lines. At most `told.MOST_COLUMNS` columns become labels, those that matter most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ninefold_runtime.monitor.status import LEVELS
from ninefold_runtime.monitor.told import Told, Watched


def exposed(told: Told) -> Iterable[str]:
    """Whole families, each led by its HELP and TYPE."""
    model = f'model="{_escaped(told.model)}"'
    yield from _family("monitor_rows", "gauge", "Rows of the last day.", [(model, told.rows)])
    level = LEVELS.index(told.level)
    yield from _family("monitor_level", "gauge", "0 ok, 1 watch, 2 drift, 3 degraded.", [(model, level)])
    yield from _columns(told, model)
    scores = [(f'{model},metric="{score.metric}"', score.value) for score in told.estimated]
    yield from _family("estimated_metric", "gauge", "Score expected without labels.", scores)
    if told.labelled is not None:
        found = [(f'{model},metric="{score.metric}"', score.value) for score in told.labelled.scores]
        yield from _family("measured_metric", "gauge", "Score on labels that came.", found)
        evidence = [(model, told.labelled.evidence)]
        yield from _family("label_evalue", "gauge", "Evidence that answers are wrong more often.", evidence)


def _columns(told: Told, model: str) -> Iterable[str]:
    every = (*told.scores, *told.columns)

    def of(pick: str, columns: Sequence[Watched]) -> list[tuple[str, float]]:
        return [(f'{model},column="{_escaped(each.name)}"', getattr(each, pick)) for each in columns]

    yield from _family("drift_effect", "gauge", "Share of rows that would have to move.", of("effect", every))
    yield from _family("drift_evalue", "gauge", "1 / corrected p-value of a change.", of("evalue", every))
    yield from _family("missing_ratio", "gauge", "Share of missing values.", of("missing", told.columns))
    yield from _family("unseen_ratio", "gauge", "Change in the share of unlisted values.", of("unseen", told.columns))


def _family(name: str, kind: str, text: str, samples: Sequence[tuple[str, float]]) -> Iterable[str]:
    if samples:
        yield f"# HELP ninefold_{name} {text}"
        yield f"# TYPE ninefold_{name} {kind}"
        yield from (f"ninefold_{name}{{{labels}}} {value:.10g}" for labels, value in samples)


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
