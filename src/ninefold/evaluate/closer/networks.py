"""What the first convolution of the heaviest network of images makes of one, and what words of a text look at in the
heaviest one that reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ninefold.core.closer import FeatureMaps, SelfAttention
from ninefold.core.png import data_uri, png, smaller
from ninefold.core.section import Picture
from ninefold.core.table import Array, Rows
from ninefold.core.workshop import FIRST, LOOKS
from ninefold.evaluate.case import Case
from ninefold.evaluate.closer.images import pictured
from ninefold.evaluate.closer.worst import Worst
from ninefold.evaluate.members import asked, members_with

if TYPE_CHECKING:
    from ninefold.forms.onnx import Session

CHANNELS, SIDE = 12, 32
"""Channels that are shown, and pixels of a side of each."""
TEXTS, FEWEST, WORDS, TRIED = 2, 4, 24, 200
"""Texts whose words are shown looking at each other, words of each, at least and at most, and the worst texts among
which such are sought."""


def feature_maps_of(worst: Worst) -> FeatureMaps | None:
    """Of the worst image; None where no member has a convolution."""
    column = next(iter(worst.columns("image")), None)
    place = None if column is None else next(worst.rows(column, 1), None)
    if column is None or place is None:
        return None
    row = worst.case.rows.take(np.array([place]))
    for title, folder in members_with(worst.case, LOOKS):
        channels = asked(folder, LOOKS, row).get(FIRST)
        if channels is not None:
            seen = worst.seen(place)
            told = f"The sealed image: true {seen.truth}, said {seen.said}"
            image = pictured(row.columns[column.name][0], told)
            return FeatureMaps(title, FIRST, image, tuple(_shown(channels[0])), channels.shape[1])
    return None


def _shown(channels: Array) -> Iterator[Picture]:
    """Those of [C, H, W] that vary most, in their order, each from black, its least, to white, its most."""
    spread = channels.std(axis=(1, 2))
    for number in sorted(np.argsort(-spread, kind="stable")[:CHANNELS].tolist()):
        values = channels[number].astype(np.float64)
        low, high = float(values.min()), float(values.max())
        grey = smaller((255 * (values - low) / ((high - low) or 1.0)).round().astype(np.uint8)[..., None], SIDE)
        told = f"Channel {number + 1}: from {low:.2g} (black) to {high:.2g} (white)"
        yield Picture(data_uri(png(grey)), grey.shape[1], grey.shape[0], told)


def attention_of(worst: Worst) -> Iterator[SelfAttention]:
    """Of the worst texts that are neither too short nor too long to be shown."""
    reader = next(_readers(worst.case), None)
    if reader is None:
        return
    shown = 0
    for place in worst.order[:TRIED]:
        if shown == TEXTS or worst.clock.left <= 0:
            return
        row = worst.case.rows.take(np.array([place]))
        numbers = reader.view.run(row.columns)["x"]
        words = reader.words(row)
        if not FEWEST <= len(words) <= WORDS or (numbers != 0).sum() != len(words):
            continue
        shown += 1
        for layer, shares in reader.looks.run({"x": numbers}).items():
            weights = tuple(tuple(float(f"{w:.3g}") for w in each) for each in shares[0, : len(words)].tolist())
            yield SelfAttention(reader.title, layer, words, tuple(each[: len(words)] for each in weights))


@dataclass(frozen=True)
class _Reader:
    """A member that reads: the graph of its view, and that of what words look at."""

    title: str
    view: Session
    looks: Session

    def words(self, row: Rows) -> tuple[str, ...]:
        """As the view reads them, if it reads nothing else than texts."""
        from ninefold.forms.tokens import BREAK, read

        text = f" {BREAK} ".join(str(row.columns[name][0]) for name in self.view.inputs)
        return tuple(next(read(np.array([text], object))))


def _readers(case: Case) -> Iterator[_Reader]:
    """The heaviest first."""
    from ninefold.forms.onnx import Session

    for title, folder in members_with(case, LOOKS):
        looks = Session((folder / LOOKS).read_bytes())
        if FIRST not in looks.outputs:
            yield _Reader(title, Session((folder / "view.onnx").read_bytes()), looks)
