"""How well anomalies are told that nobody has marked: Ninefold's detectors together against isolation forest alone."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

import results
from ninefold.core.problem import Budget, Wishes
from ninefold.core.table import Rows
from ninefold.runs import Run, run

LIMIT = 1.0
"""Largest accepted ratio of the mean error, 1 - ROC AUC, to that of isolation forest."""
WORK = 100
"""Fits: more than all detectors on all folds need."""
Table = tuple[str, int, float, float, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds anomaly/**/*.npz with arrays X and y")
    parser.add_argument("--seeds", type=int, default=3, help="splits of each table; small tables differ much by split")
    chosen = parser.parse_args()
    tables = [measured(path, chosen.seeds) for path in sorted((Path(chosen.data) / "anomaly").rglob("*.npz"))]
    errors = 1 - np.array([table[3:] for table in tables]).mean(axis=0)
    ratio = float(errors[0] / errors[1])
    means = ["mean", "", "", f"{1 - errors[0]:.3f}", f"{1 - errors[1]:.3f}"]
    rows = [[name, rows, f"{share:.1%}", f"{ours:.3f}", f"{theirs:.3f}"] for name, rows, share, ours, theirs in tables]
    headings = ["table", "rows", "anomalies", "Ninefold", "isolation forest"]
    said = (
        f"ROC AUC on the sealed rows (30 %) of each table, mean of {chosen.seeds} splits but those without one; "
        "nobody is told which rows are anomalies. Both learn from the "
        f"same rows; isolation forest is scikit-learn's with default settings. Ratio of the mean errors {ratio:.3f} "
        f"(limit {LIMIT})."
    )
    results.write("anomaly", f"{said}\n\n{results.table(headings, [*rows, means])}")
    return int(ratio > LIMIT)


def measured(path: Path, seeds: int) -> Table:
    """Name, rows, share of anomalies, and the mean ROC AUC of both."""
    with np.load(path) as stored:
        x, y = stored["X"].astype(float), stored["y"].astype(int)
    frame = pl.DataFrame({f"x{i}": x[:, i] for i in range(x.shape[1])} | {"truth": y})
    ours, theirs = np.nanmean([_scores(frame, seed) for seed in range(seeds)], axis=0)
    return path.stem, len(x), float(y.mean()), float(ours), float(theirs)


def _scores(frame: pl.DataFrame, seed: int) -> tuple[float, float]:
    wishes = Wishes(task="anomaly", truth="truth", holdout=0.3, seed=seed, budget=Budget(None, WORK))
    with tempfile.TemporaryDirectory() as folder:
        made = run(frame, wishes, runs=Path(folder))
        if len(np.unique(made.dataset.sealed.open().target)) < 2:
            return np.nan, np.nan
        ours = next(score.value for score in made.evaluation.scores if score.metric == "roc_auc")
        return ours, _isolation_forest(made, seed)


def _isolation_forest(made: Run, seed: int) -> float:
    sealed = made.dataset.sealed.open()
    model = IsolationForest(random_state=seed).fit(_matrix(made.dataset.rows))
    return float(roc_auc_score(sealed.target, -model.score_samples(_matrix(sealed))))


def _matrix(rows: Rows) -> np.ndarray:
    return np.column_stack(list(rows.columns.values()))


if __name__ == "__main__":
    sys.exit(main())
