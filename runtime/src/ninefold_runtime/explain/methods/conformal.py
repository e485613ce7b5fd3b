"""Conformal: within which interval, or among which classes, the truth lies as often as promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold_runtime.conformal import Conformal as Promise
from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.explanation import Account, Cell, Explanation, Listing


@dataclass(frozen=True)
class Conformal:
    """Intervals or sets for the row at every level that the bundle answers for (`ninefold_runtime.conformal`)."""

    title: ClassVar[str] = "How sure: intervals and sets"

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Explain a table of one row.

        Raises:
            ExplainError: NF-R411 when the bundle promises nothing.
        """
        promise = asked.conformal
        if promise is None:
            hint = "quantiles are intervals already; of other values and of classes, make the bundle again"
            raise ExplainError("NF-R411", "this bundle carries no intervals or sets", hint=hint)
        said = asked.ask(row)
        base = asked.background.weights @ asked.ask(asked.background.columns)
        pairs = zip(asked.outputs, base.tolist(), said[0].tolist(), strict=True)
        accounts = tuple(Account(output, typical, value) for output, typical, value in pairs)
        table = _sets(asked, promise, said) if promise.score else _intervals(asked, promise, said)
        notes = (
            f"From {promise.rows:,} out-of-fold predictions of training rows: of rows like these, about the promised "
            "share holds the truth. Of a single row, or of a particular group of rows, nothing is promised.",
        )
        return Explanation("conformal", scale_of(asked.schema.target), accounts, notes, (table,))


def _intervals(asked: Asked, promise: Promise, said: Array) -> Listing:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for level in promise.levels:
            low, high = promise.intervals(said, level)
            for part, output in enumerate(asked.outputs):
                yield output, f"{level:.0%}", float(low[0, part]), float(said[0, part]), float(high[0, part])

    return Listing("The value lies", ("", "of such rows", "from", "predicted", "to"), tuple(rows()))


def _sets(asked: Asked, promise: Promise, said: Array) -> Listing:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for level in promise.levels:
            held = promise.sets(said, level)[0]
            ranked = [k for k in np.argsort(-said[0], kind="stable") if held[k]]
            yield f"{level:.0%}", float(len(ranked)), ", ".join(asked.outputs[k] for k in ranked)

    return Listing("The class is one of", ("of such rows", "classes", "most probable first"), tuple(rows()))
