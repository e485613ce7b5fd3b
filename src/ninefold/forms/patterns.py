"""How much of a series shows each of many fixed patterns: the features of MiniRocket (Dempster, Schmidt and Webb 2021).

A pattern is three moments of nine that are above the other six, by more than a bias. The nine lie a dilation apart, and
of several channels some are added up. Weights are whole, values are whole steps and biases halves between them, so that
a comparison never hangs on rounding: graph and NumPy count the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.stepped import CountedNodes, Stepped

WINDOW = 9
THREE = np.array([[2.0 if i in chosen else -1.0 for i in range(WINDOW)] for chosen in combinations(range(WINDOW), 3)])
"""[84, 9]: the weights of every kernel, which sum to 0."""
KERNELS = len(THREE)
PLACES = 256
"""Places of a series at which a kernel is looked for at most; of long series every second is passed, or more."""
CELLS = 4_000_000
"""Comparisons, and values in windows, held at once by NumPy."""
ROWS = 1_000
"""Rows that are predicted at once."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """All kernels with one dilation: ``channels`` bool [84, C] that each adds up, ``biases`` float32 [84, B]."""

    dilation: int
    channels: Array
    biases: Array

    @cached_property
    def weights(self) -> Array:
        """float32 [84, C, 9]."""
        return np.asarray(self.channels[:, :, None] * THREE[:, None, :], np.float32)


@dataclass(frozen=True, eq=False)
class Patterns:
    """Series in ``stepped`` to numbers [N, P + 2 C + 1]: for each bias of each sweep the share of places whose kernel
    is above it, of those places where all nine moments lie within the series; then means, spreads and the moments.

    ``edged``: series too short for nine moments get four of their mean at each end.
    """

    stepped: Stepped
    sweeps: tuple[Sweep, ...]
    edged: bool

    @property
    def count(self) -> int:
        """Patterns, P."""
        return sum(sweep.biases.size for sweep in self.sweeps)

    @property
    def _edge(self) -> int:
        return WINDOW // 2 if self.edged else 0

    def reach(self, dilation: int) -> int:
        """A kernel fits at a place if the series has more moments than the place and this, edges aside."""
        return (WINDOW - 1) * dilation - 2 * self._edge

    def stride(self, dilation: int) -> int:
        return max(1, -(-(self.stepped.length - self.reach(dilation)) // PLACES))

    def places(self, dilation: int) -> Array:
        """[L]: where the windows of a dilation begin."""
        return np.arange(0, self.stepped.length - self.reach(dilation), self.stride(dilation))

    def fits(self, ends: Array, dilation: int) -> Array:
        """bool [N, L]: at which places a kernel lies within the series."""
        return np.asarray(self.places(dilation) + self.reach(dilation) < ends[:, None])

    def summed(self, values: Array, sweep: Sweep) -> Array:
        """[N, C, T] to what each kernel finds at each place, float32 [N, 84, L]."""
        return np.asarray(sweep.weights.reshape(KERNELS, -1) @ self.windows(values, sweep.dilation))

    def windows(self, values: Array, dilation: int) -> Array:
        """[N, C x 9, L]: what a kernel sees at each place."""
        places, wide = self.places(dilation), np.pad(values, ((0, 0), (0, 0), (self._edge, self._edge)))
        seen = np.stack([wide[:, :, places + i * dilation] for i in range(WINDOW)], axis=2)
        return seen.reshape(len(values), -1, len(places))

    def shares(self, values: Array, ends: Array, sweep: Sweep) -> Array:
        """[N, 84 x B] of `Counted.values` and `Counted.ends`."""
        fits = self.fits(ends, sweep.dilation)
        count = np.maximum(fits.sum(axis=1), 1)[:, None]
        found = [self._found(values[rows], fits[rows], sweep) for rows in self._blocks(len(values), sweep)]
        return np.asarray(np.vstack([*found, np.zeros((0, sweep.biases.size))]) / count)

    def _blocks(self, rows: int, sweep: Sweep) -> Iterator[slice]:
        wide = max(sweep.biases.size, WINDOW * self.stepped.channels)
        step = max(1, CELLS // (wide * len(self.places(sweep.dilation))))
        return (slice(start, start + step) for start in range(0, rows, step))

    def _found(self, values: Array, fits: Array, sweep: Sweep) -> Array:
        """[N, 84 x B]: at how many places."""
        summed = self.summed(values, sweep)[:, :, None]
        above = np.empty((*summed.shape[:2], sweep.biases.shape[1], summed.shape[3]), np.float32)
        np.greater(summed, sweep.biases[:, :, None], out=above)
        flat = above.reshape(len(above), sweep.biases.size, -1)
        return np.asarray((flat @ fits[:, :, None].astype(np.float32))[:, :, 0], np.float64)

    def said(self, x: Array) -> Array:
        values, ends, plain = self.stepped.counted(x)
        return np.hstack([*(self.shares(values, ends, sweep) for sweep in self.sweeps), plain])

    def nodes(self, x: Var) -> Var:
        counted = self.stepped.nodes(x)
        return op.concat([*(self._nodes(counted, sweep) for sweep in self.sweeps), counted.plain], axis=1)

    def _nodes(self, counted: CountedNodes, sweep: Sweep) -> Var:
        found = op.conv(
            counted.values,
            const(sweep.weights, np.float32),
            kernel_shape=[WINDOW],
            dilations=[sweep.dilation],
            strides=[self.stride(sweep.dilation)],
            pads=[self._edge, self._edge],
        )
        above = op.greater(op.unsqueeze(found, const([2], np.int64)), const(sweep.biases[:, :, None], np.float32))
        places = self.places(sweep.dilation)
        flat = op.reshape(op.cast(above, to=np.float32), const([-1, sweep.biases.size, len(places)], np.int64))
        last = const((places + self.reach(sweep.dilation))[:, None], np.float32)
        fits = op.cast(op.less(last, op.unsqueeze(counted.ends, const([2], np.int64))), to=np.float32)
        count = op.max([op.reduce_sum(fits, const([1], np.int64), keepdims=False), const(1.0, np.float32)])
        number = op.squeeze(op.matmul(flat, fits), const([2], np.int64))
        return op.div(op.cast(number, to=np.float64), op.cast(count, to=np.float64))


@dataclass(frozen=True, eq=False)
class WeighedPatterns:
    """A weighted sum of the numbers of ``patterns``, through a link."""

    patterns: Patterns
    linear: Linear

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        parts = [self.linear.predict(self.patterns.said(x[i : i + ROWS])) for i in range(0, max(len(x), 1), ROWS)]
        return np.vstack(parts)

    def graph(self, x: Var) -> Var:
        return self.linear.graph(self.patterns.nodes(x))

    def borders(self) -> Array:
        """None: no sum of whole steps comes to a bias."""
        return np.zeros((0, self.patterns.stepped.length * self.patterns.stepped.channels))
