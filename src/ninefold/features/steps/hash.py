"""Levels dealt to a fixed number of columns by a hash of their text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._levels import counted, key, lookup
from ninefold.forms.onnx import Var, const, op

NOWHERE = -1


@dataclass(frozen=True)
class Hash:
    """[N, k] strings to [N, k·buckets] zeros and ones; levels that share a bucket are told apart no more.

    The hash is BLAKE2b of the level, hence the same everywhere. ONNX has none, so the graph holds the bucket of each
    training level; levels it has not met lie in no bucket, as does missing.
    Weinberger and others 2009, "Feature hashing for large scale multitask learning".
    """

    buckets: int = setting(16, "columns per raw column", low=2, high=1024, log=True, tiny=4)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        places = {
            key(column, level): bucket(level, self.buckets)
            for column, count in enumerate(counted(block.values))
            for level in count
        }
        table = places or {"": NOWHERE}
        names = tuple(f"{name} #{i}" for name in block.names for i in range(self.buckets))
        return _Fitted(names, tuple(table), np.array(list(table.values()), np.float64), len(block.names))


def bucket(level: str, buckets: int) -> int:
    """Where a level belongs, whatever else there is."""
    return int.from_bytes(hashlib.blake2b(level.encode(), digest_size=8).digest(), "big") % buckets


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    keys: tuple[str, ...]
    places: Array
    width: int
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        buckets = len(self.names) // self.width
        place = lookup(block, self.keys, self.places, float(NOWHERE), self.width)
        own = op.gather(place, const(np.repeat(np.arange(self.width), buckets), np.int64), axis=1)
        return op.cast(op.equal(own, const(np.tile(np.arange(buckets), self.width))), to=np.float64)
