"""What is shown of the worst images, texts and series, and of what a network makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ninefold.core.closer import Closer, FeatureMaps, Seen, SeenAnswer, SeenSeries, SeenTranslation, SelfAttention
from ninefold.core.section import Exhibit, Figure, Item, Line, Series, Word
from ninefold.core.words import counted

HOW = {
    "grad_cam": "Grad-CAM: what each area gives to the score of what was said, by a network that ships",
    "occlusion": "by how much the probability or value of what was said falls where the area is covered",
}
SIGNS = "+ speaks for what was said, − against it."
ANSWERED = (
    "Of each word of the question what the probability of what was said loses without it, the passage staying whole. "
    f"{SIGNS} The truth is marked where it was said, else where it stands first; … stands for what is left out."
)
TRANSLATED = (
    "Under each word that was said stand those of the source without which its probability falls most, or nothing "
    "where none alone matters; in the source, what the probability of a token of it all loses without a word. Each was "
    f"hidden in turn: this is not attention. {SIGNS}"
)


def exhibits(closer: Closer | None) -> Iterator[Exhibit]:
    if closer is None:
        return
    if closer.images:
        items = tuple(Item(_named(each.row), (each.picture,)) for each in closer.images)
        title = f"{_first(len(items), 'sealed image')} with the largest loss, and where in them it was seen"
        yield Exhibit(title, items, _images(closer), "diagnosis")
    for column in dict.fromkeys(each.column for each in closer.texts):
        texts = [each for each in closer.texts if each.column == column]
        items = tuple(Item(_named(each.row), words=each.words) for each in texts)
        title = f"{_first(len(items), 'sealed text')} with the largest loss, word by word ({column})"
        note = f"What the probability or value of what was said loses without the word. {SIGNS}"
        yield Exhibit(title, items, note, "diagnosis")
    yield from _answers(closer.answers)
    yield from _translations(closer.translations)
    if closer.feature_maps is not None:
        yield _features(closer.feature_maps)


def _first(count: int, what: str) -> str:
    return f"The {what}" if count == 1 else f"The {counted(count, what)}"


def _answers(seen: Sequence[SeenAnswer]) -> Iterator[Exhibit]:
    wrong, right = ([each for each in seen if each.right == is_right] for is_right in (False, True))
    told = (
        (wrong, f"{_first(len(wrong), 'sealed question')} answered worst, the surest first"),
        (right, f"{_first(len(right), 'sealed question')} answered rightly, as surely as right ones usually are"),
    )
    for some, title in told:
        items = tuple(
            Item(_named(each.row), lines=(Line("question", each.question), Line("passage", each.passage)))
            for each in some
        )
        if items:
            yield Exhibit(title, items, ANSWERED, "diagnosis")


def _translations(seen: Sequence[SeenTranslation]) -> Iterator[Exhibit]:
    if seen:
        worst = sum(not each.middling for each in seen)
        title = f"{_first(worst, 'sealed sentence')} translated worst"
        title += f", and {len(seen) - worst} in the middle" if len(seen) > worst else ""
        yield Exhibit(title, tuple(map(_translation, seen)), TRANSLATED, "diagnosis")


def _translation(seen: SeenTranslation) -> Item:
    said = seen.said or (Word("nothing"),)
    lines = (Line("source", seen.source), Line("said", said), Line("reference", (Word(seen.reference),)))
    where = "in the middle" if seen.middling else "among the worst"
    return Item(f"{where}: chrF {seen.worth:.0f}, sure of a token {seen.sure:.0%}", lines=lines)


def _named(row: Seen) -> str:
    return f"true {row.truth}, said {row.said}"


def _images(closer: Closer) -> str:
    whole = "" if closer.explained > 1 - 1e-9 else f" (it has {closer.explained:.0%} of the ensemble's weight)"
    return f"Beside each image {HOW[closer.method]}{whole}. {SIGNS}"


def _features(maps: FeatureMaps) -> Exhibit:
    shown = f"{len(maps.shown)} of {counted(maps.channels, 'channel')}"
    items = (Item("the image", (maps.image,)), Item(f"{shown}, those that vary most", maps.shown))
    title = f"{maps.title}: what its {maps.layer} makes of one image"
    note = "Each channel looks for something of its own; white is where it finds most of it."
    return Exhibit(title, items, note, "explanation")


def figures(closer: Closer | None) -> Iterator[Figure]:
    if closer is None:
        return
    yield from (_series(each) for each in closer.series)
    yield from (_attention(each) for each in closer.attention)


def _series(seen: SeenSeries) -> Figure:
    moments = tuple(float(moment) for moment in range(1, len(seen.values) + 1))
    starts = tuple(edge + 0.5 for edge in seen.edges)
    heaviest = int(np.argmax(np.abs(seen.falls)))
    span = f"moments {seen.edges[heaviest] + 1} to {seen.edges[heaviest + 1]}"
    way = "for" if seen.falls[heaviest] > 0 else "against"
    told = f"{span} speak most {way} {seen.row.output}" if seen.falls[heaviest] else "no stretch alone matters"
    given = Series(f"speaks for {seen.row.output}", starts, (*seen.falls, math.nan))
    note = (
        f"A sealed row with one of the largest losses: {_named(seen.row)}. Below it, by how much that falls where the "
        "moments are covered with the mean of the series."
    )
    return Figure(
        "moments",
        f"{seen.column}: {told}",
        (Series(seen.column, moments, seen.values), given),
        "moment",
        seen.column,
        note,
        topic="diagnosis",
    )


def _attention(seen: SelfAttention) -> Figure:
    names = seen.words
    series = tuple(
        Series(name, names, tuple(100 * weight for weight in row))
        for name, row in zip(names, seen.weights, strict=True)
    )
    title = f"{seen.title}, {seen.layer}: {_most(names, seen.weights)} is looked at most"
    note = "What each word (a row) takes from each, in per cent: self-attention, the mean of its heads."
    return Figure("matrix", title, series, "looked at", "word", note, topic="explanation", relative=True)


def _most(words: Sequence[str], weights: Sequence[Sequence[float]]) -> str:
    return f"“{words[int(np.argmax(np.mean(weights, axis=0)))]}”"


def text(closer: Closer | None) -> tuple[str, ...]:
    return (closer.late,) if closer is not None and closer.late else ()
