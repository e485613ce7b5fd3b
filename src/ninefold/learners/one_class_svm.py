"""One-class support vector machine, its kernel approximated from centres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.distances import distance_graph, squares
from ninefold.forms.onnx import Var, const, op
from ninefold.learners._prototypes import prototypes
from ninefold.learners._trivial import constant
from ninefold.learners._unusual import is_uniform, ranked

ROWS = 10_000
"""Rows that the machine learns from at most."""
PASSES = 20
FLAT = 1e-10
"""Directions of the kernel matrix this small against its largest are left out."""


@dataclass(frozen=True)
class OneClassSvm:
    """Separates the rows from the origin of a kernel's space, with as wide a margin as ``outside`` allows.

    The Gaussian kernel is approximated from the centres of k-means instead of rows (Nyström's method with the
    landmarks of Zhang, Tsang and Kwok 2008), so that no row is kept; its width is what rows differ by from their
    centre. The machine is then linear and is found by stochastic gradient descent.
    """

    outside: float = setting(0.5, "Share of the rows that may lie outside", low=0.01, high=0.9)
    centres: int = setting(100, "Centres that the kernel is approximated from", low=4, high=500, log=True, tiny=8)

    card: ClassVar[Card] = Card(
        title="One-class support vector machine",
        solves=("anomaly",),
        view="scaled",
        idea="Draw the tightest smooth border around most rows; how far outside a row lies is how unusual it is.",
        inductive_bias="Normal rows fill smooth regions; distance counts alike in all columns.",
        cost="Rows x centres x columns for the kernel, rows x centres x passes for the machine.",
        source="Schölkopf and others 2001; scikit-learn's SGDOneClassSVM",
        questions=(19, 40),
        seconds=1.0,
        family="kernel",
        beats_baseline_on=("hollow", "strays"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_uniform(data):
            return constant(data)
        found = prototypes(data.x, self.centres, rng)
        kernel = _Kernel(found.centres, 2 * found.spread)
        machine = self._machine(int(rng.integers(2**31 - 1)))
        rows = np.sort(rng.permutation(len(data.x))[:ROWS])
        machine.fit(kernel(data.x[rows]) @ kernel.whitening)
        return ranked(_Border(kernel, kernel.whitening @ machine.coef_[:, None], machine), data, rng)

    def _machine(self, seed: int) -> Any:
        from sklearn.linear_model import SGDOneClassSVM

        return SGDOneClassSVM(nu=self.outside, average=True, max_iter=PASSES, tol=None, random_state=seed)


@dataclass(frozen=True, eq=False)
class _Kernel:
    """exp(-squared distance / ``width``) to ``centres`` [K, D]."""

    centres: Array
    width: float

    def __call__(self, x: Array) -> Array:
        return np.asarray(np.exp(-squares(x, self.centres) / self.width))

    @cached_property
    def whitening(self) -> Array:
        """[K, R]: turns similarities to the centres into coordinates whose products approximate the kernel."""
        values, vectors = np.linalg.eigh(self(self.centres))
        kept = values > FLAT * values[-1]
        return np.asarray(vectors[:, kept] / np.sqrt(values[kept]))


@dataclass(frozen=True, eq=False)
class _Border:
    """Minus a row's product with the normal of the machine's plane; ``weights`` [K, 1] take the kernel to it."""

    kernel: _Kernel
    weights: Array
    machine: Any

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return np.asarray(-self.machine.score_samples(self.kernel(x) @ self.kernel.whitening)[:, None])

    def graph(self, x: Var) -> Var:
        near = op.exp(op.div(distance_graph(x, self.kernel.centres), const(-self.kernel.width)))
        return op.matmul(near, const(-self.weights))

    def borders(self) -> Array:
        """The centres, and points half way between two."""
        centres = self.kernel.centres
        return np.vstack([centres, (centres[1:] + centres[:-1]) / 2])
