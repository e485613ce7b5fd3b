"""What a speaker promises: it learns from texts and says the next token of one, or where in one an answer stands, as a
graph that anybody can ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

import msgspec
import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.protocols import Card
from ninefold_runtime.bundle import GRAPH
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.reading import READER, Reading
from ninefold_runtime.schema import Column, Task
from ninefold_runtime.speech import ENCODER, SPEECH, TOKENIZER, Speech
from ninefold_runtime.tokenizer import Tokens

SPEAKERS = "ninefold.speakers"
BASELINE: dict[Task, str] = {
    "translation": "copy",
    "language-model": "unigrams",
    "question-answering": "word_overlap",
}
"""The speaker that every other one is compared with."""


@dataclass(frozen=True, eq=False)
class Texts:
    """``sources`` and what each becomes, ``targets``; a language model has its texts in ``sources``, in their order,
    and no targets. Questions are ``sources``, their answers (empty: there is none) ``targets``, and ``passages`` where
    these stand. ``stop`` are further ones to stop growing on; they are never those that a fit is scored on."""

    task: Task
    sources: Sequence[str]
    targets: Sequence[str] = ()
    stop: Texts | None = None
    passages: Sequence[str] = ()


class Made(Protocol):
    """What a fit gives: ``files`` of a bundle by name.

    ``rounds``: how far the growing setting went. ``difference``: largest |graph - Python| of a log-probability.
    ``measures`` are what else was found while fitting, by name.
    """

    @property
    def files(self) -> dict[str, bytes]: ...

    @property
    def rounds(self) -> int | None: ...

    @property
    def difference(self) -> float: ...

    @property
    def measures(self) -> dict[str, float]: ...


@dataclass(frozen=True, eq=False)
class Spoken:
    """A fitted speaker that says the next token (see `ninefold_runtime.language.voice`)."""

    graph: bytes
    tokens: Tokens
    speech: Speech
    encoder: bytes | None = None
    rounds: int | None = None
    difference: float = 0.0
    measures: dict[str, float] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, bytes]:
        """By their names in the bundle."""
        made = {
            GRAPH: self.graph,
            TOKENIZER: msgspec.json.encode(self.tokens),
            SPEECH: msgspec.json.encode(self.speech),
        }
        return made if self.encoder is None else made | {ENCODER: self.encoder}


@dataclass(frozen=True, eq=False)
class Read:
    """A fitted speaker that finds answers (see `ninefold_runtime.language.reader`)."""

    graph: bytes
    reading: Reading
    rounds: int | None = None
    difference: float = 0.0
    measures: dict[str, float] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, bytes]:
        """By their names in the bundle."""
        return {GRAPH: self.graph, READER: msgspec.json.encode(self.reading)}


def one_text(texts: Texts) -> str:
    """The texts as lines of a single one."""
    return "".join(f"{text}\n" for text in texts.sources)


def source_of(columns: Sequence[Column]) -> Column | None:
    """The column that texts come from: the first of kind text, else the first that enters a graph as text."""
    texts = [column for column in columns if column.wire == "text"]
    return next((column for column in texts if column.kind == "text"), texts[0] if texts else None)


def columns_of(columns: Sequence[Column], passage: str) -> tuple[str, ...]:
    """The inputs of the graph: the column of texts; of questions theirs, which the name may tell, and that of the
    passages."""
    left = [column for column in columns if column.name != passage]
    named = [column for column in left if passage and "question" in column.name.lower()]
    source = source_of(named) or source_of(left)
    return () if source is None else (source.name, passage) if passage else (source.name,)


class Speaker(Protocol):
    """A part of `ninefold.speakers`: a frozen dataclass whose settings are its fields."""

    card: ClassVar[Card]
    portfolio: ClassVar[tuple[dict[str, Value], ...]]

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Made:
        """Learn from ``texts``; ends soon after ``clock`` runs out. What a longer fit writes into the folder ``place``
        it goes on from, should it be begun again."""
        ...


def reader_in(folder: Path, threads: int = 1) -> Reader:
    """The same of one that finds answers. Raises what `voice_in` does."""
    reading = msgspec.json.decode((folder / READER).read_bytes(), type=Reading)
    return Reader((folder / GRAPH).read_bytes(), reading, threads=threads)


def voice_in(folder: Path, threads: int = 1) -> Voice:
    """A fitted speaker whose files lie in ``folder``.

    Raises:
        OSError: when one is missing. BundleError: when a graph cannot be used.
    """
    tokens = msgspec.json.decode((folder / TOKENIZER).read_bytes(), type=Tokens)
    speech = msgspec.json.decode((folder / SPEECH).read_bytes(), type=Speech)
    encoder = folder / ENCODER
    return Voice(
        (folder / GRAPH).read_bytes(),
        encoder.read_bytes() if encoder.exists() else None,
        tokens,
        speech,
        threads=threads,
    )
