"""A weighted sum of the words and word sequences (n-grams) of a text, each counted once, through a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms import links
from ninefold.forms.onnx import Var, const, ml, op
from ninefold.forms.tokens import NOTHING, UNKNOWN

SMALL = 1e-300
"""Instead of the length of a text that has nothing."""
CELLS = 4_096
"""Places of a text times scores that the graph looks up at a time, so that long texts and many classes find room."""


@dataclass(frozen=True, eq=False)
class Grams:
    """Sequences of one to n words, numbered from 1 on, the single words first. ``words``: numbers from there on are
    unknown. ``keys``: for each length the sequences as numbers to the base ``words``, ascending."""

    words: int
    keys: tuple[Array, ...]

    @classmethod
    def often(cls, x: Array, longest: int, least: int, most: int) -> Grams:
        """The sequences [up to ``longest`` words] that occur in ``least`` of the texts ``x`` [N, T]; where there are
        more than ``most``, those that occur in most texts."""
        all_of_them = cls(int(x.max()) + 1, ())
        found = [_texts_with(all_of_them.written(x, n + 1)) for n in range(longest)]
        counts = np.concatenate([count for _, count in found])
        enough = max(least, int(-np.sort(-counts)[most]) + 1) if len(counts) > most else least
        return cls(all_of_them.words, tuple(keys[count >= enough] for keys, count in found))

    @property
    def count(self) -> int:
        return sum(map(len, self.keys))

    def places(self, width: int) -> int:
        """How many sequences a text of ``width`` words has at most."""
        return sum(width - i for i in range(min(width, len(self.keys))))

    def written(self, x: Array, length: int) -> Array:
        """[N, T - length + 1]: the sequence that begins at each place as one number; 0 where the text has ended."""
        known = np.where(x < self.words, x, UNKNOWN)
        width = max(0, x.shape[1] - length + 1)
        parts = [known[:, i : i + width] for i in range(length)]
        key = sum(part * self.words ** (length - 1 - i) for i, part in enumerate(parts))
        return np.where(np.all([part != NOTHING for part in parts], axis=0), key, NOTHING)

    def found(self, x: Array) -> Any:
        """[N, count] as a sparse matrix of ones: which sequences each text has."""
        from scipy.sparse import csr_array

        rows, columns, start = [], [], 0
        for length, keys in enumerate(self.keys, 1):
            written = self.written(x, length)
            places = np.minimum(np.searchsorted(keys, written), max(0, len(keys) - 1))
            there = np.nonzero(keys[places] == written) if len(keys) else (np.zeros(0, int),) * 2
            rows.append(there[0])
            columns.append(start + places[there])
            start += len(keys)
        pairs = np.unique(np.stack([np.concatenate(rows), np.concatenate(columns)]), axis=1)
        return csr_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(len(x), self.count))

    def nodes(self, x: Var, width: int) -> Var:
        """[N, L] numbers of the sequences of each text, each once; 0 where there is none. ``width`` is T."""
        known = op.where(op.less(x, const(self.words, np.int64)), x, const(UNKNOWN, np.int64))
        numbers = [self._numbers(known, length, width) for length in range(1, min(width, len(self.keys)) + 1)]
        every, places = op.concat(numbers, axis=1), self.places(width)
        ordered, _ = op.top_k(every, const([places], np.int64), axis=1)
        shifted = op.pad(ordered, const([0, 1, 0, 0], np.int64), const(-1, np.int64))
        again = op.equal(ordered, _columns(shifted, 0, places))
        return op.where(again, const(0, np.int64), ordered)

    def _numbers(self, known: Var, length: int, width: int) -> Var:
        parts = [_columns(known, i, width - length + 1 + i) for i in range(length)]
        key = parts[0]
        for part in parts[1:]:
            key = op.add(op.mul(key, const(self.words, np.int64)), part)
        keys, start = self.keys[length - 1], sum(map(len, self.keys[: length - 1]))
        if not len(keys):
            return op.mul(key, const(0, np.int64))
        return ml.label_encoder(  # a sequence that runs over the end of its text has a key that no other has
            key,
            keys_tensor=keys,
            values_tensor=start + 1 + np.arange(len(keys)),
            default_tensor=np.array([0]),
        )


def _columns(x: Var, start: int, end: int) -> Var:
    return op.slice(x, *(const([i], np.int64) for i in (start, end, 1)))


def _texts_with(written: Array) -> tuple[Array, Array]:
    """The different keys, ascending, and how many rows have each."""
    ordered = np.sort(written, axis=1)
    new = np.ones(ordered.shape, bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    keys, counts = np.unique(ordered[new & (ordered != NOTHING)], return_counts=True)
    return keys, counts


@dataclass(frozen=True, eq=False)
class WeighedGrams:
    """``weights`` [G, S] float32 and ``intercept`` [S] give S scores of a text ``width`` words long at most; the sum is
    divided by the root of the text's sum of ``squares`` [G], its length as a vector."""

    grams: Grams
    weights: Array
    intercept: Array
    link: links.Link
    width: int
    squares: Array

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        found = self.grams.found(x)
        lengths = np.sqrt(np.maximum(found @ self.squares, SMALL))
        scores = found @ self.weights.astype(np.float64) / lengths[:, None]
        return links.applied(self.link, scores + self.intercept)

    def graph(self, x: Var) -> Var:
        found = self.grams.nodes(x, self.width)
        places = self.grams.places(self.width)
        squares = _summed(found, self.squares[:, None], places)
        scores = op.div(_summed(found, self.weights, places), op.sqrt(op.max([squares, const(SMALL)])))
        return links.nodes(self.link, op.add(scores, const(self.intercept)))

    def borders(self) -> Array:
        return np.zeros((0, self.width), np.int64)


def _summed(found: Var, weights: Array, places: int) -> Var:
    """[N, S]: the weights [G, S] of what each text has, added up, so many places at a time."""
    table = op.cast(const(np.vstack([np.zeros_like(weights[:1]), weights]), weights.dtype), to=np.float64)
    step = max(1, CELLS // weights.shape[1])
    sums = [
        op.reduce_sum(op.gather(table, _columns(found, i, min(i + step, places))), const([1], np.int64), keepdims=0)
        for i in range(0, places, step)
    ]
    return op.sum(sums) if len(sums) > 1 else sums[0]
