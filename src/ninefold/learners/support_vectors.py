"""Support vector machines with a linear, a polynomial or a Gaussian kernel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, get_args

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.kernel import Kernel, Kind, Similarity
from ninefold.forms.linear import Linear
from ninefold.learners import _libsvm
from ninefold.learners._nystroem import on_landmarks
from ninefold.learners._trivial import constant, is_trivial

MOST_ROWS = 20_000
LANDMARKS = 500


@dataclass(frozen=True)
class SupportVectors:
    """Separates classes by the widest margin, or follows values within a tube; the rows at its edge decide.

    Several classes are told apart pair by pair. Decisions become probabilities by Platt's sigmoid, fitted for every
    pair on decisions about rows that the machine did not see, and by the coupling of Price and others (1995). Above
    20,000 rows a kernel machine on landmarks (`Nystroem`) takes its place; where time is short, fewer rows are used.
    """

    kernel: Kind = setting("rbf", "How rows are alike", choices=get_args(Kind))
    c: float = setting(
        1.0, "Price of a row on the wrong side of the margin", low=0.01, high=1000.0, log=True, simpler="low"
    )
    gamma: float = setting(
        1.0, "Narrowness of the kernel: gamma x columns", low=0.01, high=30.0, log=True, simpler="low"
    )
    degree: int = setting(3, "Degree of the polynomial kernel", low=2, high=5)
    offset: float = setting(1.0, "Constant of the polynomial kernel", low=0.0, high=10.0)
    epsilon: float = setting(
        0.1, "Half the width of the tube, in spreads of the target", low=1e-3, high=1.0, log=True, simpler="high"
    )

    card: ClassVar[Card] = Card(
        title="Support vectors",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="The widest street between two classes; only the rows at its kerbs matter.",
        inductive_bias="Smooth in all columns at once; every column counts alike; a wide margin is preferred.",
        cost="Between rows squared and rows cubed, times columns, three times for probabilities.",
        source="Boser, Guyon and Vapnik 1992, Cortes and Vapnik 1995; LIBSVM through scikit-learn",
        questions=(19,),
        seconds=7.0,
        promise=0.2,
        family="kernel",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "imbalanced"),
        fails_on=("noise",),
        keeps_rows=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"c": 10.0, "gamma": 0.5},
        {"kernel": "polynomial", "c": 0.1, "degree": 2},
        {"kernel": "linear", "c": 0.1},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        similarity = Similarity(self.kernel, self.gamma / data.x.shape[1], self.degree, self.offset)
        if len(data.y) > MOST_ROWS:
            return on_landmarks(data, similarity, count=LANDMARKS, c=self.c, rng=rng, clock=clock)
        if data.task == "regression":
            return self._values(data, similarity, rng, clock)
        return self._classes(data, similarity, rng, clock)

    def _classes(self, data: Examples, similarity: Similarity, rng: np.random.Generator, clock: Clock) -> Form:
        from sklearn.svm import SVC

        def machine(known: Examples) -> Any:
            model = SVC(C=self.c, decision_function_shape="ovo", **_named(similarity))
            return _libsvm.quietly(model, known)

        model, known = _libsvm.in_time(machine, data, rng, clock)
        slope, offset = _libsvm.calibration(machine, known, clock)
        pairs = _libsvm.pairs_of(model, data.outputs)
        counts, intercept = (pairs.spread(part) * slope for part in _libsvm.weights(model))
        # Pairs with a class that was not met have no decision, and their log-odds are known.
        constant = pairs.spread(np.ones(len(pairs.known))) * offset + pairs.unknown

        def scores(x: Array) -> Array:
            return np.asarray(pairs.spread(_libsvm.decisions(model, x)) * slope + constant)

        form = Kernel(similarity, model.support_vectors_, counts, intercept + constant, "pairs", scores)
        return _folded(form)

    def _values(self, data: Examples, similarity: Similarity, rng: np.random.Generator, clock: Clock) -> Form:
        from sklearn.svm import SVR

        centre, spread = float(data.y.mean()), float(data.y.std())

        def machine(known: Examples) -> Any:
            return _libsvm.quietly(SVR(C=self.c, epsilon=self.epsilon, **_named(similarity)), known)

        model, _ = _libsvm.in_time(machine, replace(data, y=(data.y - centre) / spread), rng, clock)
        counts, intercept = model.dual_coef_.T * spread, model.intercept_ * spread + centre

        def scores(x: Array) -> Array:
            return np.asarray(model.predict(x) * spread + centre)[:, None]

        return _folded(Kernel(similarity, model.support_vectors_, counts, intercept, "identity", scores))


def _named(similarity: Similarity) -> dict[str, Value]:
    """The kernel in scikit-learn's words."""
    kind = "poly" if similarity.kind == "polynomial" else similarity.kind
    return {"kernel": kind, "gamma": similarity.gamma, "degree": similarity.degree, "coef0": similarity.offset}


def _folded(form: Kernel) -> Form:
    """Linear similarities to many rows are one weight per column."""
    if form.similarity.kind != "linear":
        return form
    return Linear(form.centres.T @ form.weights, form.intercept, form.link)
