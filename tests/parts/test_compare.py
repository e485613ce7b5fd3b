"""Comparing: equal models are not told apart, worse ones are; what is unfair is left out, refused, or said."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy.stats import binomtest

import bundles
import shipping
from ninefold.cli.main import app
from ninefold.compare import comparing
from ninefold.compare.comparing import Asked, compare
from ninefold.compare.contender import Contender, Labelled, contender
from ninefold.compare.paired import delong, differences, mcnemar
from ninefold.compare.parts import Duel, worse_parts
from ninefold.compare.seen import _among
from ninefold.compare.terms import UNSEEN, answered, common, truth_of
from ninefold.compare.verdict import judged
from ninefold.compare.view import view
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.comparison import Comparison, Difference
from ninefold.core.errors import ColumnError, WishError
from ninefold.core.scoring import SMOOTH
from ninefold.core.table import Array, Dataset, Rows, Sealed, write_rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling
from ninefold.forms.onnx import compiled, const, op, raw_input
from ninefold.metrics._costs import ExpectedGain
from ninefold_runtime.bundle import GRAPH, SCHEMA, Bundle, Manifest, seal
from ninefold_runtime.model import Predictions
from ninefold_runtime.pvalues import even_split
from ninefold_runtime.schema import Column, Schema, Target

FOREVER = Clock()
AUC = {"roc_auc": parts.make("ninefold.metrics", "roc_auc")}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics that do not decide are resampled as little as may be, the one that does not often."""
    monkeypatch.setattr(comparing, "RESAMPLES", 150)
    monkeypatch.setattr(comparing, "OTHERS_SECONDS", 0.0)


def answers(y: Array, logit: Array) -> Answers:
    p = 1 / (1 + np.exp(-logit))
    return Answers(y, np.c_[1 - p, p], (p >= 0.5).astype(np.int64))


def pair(rng: np.random.Generator, rows: int, noise: float, repeat: int = 1) -> tuple[Answers, Answers]:
    """Two models of one signal, each with a noise of its own; each row ``repeat`` times."""
    signal = np.repeat(rng.normal(size=rows), repeat)
    y = (rng.random(rows).repeat(repeat) < 1 / (1 + np.exp(-2 * signal))).astype(np.int64)
    of_a, of_b = (np.repeat(rng.normal(size=rows), repeat) for _ in range(2))
    return answers(y, 2 * signal + of_a), answers(y, 2 * signal + noise * of_b)


def weighed(
    a: Answers, b: Answers, metric: str = "roc_auc", how: Resampling | None = None, most: int = 150
) -> Difference:
    known = {metric: parts.make("ninefold.metrics", metric)}
    how = how or Resampling(np.arange(len(a)))
    found, _ = differences(known, a, b, how, rng=np.random.default_rng(0), clock=FOREVER, most=most)
    return found[0]


# The verdict


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "accuracy"])
def test_equal_models_are_seldom_called_worse(metric: str) -> None:
    rng = np.random.default_rng(0)
    found = [judged(weighed(*pair(rng, 200, 1.0), metric), 0.0) for _ in range(100)]
    assert sum(each.worse for each in found) <= 7  # 2 or 3 are to be expected
    assert sum(each.outcome == "better" for each in found) <= 7


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "accuracy"])
def test_a_worse_model_is_called_worse(metric: str) -> None:
    rng = np.random.default_rng(0)
    found = [weighed(*pair(rng, 400, 4.0), metric) for _ in range(20)]
    assert sum(judged(each, 0.0).worse for each in found) >= 19
    assert all(each.gain < 0 and each.low <= each.gain <= each.high for each in found)
    assert np.median([each.p for each in found]) < 0.05


def test_the_interval_covers_the_true_difference() -> None:
    rng = np.random.default_rng(1)
    truth = weighed(*pair(rng, 100_000, 2.0), most=1).gain
    ends = [weighed(*pair(rng, 150, 2.0)) for _ in range(100)]
    assert 0.88 <= np.mean([each.low <= truth <= each.high for each in ends]) <= 0.99


def test_rows_of_one_group_count_once() -> None:
    rng = np.random.default_rng(2)
    drawn = [pair(rng, 40, 1.0, repeat=10) for _ in range(20)]
    how = Resampling(np.repeat(np.arange(40), 10))
    assert sum(judged(weighed(*each, how=how), 0.0).worse for each in drawn) <= 3
    assert sum(judged(weighed(*each), 0.0).worse for each in drawn) >= 3


@pytest.mark.parametrize(
    ("low", "high", "margin", "outcome", "worse"),
    [
        (-0.03, -0.01, 0.0, "worse", True),
        (-0.03, 0.0, 0.0, "alike", False),
        (0.01, 0.03, 0.0, "better", False),
        (-0.03, 0.01, 0.05, "within", False),
        (-0.03, -0.01, 0.05, "within", False),
        (-0.06, 0.01, 0.05, "worse", True),
        (-0.09, -0.06, 0.05, "worse", True),
        (0.01, 0.03, 0.05, "better", False),
    ],
)
def test_what_worse_means(low: float, high: float, margin: float, outcome: str, worse: bool) -> None:
    middle = (low + high) / 2
    verdict = judged(Difference("m", "M", True, 0.5, 0.5 + middle, middle, low, high, 0.1), margin)
    assert (verdict.outcome, verdict.worse) == (outcome, worse)
    assert verdict.sentence.startswith({"better": "B is better", "alike": "No clear"}.get(outcome, "B "))


def test_lower_is_better_turns_the_gain_around() -> None:
    rng = np.random.default_rng(3)
    a, b = pair(rng, 300, 4.0)
    loss = weighed(a, b, "log_loss")
    assert loss.b > loss.a and loss.gain == pytest.approx(loss.a - loss.b)
    assert "higher with B" in judged(loss, 0.0).sentence
    same = Difference("m", "M", True, 0.5, 0.5, 0.0, 0.0, 0.0, 1.0)
    assert "M is the same with both (" in judged(same, 0.0).sentence


# Classical tests


@pytest.mark.parametrize(("a", "b"), [(0, 0), (1, 0), (5, 12), (30, 31), (400, 600), (0, 2000)])
def test_even_split_is_the_exact_binomial_test(a: int, b: int) -> None:
    wanted = binomtest(a, a + b).pvalue if a + b else 1.0
    assert even_split(a, b) == pytest.approx(wanted, rel=1e-9, abs=1e-300)


def test_mcnemar_counts_rows_that_one_alone_decides_rightly() -> None:
    y = np.zeros(20, np.int64)
    a, b = (
        Answers(y, np.zeros((20, 2)), np.repeat(codes, counts))
        for codes, counts in (((0, 1), (15, 5)), ((1, 0), (9, 11)))
    )
    test = mcnemar(a, b)
    assert test is not None
    assert test.p == pytest.approx(binomtest(5, 14).pvalue)
    assert "A alone decides 9 rows rightly, B alone 5" in test.evidence


def test_delong_agrees_with_the_bootstrap_and_holds_its_level() -> None:
    rng = np.random.default_rng(4)
    chances = [delong(*pair(rng, 150, 1.0)) for _ in range(300)]
    assert 0.02 <= np.mean([test.p < 0.05 for test in chances if test]) <= 0.09
    a, b = pair(rng, 400, 1.7)
    assert delong(a, b).p == pytest.approx(weighed(a, b).p, abs=0.06)  # type: ignore[union-attr]
    assert delong(a, a).p == 1.0  # type: ignore[union-attr]
    assert delong(Answers(np.zeros(5, np.int64), np.zeros((5, 2))), Answers(np.zeros(5), np.zeros((5, 2)))) is None


# Parts of the rows


def duel(a: Answers, b: Answers) -> Duel:
    target = Target(name="y", task="binary", classes=("no", "yes"))
    return Duel(a, b, Resampling(np.arange(len(a))), AUC["roc_auc"], target)


def cut(rng: np.random.Generator, rows: int) -> list[tuple[Column, Array]]:
    named = [Column(name=f"c{i}", kind="category", levels=("a", "b", "c", "d")) for i in range(6)]
    return [(column, rng.choice(np.array(["a", "b", "c", "d"], object), rows)) for column in named]


def test_a_part_where_b_is_worse_is_found_and_noise_is_not() -> None:
    rng, false, found = np.random.default_rng(5), 0, 0
    for _ in range(40):
        columns = cut(rng, 600)
        a, b = pair(rng, 600, 1.0)
        false += bool(worse_parts(duel(a, b), columns, FOREVER)[0])
        spoiled = np.where(
            columns[2][1] == "b", rng.normal(0, 4, 600), np.log(b.predictions[:, 1] / b.predictions[:, 0])
        )
        told, looked_at = worse_parts(duel(a, answers(b.y, spoiled)), columns, FOREVER)
        found += bool(told) and told[0].part == "c2 b"
    assert looked_at == 24
    assert false <= 5
    assert found >= 36


# The same question, the same rows


def bundle(folder: Path, slopes: dict[str, float], classes: tuple[str, ...] = ("no", "yes"), **target: Any) -> Path:
    """A logistic model of numbers; the probability of "yes" grows with the sum of slope x column."""
    folder.mkdir()
    inputs = {name: raw_input(Column(name=name, kind="number")) for name in slopes}
    logit = op.sum([op.mul(inputs[name], const(slope)) for name, slope in slopes.items()])
    if target.get("task") == "regression":
        graph = compiled(inputs, {"prediction": logit})
        classes = ()
    else:
        yes = op.unsqueeze(op.sigmoid(logit), const([1], np.int64))
        no = op.sub(const([[1.0]]), yes)
        probability = op.concat([yes if name == "yes" else no for name in classes], axis=1)
        label = op.where(op.greater_or_equal(logit, const(0.0)), const("yes", np.str_), const("no", np.str_))
        graph = compiled(inputs, {"probability": probability, "label": label})
    told = {"name": "y", "task": "binary", "metric": "roc_auc", **target}
    source = told.pop("source", "")
    columns = tuple(Column(name=name, kind="number") for name in slopes)
    schema = Schema(columns=columns, target=Target(classes=classes, **told), source=source)
    (folder / GRAPH).write_bytes(graph)
    (folder / SCHEMA).write_bytes(msgspec.json.encode(schema))
    seal(folder)
    return folder


def table(rows: int = 400, seed: int = 0) -> dict[str, list[Any]]:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(2, rows))
    y = np.where(rng.random(rows) < 1 / (1 + np.exp(-2 * x - w)), "yes", "no")
    return {"x": x.tolist(), "w": w.tolist(), "site": rng.choice(["p", "q"], rows).tolist(), "y": y.tolist()}


def compared(a: Path | Contender, b: Path | Contender, data: dict[str, list[Any]], **asked: Any) -> Comparison:
    sides = [contender(x.name, x) if isinstance(x, Path) else x for x in (a, b)]
    return compare(*sides, Labelled("data", "d" * 64, data), Asked(**asked), lambda text: None)


def test_models_of_different_columns_and_class_orders_are_compared_on_the_union(tmp_path: Path) -> None:
    a = bundle(tmp_path / "a", {"x": 2.0, "w": 1.0})
    b = bundle(tmp_path / "b", {"w": 1.0}, classes=("yes", "no"))
    told = compared(a, b, table())
    assert told.worse and told.outcome == "worse" and told.rows == 400
    assert told.headline.a > 0.8 > told.headline.b > 0.55
    assert {test.name[:3] for test in told.tests} == {"McN", "DeL"}
    assert {each.metric for each in told.differences} >= {"roc_auc", "log_loss", "accuracy", "brier"}
    assert told.a.columns == 2 and told.b.columns == 1 and told.a.microseconds > 0
    back = compared(b, a, table())
    assert not back.worse and back.outcome == "better"
    assert back.headline.gain == pytest.approx(-told.headline.gain)


def test_the_same_model_twice_is_alike_in_everything(tmp_path: Path) -> None:
    a, b = (bundle(tmp_path / name, {"x": 2.0}) for name in "ab")
    told = compared(a, b, table())
    assert told.outcome == "alike" and {each.gain for each in told.differences} == {0.0}
    assert {each.p for each in (*told.differences, *told.tests)} == {1.0}
    assert told.parts == () and told.looked_at > 0
    assert compared(a, b, table(), margin=0.01).outcome == "within"


def test_the_verdict_is_the_same_again(tmp_path: Path) -> None:
    a, b = bundle(tmp_path / "a", {"x": 2.0, "w": 1.0}), bundle(tmp_path / "b", {"x": 2.0})
    first, second = (compared(a, b, table(), seed=7).headline for _ in range(2))
    assert first == second


def test_rows_without_a_label_or_with_an_unknown_one_are_left_out_and_counted(tmp_path: Path) -> None:
    data = table()
    data["y"][:5] = [None, "", "maybe", "NA", "maybe"]
    a = bundle(tmp_path / "a", {"x": 2.0})
    told = compared(a, a, data)
    assert told.rows == 395
    assert told.left_out == {"no target": 3, "a label that neither model knows": 2}
    assert any("left out 3: no target" in fact.remark for fact in view(told).facts)


def test_groups_are_drawn_whole_and_classical_tests_stay_away(tmp_path: Path) -> None:
    a = bundle(tmp_path / "a", {"x": 2.0})
    told = compared(a, a, table(), group="site")
    assert told.group == "site" and told.tests == ()
    assert "few_rows" in {finding.code for finding in told.findings}
    with pytest.raises(ColumnError, match="seat"):
        compared(a, a, table(), group="seat")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"name": "z"}, "targets differ"),
        ({"task": "regression"}, "tasks differ"),
        ({"task": "clustering"}, "no truth"),
        ({"classes": ("yes", "perhaps")}, "classes differ"),
    ],
)
def test_other_questions_are_refused(tmp_path: Path, other: dict[str, Any], told: str) -> None:
    a, b = bundle(tmp_path / "a", {"x": 2.0}), bundle(tmp_path / "b", {"x": 2.0}, **other)
    with pytest.raises(WishError, match=told) as caught:
        compared(a, b, table())
    assert caught.value.code == "NF-E330" and caught.value.hint


@pytest.mark.parametrize(
    ("asked", "change", "code"),
    [
        ({"metric": "rmse"}, {}, "NF-E307"),
        ({"margin": -0.1}, {}, "NF-E331"),
        ({}, {"y": ["yes"] * 400}, "NF-E332"),
        ({}, {"y": [None] * 400}, "NF-E207"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, asked: dict[str, Any], change: Any, code: str) -> None:
    a = bundle(tmp_path / "a", {"x": 2.0})
    with pytest.raises((WishError, ColumnError)) as caught:
        compared(a, a, table() | change, **asked)
    assert caught.value.code == code and caught.value.hint


def test_what_the_table_lacks_is_said_gravely(tmp_path: Path) -> None:
    a, b = bundle(tmp_path / "a", {"x": 2.0}), bundle(tmp_path / "b", {"x": 2.0, "w": 1.0})
    data = table()
    assert gaps_told(compared(a, b, data)) == []
    del data["w"]
    data["x"][0] = "much"
    assert sorted(gaps_told(compared(a, b, data))) == [
        ("missing_columns", "serious", ("w",)),
        ("unreadable_values", "warning", ("x",)),
        ("unreadable_values", "warning", ("x",)),
    ]


def gaps_told(told: Comparison) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(finding.code, finding.level, finding.columns) for finding in told.findings if finding.columns]


@pytest.mark.parametrize(
    ("written", "read"),
    [(["1.5", "2", None], [1.5, 2, np.nan]), (["1,5", "12,25"], [1.5, 12.25]), (["1,234.5", "7"], [1234.5, 7])],
)
def test_numbers_are_read_as_they_are_written(written: list[str], read: list[float]) -> None:
    target = Target(name="y", task="regression")
    np.testing.assert_array_equal(truth_of(target, {"y": written}, "data"), read)


def test_truths_of_several_targets_are_read_by_their_own_labels() -> None:
    target = Target(name="a, b", task="multilabel", several=("a", "b"), labels=(("no", "yes"), ("0", "1")))
    found = truth_of(target, {"a": ["yes", "no", "?"], "b": [1, 0.0, "2"]}, "data")
    np.testing.assert_array_equal(found, [[1, 1], [0, 0], [np.nan, UNSEEN]])
    with pytest.raises(ColumnError, match='"b"'):
        truth_of(target, {"a": ["yes"]}, "data")


def labelled(task: str, rows: int = 150) -> dict[str, list[Any]]:
    """Rows for the bundles of `bundles.py`, with targets that have nothing to do with them."""
    rng = np.random.default_rng(1)
    targets = {
        "multilabel": {"hot": ("no", "yes"), "wet, very": ("0", "1")},
        "multioutput": dict.fromkeys(("height", "weight"), (1.5, 2.0, 4.0)),
        "multiclass": {"outcome": ("high", "low", "middle")},
    }
    drawn = targets.get(task, {"outcome": (1.5, 2.0, 4.0)})
    return bundles.table(rows) | {name: rng.choice(values, rows).tolist() for name, values in drawn.items()}


@pytest.mark.parametrize("task", ["multiclass", "regression", "multilabel", "multioutput", "quantile"])
def test_every_task_can_be_compared(tmp_path: Path, task: str) -> None:
    a = bundles.write(tmp_path / "a", task)
    told = compared(a, a, labelled(task))
    assert told.outcome == "alike" and told.rows == 150
    assert told.headline.metric == SMOOTH[task]  # type: ignore[index]
    assert np.isfinite([(each.a, each.low, each.p) for each in told.differences]).all()
    assert all(len(row) == len(table.headings) for table in view(told).tables for row in table.rows)


def test_a_label_that_one_model_knows_is_charged_to_the_other() -> None:
    ours, theirs = (Target(name="y", task="multiclass", classes=classes) for classes in (("a", "b"), ("c", "b")))
    sides = [
        Contender(n, Bundle(Path(), Manifest(1, {}), Schema(columns=(), target=t), b"", None))
        for n, t in (("a", ours), ("b", theirs))
    ]
    target = common(*sides)
    assert target.classes == ("a", "b", "c")
    y = truth_of(target, {"y": ["c", "a", "z"]}, "data")
    np.testing.assert_array_equal(y, [2, 0, UNSEEN])
    made = Predictions(
        np.array(["c", "b", "b"], object), np.array([[0.9, 0.1], [0.3, 0.7], [0.3, 0.7]]), theirs.classes
    )
    found = answered(sides[1], made, target, y)
    np.testing.assert_array_equal(found.predictions, [[0, 0.1, 0.9], [0, 0.7, 0.3], [0, 0.7, 0.3]])
    np.testing.assert_array_equal(found.labels, [2, 1, 1])


# Memory


def learned_from(folder: Path, rows: dict[str, list[Any]], digest: str, slopes: dict[str, float]) -> Contender:
    """A contender whose run has learned from these rows."""
    made = contender(folder.name, bundle(folder, slopes))
    y = (np.array(rows["y"]) == "yes").astype(np.int64)
    columns = {name: np.array(rows[name], float) for name in ("x", "w")}
    write_rows(Rows(columns, y), folder.parent / f"{folder.name}.parquet")
    dataset = Dataset(
        columns=tuple(Column(name=name, kind="number") for name in columns),
        train_path=folder.parent / f"{folder.name}.parquet",
        train_rows=len(y),
        sealed=Sealed(folder / "none", ("x", "w"), 0),
        origin="data",
        digest=digest,
        sealing="",
    )
    return Contender(folder.name, made.bundle, None, dataset)


def some(data: dict[str, list[Any]], rows: slice) -> dict[str, list[Any]]:
    return {name: values[rows] for name, values in data.items()}


@pytest.mark.parametrize("digest", ["d" * 64, "e" * 64], ids=["the same table", "another table with the same rows"])
def test_rows_that_were_learned_from_are_left_out(tmp_path: Path, digest: str) -> None:
    data = table(300)
    a = learned_from(tmp_path / "a", some(data, slice(0, 200)), digest, {"x": 2.0})
    b = learned_from(tmp_path / "b", some(data, slice(100, 220)), digest, {"x": 2.0})
    told = compared(a, b, data)
    assert told.rows == 80
    assert told.left_out == {"a learned from it": 200, "b learned from it": 20}
    assert ("sealed_again" in {finding.code for finding in told.findings}) == (digest == "d" * 64)
    with pytest.raises(ColumnError, match="learned from it") as caught:
        compared(a, b, some(data, slice(0, 150)))
    assert caught.value.code == "NF-E207"


def test_rows_are_known_again_where_the_table_lacks_a_column(tmp_path: Path) -> None:
    data = table(300)
    a = learned_from(tmp_path / "a", some(data, slice(0, 200)), "e" * 64, {"x": 2.0})
    del data["w"]
    assert compared(a, a, data).left_out == {"a learned from it": 200}


def test_among_few_possible_rows_equal_ones_are_chance(tmp_path: Path) -> None:
    data = table(300)
    data["x"], data["w"] = [float(np.sign(v)) for v in data["x"]], [0.0] * 300
    a = learned_from(tmp_path / "a", some(data, slice(0, 200)), "e" * 64, {"x": 2.0})
    told = compared(a, a, some(data, slice(200, 300)))
    assert told.rows == 100 and told.left_out == {}
    assert "may_remember" in {finding.code for finding in told.findings}


def test_copies_beyond_those_learned_from_are_kept() -> None:
    found = _among(np.array([7, 3, 7, 5, 7]), np.array([7, 7, 5, 1]))
    assert found.tolist() == [True, False, True, True, False]


def test_a_bundle_far_from_its_run_is_said_to_be_unknown_and_one_of_the_same_table_to_remember(tmp_path: Path) -> None:
    a = bundle(tmp_path / "a", {"x": 2.0})
    b = bundle(tmp_path / "b", {"x": 2.0}, source="d" * 64)
    codes = [(finding.code, finding.level) for finding in compared(a, b, table()).findings]
    assert codes == [("memory_unknown", "info"), ("remembers", "serious")]


def test_deployed_bundles_say_what_they_were_made_from_and_chosen_by(tmp_path: Path) -> None:
    run = shipping.run(tmp_path / "run")
    made = contender("run", run.deploy().folder)
    assert (made.source, made.metric) == (run.dataset.digest, run.problem.metric)


# The command


def command(*arguments: str) -> int:
    return app([*arguments], standalone_mode=False)


def test_the_exit_code_says_whether_b_is_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = bundle(tmp_path / "a", {"x": 2.0, "w": 1.0}), bundle(tmp_path / "b", {"w": 1.0})
    data = table()
    lines = [",".join(data), *(",".join(map(str, row)) for row in zip(*data.values(), strict=True))]
    (tmp_path / "new.csv").write_text("\n".join(lines))
    ask = ("compare", str(a), str(b), str(tmp_path / "new.csv"))
    assert command(*ask, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["worse"] and told["headline"]["metric"] == "roc_auc" and told["rows"] == 400
    assert command(*ask, "--margin", "0.9") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "B is not worse by more than 0.9" in shown and "McNemar" in shown and "What they cost" in shown
    with pytest.raises(ColumnError, match="has no column"):
        command("compare", str(a), str(b), str(_unlabelled(tmp_path, lines)))


def _unlabelled(folder: Path, lines: list[str]) -> Path:
    path = folder / "unlabelled.csv"
    path.write_text("\n".join(line.rsplit(",", 1)[0] for line in lines))
    return path


def test_where_costs_decide_parts_are_judged_by_what_mistakes_cost() -> None:
    rng = np.random.default_rng(6)
    a, _ = pair(rng, 200, 1.0)
    assert a.labels is not None
    b = Answers(a.y, a.predictions, 1 - a.labels)
    by_cost = dataclasses.replace(duel(a, b), metric=ExpectedGain(((0.0, 1.0), (7.0, 0.0))))
    wanted = np.where(a.y == 1, 7.0, 1.0) * np.where(a.labels == a.y, 1.0, -1.0)
    np.testing.assert_array_equal(by_cost.extra(), wanted)
