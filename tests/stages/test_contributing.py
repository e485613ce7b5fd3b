"""The second graph of a bundle: it splits what the first says, exactly, on rows of every kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rooms import context as stage_context

from ninefold.core.clock import Clock
from ninefold.core.problem import Budget, Wishes
from ninefold.core.results import Calibration
from ninefold.core.table import read_rows
from ninefold.core.workshop import Workshop
from ninefold.runs import Run, run
from ninefold.train import contributing
from ninefold.train.blueprint import Blueprint
from ninefold.train.contributing import save_contributions
from ninefold.train.deciding import Decision
from ninefold.train.gate import Gate
from ninefold.train.view import view
from ninefold_runtime.bundle import CONTRIBUTIONS, read_bundle
from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.contributed import Contributed
from ninefold_runtime.explain.question import Question
from ninefold_runtime.explain.single import explain_one
from ninefold_runtime.model import Model

EXACT = 1e-9


def table(rng: np.random.Generator, rows: int = 300) -> pl.DataFrame:
    age, port = rng.normal(40, 12, rows), rng.choice(["north", "south", "east"], rows)
    day = np.datetime64("2024-01-01") + rng.integers(0, 300, rows)
    score = 0.1 * (age - 40) + (port == "south") + 0.5 * rng.normal(size=rows)
    age[rng.random(rows) < 0.1] = np.nan
    text = rng.choice(["a quiet sea", "the sea is rough", "no word"], rows)
    columns = {"contribution": age, "port": port, "day": day, "log": text, "noise": rng.normal(size=rows)}
    return pl.DataFrame({**columns, "y": np.where(score > 0.3, "yes", "no")})


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An ensemble of trees and a linear model over numbers, categories, dates and texts; one column is called what an
    output is called."""
    folder = tmp_path_factory.mktemp("split")
    table(np.random.default_rng(0)).write_csv(folder / "table.csv")
    wishes = Wishes(target="y", budget=Budget(None, 24), learners=("logistic_regression", "lightgbm"), seed=1)
    return run(folder / "table.csv", wishes, runs=folder / "runs")


def gate_of(finished: Run) -> Gate:
    rows = read_rows(Workshop(finished.folder).gate, finished.dataset.names)
    return Gate(rows, finished.model.parity.training_rows)


def test_parts_are_the_whole_answer_also_for_odd_rows(finished: Run) -> None:
    bundle = read_bundle(finished.bundle)
    assert bundle.contributions is not None
    rows = gate_of(finished).rows
    said = Model(bundle.graph, bundle.schema).predict_arrays(rows.columns).probabilities
    told = Contributed(bundle.contributions, bundle.schema)(rows.columns)
    assert told.amounts.shape == (len(rows), 2, len(bundle.schema.columns))
    assert told.explained == pytest.approx(1.0) == finished.model.explained
    assert np.abs(told.base + told.amounts.sum(axis=2) + told.rest - said).max() <= EXACT
    assert np.abs(told.rest).max() <= EXACT
    assert "told for 100% of the members' weight" in " ".join(view(finished.model).text)
    of_yes = dict(zip(bundle.schema.names, np.abs(told.amounts[:, 1]).mean(axis=0), strict=True))
    assert max(of_yes, key=of_yes.__getitem__) == "contribution"


def test_the_method_tells_them_of_one_row(finished: Run) -> None:
    made = explain_one(read_bundle(finished.bundle), None, Question("contributions"))
    account = made.account
    assert account is not None
    assert account.output == "yes"
    total = account.base + sum(part.amount for part in account.contributions)
    assert total == pytest.approx(account.value, abs=EXACT)
    assert any("Not SHAP" in note for note in made.explanation.notes)
    without = replace(read_bundle(finished.bundle), contributions=None)
    with pytest.raises(ExplainError) as refused:
        explain_one(without, None, Question("contributions"))
    assert refused.value.code == "NF-R410"


def test_it_is_left_out_where_it_is_wrong_too_large_or_late(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, board = finished.model, finished.leaderboard
    views = {member.trial: board.trial(member.trial).view for member in model.members}
    plan = Blueprint(finished.problem, model.members, views, model.calibration, Decision(model.threshold, ""), EXACT)
    columns = [finished.dataset.column(name) for name in model.columns]
    gate = gate_of(finished)

    def saved(plan: Blueprint = plan, seconds: float = 60.0) -> tuple[Path | None, float]:
        context = replace(stage_context(tmp_path), run=finished.folder, clock=Clock(seconds))
        return save_contributions(plan, columns, model.graph.read_bytes(), gate, context)

    assert saved() == (tmp_path / CONTRIBUTIONS, pytest.approx(1.0))
    assert saved(seconds=contributing.LEAST_SECONDS / 2) == (None, 0.0)
    assert saved(replace(plan, calibration=Calibration("temperature", (3.21,)))) == (None, 0.0)
    monkeypatch.setattr(contributing, "LARGEST", 1000)
    assert saved() == (None, 0.0)


def test_a_run_of_members_without_paths_has_none(tmp_path: Path) -> None:
    wishes = Wishes(target="y", budget=Budget(None, 6), learners=("gaussian_process",))
    made = run(table(np.random.default_rng(1), 120).drop("log", "day"), wishes, runs=tmp_path)
    assert made.model.contributions is None
    assert made.model.explained == 0.0
    assert not any("second graph" in line for line in view(made.model).text)
    assert not (made.bundle / CONTRIBUTIONS).exists()
