"""Classifier, Regressor and Clusterer: the nine stages behind scikit-learn's `fit` and `predict`."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any, Self

import msgspec
import narwhals.stable.v2 as nw
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, ClusterMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from ninefold.core.book import read_noun
from ninefold.core.errors import NinefoldError
from ninefold.core.problem import NOISE, Budget, Wishes
from ninefold.core.recipe import Preparation
from ninefold.core.results import Leaderboard
from ninefold.core.table import Array
from ninefold.runs import Run, run
from ninefold_runtime.files import write_whole
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.schema import Kind, Schema
from ninefold_runtime.wire import is_missing

LEAKS = ("NF303", "NF304")
"""Findings of columns that repeat the target or tell it alone."""


class _Estimator(BaseEstimator):  # type: ignore[misc]
    """What the estimators share. A fitted one holds its bundle as bytes, so that it can be copied and sent.

    Args:
        budget: wall-clock time for one call of `fit`: ``"60s"``, ``"5m"``, or seconds.
        work: count learner fits instead of seconds; with ``random_state`` this makes `fit` reproducible.
        metric, validation, folds, missing, scale: as `ninefold run` takes them; None leaves the choice to stage 1.
        learners: names of learners to use; None for all.
        keep: columns to keep although an audit would leave them out (they tell the answer), or "all".
        allow_rows: let learners that keep training rows (nearest neighbours) into the model.
        runs: folder in which the run with its report is kept; None keeps nothing on disk.
        random_state: seed, ``RandomState``, or None.

    Attributes:
        n_features_in_, feature_names_in_: as in scikit-learn.
        leaderboard_: one dict per trial: learner, settings, state, score, weight in the ensemble, seconds.
        evaluation_: scores of the model on rows that `fit` sealed (`ninefold.core.results.Evaluation`).
        left_out_: why a column was not used, by column.
        bundle_: the files of the bundle, by name.
    """

    _task: str

    def __init__(
        self,
        budget: str | float = "60s",
        *,
        work: int | None = None,
        metric: str | None = None,
        validation: str | None = None,
        folds: int | None = None,
        missing: str | None = None,
        scale: str | None = None,
        learners: tuple[str, ...] | None = None,
        keep: tuple[str, ...] | str = (),
        allow_rows: bool = False,
        runs: str | os.PathLike[str] | None = None,
        random_state: Any = None,
    ) -> None:
        self.budget = budget
        self.work = work
        self.metric = metric
        self.validation = validation
        self.folds = folds
        self.missing = missing
        self.scale = scale
        self.learners = learners
        self.keep = keep
        self.allow_rows = allow_rows
        self.runs = runs
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Learn from ``X`` [N, D], any dataframe or array, and ``y`` [N].

        Raises:
            ValueError: when X or y cannot be used; the text names the column and says what to do.
        """
        table, y = self._training(X, y)
        target = _free_name(table.columns)
        series = nw.new_series(target, self._encoded(y), backend=nw.get_native_namespace(table))
        self._run(
            nw.to_native(table.with_columns(series)), self._wishes(target, table.columns, _kinds(X, table.columns))
        )
        return self

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the bundle to a new or empty folder, ready for `ninefold serve`.

        Raises:
            FileExistsError: when the folder holds anything.
        """
        check_is_fitted(self)
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty")
        for name, data in self.bundle_.items():
            write_whole(folder / name, data)
        return folder

    def _training(self, X: Any, y: Any) -> tuple[nw.DataFrame[Any], Array]:  # noqa: N803
        if _is_frame(X) and y is not None:
            validate_data(self, X, skip_check_array=True)
            y = column_or_1d(y, warn=True)
            check_consistent_length(X, y)
            assert_all_finite(y, input_name="y")
        else:
            X, y = validate_data(self, X, y, dtype=None, ensure_all_finite=False, ensure_min_samples=2)  # noqa: N806
        return self._table(X), y

    def _predictions(self, X: Any) -> Predictions:  # noqa: N803
        check_is_fitted(self)
        if _is_frame(X):
            validate_data(self, X, reset=False, skip_check_array=True)
        else:
            X = validate_data(self, X, reset=False, dtype=None, ensure_all_finite=False)  # noqa: N806
        table = self._table(X)
        return self._model.predict({name: table[name].to_list() for name in table.columns})

    def _table(self, X: Any) -> nw.DataFrame[Any]:  # noqa: N803
        """X as a dataframe with names for its columns: its own, or x0, x1, …"""
        names = list(getattr(self, "feature_names_in_", ())) or [f"x{i}" for i in range(self.n_features_in_)]
        if _is_frame(X):
            table = nw.from_native(X, eager_only=True)
            renamed: nw.DataFrame[Any] = table.rename(dict(zip(table.columns, names, strict=True)))
            return renamed
        import polars as pl

        return nw.from_native(pl.DataFrame({name: _cells(X[:, i]) for i, name in enumerate(names)}))

    def _wishes(self, target: str | None, columns: list[str], kinds: dict[str, Kind]) -> Wishes:
        return Wishes(
            target=target,
            task=self._task,
            metric=self.metric,
            budget=Budget.of(self.budget, self.work),
            seed=int(check_random_state(self.random_state).randint(2**31 - 1)),
            validation=self.validation,
            folds=self.folds,
            missing=self.missing,
            scale=self.scale,
            kinds=kinds,
            keep=tuple(columns if self.keep == "all" else self.keep),
            learners=tuple(self.learners or ()),
            allow_rows=self.allow_rows,
        )

    def _run(self, table: Any, wishes: Wishes) -> None:
        with tempfile.TemporaryDirectory(prefix="ninefold-") as scratch:
            try:
                self._keep(run(table, wishes, runs=Path(self.runs or scratch)))
            except NinefoldError as error:
                raise ValueError(f"{error.message} ({error.hint}) [{error.code}]") from error

    def _keep(self, done: Run) -> None:
        self.bundle_ = {path.name: path.read_bytes() for path in sorted(done.bundle.iterdir())}
        self.left_out_ = _left_out(read_noun(done.folder, 3, Preparation))
        self.evaluation_ = done.evaluation
        self.leaderboard_ = _ranked(done.leaderboard)
        self._model = _loaded(self.bundle_)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_model"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "bundle_" in state:
            self._model = _loaded(self.bundle_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.non_deterministic = self.work is None
        return tags

    def _encoded(self, y: Array) -> list[Any]:
        raise NotImplementedError


class Classifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """Finds, proves and holds a classifier; see `_Estimator` for the settings.

    ``classes_`` are the labels as given. `predict` decides with the threshold that training chose for the metric,
    which need not be the most probable class.
    """

    _task = "classification"

    def predict(self, X: Any) -> Array:  # noqa: N803
        """Labels [N] for ``X`` [N, D]."""
        labels = self._predictions(X).predictions
        places = {word: i for i, word in enumerate(self._words)}
        return self.classes_[np.array([places[label] for label in labels], np.intp)]

    def predict_proba(self, X: Any) -> Array:  # noqa: N803
        """Probabilities [N, K] in the order of ``classes_``; rows sum to 1."""
        done = self._predictions(X)
        return np.asarray(done.probabilities)[:, [done.classes.index(word) for word in self._words]]

    def _encoded(self, y: Array) -> list[Any]:
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class only ({self.classes_[0]!r}); a classifier needs two or more")
        self._words = _words(self.classes_)
        return [self._words[code] for code in codes]


class Regressor(RegressorMixin, _Estimator):  # type: ignore[misc]
    """Finds, proves and holds a regression model; see `_Estimator` for the settings."""

    _task = "regression"

    def predict(self, X: Any) -> Array:  # noqa: N803
        """Values [N] for ``X`` [N, D]."""
        return self._predictions(X).predictions

    def _encoded(self, y: Array) -> list[Any]:
        values = np.asarray(y, np.float64)
        assert_all_finite(values, input_name="y")
        return list(values)


class Clusterer(ClusterMixin, _Estimator):  # type: ignore[misc]
    """Finds, judges and holds clusters of rows, and puts new rows into them; see `_Estimator` for the settings.

    ``n_clusters`` None lets the search choose, which may end with a single cluster. ``labels_`` [N] are the clusters of
    the rows that `fit` saw, ``n_clusters_`` their number; 0 is the largest, -1 is noise.
    """

    _task = "clustering"

    def __init__(
        self,
        n_clusters: int | None = None,
        budget: str | float = "60s",
        *,
        work: int | None = None,
        missing: str | None = None,
        scale: str | None = None,
        learners: tuple[str, ...] | None = None,
        keep: tuple[str, ...] | str = (),
        runs: str | os.PathLike[str] | None = None,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            budget,
            work=work,
            missing=missing,
            scale=scale,
            learners=learners,
            keep=keep,
            runs=runs,
            random_state=random_state,
        )
        self.n_clusters = n_clusters

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803
        """Learn from ``X`` [N, D], any dataframe or array; ``y`` is not looked at.

        Raises:
            ValueError: when X cannot be used; the text names the column and says what to do.
        """
        if _is_frame(X):
            validate_data(self, X, skip_check_array=True)
        else:
            X = validate_data(self, X, dtype=None, ensure_all_finite=False, ensure_min_samples=2)  # noqa: N806
        table = self._table(X)
        wishes = self._wishes(None, table.columns, _kinds(X, table.columns))
        self._run(nw.to_native(table), dataclasses.replace(wishes, clusters=self.n_clusters))
        self.n_clusters_ = sum(name != NOISE for name in self._model.schema.target.classes)
        self.labels_ = self.predict(X)
        return self

    def predict(self, X: Any) -> Array:  # noqa: N803
        """Clusters [N] for ``X`` [N, D]."""
        done = self._predictions(X)
        places = {name: -1 if name == NOISE else place for place, name in enumerate(done.classes)}
        return np.array([places[label] for label in done.predictions], np.int64)


def _is_frame(X: Any) -> bool:  # noqa: N803
    return bool(nw.dependencies.is_into_dataframe(X))


def _kinds(X: Any, names: list[str]) -> dict[str, Kind]:  # noqa: N803
    """Columns of an array of numbers are numbers, whatever their values look like."""
    return {} if _is_frame(X) or np.asarray(X).dtype.kind not in "fiub" else dict.fromkeys(names, "number")


def _cells(column: Array) -> Any:
    """One column of an array: numbers as they are, all else as text."""
    if column.dtype.kind in "fiub":
        return column.astype(np.float64)
    if column.dtype.kind == "O" and all(isinstance(value, (int, float)) for value in column):
        return column.astype(np.float64)
    return [None if is_missing(value) else str(value) for value in column]


def _free_name(taken: list[str]) -> str:
    name = "target"
    while name in taken:
        name += "_"
    return name


def _words(classes: Array) -> list[str]:
    """Labels as the bundle shows them; numbered where two would read the same or as missing."""
    words = [str(int(c)) if isinstance(c, np.floating) and c.is_integer() else str(c).strip() for c in classes]
    clear = len(set(words)) == len(words) and not any(map(is_missing, words))
    return words if clear else [f"class {i}" for i in range(len(words))]


def _left_out(prepared: Preparation) -> dict[str, str]:
    """Reasons by column; suspected leaks are said aloud, since a column as good as this may also be honest."""
    leaks = [f"{audit.column}: {audit.why}" for audit in prepared.left_out if audit.code in LEAKS]
    if leaks:
        warnings.warn(f"left out ({'; '.join(leaks)}); keep=[...] or keep='all' overrules", stacklevel=5)
    return {audit.column: audit.why for audit in prepared.left_out}


def _ranked(board: Leaderboard) -> list[dict[str, Any]]:
    """The trials, best first; those without a score last."""
    trials = [
        {
            "learner": trial.learner,
            "settings": dict(trial.settings),
            "state": trial.state,
            "score": trial.score,
            "weight": board.weights.get(trial.id, 0.0),
            "seconds": trial.seconds,
        }
        for trial in board.trials
    ]
    sign = -1.0 if board.higher_is_better else 1.0
    return sorted(trials, key=lambda trial: np.inf if trial["score"] is None else sign * trial["score"])


def _loaded(files: dict[str, bytes]) -> Model:
    return Model(files["model.onnx"], msgspec.json.decode(files["schema.json"], type=Schema))
