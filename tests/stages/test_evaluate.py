"""Evaluation: intervals that cover, importances and slices that find what was planted, verdicts and findings."""

import dataclasses
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest
from test_fairness import FIRES as OF_GROUPS

from ninefold.core import parts
from ninefold.core.behaviour import Behaviour, ClassPromise, Promise, Together
from ninefold.core.book import Context, decode, encode
from ninefold.core.clock import Clock
from ninefold.core.inside import Epoch, Inside, LayerOutput, Training
from ninefold.core.journal import Journal
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.results import (
    Calibration,
    Decomposition,
    Evaluation,
    FitCurve,
    Heard,
    Importance,
    Leaderboard,
    Member,
    Model,
    OtherSpeaker,
    Parity,
    Score,
    Slice,
    Trial,
    Verdict,
)
from ninefold.core.sharing import Shared, Sharing
from ninefold.core.table import Dataset, Rows, Sealed, write_rows
from ninefold.diagnosis import intervals, slices
from ninefold.diagnosis.answers import Answers
from ninefold.evaluate import evidence, verdict
from ninefold.evaluate.answers import ask as answers_to
from ninefold.evaluate.calibration import reliability
from ninefold.evaluate.curves import curves
from ninefold.evaluate.labels import Doubted
from ninefold.evaluate.scores import measured
from ninefold.evaluate.stage import evaluate
from ninefold.evaluate.view import view
from ninefold.forms.onnx import Session, compiled, const, op, raw_input
from ninefold_runtime.conformal import conformal
from ninefold_runtime.drift import Check, ColumnDrift, Summary
from ninefold_runtime.schema import Column

NAMES = ("dose", "site", "noise", "seen")
COLUMNS = (
    Column(name="dose", kind="number"),
    Column(name="site", kind="category", levels=("a", "b", "c")),
    Column(name="noise", kind="number"),
    Column(name="seen", kind="datetime"),
)
FOREVER = Clock()


def table(rows, rng, task="binary"):
    """y depends on dose and, less, on site; noise and seen say nothing."""
    columns = {
        "dose": rng.normal(size=rows),
        "site": rng.choice(np.array(["a", "b", "c", ""], object), size=rows),
        "noise": rng.normal(size=rows),
        "seen": rng.integers(0, 10**15, size=rows),
    }
    columns["noise"][rng.random(rows) < 0.2] = np.nan
    logit = 2 * columns["dose"] + (columns["site"] == "a")
    if task == "regression":
        return Rows(columns, logit + rng.normal(size=rows))
    if task == "multiclass":
        return Rows(columns, np.clip(np.round(logit + 1 + rng.normal(0, 0.5, size=rows)), 0, 2).astype(np.int64))
    return Rows(columns, (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int64))


def graph(task):
    """The true function of `table` as a graph over raw columns."""
    kinds = {"dose": "number", "site": "category", "noise": "number", "seen": "datetime"}
    inputs = {name: raw_input(Column(name=name, kind=kind)) for name, kind in kinds.items()}
    is_a = op.cast(op.equal(inputs["site"], const("a", np.str_)), to=np.float64)
    logit = op.add(op.mul(inputs["dose"], const(2.0)), is_a)
    if task == "regression":
        return compiled(inputs, {"prediction": logit})
    centres = const([[0.0, 1.0, 2.0]] if task == "multiclass" else [[-0.5, 0.5]])
    shifted = op.add(logit, const(1.0)) if task == "multiclass" else logit
    wide = op.unsqueeze(shifted, const([1], np.int64))
    width = const(-2.0 if task == "multiclass" else -0.5)
    distance = op.sub(wide, centres)
    probability = op.softmax(op.mul(op.mul(distance, distance), width), axis=1)
    names = const(["no", "perhaps", "yes"] if task == "multiclass" else ["no", "yes"], np.str_)
    label = op.gather(names, op.arg_max(probability, axis=1, keepdims=0), axis=0)
    return compiled(inputs, {"probability": probability, "label": label})


CLASSES = {"binary": ("no", "yes"), "multiclass": ("no", "perhaps", "yes"), "regression": ()}
HEADLINE = {"binary": "roc_auc", "multiclass": "f1", "regression": "r2"}


def answers_of(model, rows, problem):
    return answers_to(Session(model), rows.columns, rows.target, problem)


def problem_of(task):
    return Problem(
        source="table",
        target="y",
        task=task,
        task_why="",
        classes=CLASSES[task],
        positive="yes" if task == "binary" else None,
        metric=HEADLINE[task],
        metric_why="",
        validation=Validation("stratified", 3),
        budget=Budget(),
        seed=0,
        holdout=0.2,
    )


def board(metric="roc_auc", higher=True, train=(0.9,) * 3, scores=(0.85, 0.86, 0.87), state="finished"):
    trials = (
        Trial(0, "constant", "baseline", "plain", {}, "finished", (0.5,) * 3),
        Trial(1, "linear", "logistic regression", "scaled", {}, state, scores, (), train),
    )
    return Leaderboard(metric, higher, trials, 0, {1: 1.0}, tuple(scores), Path("none"))


def model_of(path):
    members = (Member(1, "linear", "logistic regression", 1.0, None, 0.0),)
    parity = Parity(1, 1, 0.0, True, 1e-9)
    return Model(path, "", 1, members, Calibration("none"), 0.5, "", parity, columns=NAMES)


def case(folder, task, rows=400, seconds=None):
    """Everything `evaluate` takes, in ``folder``."""
    rng = np.random.default_rng(1)
    write_rows(table(600, rng, task), folder / "train.parquet")
    write_rows(table(rows, rng, task), folder / "sealed.parquet")
    (folder / "model.onnx").write_bytes(graph(task))
    sealed = Sealed(folder / "sealed.parquet", NAMES, rows)
    dataset = Dataset(COLUMNS, folder / "train.parquet", 600, sealed, "table", "", "")
    clock = Clock() if seconds is None else Clock(seconds)
    told = []
    context = Context(
        7, folder, folder, clock, Journal(folder / "journal.log"), told.append, lambda: None, threading.Event()
    )
    problem = problem_of(task)
    leaderboard = board(problem.metric, True)
    return (problem, dataset, leaderboard, model_of(folder / "model.onnx")), context, told


@pytest.fixture(scope="module")
def judged_by_task(tmp_path_factory):
    found = {}
    for task in CLASSES:
        nouns, context, told = case(tmp_path_factory.mktemp(task), task)
        found[task] = (evaluate(*nouns, context=context), told)
    return found


@pytest.mark.parametrize("task", CLASSES)
def test_stage_tells_everything(judged_by_task, task):
    evaluation, told = judged_by_task[task]
    assert evaluation.headline.metric == HEADLINE[task]
    assert evaluation.headline == evaluation.scores[0]
    assert {score.metric for score in evaluation.scores} >= {
        name for name in parts.names("ninefold.metrics") if task in parts.find("ninefold.metrics", name).solves
    } - {"mape"}
    for score in evaluation.scores:
        assert score.low < score.value < score.high
        assert score.baseline is not None
    better = evaluation.headline.value > evaluation.headline.baseline
    assert better and evaluation.rows == 400 and evaluation.resamples == 1000
    assert [each.column for each in evaluation.importances[:2]] == ["dose", "site"]
    assert [each.column for each in evaluation.behaviour.followed] == ["dose", "site"]
    assert evaluation.behaviour.followed[0].effect[0] != evaluation.behaviour.followed[0].effect[-1]
    assert evaluation.behaviour.promises == ()
    assert {each.column for each in evaluation.slices} >= {"dose", "site", "noise", "seen"}
    done = [event.done for event in told]
    assert done == sorted(done) and done[-1] <= 1


def test_promises_are_held_against_the_sealed_rows(tmp_path):
    """Made from another draw of the same rows by the true function, they are kept, and told."""
    (problem, dataset, leaderboard, model), context, _ = case(tmp_path, "binary")
    answers = answers_of(graph("binary"), dataset.rows, problem)
    promise = conformal("binary", answers.predictions, answers.y)
    (tmp_path / "conformal.json").write_bytes(msgspec.json.encode(promise))
    model = dataclasses.replace(model, conformal=tmp_path / "conformal.json")
    evaluation = evaluate(problem, dataset, leaderboard, model, context=context)
    assert [each.level for each in evaluation.behaviour.promises] == [0.8, 0.9, 0.95]
    assert all(each.high >= each.level - 0.02 for each in evaluation.behaviour.promises)
    assert {each.name for each in evaluation.behaviour.by_class} == {"no", "yes"}
    section = view(evaluation)
    assert any("as often as promised" in each.title for each in section.tables)
    assert "Sets by LAC" in section.text[-1]


@pytest.mark.parametrize("task", CLASSES)
def test_noise_has_no_importance(judged_by_task, task):
    importances = {each.column: each for each in judged_by_task[task][0].importances}
    assert importances["noise"].drop == importances["seen"].drop == 0
    assert importances["dose"].low > 0


@pytest.mark.parametrize("task", CLASSES)
def test_noun_survives_json_and_view_renders(judged_by_task, task):
    evaluation = judged_by_task[task][0]
    assert decode(encode(evaluation, Path("/")), Evaluation, Path("/")) == evaluation
    section = view(evaluation)
    assert section.sentence.endswith("on 400 sealed rows, looked at once")
    assert section.sentence.startswith(evaluation.headline.title)
    kinds = {figure.kind for figure in section.figures}
    assert kinds >= ({"lines", "bars"} if task == "regression" else {"lines", "bars", "matrix"})
    assert all(len(row) == len(table.headings) for table in section.tables for row in table.rows)


def test_confusion_counts_the_graphs_labels(judged_by_task):
    evaluation = judged_by_task["binary"][0]
    counts = np.array(evaluation.confusion)
    accuracy = next(score for score in evaluation.scores if score.metric == "accuracy")
    assert counts.sum() == 400
    assert counts.trace() / 400 == pytest.approx(accuracy.value)


def test_curves_end_where_they_must(judged_by_task):
    roc, ranked = judged_by_task["binary"][0].curves
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0, 0, 1, 1)
    assert ranked.x[-1] == 1 and max(len(roc.x), len(ranked.x)) <= 200
    assert np.trapezoid(roc.y, roc.x) == pytest.approx(judged_by_task["binary"][0].headline.value, abs=0.005)
    assert len(judged_by_task["regression"][0].curves) == 3
    assert judged_by_task["multiclass"][0].curves == ()


def test_calibrated_graph_is_not_accused(judged_by_task):
    evaluation = judged_by_task["binary"][0]
    assert len(evaluation.calibration) == 10
    assert sum(each.rows for each in evaluation.calibration) == 400
    assert evaluation.calibration_error <= evaluation.calibration_chance
    assert "NF705" not in {finding.code for finding in evaluation.findings}


def test_same_seed_same_evaluation(tmp_path, judged_by_task):
    nouns, context, _ = case(tmp_path, "binary")
    first, again = judged_by_task["binary"][0], evaluate(*nouns, context=context)
    np.testing.assert_array_equal(np.load(again.answers), np.load(first.answers))
    assert dataclasses.replace(again, answers=first.answers, decided=first.decided) == first


def test_no_time_left_leaves_what_is_essential(tmp_path):
    nouns, context, _ = case(tmp_path, "binary", seconds=0.0)
    evaluation = evaluate(*nouns, context=context)
    assert evaluation.headline.low < evaluation.headline.value < evaluation.headline.high
    assert evaluation.headline.baseline == 0.5
    assert np.sum(evaluation.confusion) == 400
    assert evaluation.resamples == intervals.FEWEST
    assert evaluation.importances == evaluation.slices == evaluation.behaviour.followed == ()
    assert view(evaluation).facts


@pytest.mark.parametrize("task", CLASSES)
def test_few_rows_are_told_as_few(tmp_path, task):
    nouns, context, _ = case(tmp_path, task, rows=5)
    evaluation = evaluate(*nouns, context=context)
    assert "NF707" in {finding.code for finding in evaluation.findings}
    assert decode(encode(evaluation, tmp_path), Evaluation, tmp_path) == evaluation


def test_undefined_headline_is_replaced_and_said(tmp_path):
    nouns, context, _ = case(tmp_path, "binary", rows=60)
    rows = nouns[1].sealed.open()
    write_rows(dataclasses.replace(rows, target=np.zeros(60, np.int64)), nouns[1].sealed.path)
    evaluation = evaluate(*nouns, context=context)
    assert evaluation.headline.metric == "log_loss"
    assert "NF709" in {finding.code for finding in evaluation.findings}
    assert evaluation.verdict.kind == "unclear"


# Intervals


def ranked_answers(rows, rng, share=0.5):
    y = (rng.random(rows) < share).astype(int)
    p = 1 / (1 + np.exp(-(1.2 * (y - 0.5) + rng.normal(size=rows))))
    order = np.argsort(-p)
    return Answers(y[order], np.c_[1 - p, p][order], (p[order] > 0.5).astype(int))


def limits(answers, metric, rng, most=200, how=None):
    how = how or intervals.Resampling(np.arange(len(answers)))
    samples = intervals.resampled(lambda i: np.array([answers.take(i).score(metric)]), how, rng, FOREVER, most)
    return how.interval(answers.score(metric), samples[:, 0])


@pytest.mark.parametrize(("name", "share"), [("roc_auc", 0.5), ("accuracy", 0.1)])
def test_interval_covers_the_truth(name, share):
    rng, metric = np.random.default_rng(0), parts.make("ninefold.metrics", name)
    truth = ranked_answers(400_000, rng, share).score(metric)
    ends = [limits(ranked_answers(120, rng, share), metric, rng, 150) for _ in range(200)]
    covered = np.mean([low <= truth <= high for low, high in ends])
    assert 0.90 <= covered <= 0.99


def test_interval_of_few_resamples_is_about_as_wide():
    rng, metric = np.random.default_rng(0), parts.make("ninefold.metrics", "accuracy")
    answers = ranked_answers(500, rng)
    wide = np.mean([np.diff(limits(answers, metric, rng, intervals.FEWEST)) for _ in range(40)])
    assert wide == pytest.approx(np.diff(limits(answers, metric, rng, 1000))[0], rel=0.15)


def test_part_of_many_rows_gives_the_same_width(monkeypatch):
    rng, metric = np.random.default_rng(0), parts.make("ninefold.metrics", "roc_auc")
    answers = ranked_answers(4000, rng)
    whole = np.diff(limits(answers, metric, rng, 400))
    monkeypatch.setattr(intervals, "LARGEST", 500)
    assert len(intervals.Resampling(np.arange(4000)).draw(rng)) == 500
    assert np.diff(limits(answers, metric, rng, 400)) == pytest.approx(whole, rel=0.2)


def test_groups_widen_the_interval():
    rng, metric = np.random.default_rng(0), parts.make("ninefold.metrics", "accuracy")
    right = np.repeat(rng.random(40) < 0.7, 10).astype(int)
    answers = Answers(np.ones(400, int), np.c_[1 - right, right].astype(float), right)
    rows = Rows({}, answers.y, groups=np.repeat(np.arange(40), 10))
    alone = limits(answers, metric, rng)
    together = limits(answers, metric, rng, how=intervals.resampling(rows))
    assert np.diff(together) > 2 * np.diff(alone)


def test_resamples_keep_groups_and_order():
    rng = np.random.default_rng(0)
    alone = intervals.resampling(Rows({}, np.zeros(12)))
    for _ in range(20):
        index = alone.draw(rng)
        assert (np.diff(index) >= 0).all() and len(index) == 12 and len(set(index)) < 12
    groups = np.array(["b", "a", "b", "a", "c"], object)
    clusters = intervals.resampling(Rows({}, np.zeros(5, int), groups=groups))
    for _ in range(20):
        counts = np.bincount(clusters.draw(rng), minlength=5)
        assert counts[0] == counts[2] and counts[1] == counts[3]


def test_times_are_drawn_in_blocks():
    times = np.random.default_rng(0).permutation(27)
    how = intervals.resampling(Rows({}, np.zeros(27), times=times))
    assert [set(np.flatnonzero(how.codes == code)) for code in range(9)] == [
        set(np.flatnonzero((times >= 3 * code) & (times < 3 * code + 3))) for code in range(9)
    ]


def test_perfect_score_is_not_certain():
    y = np.tile([0, 1, 2], 10)
    answers = Answers(y, np.eye(3)[y] * 0.97 + 0.01, y)
    how = intervals.Resampling(np.arange(30))
    known = {name: parts.make("ninefold.metrics", name) for name in ("accuracy", "log_loss", "roc_auc")}
    scores = measured(known, answers, answers, None, how=how, rng=np.random.default_rng(0), clock=Clock(0)).scores
    by_name = {score.metric: score for score in scores}
    assert by_name["accuracy"].low == pytest.approx(0.9)
    assert by_name["roc_auc"].low < 0.99
    assert by_name["accuracy"].high == 1


# Calibration


def calibrated(rows, rng, sharpen=1.0):
    logit = rng.normal(0, 1.5, size=rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    p = 1 / (1 + np.exp(-sharpen * logit))
    return Answers(y, np.c_[1 - p, p])


def test_calibration_error_is_judged_against_chance():
    rng = np.random.default_rng(0)
    beyond = [r.error > r.chance(rng) for r in (reliability(calibrated(300, rng)) for _ in range(60))]
    assert np.mean(beyond) <= 0.15
    assert all(r.error > r.chance(rng) for r in (reliability(calibrated(500, rng, 4)) for _ in range(5)))


def test_constant_probabilities_share_one_bin():
    answers = Answers(np.repeat([0, 1], 50), np.full((100, 2), 0.5))
    (only,) = reliability(answers).bins(intervals.Resampling(np.arange(len(answers))))
    assert (only.predicted, only.observed, only.rows) == (0.5, 0.5, 100)


def test_basic_interval_takes_off_what_resampling_adds():
    rng = np.random.default_rng(0)
    answers = reliability(calibrated(300, rng))
    samples = np.array([answers.take(rng.integers(300, size=300)).error for _ in range(200)])
    assert samples.mean() > answers.error
    low, high = intervals.Resampling(np.arange(300)).basic_interval(answers.error, samples)
    assert 0 <= low < answers.error <= high


def test_residuals_of_few_rows():
    found = curves(Answers(np.arange(4.0), np.arange(4.0)[:, None]))
    assert [len(curve.x) for curve in found] == [1, 1, 1]


# Slices


def accuracy_jury(right, rng):
    answers = Answers(np.ones(len(right), int), np.c_[1.0 - right, right], right.astype(int))
    metric = parts.make("ninefold.metrics", "accuracy")
    how = intervals.Resampling(np.arange(len(right)))
    low, high = limits(answers, metric, rng)
    headline = Score("accuracy", "accuracy", float(right.mean()), low, high, True, 0.5)
    return slices.Jury(answers, metric, how, rng, "binary"), headline


def parted(rows, rng, columns=6):
    sites = rng.integers(4, size=(columns, rows))
    return [(f"c{i}", str(code), sites[i] == code) for i in range(columns) for code in range(4)]


def test_planted_weak_slice_is_found():
    rng = np.random.default_rng(0)
    candidates = parted(800, rng)
    right = np.where(candidates[5][2], rng.random(800) < 0.6, rng.random(800) < 0.9).astype(int)
    jury, headline = accuracy_jury(right, rng)
    found = jury.judged(candidates, FOREVER)
    assert [(each.slice.column, each.slice.value) for each in slices.weak(found, headline)] == [("c1", "1")]
    assert found[0].slice.column == "c1" and len(found) == 24
    assert [each.worse for each in found] == sorted((each.worse for each in found), reverse=True)


def test_silent_where_nothing_sets_slices_apart():
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(60):
        jury, headline = accuracy_jury((rng.random(300) < 0.85).astype(int), rng)
        alarms += bool(slices.weak(jury.judged(parted(300, rng, 2), FOREVER), headline))
    assert alarms <= 3


@pytest.mark.parametrize("task", CLASSES)
def test_hard_parts_of_a_right_model_are_shown_and_not_complained_of(judged_by_task, task):
    evaluation = judged_by_task[task][0]
    assert evaluation.slices[0].score < evaluation.headline.low
    assert "NF706" not in {finding.code for finding in evaluation.findings}


def test_clusters_weaken_the_evidence():
    squared = np.r_[np.arange(3, 23), np.arange(1, 21)].repeat(10)
    answers = Answers(np.sqrt(squared), np.zeros((400, 1)))
    metric = parts.make("ninefold.metrics", "rmse")
    p = []
    for codes in (np.arange(400), np.arange(40).repeat(10)):
        jury = slices.Jury(answers, metric, intervals.Resampling(codes), np.random.default_rng(0), "regression")
        (each,) = jury.judged([("c", "first", np.arange(400) < 200)], FOREVER)
        p.append(each.p)
    assert p[0] < 0.001 and p[1] > 0.1


def test_parts_of_each_kind():
    train = np.arange(100.0)
    sealed = np.array([1.0, 30.0, 60.0, 99.0, np.nan])
    named = dict(slices.parts_of(COLUMNS[0], train, sealed))
    assert list(named) == ["missing", "≤ 24", "> 24 to 49", "> 49 to 74", "> 74"]
    assert np.array_equal(np.stack(list(named.values())).sum(axis=0), np.ones(5))
    few = dict(slices.parts_of(COLUMNS[0], np.tile([1.0, 2.0, np.nan], 9), np.array([2.0, 3.0])))
    assert list(few) == ["missing", "1", "2"]
    yes = dict(slices.parts_of(Column(name="b", kind="boolean"), np.array([0.0, 1.0]), np.array([1.0, np.nan])))
    assert list(yes) == ["missing", "no", "yes"] and yes["yes"].tolist() == [True, False]
    levels = dict(slices.parts_of(COLUMNS[1], train, np.array(["a", "", "z"], object)))
    assert list(levels) == ["missing", "a", "b", "c"] and levels["missing"].tolist() == [False, True, False]
    day = 86_400_000_000
    dates = dict(slices.parts_of(COLUMNS[3], np.arange(100) * day, np.array([0, 99 * day])))
    assert "≤ 1970-01-25" in dates
    assert not [
        mask for name, mask in slices.parts_of(Column(name="t", kind="text"), train, sealed) if name != "missing"
    ]


def test_small_parts_are_not_looked_at():
    rng = np.random.default_rng(0)
    jury, _ = accuracy_jury(np.ones(100, int), rng)
    assert jury.judged([("c", "few", np.arange(100) < 29), ("c", "most", np.arange(100) < 71)], FOREVER) == ()


# Verdict


def auc(value, low=None, high=None):
    return Score("roc_auc", "ROC AUC", value, low or value - 0.02, high or value + 0.02, True, 0.5)


VERDICTS = {
    "good": (board(train=(0.95,) * 3, scores=(0.87, 0.88, 0.86)), auc(0.876)),
    "overfit": (board(train=(1.0,) * 3, scores=(0.6, 0.62, 0.58)), auc(0.61)),
    "underfit": (board(train=(0.66,) * 3, scores=(0.65, 0.66, 0.64)), auc(0.655)),
    "unclear": (board(train=(0.7,) * 3, scores=(0.5, 0.6, 0.55)), auc(0.58, 0.45, 0.71)),
}


@pytest.mark.parametrize("kind", VERDICTS)
def test_verdict(kind):
    leaderboard, headline = VERDICTS[kind]
    found = verdict.verdict(leaderboard, headline)
    assert found.kind == kind
    assert "on training rows" in found.sentence and found.train == pytest.approx(leaderboard.trial(1).train_scores[0])


def test_verdict_of_a_loss_reads_the_other_way():
    headline = Score("log_loss", "log-loss", 0.6, 0.55, 0.65, False, 0.69)
    assert verdict.verdict(board("log_loss", False, (0.05,) * 3, (0.6, 0.61, 0.6)), headline).kind == "overfit"
    headline = dataclasses.replace(headline, value=0.3, low=0.27, high=0.33)
    assert verdict.verdict(board("log_loss", False, (0.25,) * 3, (0.3, 0.31, 0.3)), headline).kind == "good"


def test_poor_fit_is_not_underfitting_where_flexible_trials_gained_nothing():
    leaderboard, headline = VERDICTS["underfit"]
    flexible = Trial(2, "forest", "random forest", "plain", {}, "finished", (0.64,) * 3, (), (1.0,) * 3)
    tried = dataclasses.replace(leaderboard, trials=(*leaderboard.trials, flexible))
    assert verdict.verdict(tried, headline).kind == "good"


def test_verdict_without_training_scores():
    found = verdict.verdict(board(train=()), auc(0.86))
    assert (found.kind, found.train) == ("unclear", None)


def test_validation_error_needs_folds():
    assert verdict.validation_error(board(scores=(0.8,))) is None
    assert verdict.validation_error(board(scores=(0.8, 0.8))) == 0
    assert verdict.validation_error(board(scores=(0.8, 0.9))) > np.std([0.8, 0.9], ddof=1)


# Curves of the best learner


def test_curves_and_parts_are_told():
    parted = Decomposition("0-1", 0.2, 0.1, 0.15, rounds=20, title="tree")
    leaves = dataclasses.replace(RISING, axis="leaves", x=(4.0, 8.0, 16.0, 32.0), validation=RISING.validation[::-1])
    section = view(evaluation_of(fit_curves=(RISING, leaves), decomposition=parted))
    learning, validation = [figure for figure in section.figures if figure.y_label == "ROC AUC"]
    assert learning.title.startswith("More rows would help: the last doubling brought 10.0%")
    assert [series.name for series in learning.series] == ["training", "validation"]
    assert (learning.series[1].low[-1], learning.series[1].high[-1]) == (0.85, 0.86)
    assert (validation.title, validation.x_label) == ("tree does best with leaves 4", "leaves")
    assert any("over 20 bootstraps: 0-1 loss 0.2, bias 0.1, variance 0.15. Variance" in text for text in section.text)
    assert not any("no time" in text for text in section.text)


def test_that_there_was_no_time_for_curves_is_said():
    assert any("A learning curve is drawn in the time that is left" in text for text in view(evaluation_of()).text)


# Findings


def evaluation_of(**changes):
    """An evaluation that nothing is to be said about."""
    headline = auc(0.86)
    quiet = Evaluation(
        headline=headline,
        scores=(headline,),
        rows=500,
        classes=("no", "yes"),
        confusion=((200, 50), (50, 200)),
        calibration=(),
        calibration_error=0.03,
        curves=(),
        slices=(),
        importances=tuple(Importance(name, 0.1, 0.05, 0.15) for name in "abc"),
        verdict=Verdict("good", "fine", 0.9, 0.865, 0.86, 0.5),
        calibration_interval=(0.0, 0.05),
        calibration_chance=0.06,
    )
    return dataclasses.replace(quiet, **changes)


def seen(weak=(), validation_error=0.01, drift=(), labels=None, **changes):
    return evidence.Evidence(problem_of("binary"), evaluation_of(**changes), validation_error, weak, drift, labels)


BAD_SLICE = slices.Judged(Slice("sex", "female", 60, 0.6, 0.5, 0.7), 0.25, 1e-6)
FIT = ((0.9,) * 2,) * 4
RISING = FitCurve(
    1, "tree", "rows", (50.0, 100.0, 200.0, 400.0), FIT, ((0.7,) * 2, (0.75,) * 2, (0.8, 0.81), (0.85, 0.86))
)
FLAT = dataclasses.replace(RISING, validation=((0.7,) * 2, (0.8,) * 2, (0.85, 0.86), (0.88, 0.855)))
NOISY = Doubted(rows=2_000, surest=0.05, next=0.06, constant=0.5, denied=96, pair=(1, 0), times=60)
MOVED = (ColumnDrift("age", True, (Check("distribution", 0.2, 1e-9, 1e-8),), Summary(800, 0.0), Summary(200, 0.0)),)


def sharing(*targets):
    return Sharing("network", 1, 2, (0.6, 0.4), targets)


def training(first=0.5, loss=0.3, times=1.0):
    """Nine epochs of three layers; in the seventh the loss is ``loss``, and gradients are so many ``times`` larger."""
    epochs = []
    for number in range(1, 10):
        here = number == 7
        norms = {"0.weight": first, "1.weight": 0.7, "2.weight": 1.0, "2.bias": 0.1}
        grown = {name: norm * (times if here else 1.0) for name, norm in norms.items()}
        epochs.append(Epoch(number, loss if here else 1 / number, 0.01, {"loss": 1 / number}, grown))
    return Training(1, "network", 0.5, tuple(epochs))


FIRES = {
    "NF701": seen(headline=auc(0.55, 0.48, 0.62), verdict=Verdict("good", "fine", 0.6, 0.56, 0.55, 0.5)),
    "NF702": seen(verdict=Verdict("good", "fine", 0.95, 0.93, 0.86, 0.5)),
    "NF703": seen(verdict=Verdict("overfit", "too much", 1.0, 0.865, 0.86, 0.5)),
    "NF704": seen(verdict=Verdict("underfit", "too little", 0.86, 0.865, 0.86, 0.5)),
    "NF705": seen(calibration_error=0.15, calibration_interval=(0.1, 0.2)),
    "NF706": seen(weak=(BAD_SLICE,)),
    "NF707": seen(rows=40),
    "NF708": seen(importances=(Importance("a", 0.3, 0.2, 0.4), *(Importance(n, 0.01, 0.0, 0.02) for n in "bc"))),
    "NF709": seen(headline=dataclasses.replace(auc(0.86), metric="log_loss")),
    "NF710": seen(fit_curves=(RISING,)),
    "NF750": seen(behaviour=Behaviour(promises=(Promise(0.9, 0.8, 0.75, 0.85, 1.5, 1.4, 1.6),))),
    "NF751": seen(behaviour=Behaviour(by_class=(ClassPromise("yes", 0.9, 60, 0.5, 0.4, 0.6),))),
    "NF752": seen(behaviour=Behaviour(together=(Together(("a", "b"), 0.3, 0.25, 0.35, 0.1, 0.15),), threshold=0.8)),
    "NF711": seen(labels=NOISY),
    "NF712": seen(drift=MOVED),
    "NF713": seen(heard=Heard(rivals=(OtherSpeaker("dictionary", 0.845), OtherSpeaker("copy", 0.1)))),
    "NF770": seen(sharing=sharing(Shared("price", "sealed", 200, 0.4, 0.3, 0.1, 0.05, 0.15))),
    "NF771": seen(inside=Inside((training(first=1e-6),))),
    "NF772": seen(inside=Inside((training(loss=50.0, times=1e4),))),
    "NF773": seen(inside=Inside((), "network", (LayerOutput("layer 1 (relu)", 64, 20, 0.6, 1.0),))),
}
SILENT = {
    "NF710 on one fold alone": seen(fit_curves=(FLAT,)),
    "NF710 of a setting": seen(fit_curves=(dataclasses.replace(RISING, axis="leaves"),)),
    "NF702 without an interval": seen(headline=Score("roc_auc", "ROC AUC", 0.0, 0.0, 0.0, True, 0.5)),
    "NF701": seen(headline=Score("log_loss", "log-loss", 0.3, 0.2, 0.4, False, 0.69)),
    "NF702": seen(verdict=Verdict("good", "fine", 0.95, 0.93, 0.86, 0.5), validation_error=0.05),
    "NF705": seen(calibration_error=0.05, calibration_interval=(0.03, 0.07)),
    "NF707": seen(rows=50),
    "NF708": seen(importances=(Importance("a", 0.3, 0.2, 0.4), Importance("b", 0.01, 0.0, 0.02))),
    "NF750": seen(behaviour=Behaviour(promises=(Promise(0.9, 0.85, 0.8, 0.89, 1.5, 1.4, 1.6),))),
    "NF751": seen(behaviour=Behaviour(by_class=(ClassPromise("yes", 0.9, 60, 0.75, 0.65, 0.85),))),
    "NF751 of few rows": seen(behaviour=Behaviour(by_class=(ClassPromise("yes", 0.9, 9, 0.1, 0.0, 0.4),))),
    "NF752": seen(behaviour=Behaviour(together=(Together(("a", "b"), 0.3, 0.25, 0.35, 0.2, 0.26),), threshold=0.8)),
    "NF703": seen(verdict=Verdict("good", "fine", 0.95, 0.865, 0.86, 0.5)),
    "NF704": seen(verdict=Verdict("unclear", "who knows", 0.6, 0.6, 0.6, 0.5)),
    "NF706": seen(weak=()),
    "NF709": seen(),
    "NF711 of classes that overlap": seen(labels=dataclasses.replace(NOISY, next=0.13)),
    "NF711 of few rows": seen(labels=dataclasses.replace(NOISY, rows=200, surest=0.02, next=0.02)),
    "NF711 of a hard problem": seen(labels=dataclasses.replace(NOISY, surest=0.3, next=0.35)),
    "NF712": seen(drift=()),
    "NF713": seen(heard=Heard(rivals=(OtherSpeaker("dictionary", 0.7),))),
    "NF713 where less is better": seen(
        headline=Score("log_loss", "log-loss", 0.3, 0.2, 0.4, False, 0.69),
        heard=Heard(rivals=(OtherSpeaker("trigrams", 0.5),)),
    ),
    "NF770 where sharing helps": seen(sharing=sharing(Shared("price", "sealed", 200, 0.3, 0.4, -0.1, -0.15, -0.05))),
    "NF770 out of fold alone": seen(
        sharing=sharing(
            Shared("price", "validation", 800, 0.4, 0.3, 0.1, 0.05, 0.15),
            Shared("price", "sealed", 200, 0.4, 0.39, 0.01, -0.05, 0.07),
        )
    ),
    "NF771": seen(inside=Inside((training(),))),
    "NF772": seen(inside=Inside((training(loss=50.0),))),
    "NF772 of a strange batch": seen(inside=Inside((training(times=1e4),))),
    "NF773": seen(inside=Inside((), "network", (LayerOutput("layer 1 (relu)", 64, 3, 0.6, 1.0),))),
}


def codes(given):
    return {finding.code for finding in evidence.findings(given)}


def test_every_finding_is_examined():
    assert len(parts.names(evidence.PACKAGE)) == len(FIRES) + len(OF_GROUPS)


def test_nothing_to_say():
    assert codes(seen()) == set()


@pytest.mark.parametrize("code", FIRES)
def test_finding_fires(code):
    (finding,) = [finding for finding in evidence.findings(FIRES[code]) if finding.code == code]
    assert finding.evidence and finding.action
    assert codes(FIRES[code]) <= {code, "NF707"}


@pytest.mark.parametrize("code", ["NF703", "NF704"])
def test_advice_is_given_once(code):
    skills = verdict.Skills(0.4, 0.1, 0.05, 0.15, 0.5, 2.0)
    kind = {"NF703": "overfit", "NF704": "underfit"}[code]
    sentence = verdict._advice(dataclasses.replace(skills, train=0.4 if kind == "overfit" else 0.1, reach=1.0))
    given = seen(verdict=Verdict(kind, sentence, 0.9, 0.6, 0.6, 0.5))
    (finding,) = [finding for finding in evidence.findings(given) if finding.code == code]
    assert sentence.lower().startswith(kind)
    assert finding.action.split()[0] not in finding.evidence


@pytest.mark.parametrize(("value", "title"), [(0.55, "Perhaps no better than"), (0.49, "Not better than")])
def test_a_score_ahead_of_the_baseline_is_not_called_behind_it(value, title):
    found = evidence.findings(seen(headline=auc(value, 0.45, 0.62)))
    assert [finding.title for finding in found if finding.code == "NF701"] == [f"{title} the baseline"]


@pytest.mark.parametrize(("rows", "level"), [(2, "warning"), (500, "info")])
def test_few_sealed_rows_are_a_warning_and_a_wide_interval_a_remark(rows, level):
    found = evidence.findings(seen(rows=rows, headline=auc(0.86, 0.6, 0.98)))
    (finding,) = [finding for finding in found if finding.code == "NF707"]
    assert finding.level == level
    assert ("Read the interval" in finding.action) == (level == "info")


@pytest.mark.parametrize("code", SILENT)
def test_finding_stays_silent(code):
    assert code[:5] not in codes(SILENT[code])
