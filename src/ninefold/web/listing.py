"""The table of runs: what is known of each, sorted and filtered as the address says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ninefold.core import parts
from ninefold.core.errors import RunError, WishError
from ninefold.core.lineage import lineage_of
from ninefold.core.results import Evaluation, Model, Score
from ninefold.report.document import without_password
from ninefold.runs import Run, read_order
from ninefold.web.desk import Desk
from ninefold.web.jobs import State, state_of, working
from ninefold.web.live import live_of
from ninefold.web.places import is_run


@dataclass(frozen=True)
class Facts:
    """What a run's chapters say, as far as it has come. ``seconds`` it took and ``bytes`` of its bundle, once known."""

    source: str
    target: str
    task: str
    metric: str
    score: Score | None
    seconds: float | None
    bytes: int | None
    last: str
    parent: str = ""
    """The run that it was started to replace."""


@dataclass(frozen=True)
class Line:
    run: str
    state: State
    facts: Facts
    age: float
    """Seconds since it was last written."""


def _rank(score: Score | None) -> float:
    """Better scores first, in the metric's own direction."""
    if score is None:
        return 0.0
    return -score.value if score.higher_is_better else score.value


SORTS: dict[str, Callable[[Line], tuple[bool, str | float]]] = {
    "data": lambda line: (False, f"{line.facts.source} {line.facts.target}".lower()),
    "metric": lambda line: (not line.facts.metric, line.facts.metric.lower()),
    "score": lambda line: (line.facts.score is None, _rank(line.facts.score)),
    "state": lambda line: (False, line.state),
    "time": lambda line: (line.facts.seconds is None, line.facts.seconds or 0.0),
    "size": lambda line: (line.facts.bytes is None, line.facts.bytes or 0),
    "age": lambda line: (False, line.age),
}
"""What the table can be sorted by; what is not known stands last."""


def lines(desk: Desk, words: str = "", state: str = "", sort: str = "age", down: bool = False) -> list[Line]:
    """The runs that have all ``words`` in their names, in the order asked for."""
    every = [_line(desk, folder) for folder in folders(desk.runs)]
    chosen = [line for line in every if state in ("", line.state) and _has(line, words)]
    key = SORTS.get(sort, SORTS["age"])
    known, unknown = ([line for line in chosen if key(line)[0] is missing] for missing in (False, True))
    return sorted(known, key=key, reverse=down) + unknown


def folders(runs: Path) -> list[Path]:
    """The folders of runs, the latest first."""
    if not runs.is_dir():
        return []
    return sorted((f for f in runs.iterdir() if is_run(f)), key=lambda f: f.stat().st_mtime, reverse=True)


def facts(folder: Path) -> Facts:
    """What a run says of itself; read anew only when one of its files was written."""
    names = ("1-problem.json", "7-evaluation.json", "8-bundle.json", "events.jsonl")
    paths = (folder / name for name in names)
    return _read(folder, tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths))


@lru_cache(maxsize=512)
def _read(folder: Path, _stamps: tuple[int, ...]) -> Facts:
    run, live = Run(folder), live_of(folder)
    source, target, task, metric = _problem(run)
    evaluation = evaluation_of(run)
    score = evaluation.headline if evaluation else None
    graph = folder / "bundle" / "model.onnx"
    return Facts(
        source=source,
        target=target,
        task=task,
        metric=score.title if score else metric,
        score=score,
        seconds=live.seconds,
        bytes=graph.stat().st_size if graph.is_file() else None,
        last=live.last,
        parent=lineage.parent if (lineage := lineage_of(folder)) else "",
    )


def evaluation_of(run: Run) -> Evaluation | None:
    """None before there is one, or where another release wrote it."""
    try:
        return run.evaluation
    except RunError:
        return None


def model_of(run: Run) -> Model | None:
    """None before there is one, or where another release wrote it."""
    try:
        return run.model
    except RunError:
        return None


def _problem(run: Run) -> tuple[str, str, str, str]:
    """Source, target, task and metric: of the problem, or before there is one of what was asked."""
    try:
        problem = run.problem
        metric = str(parts.find("ninefold.metrics", problem.metric).title)
        return Path(without_password(problem.source)).name, problem.sought, problem.task, metric
    except (RunError, WishError):
        pass
    try:
        order = read_order(run.folder)
        return Path(without_password(order.source or "dataframe")).name, order.wishes.sought, "", ""
    except RunError:
        return "?", "?", "", ""


def _line(desk: Desk, folder: Path) -> Line:
    process = working(desk, folder)
    found = facts(folder)
    return Line(folder.name, state_of(folder, process, found.last), found, time.time() - _written(folder))


def _written(folder: Path) -> float:
    events = folder / "events.jsonl"
    return (events if events.exists() else folder).stat().st_mtime


def _has(line: Line, words: str) -> bool:
    within = f"{line.run} {line.facts.source} {line.facts.target} {line.facts.task} {line.facts.metric}".lower()
    return all(word in within for word in words.lower().split())
