"""Learners from outside packages: the good are used, the wrong are refused by name, the stuck cost their own trial."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from journey import Ended, ended, noun, only_run

MODULE = '''
import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Card
from ninefold.forms.onnx import const, op


@dataclass(frozen=True, eq=False)
class Form:
    """Knows the rule: class 1 where the first column is positive. ``shift`` is what its graph gets wrong."""

    shift: float
    rounds = None

    def predict(self, x):
        p = np.clip(0.5 + 0.45 * np.sign(np.nan_to_num(x[:, :1])), 0.01, 0.99)
        return np.hstack([1 - p, p])

    def graph(self, x):
        first = op.slice(x, const([0], np.int64), const([1], np.int64), const([1], np.int64))
        known = op.where(op.isnan(first), const(0.0), first)
        p = op.add(const(0.5 + self.shift), op.mul(const(0.45), op.sign(known)))
        return op.concat([op.sub(const(1.0), p), p], axis=1)

    def borders(self):
        return np.empty((0, 1))


def card(title):
    return Card(title, ("binary",), "plain", "", "", "", "", (), "test", seconds=0.01)


@dataclass(frozen=True)
class Honest:
    dummy: int = setting(1, "nothing")
    card: ClassVar[Card] = card("Honest")
    portfolio: ClassVar = ({},)

    def fit(self, data, *, rng, clock):
        return Form(0.0)


@dataclass(frozen=True)
class Liar:
    dummy: int = setting(1, "nothing")
    card: ClassVar[Card] = card("Liar")
    portfolio: ClassVar = ({},)

    def fit(self, data, *, rng, clock):
        return Form(1e-7)


@dataclass(frozen=True, eq=False)
class Odd(Form):
    def graph(self, x):
        return op.mul(super().graph(x), op.cumsum(const([1.0]), const(0, np.int64)))


@dataclass(frozen=True)
class Exotic:
    dummy: int = setting(1, "nothing")
    card: ClassVar[Card] = card("Exotic")
    portfolio: ClassVar = ({},)

    def fit(self, data, *, rng, clock):
        return Odd(0.0)


@dataclass(frozen=True)
class Stuck:
    dummy: int = setting(1, "nothing")
    card: ClassVar[Card] = card("Stuck")
    portfolio: ClassVar = ({},)

    def fit(self, data, *, rng, clock):
        time.sleep(600)
'''


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    info = folder / "outside-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "outside.py").write_text(MODULE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    names = ("honest", "liar", "exotic", "stuck")
    lines = [f"learners.{name} = outside:{name.capitalize()}" for name in names]
    (info / "entry_points.txt").write_text("[ninefold.parts]\n" + "\n".join(lines) + "\n")
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    flipped = rng.random(300) < 0.05
    y = np.where((x > 0) ^ flipped, "yes", "no")
    pl.DataFrame({"x": x, "noise": rng.normal(size=300), "y": y}).write_csv(tmp_path / "table.csv")
    return tmp_path / "table.csv"


def ran(table: Path, site: Path, *words: str) -> Ended:
    asked = ("run", table, "--target", "y", "--json", *words)
    places = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    answer = ended(*asked, cwd=table.parent, PYTHONPATH=places)
    assert answer.code == 0, answer.err
    return answer


def test_an_outside_learner_competes_and_ships(table: Path, site: Path) -> None:
    ran(table, site, "--work", "15", "--learner", "honest", "--learner", "logistic_regression")
    members = noun(only_run(table.parent), 6)["members"]
    assert "Honest" in [member["title"] for member in members]


def test_a_learner_whose_graph_differs_is_refused_by_name_and_the_next_best_takes_over(table: Path, site: Path) -> None:
    answer = ran(table, site, "--work", "15", "--learner", "liar", "--learner", "logistic_regression")
    model = noun(only_run(table.parent), 6)
    assert [member["learner"] for member in model["members"]] == ["logistic_regression"]
    (why,) = (why for name, why in model["refused"].items() if name.startswith("Liar"))
    assert "its graph differs from its Python" in why
    assert answer.answer["score"] > 0.9


def test_a_learner_whose_graph_no_bundle_may_hold_is_refused_by_name(table: Path, site: Path) -> None:
    ran(table, site, "--work", "15", "--learner", "exotic", "--learner", "logistic_regression")
    model = noun(only_run(table.parent), 6)
    assert [member["learner"] for member in model["members"]] == ["logistic_regression"]
    (why,) = (why for name, why in model["refused"].items() if name.startswith("Exotic"))
    assert "its graph is refused" in why and "CumSum" in why


def test_a_learner_that_hangs_costs_its_own_trial_and_not_the_budget(table: Path, site: Path) -> None:
    answer = ran(table, site, "--budget", "12s", "--learner", "stuck", "--learner", "logistic_regression")
    trials = noun(only_run(table.parent), 5)["trials"]
    assert ("logistic_regression", "finished") in {(t["learner"], t["state"]) for t in trials}
    assert noun(only_run(table.parent), 6)["refused"] == {}
    assert answer.answer["seconds"] < 12 + 5
    assert answer.answer["score"] > 0.9
