"""Occlusion: what the graph says less where an area of the image is covered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.explanation import Account, Explanation
from ninefold_runtime.explain.lime_image import grid
from ninefold_runtime.explain.regions import images_of, mapped
from ninefold_runtime.schema import Column

NOTE = (
    "An amount is by how much the answer falls when the area is covered with the mean colour of the image, and what "
    "stands for typical rows is the answer to an image covered whole; areas do not add up to anything."
)
SLIGHT = 1e-4
NOWHERE = "No area alone changes the answer: what is seen is in many places, or nowhere."


@dataclass(frozen=True)
class Occlusion:
    """Areas are covered one after the other (Zeiler and Fergus 2014); nothing is drawn, so ``seed`` does not matter."""

    title: ClassVar[str] = "Occlusion: which areas of the image matter"
    areas: int = 8
    """Per side of the image."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Any graph that takes images, with whatever members.

        Raises:
            ExplainError: NF-R416 where it takes none.
        """
        columns, said = images_of(asked, "occlusion"), asked.ask(row)[0]
        base = asked.ask({**row, **{column.name: _plain(row[column.name]) for column in columns}})[0]
        accounts = tuple(
            Account(output, float(low), float(value))
            for output, low, value in zip(asked.outputs, base, said, strict=True)
        )
        falls = [(column, said - self._covered(asked, row, column)) for column in columns]
        maps = tuple(
            mapped(column, output, fall[..., k]) for column, fall in falls for k, output in enumerate(asked.outputs)
        )
        notes = (NOTE,) if max(float(np.abs(fall).max()) for _, fall in falls) > SLIGHT else (NOTE, NOWHERE)
        return Explanation("occlusion", scale_of(asked.schema.target), accounts, notes, maps=maps)

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
