"""The report: one HTML file that needs nothing else, and ``report.json`` with the same content for programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jinja2

from ninefold.core.section import Fact, Figure, Section, Table, Topic
from ninefold.core.words import column, duration
from ninefold.report import charts
from ninefold.report.document import Document, Stage, document, encode
from ninefold_runtime.files import write_whole

MOST_TILES = 5
MOST_ROWS = 200
"""Rows of a table and findings that the page shows; ``report.json`` has them all."""
LONGEST = 200
"""Letters of a cell that the page shows."""


@dataclass(frozen=True)
class Part:
    """A heading of the page and the stages told under it; ``topic`` gathers from all stages what belongs to it."""

    id: str
    title: str
    numbers: tuple[int, ...] = ()
    topic: Topic = ""
    questions: tuple[int, ...] = ()


PARTS = (
    Part("models", "Models", (5, 6)),
    Part("evaluation", "Evaluation", (7,)),
    Part("diagnosis", "Diagnosis", topic="diagnosis", questions=(4, 10, 11, 15)),
    Part("explanation", "Explanation", topic="explanation", questions=(47,)),
    Part("fairness", "Fairness", topic="fairness", questions=(50,)),
    Part("data", "Problem and data", (1, 2, 3, 4)),
    Part("deploy", "Deploy and watch", (8, 9)),
)


def render(folder: Path) -> Path:
    """Write ``report.json`` and ``report.html`` into a run folder; returns the page's path.

    Raises:
        RunError: when the folder holds no run.
        OSError: when the disk is full; files that were there stay as they were.
    """
    told = document(folder)
    write_whole(folder / "report.json", encode(told))
    path = folder / "report.html"
    write_whole(path, page(told).encode())
    return path


def page(told: Document) -> str:
    """The report as HTML. User text is escaped by the templates; only the charts are markup."""
    parts = [(part, _stages(told, part), _gathered(told, part)) for part in PARTS]
    present = [(part, stages, gathered) for part, stages, gathered in parts if stages or any(gathered)]
    return _templates().get_template("report.html").render(told=told, parts=present, tiles=tiles(told))


def tiles(told: Document) -> list[Fact]:
    """The numbers at the top: evaluation's first four, then the first of model, bundle, leaderboard and data."""
    facts = list(_facts(told.section(7))[: MOST_TILES - 1])
    facts += [fact for number in (6, 8, 5, 2) for fact in _facts(told.section(number))[:1]]
    return facts[:MOST_TILES]


def _facts(section: Section | None) -> tuple[Fact, ...]:
    return section.facts if section else ()


def _stages(told: Document, part: Part) -> list[Stage]:
    return [stage for number in part.numbers for stage in told.stages if stage.number == number]


def _gathered(told: Document, part: Part) -> tuple[list[Table], list[Figure]]:
    """Tables and figures of all stages with the part's topic."""
    if not part.topic:
        return [], []
    sections = [stage.section for stage in told.stages]
    tables = [table for section in sections for table in section.tables if table.topic == part.topic]
    return tables, [figure for section in sections for figure in section.figures if figure.topic == part.topic]


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"duration": duration, "chart": charts.draw, "data": charts.rows, "shown": charts.shown}
    environment.filters |= {"cells": cells}
    environment.globals["most"] = MOST_ROWS
    return environment


def cells(table: Table) -> list[list[tuple[str, bool]]]:
    """The rows of a table as text, each cell with whether it stands in a column of numbers."""
    columns = list(zip(*table.rows, strict=True))
    texts = [column(values) for values in columns]
    numeric = [_is_numeric(values) for values in columns]
    most = min(len(table.rows), MOST_ROWS)
    return [[(_cut(texts[j][i]), numeric[j]) for j in range(len(columns))] for i in range(most)]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _is_numeric(values: tuple[object, ...]) -> bool:
    return any(isinstance(v, (int, float)) for v in values) and not any(isinstance(v, str) for v in values)
