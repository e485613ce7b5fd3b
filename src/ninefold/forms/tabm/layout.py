"""How TabM's networks are laid out: how columns enter, and how many numbers stand where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array


@dataclass(frozen=True)
class Shape:
    """``members`` networks of ``blocks`` layers, ``width`` units each; ``embedding`` numbers stand for one embedded
    column; each member gives ``scores`` numbers."""

    members: int
    blocks: int
    width: int
    embedding: int
    scores: int


@dataclass(frozen=True, eq=False)
class Inputs:
    """Column ``embedded[f]`` enters through pieces between its ``edges[f]`` (float32, rising, three or more); the
    columns ``plain`` enter as they are."""

    embedded: Array
    edges: tuple[Array, ...]
    plain: Array

    def pieces(self) -> tuple[Array, Array, Array, Array]:
        """``rise``, ``start``, ``low`` and ``high``, all [F, B + 1]: piece b of column f is
        min(max(x rise + start, low), high), which grows from 0 to 1 between two edges.

        The first piece has no lower bound and the last no upper one; it stands in place B - 1 for every column, and
        pieces that a column lacks before it are 0 (the layout of rtdl_num_embeddings). Place B is x itself.
        """
        most = max(len(edges) for edges in self.edges) - 1
        rise, start = np.zeros((2, len(self.edges), most + 1), np.float32)
        rise[:, most] = 1.0
        for f, edges in enumerate(self.edges):
            places = [*range(len(edges) - 2), most - 1]
            # In float32, as the library computes them: rounding must be the same.
            rise[f, places] = 1 / np.diff(edges)
            start[f, places] = -edges[:-1] / np.diff(edges)
        low, high = np.zeros(most + 1), np.ones(most + 1)
        low[[0, most]], high[[most - 1, most]] = -np.inf, np.inf
        return rise, start, np.tile(low, (len(rise), 1)), np.tile(high, (len(rise), 1))
