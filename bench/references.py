"""Whether the learners reach the figures known from trusted implementations, and their graphs the same figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

import results
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.onnx import Session, form_graph

FOLDS = 5


@dataclass(frozen=True)
class Case:
    """A learner on a data set that ships with scikit-learn, and the accuracy that is known for it.

    Five folds, stratified, or one split (``holdout``) where the figure is of one. ``spread`` is the standard deviation
    over the reference's folds where that is known; ``above`` names a learner and how far it must be outdone.
    """

    learner: str
    data: str
    reference: float
    settings: Mapping[str, parts.Value] = field(default_factory=dict)
    spread: float | None = None
    scaled: bool = False
    holdout: bool = False
    above: tuple[str, float] | None = None

    @property
    def name(self) -> str:
        told = ", ".join(f"{key}={value}" for key, value in self.settings.items())
        return f"{self.learner}({told}) on {self.data}" + (", scaled" if self.scaled else "")


FOREST = {"trees": 300, "min_rows": 1}
CASES = (
    Case("logistic_regression", "breast_cancer", 0.979, {"c": 1.0}, spread=0.014, scaled=True),
    Case("logistic_regression", "digits", 0.969, {"c": 1.0}, scaled=True),
    Case("nearest_neighbours", "digits", 0.9878, {"k": 3, "weights": "uniform"}, spread=0.003),
    Case("nearest_neighbours", "breast_cancer", 0.965, {"k": 3, "weights": "uniform"}, scaled=True),
    Case("nearest_neighbours", "breast_cancer", 0.932, {"k": 3, "weights": "uniform"}),
    Case("decision_tree", "breast_cancer", 0.937, holdout=True),
    Case("random_forest", "digits", 0.977, FOREST),
    Case("extra_trees", "digits", 0.982, FOREST),
    Case("random_forest", "breast_cancer", 0.958, FOREST),
    Case("extra_trees", "breast_cancer", 0.970, FOREST),
    Case("adaboost", "digits", 0.953, {"trees": 200, "depth": 3}, above=("decision_tree", 0.08)),
    Case("lightgbm", "digits", 0.973),
    Case("support_vectors", "digits", 0.9883, {"c": 10.0, "gamma": 0.064}),
    Case("support_vectors", "digits", 0.979, {"kernel": "linear"}),
    Case("support_vectors", "digits", 0.958, {"kernel": "polynomial", "offset": 0.0}, scaled=True),
    Case("support_vectors", "breast_cancer", 0.977, {"c": 10.0}, scaled=True),
    Case("support_vectors", "breast_cancer", 0.975, {"kernel": "linear"}, scaled=True),
    Case("support_vectors", "breast_cancer", 0.898, {"kernel": "polynomial", "offset": 0.0}, scaled=True),
)
"""The figures are scikit-learn 1.9.1's on these folds; of LightGBM, those of
histogram gradient boosting, and of the pruned tree, that of its one-standard-error rule."""


@dataclass(frozen=True)
class Measured:
    """Accuracies by fold, in Python; ``apart``: rows on which the graph decides otherwise."""

    accuracies: Array
    apart: int

    @property
    def mean(self) -> float:
        return float(self.accuracies.mean())


def measured(learner: str, case: Case) -> Measured:
    part = parts.make("ninefold.learners", learner, case.settings if learner == case.learner else {})
    accuracies, apart = [], 0
    for train, test in splits(case):
        form = part.fit(train, rng=np.random.default_rng(0), clock=Clock())
        python = form.predict(test.x).argmax(axis=1)
        graph = Session(form_graph(form, test.x.shape[1])).run({"x": test.x})["y"].argmax(axis=1)
        accuracies.append((python == test.y).mean())
        apart += int((python != graph).sum())
    return Measured(np.array(accuracies), apart)


def splits(case: Case) -> Iterator[tuple[Examples, Examples]]:
    """Examples to learn from and to judge; what scales them comes from the former."""
    from sklearn import datasets
    from sklearn.model_selection import StratifiedKFold, train_test_split

    x, y = getattr(datasets, f"load_{case.data}")(return_X_y=True)
    folds = [train_test_split(np.arange(len(y)), random_state=0)]
    if not case.holdout:
        folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(x, y))
    for train, test in folds:
        spread = x[train].std(axis=0)
        seen = (x - x[train].mean(axis=0)) / np.where(spread == 0, 1.0, spread) if case.scaled else x
        yield examples(seen[train], y[train]), examples(seen[test], y[test])


def examples(x: Array, y: Array) -> Examples:
    outputs = int(y.max()) + 1
    names = tuple(f"x{i}" for i in range(x.shape[1]))
    return Examples(x, y.astype(np.int64), "binary" if outputs == 2 else "multiclass", outputs, names)


def bar(case: Case, one: Measured) -> float:
    """The reference less two standard errors of a mean over folds; of one split, those of a share of its rows."""
    if case.holdout:
        rows = len(next(splits(case))[1].y)
        return case.reference - 2 * float(np.sqrt(case.reference * (1 - case.reference) / rows))
    spread = case.spread if case.spread is not None else float(one.accuracies.std(ddof=1))
    return case.reference - 2 * spread / FOLDS**0.5


def row(case: Case) -> tuple[list[object], bool]:
    one = measured(case.learner, case)
    least = bar(case, one)
    kept = one.mean >= least and one.apart == 0
    spread = "one split" if case.holdout else f"± {one.accuracies.std(ddof=1):.4f}"
    beaten = ""
    if case.above is not None:
        other, points = case.above
        ahead = one.mean - measured(other, case).mean
        kept = kept and ahead >= points
        beaten = f"{ahead:+.3f} on {other} (at least {points:+.2f})"
    cells = [case.name, f"{case.reference:.4f}", f"{least:.4f}", f"{one.mean:.4f} {spread}", one.apart, beaten]
    return [*cells, "yes" if kept else "NO"], kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", help="learners, by name; the results are then printed, not written")
    asked = parser.parse_args()
    chosen = [case for case in CASES if asked.only is None or case.learner in asked.only]
    rows, kept = [], True
    for case in chosen:
        cells, held = row(case)
        rows.append(cells)
        kept = kept and held
    headings = ["learner and data", "reference", "bar", "accuracy", "graph differs on", "ahead", "reached"]
    table = results.table(headings, rows)
    if asked.only is not None:
        print(table)
        return int(not kept)
    note = (
        "Accuracy in five stratified folds (`shuffle=True, random_state=0`), mean ± standard deviation, or on one "
        "split (`train_test_split(random_state=0)`). The bar is the reference less two standard errors. The graph must "
        "decide as the fitted Python does in every row."
    )
    results.write("references", table + "\n\n" + note)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
