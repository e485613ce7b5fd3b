"""What is practised: cards, and what stands on each. Cards are many and cheap; what stands on one is read when it is
shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ninefold.guide.said import Shown
from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.topics import topic_of

Kind = Literal["recall", "predict", "code", "debug"]
SECONDS: dict[Kind, float] = {"recall": 45, "predict": 60, "code": 300, "debug": 480}
"""What a card is thought to take, until the reader's own times are known."""


@dataclass(frozen=True)
class Card:
    """``question`` is the one of the fifty; ``name`` that of the broken run, where it is one."""

    kind: Kind
    question: int
    name: str = ""

    @property
    def id(self) -> str:
        """20-recall, debug-leak_in_scaling."""
        return f"debug-{self.name}" if self.name else f"{self.question}-{self.kind}"

    @property
    def topic(self) -> str:
        return topic_of(self.question)


@dataclass(frozen=True)
class Recall:
    """A question, to be answered in one's own words, and the page's answer (Markdown)."""

    asked: str
    answer: str


@dataclass(frozen=True)
class Predict:
    """``truth`` is one of the options; ``answer`` (Markdown) tells why, ``seen`` is what the experiment shows."""

    asked: str
    options: tuple[str, ...]
    truth: str
    answer: str
    seen: Shown | None


@dataclass(frozen=True)
class Code:
    """A function to write, or to mend."""

    asked: str
    exercise: Exercise


Content = Recall | Predict | Code
