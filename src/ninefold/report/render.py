"""The report: one HTML file that needs nothing else, and ``report.json`` with the same content for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from ninefold.core.section import Exhibit, Fact, Figure, Finding, Section, Table, Topic
from ninefold.report.datasheet import NAME as SHEET
from ninefold.report.datasheet import datasheet
from ninefold.report.document import NAME, Document, Stage, decode, encode, read
from ninefold.report.environment import environment
from ninefold.report.grid import MOST_ROWS
from ninefold_runtime.files import write_whole

PAGE = "report.html"
MOST_TILES = 5
MOST_QUIET = 3
"""Kinds of findings without a warning that the page shows at once; more of them are folded."""


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
    Part("data", "Data", (1, 2, 3, 4)),
    Part("deploy", "Deployment", (8, 9)),
)


def render(folder: Path) -> Path:
    """Write ``report.json``, ``report.html`` and ``datasheet.md`` into a run folder; returns the page's path.

    The page is made from ``report.json``, which is enough where a run's chapters are gone.

    Raises:
        RunError: when the folder holds no run.
        OSError: when the disk is full; files that were there stay as they were.
    """
    told = encode(read(folder))
    write_whole(folder / NAME, told)
    sheet = datasheet(folder)
    if sheet is not None:
        write_whole(folder / SHEET, sheet.encode())
    path = folder / PAGE
    write_whole(path, page(decode(told)).encode())
    return path


def page(told: Document) -> str:
    """The report as HTML. User text is escaped by the templates; only the charts are markup."""
    parts = [(part, _stages(told, part), _gathered(told, part)) for part in PARTS]
    present = [(part, stages, gathered) for part, stages, gathered in parts if stages or gathered]
    loud, quiet = by_weight(told.findings)
    return (
        _templates()
        .get_template("report.html")
        .render(told=told, parts=present, tiles=tiles(told), loud=loud, quiet=quiet)
    )


def by_weight(findings: Sequence[Finding]) -> tuple[list[list[Finding]], list[list[Finding]]]:
    """Findings to show at once, and those to fold: the ones that warn of nothing, where they are many.

    Those of one code and level are together, in the place of the first of them.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.code), []).append(finding)
    loud = [group for (level, _), group in groups.items() if level in ("serious", "warning")]
    quiet = [group for (level, _), group in groups.items() if level in ("info", "good")]
    return (loud, quiet) if len(quiet) > MOST_QUIET else (loud + quiet, [])


def tiles(told: Document) -> list[Fact]:
    """The numbers at the top: evaluation's first four, then the first of model, bundle, leaderboard and data."""
    facts = list(_facts(told.section(7))[: MOST_TILES - 1])
    facts += [fact for number in (6, 8, 5, 2) for fact in _facts(told.section(number))[:1]]
    return facts[:MOST_TILES]


def _facts(section: Section | None) -> tuple[Fact, ...]:
    return section.facts if section else ()


def _stages(told: Document, part: Part) -> list[Stage]:
    return [stage for number in part.numbers for stage in told.stages if stage.number == number]


@dataclass(frozen=True)
class Gathered:
    """What stands under a heading of its own."""

    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tables or self.figures or self.exhibits)


def _gathered(told: Document, part: Part) -> Gathered:
    """What all stages have with the part's topic."""
    if not part.topic:
        return Gathered()
    sections = [stage.section for stage in told.stages]
    return Gathered(
        tuple(table for section in sections for table in section.tables if table.topic == part.topic and table.rows),
        tuple(figure for section in sections for figure in section.figures if figure.topic == part.topic),
        tuple(exhibit for section in sections for exhibit in section.exhibits if exhibit.topic == part.topic),
    )


def _templates() -> jinja2.Environment:
    made = environment()
    made.globals["most"] = MOST_ROWS
    return made
