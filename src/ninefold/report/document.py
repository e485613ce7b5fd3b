"""The report as plain data: what ``report.json`` holds, and what the page is rendered from."""

from __future__ import annotations

import dataclasses
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ninefold import __version__
from ninefold.core import book
from ninefold.core.errors import RunError
from ninefold.core.lineage import Lineage, lineage_of
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding, Section
from ninefold.report.command import reproduce
from ninefold.report.judgement import Judgement, judge

FORMAT = 1
NAME = "report.json"
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
    verdict: Judgement | None = None
    """None in reports of earlier releases."""
    lineage: Lineage | None = None
    """Of a run that was started to replace another, or that learned from it."""

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
    findings = sorted(
        (finding for stage in stages for finding in stage.section.findings), key=lambda each: ORDER.index(each.level)
    )
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
        findings=tuple(findings),
        stages=stages,
        verdict=_verdict(folder, problem, findings),
        lineage=lineage_of(folder),
    )


def read(folder: Path) -> Document:
    """`document`; what its ``report.json`` holds where the chapters of a run are gone, or cannot be read any more.

    Raises:
        RunError: when that is not there either, or is of a later release.
    """
    try:
        return document(folder)
    except RunError:
        with suppress(FileNotFoundError, msgspec.DecodeError):
            told = decode((folder / NAME).read_bytes())
            if told.format == FORMAT:
                return told
        raise


def _verdict(folder: Path, problem: Problem, findings: list[Finding]) -> Judgement | None:
    """None where an evaluation was written by a release whose noun is no longer read."""
    if book.read_chapter(folder, 7) is None:
        return judge(problem, None, findings)
    with suppress(RunError):
        return judge(problem, book.read_noun(folder, 7, Evaluation), findings)
    return None


def encode(told: Document) -> bytes:
    """As indented JSON; numbers that JSON cannot write (NaN, infinity) become null."""
    return msgspec.json.format(msgspec.json.encode(told))


def decode(raw: bytes) -> Document:
    """What `encode` wrote.

    Raises:
        DecodeError: when it did not.
    """
    return msgspec.json.decode(raw, type=Document)


def without_password(source: str) -> str:
    """A database URL as it may be shown: the password is left out."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1@", source)
