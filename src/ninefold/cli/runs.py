"""``ninefold runs``: the runs there are, the newest first."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ninefold.cli.places import Json, Runs

if TYPE_CHECKING:
    from ninefold.runs import Run


@dataclass(frozen=True)
class Line:
    """One run in a list. ``score`` is None while its evaluation is not written; ``age`` in seconds."""

    run: str
    source: str
    target: str
    metric: str
    score: float | None
    age: float
    folder: str
    parent: str = ""
    """The run that it was started to replace."""


def runs(runs: Runs = Path("runs"), as_json: Json = False) -> None:
    """List the runs: data, target, score, age."""
    import json

    from ninefold.cli.tables import grid
    from ninefold.cli.terminal import answers, words, write_line

    found = lines(runs)
    if as_json:
        write_line(json.dumps({"runs": [asdict(line) for line in found]}))
    elif found:
        headings = ("run", "data → target", "metric", "score", "age")
        answers().print(grid(headings, [cells(line) for line in found], (False, False, False, True, True), None))
    else:
        answers().print(words(f"No runs in {runs} yet. Make one: ", ("ninefold run DATA --target COLUMN", "bold")))


def lines(runs: Path, most: int | None = None) -> list[Line]:
    """The runs in a folder; none where there is no such folder."""
    if not runs.is_dir():
        return []
    from ninefold.runs import listed

    return [_line(run) for run in listed(runs)[:most]]


def _line(run: Run) -> Line:
    from ninefold.core.book import read_chapter
    from ninefold.core.errors import RunError
    from ninefold.core.lineage import lineage_of

    age = time.time() - (run.folder / "1-problem.json").stat().st_mtime
    problem = run.problem
    try:
        headline = run.evaluation.headline if read_chapter(run.folder, 7) else None
    except RunError:
        headline = None
    title, score = (headline.title, headline.value) if headline else (problem.metric, None)
    lineage = lineage_of(run.folder)
    source, parent = (lineage.data, lineage.parent) if lineage else (problem.source, "")
    return Line(run.id, Path(source).name, problem.sought, title, score, age, str(run.folder), parent)


def cells(line: Line) -> tuple[str, ...]:
    from ninefold.core.words import ago, cell

    score = "unfinished" if line.score is None else cell(float(line.score))
    name = f"{line.run} ← {line.parent}" if line.parent else line.run
    return name, f"{line.source} → {line.target}", line.metric, score, ago(line.age)
