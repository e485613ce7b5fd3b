"""The questions about machine learning that a user's own runs answer, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ninefold.core import parts
from ninefold.core.questions import QUESTIONS as TOPICS
from ninefold.guide.page import pages
from ninefold.guide.questions import QUESTIONS, STAGES
from ninefold.runs import Run

MOST_RUNS = 20
"""The latest runs, whose sections are looked through."""
MOST_PLACES = 2
"""Runs that are named for a question."""


@dataclass(frozen=True)
class Place:
    """A run and the sections of its report: the anchor in its page, and the title, of each."""

    run: Run
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    number: int
    text: str
    places: tuple[Place, ...]
    learners: tuple[str, ...]
    """Learners whose cards name the question."""
    has_page: bool

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{self.number} {self.text} {TOPICS[self.number - 1]}".lower()


@dataclass(frozen=True)
class Stage:
    number: int
    title: str
    entries: tuple[Entry, ...]


def entries(runs: list[Run]) -> list[Entry]:
    """Every question with the sections that show it, those of the latest runs first."""
    places: dict[int, list[Place]] = {}
    for run in runs[:MOST_RUNS]:
        for question, sections in _shown(run).items():
            places.setdefault(question, []).append(Place(run, tuple(sections)))
    learners = _learners()
    return [
        Entry(
            number,
            text,
            tuple(places.get(number, ())[:MOST_PLACES]),
            tuple(learners.get(number, ())),
            number in pages(),
        )
        for number, text in QUESTIONS.items()
    ]


def stages(runs: list[Run]) -> list[Stage]:
    """The same by stage."""
    known = {entry.number: entry for entry in entries(runs)}
    return [
        Stage(number, title, tuple(known[each] for each in questions))
        for number, (title, questions) in enumerate(STAGES, 1)
    ]


def _shown(run: Run) -> dict[int, list[tuple[str, str]]]:
    """Anchor and title of the sections of a run's report by the question that they answer."""
    found: dict[int, list[tuple[str, str]]] = {}
    for number, section, _ in run.sections():
        for question in section.questions:
            found.setdefault(question, []).append((f"stage-{number}", section.title))
    return found


@cache
def _learners() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name in parts.names("ninefold.learners"):
        for question in parts.find("ninefold.learners", name).card.questions:
            found.setdefault(question, []).append(name.replace("_", " "))
    return found
