"""Stage 9: put the monitor's reference into the bundle. Summaries only; scores of rows that the graph never saw."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Bundle, Evaluation, Model, Watch
from ninefold.core.table import Array, Dataset
from ninefold.monitor import reference
from ninefold_runtime.bundle import MANIFEST, SKETCHES, read_bundle, seal
from ninefold_runtime.drift import FLOORS
from ninefold_runtime.files import put_folder, write_whole
from ninefold_runtime.schema import SPOKEN, UNTARGETED, Target
from ninefold_runtime.sketch import (
    Expected,
    Levels,
    Numbers,
    Sketch,
    Sketches,
    Stamps,
    score_arrays,
    score_columns,
    sketch_columns,
    sketch_scores,
)

RATE = 0.01
"""Share of batches without drift that may be called drifted."""
TRIFLE = 0.005
"""Predictions that spread less, of probability or of the target's spread, are one and the same."""
_OF_CLUSTERS = "share of each cluster, and how clearly rows belong, against training rows"
_DETECTORS: dict[type[Sketch], str] = {
    Numbers: "Kolmogorov-Smirnov distance, ranks, range and PSI of numbers and text lengths",
    Levels: "chi-square, total variation and unlisted values of categories",
    Stamps: "presence of datetimes",
}


def watch(
    problem: Problem, dataset: Dataset, model: Model, evaluation: Evaluation, bundle: Bundle, *, context: Context
) -> Watch:
    """Sketch the training rows' inputs and what the graph said of held-out rows, and seal them into the bundle.

    Raises:
        BundleError: when the bundle is not as it was made. OSError: when the disk is full.
    """
    context.progress("summarising the training rows")
    schema = read_bundle(bundle.folder).schema
    rows = dataset.rows
    predictions = _said(schema.target, model, evaluation)
    shares = reference.weights(schema, evaluation)
    sketches = Sketches(
        rows=len(rows),
        columns=sketch_columns(schema, dict(rows.columns)),
        scores={} if _constant(schema.target, predictions, rows.target) else _scores(schema.target, predictions),
        expected=_expected(predictions, evaluation.decided),
        rate=RATE,
        scores_of_graph=schema.target.task != "clustering",
        performance=reference.performance(schema.target, dataset, model, evaluation),
        weights=shares,
        groups=reference.groups(problem, dataset, schema, shares),
    )
    _add(bundle.folder, msgspec.json.encode(sketches), context.folder / "bundle")
    return Watch(
        columns=len(schema.columns),
        rows=len(rows),
        detectors=tuple(_detectors(sketches, clusters=schema.target.task == "clustering")),
        false_alarm_rate=RATE,
        retrain_rule=_rule(sketches, schema.target),
        folder=bundle.folder,
    )


def _said(target: Target, model: Model, evaluation: Evaluation) -> Array | None:
    """[M, K]: what the graph itself said of rows that it had never seen, or None where that was not kept. Other fits,
    those of the folds, spread a little differently: on small tables that alone looks like drift. Of clusters, what it
    said of the training rows."""
    path = model.out_of_fold if target.task == "clustering" else evaluation.answers
    if path is None:
        return None
    predictions: Array = np.load(path, allow_pickle=False)
    return predictions if len(predictions) else None


def _constant(target: Target, predictions: Array | None, truth: Array) -> bool:
    """Whether the model says as good as the same of all rows: there is nothing to watch."""
    if predictions is None or target.task in {*UNTARGETED, *SPOKEN}:
        return False
    spread = predictions.std(axis=0)
    return bool(np.all(spread < TRIFLE * _units(target, truth)))


def _units(target: Target, truth: Array) -> Array:
    """What predictions spread by where they say something: 1 for probabilities, else the truth's own spread; of mixed
    targets for each column, [K]."""
    if target.choices:
        spread = np.nanstd(truth, axis=0)
        each = zip(spread, target.choices, strict=True)
        return np.concatenate([np.ones(len(classes)) if classes else np.array([own]) for own, classes in each])
    return np.asarray(1.0 if target.classes or target.labels else truth.std(axis=0))


def _scores(target: Target, predictions: Array | None) -> dict[str, Sketch]:
    if predictions is None:
        return {}
    if target.parts:
        return sketch_scores(score_columns(target, predictions))
    if not target.classes or target.task == "anomaly":
        return sketch_scores(score_arrays(None, predictions[:, 0], None))
    return sketch_scores(score_arrays(predictions, None, _positive(target)))


def _positive(target: Target) -> int | None:
    return target.classes.index(target.positive) if target.task == "binary" and target.positive else None


def _expected(predictions: Array | None, decided: Path | None) -> Expected | None:
    """The mean probability of the label that the graph gave, threshold included."""
    if predictions is None or decided is None:
        return None
    labels: Array = np.load(decided, allow_pickle=False)
    confidence = np.take_along_axis(predictions, labels[:, None], axis=1)[:, 0]
    return Expected(float(confidence.mean()), float(confidence.std()), len(confidence))


def _add(folder: Path, sketches: bytes, fresh: Path) -> None:
    """Exchange the bundle for a copy that has the sketches: at no moment is it unsealed."""
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(folder, fresh, ignore=shutil.ignore_patterns(MANIFEST))
    write_whole(fresh / SKETCHES, sketches)
    seal(fresh)
    put_folder(fresh, folder)


def _detectors(sketches: Sketches, *, clusters: bool) -> Iterable[str]:
    used = {type(sketch) for sketch in sketches.columns.values()}
    yield from (name for kind, name in _DETECTORS.items() if kind in used)
    yield "share of missing values (Fisher's exact test)"
    if sketches.scores:
        yield _OF_CLUSTERS if clusters else "distribution of predictions against those of held-out rows"
    if sketches.expected:
        yield f"expected accuracy from calibrated probabilities ({sketches.expected.accuracy:.1%} on held-out rows)"


def _rule(sketches: Sketches, target: Target) -> str:
    moved = FLOORS["distribution"]
    rule = (
        f"Train again when two batches in a row drift: a change significant at {sketches.rate:.0%} over all columns "
        f"together (Holm) in which at least {moved:.0%} of the rows have moved"
    )
    if target.task == "clustering":
        return f"{rule}, the shares of the clusters included. Then look whether the clusters are still the same."
    if target.task == "anomaly":
        return f"{rule}, the scores included. Rows that are no longer rare are no longer anomalies."
    if target.task in SPOKEN:
        return f"{rule}, the lengths of the texts and how sure the graph is included."
    if sketches.expected is None:
        return f"{rule}. Accuracy cannot be estimated without labels here: measure it when labels arrive."
    fall = FLOORS["expected accuracy"]
    return (
        f"{rule}; or at once when the accuracy expected from calibrated probabilities falls from "
        f"{sketches.expected.accuracy:.1%} by {100 * fall:.0f} points or more. The estimate holds only while the "
        "probabilities stay calibrated: measure the accuracy itself when labels arrive."
    )
