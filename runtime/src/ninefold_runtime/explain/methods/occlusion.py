"""Occlusion: what the graph says less where an area of the image, or a stretch of the series, is covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.asking import scale_of, spoken_of
from ninefold_runtime.explain.explanation import Account, Explanation, Listing
from ninefold_runtime.explain.lime_image import grid
from ninefold_runtime.explain.regions import mapped
from ninefold_runtime.explain.weighing import covered, level
from ninefold_runtime.schema import Column

IN_IMAGES = (
    "An amount is by how much the answer falls when the area is covered with the mean colour of the image; "
    "areas do not add up to anything."
)
IN_SERIES = (
    "An amount is by how much the answer falls when the moments are covered with the mean of the series; "
    "stretches do not add up to anything."
)
SLIGHT = 1e-4
NOWHERE = "Nothing alone changes the answer: what is seen is in many places, or nowhere."


@dataclass(frozen=True)
class Occlusion:
    """Areas are covered one after the other (Zeiler and Fergus 2014); nothing is drawn, so ``seed`` does not matter."""

    title: ClassVar[str] = "Occlusion: which areas of the image, or moments of the series, matter"
    areas: int = 8
    """Per side of the image."""
    stretches: int = 16
    """Of a series."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Any graph that takes images or series, with whatever members.

        Raises:
            ExplainError: NF-R416 where it takes none.
        """
        images, series = ([c for c in asked.schema.columns if c.kind == kind] for kind in ("image", "series"))
        if not images and not series:
            message = "occlusion explains images and series, and the bundle takes none"
            raise ExplainError("NF-R416", message, hint="ask for shap")
        said = asked.ask(row)[0]
        plain = {c.name: _plain(row[c.name]) for c in images} | {c.name: level(row[c.name]) for c in series}
        base = asked.ask({**row, **plain})[0]
        accounts = tuple(
            Account(output, float(low), float(value))
            for output, low, value in zip(asked.outputs, base, said, strict=True)
        )
        falls = [(column, said - self._covered(asked, row, column)) for column in images]
        maps = tuple(
            mapped(column, output, fall[..., k]) for column, fall in falls for k, output in enumerate(asked.outputs)
        )
        moments = [(column, *covered(asked, row, column.name, self.stretches)) for column in series]
        output = spoken_of(asked.schema.target, said)
        tables = tuple(_listing(asked, output, *each) for each in moments)
        most = max(float(np.abs(f).max(initial=0.0)) for f in (*(f for _, f in falls), *(f for _, _, f in moments)))
        notes = _notes(images=bool(images), series=bool(series), slight=most <= SLIGHT)
        against = f"the same {' and '.join(c.name for c in (*images, *series))} covered whole"
        return Explanation("occlusion", scale_of(asked.schema.target), accounts, tuple(notes), tables, maps, against)

    def _covered(self, asked: Asked, row: Arrays, column: Column) -> Array:
        """[h, w, K]: what is said with each area covered."""
        image = row[column.name][0]
        height, width = column.shape[:2]
        where = grid(height, width, self.areas)
        count, across = int(where.max()) + 1, int(where[0].max()) + 1
        hidden = np.where((where == np.arange(count)[:, None, None])[..., None], _plain(image), image)
        rows = {name: np.repeat(values, count, axis=0) for name, values in row.items()} | {column.name: hidden}
        return asked.ask(rows).reshape(count // across, across, -1)


def _plain(image: Array) -> Array:
    """All of it in its mean colour."""
    return np.broadcast_to(image.mean(axis=(-3, -2), keepdims=True).round().astype(image.dtype), image.shape)


def _listing(asked: Asked, output: int, column: Column, edges: tuple[int, ...], falls: Array) -> Listing:
    """Stretches by their first and last moment, counted from 1, the heaviest first."""
    spans = list(pairwise(edges))
    heaviest = np.argsort(-np.abs(falls[:, output]), kind="stable").tolist()
    rows = tuple((float(spans[k][0] + 1), float(spans[k][1]), float(falls[k, output])) for k in heaviest)
    title = f"Moments of {column.name}: what {asked.outputs[output]} owes to them"
    return Listing(title, ("first", "last", "amount"), rows)


def _notes(*, images: bool, series: bool, slight: bool) -> Iterator[str]:
    if images:
        yield IN_IMAGES
    if series:
        yield IN_SERIES
    if slight:
        yield NOWHERE
