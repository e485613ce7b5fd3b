"""Stage 7 explains sealed rows: the columns that matter, what they add, and three rows told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_evaluate import case

from ninefold.core.clock import Clock
from ninefold.core.explained import Explained
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.table import Array, Rows
from ninefold.evaluate.answers import Answers
from ninefold.evaluate.explained_view import figures, tables, text
from ninefold.evaluate.explaining import explained
from ninefold.evaluate.stage import evaluate
from ninefold.evaluate.subject import Subject
from ninefold.evaluate.view import view
from ninefold.train.prototypes import save_prototypes
from ninefold_runtime.explain.asked import Arrays, Asked, Background
from ninefold_runtime.schema import Column, Schema, Target

COLUMNS = (
    Column(name="dose", kind="number"),
    Column(name="site", kind="category"),
    Column(name="noise", kind="number"),
)
TARGETS: dict[str, dict[str, Any]] = {
    "binary": {"classes": ("no", "yes"), "positive": "yes"},
    "multiclass": {"classes": ("a", "b", "c")},
    "regression": {},
    "multilabel": {"several": ("hot", "wet"), "labels": (("dry", "hot"), ("0", "1"))},
    "multioutput": {"several": ("height", "weight")},
    "quantile": {"quantiles": (0.1, 0.5, 0.9)},
}
OUTPUTS = {"multiclass": 3, "quantile": 3, "regression": 1}


def drawn(rows: int, rng: np.random.Generator) -> dict[str, Array]:
    sites = rng.choice(np.array(["lung", "skin", ""], object), rows)
    return {"dose": rng.normal(size=rows), "site": sites, "noise": rng.normal(size=rows)}


def subject(task: str, rows: int = 60) -> Subject:
    """The graph says 2 dose + 1 for lungs; several outputs differ by a factor, or are shares of them."""
    rng = np.random.default_rng(0)
    target: dict[str, Any] = TARGETS[task]
    width = OUTPUTS.get(task, 2)

    def ask(arrays: Arrays) -> Array:
        score = 2 * arrays["dose"] + (arrays["site"] == "lung")
        if task in {"binary", "multiclass"}:
            powers = np.exp(score[:, None] * np.linspace(-0.5, 0.5, width))
            return powers / powers.sum(axis=1, keepdims=True)
        if task == "multilabel":
            return 1 / (1 + np.exp(-score[:, None] * [1.0, 0.5]))
        return score[:, None] * 1000.0 ** np.arange(width)

    schema = Schema(columns=COLUMNS, target=Target(name="y", task=task, **target))  # type: ignore[arg-type]
    names = schema.target.parts or schema.target.classes or ("y",)
    background = Background(drawn(30, rng), np.full(30, 1 / 30))
    problem = Problem(
        source="", target="y", task=task, task_why="", classes=target.get("classes", ()), positive=None, metric="",
        metric_why="", validation=Validation("kfold", 5), budget=Budget(), seed=0, holdout=0.2,
        several=target.get("several", ()), labels=target.get("labels", ()), quantiles=target.get("quantiles", ()),
    )  # type: ignore[arg-type]  # fmt: skip
    arrays = drawn(rows, rng)
    said = ask(arrays)
    y = rng.integers(0, 2, (rows, 2)).astype(float) if task in {"multilabel", "multioutput"} else said[:, -1].copy()
    if problem.classes:
        y = said.argmax(axis=1)
        y[7] = (y[7] + 1) % width
    return Subject(problem, Asked(schema, ask, names, background), Rows(arrays, y), Answers(y, said))


def of(task: str, clock: Clock | None = None) -> Explained | None:
    return explained(subject(task), np.random.default_rng(1), clock or Clock(), lambda done: None)


@pytest.mark.parametrize("task", list(TARGETS))
def test_what_matters_comes_first_and_what_does_not_gets_nothing(task: str) -> None:
    found = of(task)
    assert found is not None
    assert [share.column for share in found.shares] == ["dose", "site", "noise"]
    assert found.shares[2].mean == 0
    assert found.shares[0].low < found.shares[0].mean < found.shares[0].high
    assert found.off < 1e-8
    assert len(found.told) == 3
    assert len(found.base) == len(found.outputs)
    assert found.spoken == {"binary": "yes", "regression": "y", "quantile": "0.5"}.get(task, "")
    drawn_figures = list(figures(found))
    assert {figure.topic for figure in drawn_figures} == {"explanation"}
    assert [figure.kind for figure in drawn_figures] == ["bars", *(["scatter", "intervals"] if found.spoken else [])]
    assert len(next(tables(found)).rows) == 3
    assert str(found.rows) in text(found)[0]


def test_targets_with_large_units_do_not_drown_the_others() -> None:
    found = of("multioutput")
    assert found is not None
    assert found.scale == "spreads"
    assert 0.3 < found.shares[0].mean < 2


def test_where_there_is_no_truth_no_row_is_told() -> None:
    found = explained(
        replace(subject("multiclass"), answers=None), np.random.default_rng(1), Clock(), lambda done: None
    )
    assert found is not None
    assert found.shares[0].column == "dose"
    assert found.told == ()
    assert list(tables(found)) == []


def test_the_most_wrong_row_is_told_with_its_truth() -> None:
    found, asked = of("binary"), subject("binary")
    assert found is not None
    wrong = next(told for told in found.told if told.why == "largest error")
    assert asked.answers is not None
    said = int(asked.answers.predictions[7].argmax())
    assert wrong.says.startswith(("no", "yes")[said])
    assert wrong.truth == ("no", "yes")[1 - said]
    assert "dose = " in wrong.reasons


def test_the_dependence_shows_the_slope() -> None:
    found = of("regression")
    assert found is not None
    dose = found.dependences[0]
    assert np.polyfit(np.array(dose.x, float), np.array(dose.y), 1)[0] == pytest.approx(2.0)
    site = next(figure for figure in figures(found) if figure.kind == "intervals")
    assert set(site.series[0].x) == {"lung", "skin"}


def test_there_is_nothing_where_there_is_no_time_and_the_view_says_nothing() -> None:
    assert of("binary", Clock(0.0)) is None
    assert list(figures(None)) == list(tables(None)) == list(text(None)) == []


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_evaluation_explains_what_it_scores_where_there_is_a_background(task: str, tmp_path: Path) -> None:
    (problem, dataset, board, model), context, _ = case(tmp_path, task)
    background = save_prototypes(problem, dataset, model.columns, tmp_path / "background.json")
    evaluation = evaluate(problem, dataset, board, replace(model, background=background), context=context)
    assert evaluation.explained is not None
    assert [share.column for share in evaluation.explained.shares[:2]] == ["dose", "site"]
    assert evaluation.explained.off < 1e-9
    section = view(evaluation)
    assert any("SHAP" in figure.x_label and figure.topic == "explanation" for figure in section.figures)
    assert any(table.title == "Three sealed rows, explained" for table in section.tables)
    without = evaluate(problem, dataset, board, model, context=context)
    assert without.explained is None
