"""Sealed rows of images, texts, series and questions, looked at closely: part of noun 7. Holds cells of sealed rows:
for the report, never for a bundle."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Numbers, Picture, Word


@dataclass(frozen=True)
class Seen:
    """A sealed row: its truth, what the graph said of it, and the ``output`` that its parts are told of."""

    truth: str
    said: str
    output: str


@dataclass(frozen=True)
class SeenImage:
    """Its picture, and what areas of it give to that output."""

    row: Seen
    column: str
    picture: Picture


@dataclass(frozen=True)
class SeenText:
    """Its words, each with what the answer loses without it, and what stands between them."""

    row: Seen
    column: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class SeenAnswer:
    """A question, each word with what the answer loses without it, and the passage around what was said and what is
    true, both marked. ``right``: they are the same."""

    row: Seen
    question: tuple[Word, ...]
    passage: tuple[Word, ...]
    right: bool


@dataclass(frozen=True)
class SeenTranslation:
    """A source, each word with what the translation loses without it; what was ``said``, each word with those of the
    source that it came from under it. ``worth``: the chrF of this sentence; ``sure``: the mean probability of a token;
    ``middling``: half of the sentences have less chrF."""

    worth: float
    sure: float
    source: tuple[Word, ...]
    said: tuple[Word, ...]
    reference: str
    middling: bool


@dataclass(frozen=True)
class SeenSeries:
    """Its ``values``, moment by moment, and for each stretch of moments, which begins and ends at two ``edges``, by how
    much the answer falls where it is covered."""

    row: Seen
    column: str
    values: Numbers
    edges: tuple[int, ...]
    falls: tuple[float, ...]


@dataclass(frozen=True)
class FeatureMaps:
    """What a ``layer`` of a network makes of one image: so many of its ``channels``, those that vary most."""

    title: str
    layer: str
    image: Picture
    shown: tuple[Picture, ...]
    channels: int


@dataclass(frozen=True)
class SelfAttention:
    """How much each word of a text looks at each, the mean of the heads of one layer: a row of ``weights`` for each."""

    title: str
    layer: str
    words: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Closer:
    """The worst rows come first. ``method``: how areas of images were weighed, by name; ``explained``: the share of the
    ensemble's weight that it tells of. ``late`` says what there was no time for."""

    images: tuple[SeenImage, ...] = ()
    texts: tuple[SeenText, ...] = ()
    series: tuple[SeenSeries, ...] = ()
    feature_maps: FeatureMaps | None = None
    attention: tuple[SelfAttention, ...] = ()
    method: str = ""
    explained: float = 1.0
    late: str = ""
    answers: tuple[SeenAnswer, ...] = ()
    translations: tuple[SeenTranslation, ...] = ()
