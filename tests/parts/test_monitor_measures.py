"""Scores from counts are the metrics, estimates hold where rows shift, and evidence waits until it is sure."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.metrics.accuracy import Accuracy
from ninefold.metrics.f1 import F1
from ninefold.metrics.log_loss import LogLoss
from ninefold.metrics.mae import Mae
from ninefold.metrics.rmse import Rmse
from ninefold.metrics.roc_auc import RocAuc
from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor import evidence as betting
from ninefold_runtime.monitor.measures import calibration_gap, estimated, measured, taken, trust
from ninefold_runtime.monitor.outcomes import Outcomes, of_classes, of_plain, of_values, questions
from ninefold_runtime.performance import Performance, calibrated, errors
from ninefold_runtime.schema import Target

BINARY = Target(name="t", task="binary", classes=("no", "yes"), positive="yes")
THREE = Target(name="t", task="multiclass", classes=("a", "b", "c"))
VALUE = Target(name="t", task="regression")


def binary(rows: int, seed: int, shift: float = 0.0, sharp: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities [N, 2], labels said and true; ``sharp`` above 1 makes the probabilities too sure."""
    rng = np.random.default_rng(seed)
    score = rng.normal(shift, 1.5, rows)
    truth = rng.random(rows) < 1 / (1 + np.exp(-score))
    yes = 1 / (1 + np.exp(-sharp * score))
    names = np.array(["no", "yes"])
    return np.column_stack([1 - yes, yes]), names[(yes >= 0.5).astype(int)], names[truth.astype(int)]


def three(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet([1, 2, 1], rows)
    truth = (chances.cumsum(axis=1) < rng.random(rows)[:, None]).sum(axis=1)
    names = np.array(THREE.classes)
    return chances, names[chances.argmax(axis=1)], names[truth]


def known(target: Target, chances: np.ndarray, said: np.ndarray, truth: np.ndarray) -> Performance:
    made = tuple(calibrated(p, yes) for p, _, yes in questions(target, chances, said, truth) if yes is not None)
    return Performance(rows=len(said), wrong=int((said != truth).sum()), scores={}, questions=made)


@pytest.mark.parametrize(("target", "data"), [(BINARY, binary(3000, 1)), (THREE, three(3000, 2))])
def test_measured_scores_are_the_metrics(target: Target, data: tuple[np.ndarray, ...]) -> None:
    chances, said, truth = data
    codes, labels = (np.searchsorted(target.classes, names) for names in (truth, said))
    scores = {score.metric: score for score in measured(target, of_classes(target, chances, said, truth))}
    for name, metric in (("accuracy", Accuracy()), ("f1", F1()), ("roc_auc", RocAuc()), ("log_loss", LogLoss())):
        right = metric.score(codes, chances, labels)
        assert scores[name].value == pytest.approx(right, abs=2e-3), name
        assert scores[name].low < right < scores[name].high


def test_measured_errors_are_the_metrics() -> None:
    rng = np.random.default_rng(3)
    said = rng.normal(0, 1, 2000)
    truth = said + rng.normal(0, 0.5, 2000)
    mae, rmse = measured(VALUE, of_values(errors(said, truth), said, truth))
    assert mae.value == pytest.approx(Mae().score(truth, said[:, None]))
    assert rmse.value == pytest.approx(Rmse().score(truth, said[:, None]))
    assert mae.low < mae.value < mae.high < 2 * mae.value


def test_estimates_follow_a_shift_of_the_rows_and_intervals_hold_the_truth() -> None:
    reference = known(BINARY, *binary(4000, 5))
    held = total = 0
    for seed in range(20):
        chances, said, truth = binary(800, 100 + seed, shift=2.0)
        guess = {s.metric: s for s in estimated(BINARY, reference, of_classes(BINARY, chances, said, None), seed)}
        real = {s.metric: s.value for s in measured(BINARY, of_classes(BINARY, chances, said, truth))}
        assert abs(guess["accuracy"].value - real["accuracy"]) < 0.05
        held += sum(guess[name].low <= real[name] <= guess[name].high for name in guess)
        total += len(guess)
    assert held / total >= 0.85
    before = (binary(4000, 5)[1] == binary(4000, 5)[2]).mean()
    assert guess["accuracy"].value > before + 0.05  # rows farther from the border are easier


def test_probabilities_that_are_too_sure_are_found_out_and_corrected() -> None:
    honest, boastful = known(BINARY, *binary(4000, 6)), known(BINARY, *binary(4000, 6, sharp=3.0))
    assert trust(honest.questions[0]) > 0.01 > trust(boastful.questions[0])
    chances, said, truth = binary(4000, 7, sharp=3.0)
    (real,) = [s.value for s in measured(BINARY, of_classes(BINARY, chances, said, truth)) if s.metric == "accuracy"]
    (guess,) = [
        s.value for s in estimated(BINARY, boastful, of_classes(BINARY, chances, said, None)) if s.metric == "accuracy"
    ]
    assert chances.max(axis=1).mean() > real + 0.08
    assert abs(guess - real) < 0.03
    mapped = taken(boastful.questions[0])(np.linspace(0, 1, 50))
    assert (np.diff(mapped) >= 0).all()


def test_errors_are_expected_by_the_size_of_predictions() -> None:
    rng = np.random.default_rng(8)

    def rows(low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
        said = rng.uniform(low, high, 3000)
        return said, said + rng.normal(0, 0.1 + said)

    said, truth = rows(0, 10)
    reference = Performance(rows=3000, wrong=600, scores={}, errors=errors(said, truth))
    assert reference.errors is not None
    said, truth = rows(7, 10)
    mae, rmse = estimated(VALUE, reference, of_values(reference.errors, said, None))
    assert mae.low < np.abs(truth - said).mean() < mae.high
    assert rmse.low < np.sqrt(((truth - said) ** 2).mean()) < rmse.high


def test_reference_bins_have_rows_enough_and_hold_no_single_row() -> None:
    rng = np.random.default_rng(9)
    for chance in (rng.random(1000), np.round(rng.random(1000), 1), np.full(1000, 0.3), rng.random(20)):
        made = calibrated(chance, rng.random(len(chance)) < chance)
        assert sum(made.rows) == len(chance)
        assert len(made.rows) == 1 or min(made.rows) >= 25


def test_counts_add_up_and_go_through_json() -> None:
    chances, said, truth = binary(400, 10)
    whole = of_classes(BINARY, chances, said, truth)
    parts = [of_classes(BINARY, chances[rows], said[rows], truth[rows]) for rows in (slice(0, 150), slice(150, None))]
    added = of_plain(parts[0].plus(parts[1]).plain())
    assert added.wrong == whole.wrong
    for name, counts in whole.counts.items():
        assert added.counts[name] == pytest.approx(counts)
    with pytest.raises(MonitorError):
        of_plain({"rows": [["no number"]]})


def test_the_calibration_gap_is_small_of_honest_probabilities_alone() -> None:
    gaps = [calibration_gap(of_classes(BINARY, *binary(4000, 11, sharp=sharp))) for sharp in (1.0, 4.0)]
    assert gaps[0] is not None
    assert gaps[1] is not None
    assert gaps[0] < 0.03
    assert gaps[1] > 0.08
    assert calibration_gap(Outcomes({"rows": np.ones(3)})) is None


def test_evidence_is_rare_without_a_change_over_all_looks_and_quick_with_one() -> None:
    """The chance of ever reaching 100 is at most 1 % per stream; 400 streams, 40 looks each."""
    rng = np.random.default_rng(12)
    reference = Performance(rows=2000, wrong=400, scores={})
    limit = betting.allowed(reference)
    assert 0.2 < limit < 0.23
    alarms = 0
    for _ in range(400):
        windows = [(int(wrong), 25) for wrong in rng.binomial(25, 0.2, 40)]
        alarms += any(betting.evidence(windows[: look + 1], limit) > np.log(100) for look in range(40))
    assert alarms <= 8
    late = [(5, 25)] * 40 + [(10, 25)] * 12
    assert betting.evidence(late[:40], limit) < 0
    assert betting.evidence(late, limit) > np.log(100)
    assert betting.evidence([], limit) == 0.0
