"""Numbers looked up for category codes, put beside the columns of another form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


def slots(codes: Array, size: int) -> Array:
    """The place of each code in a table of ``size`` entries; place 0 is for missing codes and those beyond the end."""
    known = (codes >= 0) & (codes < size)  # false for NaN
    return np.where(known, codes, 0.0).astype(np.int64)


@dataclass(frozen=True, eq=False)
class LookedUp:
    """``inner`` sees D columns and T more: the t-th is ``tables[t, slot]`` of the code in column ``sources[t]``.

    ``tables`` [T, M] hold a number for each code below M; entry 0 is for codes that are missing or unseen.
    """

    width: int
    sources: Array
    tables: Array
    inner: Form

    @property
    def rounds(self) -> int | None:
        return self.inner.rounds

    def predict(self, x: Array) -> Array:
        return self.inner.predict(x)

    def graph(self, x: Var) -> Var:
        return self.inner.graph(self.beside(x))

    def beside(self, x: Var) -> Var:
        """What ``inner`` sees: [N, D + T]."""
        size = self.tables.shape[1]
        codes = op.gather(x, const(self.sources, np.int64), axis=1)
        known = op.and_(op.greater_or_equal(codes, const(0.0)), op.less(codes, const(float(size))))
        slot = op.cast(op.where(known, codes, const(0.0)), to=np.int64)
        places = op.add(slot, const(np.arange(len(self.tables)) * size, np.int64))
        return op.concat([x, op.gather(const(self.tables.ravel()), places)], axis=1)

    def borders(self) -> Array:
        """Those of ``inner``, and for each code a row that has it wherever a code is looked up."""
        codes = np.zeros((self.tables.shape[1] + 1, self.width))
        codes[:, self.sources] = np.arange(len(codes))[:, None]
        return np.vstack([self.inner.borders()[:, : self.width], codes])
