"""Champion and challenger: some of the rows are answered by another model, the same row always by the same one."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, RuntimeException

from ninefold_runtime.model import Model
from ninefold_runtime.schema import Schema

Array = NDArray[Any]
TROUBLE = (Fail, InvalidArgument, RuntimeException)
"""What ONNX Runtime raises when a graph cannot be run on some rows."""
_WHOLE = 1 << 64
Run = Callable[[Mapping[str, Array]], list[Array]]


@dataclass
class Asked:
    """What a request says of its split, and what is to be told of it. ``key``: all its rows go to one model."""

    key: str
    answered: dict[str, int] = field(default_factory=dict)
    """Rows by the digest of the graph that answered them."""


ASKED: ContextVar[Asked | None] = ContextVar("ASKED", default=None)
"""The request that is being answered, where there is a split."""


@dataclass
class Split:
    """``share`` of the rows go to the challenger. ``salt`` keeps splits of several models independent."""

    challenger: Model
    share: float
    salt: str
    versions: tuple[str, str]
    """Digests of the champion's and the challenger's graph."""
    rows: list[int] = field(default_factory=lambda: [0, 0])
    """Answered by each of the two."""
    failures: int = 0
    """Rows that were the challenger's and that it could not answer; the champion did."""

    def run(self, champion: Run, schema: Schema, feed: Mapping[str, Array]) -> list[Array]:
        """The outputs of the graph, each row's from the model that it belongs to. ``schema`` is the champion's."""
        count = len(next(iter(feed.values())))
        theirs = self._theirs(schema, feed, count)
        made = []
        if theirs.any():
            try:
                made.append((self.challenger.run(_some(feed, self.challenger.schema, theirs)), theirs))
            except TROUBLE:
                self.failures += int(theirs.sum())
                theirs = np.zeros(count, np.bool_)
        if not theirs.all() or not count:
            made.append((champion(_some(feed, schema, ~theirs)), ~theirs))
        self._note(int(theirs.sum()), count)
        return made[0][0] if len(made) == 1 else _put_together(made, count)

    def _theirs(self, schema: Schema, feed: Mapping[str, Array], count: int) -> NDArray[np.bool_]:
        """Which rows are the challenger's."""
        request = ASKED.get()
        if request is not None and request.key:
            return np.full(count, self._takes(request.key.encode()))
        return np.array([self._takes(row) for row in rows_as_bytes(schema, feed, count)], np.bool_)

    def _note(self, taken: int, count: int) -> None:
        request = ASKED.get()
        for place, number in enumerate((count - taken, taken)):
            self.rows[place] += number
            if request is not None and number:
                request.answered[self.versions[place]] = request.answered.get(self.versions[place], 0) + number

    def _takes(self, what: bytes) -> bool:
        """Whether the challenger answers: the digest, as a number from 0 to 1, lies below the share."""
        digest = hashlib.blake2b(what, digest_size=8, key=self.salt.encode()[:64]).digest()
        return int.from_bytes(digest, "big") < self.share * _WHOLE


def _some(feed: Mapping[str, Array], schema: Schema, mask: NDArray[np.bool_]) -> dict[str, Array]:
    """Some of the rows, of the columns that a model wants."""
    wanted = {name: feed[name] for name in schema.names}
    return wanted if mask.all() else {name: array[mask] for name, array in wanted.items()}


def rows_as_bytes(schema: Schema, feed: Mapping[str, Array], rows: int) -> Sequence[bytes]:
    """Each wired row as bytes, the same ones however it was sent: as JSON, as CSV, alone or among others."""
    columns = sorted(schema.columns, key=lambda column: column.name)
    texts = [feed[column.name] for column in columns if column.wire == "text"]
    bits = [_bits(feed[column.name]) for column in columns if column.wire != "text"]
    numbers = np.column_stack(bits) if bits else np.empty((rows, 0))
    words = zip(*texts, strict=True) if texts else [()] * rows
    return [
        row.tobytes() + "\0".join(said).encode("utf-8", "surrogatepass")
        for row, said in zip(numbers, words, strict=True)
    ]


def _bits(array: Array) -> NDArray[np.int64]:
    """One pattern for all that is equal: there is one zero, and one NaN."""
    wide = array.reshape(len(array), -1)
    plain = wide.astype(np.int64) if array.dtype.kind in "iu" else np.where(np.isnan(wide), math.nan, wide + 0.0)
    return plain.view(np.int64)


def _put_together(made: Sequence[tuple[Sequence[Array], Array]], rows: int) -> list[Array]:
    whole = [np.empty((rows, *output.shape[1:]), output.dtype) for output in made[0][0]]
    for outputs, mask in made:
        for into, output in zip(whole, outputs, strict=True):
            into[mask] = output
    return whole
