"""The report as plain data: what ``report.json`` holds, and what the page is rendered from."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ninefold import __version__
from ninefold.core import book
from ninefold.core.problem import Problem
from ninefold.core.section import Finding, Section
from ninefold.report.command import reproduce

FORMAT = 1
ORDER = ("serious", "warning", "info", "good")


class Stage(msgspec.Struct, frozen=True):
    """One chapter of the run: its number, 1 to 9, its name, how long it took, and what it has to say."""

    number: int
    name: str
    seconds: float
    section: Section


class Document(msgspec.Struct, frozen=True):
    """A run, told by its sections. ``format`` is the version of this very structure; ``written`` is UTC, ISO 8601."""

    format: int
    run: str
    ninefold: str
    written: str
    source: str
    target: str
    seed: int
    seconds: float
    command: str
    findings: tuple[Finding, ...]
    stages: tuple[Stage, ...]

    @property
    def name(self) -> str:
        """The source without its folder."""
        return self.source.rstrip("/").rsplit("/", 1)[-1]

    def section(self, number: int) -> Section | None:
        return next((stage.section for stage in self.stages if stage.number == number), None)


def document(folder: Path) -> Document:
    """The report of a run folder, as far as the run has come; findings are sorted, the gravest first.

    Raises:
        RunError: when the folder holds no first chapter.
    """
    problem = book.read_noun(folder, 1, Problem)
    problem = dataclasses.replace(problem, source=without_password(problem.source))
    stages = tuple(Stage(number, book.NAMES[number - 1], s, section) for number, section, s in book.sections(folder))
    findings = [finding for stage in stages for finding in stage.section.findings]
    return Document(
        format=FORMAT,
        run=folder.resolve().name,
        ninefold=__version__,
        written=datetime.now(UTC).isoformat(timespec="seconds"),
        source=problem.source,
        target=problem.sought,
        seed=problem.seed,
        seconds=sum(stage.seconds for stage in stages),
        command=reproduce(problem),
        findings=tuple(sorted(findings, key=lambda finding: ORDER.index(finding.level))),
        stages=stages,
    )


def encode(told: Document) -> bytes:
    """As indented JSON; numbers that JSON cannot write (NaN, infinity) become null."""
    return msgspec.json.format(msgspec.json.encode(told))


def without_password(source: str) -> str:
    """A database URL as it may be shown: the password is left out."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1@", source)
