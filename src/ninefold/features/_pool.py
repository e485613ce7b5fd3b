"""Families of made columns side by side: candidates as one block, and those of them that were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.features._making import Family, Sources
from ninefold.forms.onnx import Var, op


@dataclass(frozen=True)
class Pool:
    """``columns`` are the names of the block that all is made from. A fitted step by itself: [N, k] to [N, P]."""

    columns: tuple[str, ...]
    families: tuple[Family, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for family in self.families for name in family.names(self.columns))

    @property
    def sources(self) -> tuple[Sources, ...]:
        return tuple(pair for family in self.families for pair in family.sources)

    @property
    def categorical(self) -> tuple[int, ...]:
        marks = np.repeat([family.codes for family in self.families], [len(family.sources) for family in self.families])
        return tuple(np.flatnonzero(marks).tolist())

    def graph(self, block: Var) -> Var:
        return op.concat([family.graph(block) for family in self.families], axis=1)

    def only(self, places: Sequence[int]) -> Pool:
        """The pool with these of its columns, in its own order."""
        starts = np.cumsum([0, *(len(family.sources) for family in self.families)])
        chosen = np.sort(np.array(places, np.int64))
        within = [
            (family, chosen[(chosen >= start) & (chosen < start + len(family.sources))] - start)
            for family, start in zip(self.families, starts, strict=False)
        ]
        return Pool(self.columns, tuple(family.only(inner) for family, inner in within if len(inner)))


def distinct(ranked: Array, sources: Sequence[Sources], most: int) -> list[int]:
    """The first ``most`` of ``ranked`` positions of which no two are made from the same columns."""
    first = {frozenset(sources[i]): i for i in reversed(ranked.tolist())}
    return [i for i in ranked.tolist() if first[frozenset(sources[i])] == i][:most]
