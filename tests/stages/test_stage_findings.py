"""Findings of stages 2 to 6 and of clusters: each fires where it should, and is silent where it must be."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rooms import collected, context
from test_actions import BASELINE, PLAIN, board, entry

from ninefold.collect import repeated
from ninefold.collect.view import view as collect_view
from ninefold.core.clock import Clock
from ninefold.core.findings import found
from ninefold.core.protocols import FitDone
from ninefold.core.recipe import Features, Recipe
from ninefold.core.results import (
    Calibration,
    Clusters,
    Evaluation,
    Geometry,
    Leaderboard,
    Member,
    Model,
    Parity,
    Score,
    Verdict,
)
from ninefold.prepare.stage import prepare
from ninefold.prepare.view import view as prepare_view
from ninefold.select import answered
from ninefold.select.advice import Situation, actions
from ninefold.select.candidates import eligible
from ninefold.select.trials import Entry
from ninefold.select.view import view as select_view
from ninefold.train.view import view as train_view

ROWS = 600
DAY = np.timedelta64(1, "D")
Codes = set[str]
Case = Callable[[Path], Codes]


def base(rows: int = ROWS) -> dict[str, Any]:
    """An honest table: a number that says something, a category and a number that do not."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, rows)
    return {
        "age": rng.normal(size=rows) + y,
        "colour": rng.choice(["red", "blue", "green"], rows),
        "noise": rng.normal(size=rows),
        "y": np.array(["no", "yes"])[y],
    }


def values(rows: int = ROWS) -> dict[str, Any]:
    """The same with a target of values."""
    table = base(rows)
    return table | {"y": table["age"] + np.random.default_rng(1).normal(size=rows)}


def drawn(seed: int = 2) -> np.random.Generator:
    return np.random.default_rng(seed)


def prepared(path: Path, table: dict[str, Any], **wishes: Any) -> Codes:
    """What stages 2 and 3 say of a table whose target is y."""
    problem, dataset = collected(pl.DataFrame(table), path, target="y", **wishes)
    said = (collect_view(dataset), prepare_view(prepare(problem, dataset, context=context(path))))
    return {finding.code for section in said for finding in section.findings}


def mixed_gaps(path: Path) -> Codes:
    """Two targets, a class of three and a value, where gaps of a column go with another."""
    table = gaps(np.where(base()["noise"] > 0, 0.4, 0.1))
    kinds = np.array(["low", "middle", "high"])[np.digitize(table["age"], [-0.5, 1.0])]
    problem, dataset = collected(
        pl.DataFrame(table | {"kind": kinds, "amount": drawn(5).normal(size=ROWS)}), path, target=("kind", "amount")
    )
    assert problem.choices
    return {finding.code for finding in prepare_view(prepare(problem, dataset, context=context(path))).findings}


def yes(table: dict[str, Any]) -> np.ndarray:
    return np.asarray(table["y"] == "yes")


def dates(rows: int = ROWS) -> np.ndarray:
    return np.datetime64("2024-01-01") + drawn().integers(0, 300, rows) * DAY


def groups(*, alike: bool) -> dict[str, Any]:
    """Six rows to a group; their targets are alike or not."""
    table = base()
    place = np.argsort(np.argsort(table["y"], kind="stable"), kind="stable") // 6
    named = drawn().permutation(place.max() + 1)[place] if alike else drawn().permutation(ROWS) // 6
    return table | {"patient": [f"p {n}" for n in named.tolist()]}


def means(*, of_target: bool) -> dict[str, Any]:
    table = values()
    group = drawn().integers(0, 100, ROWS)
    other = table["y"] if of_target else table["y"] + 2 * drawn(5).normal(size=ROWS)
    averaged = np.bincount(group, other, 100) / np.maximum(np.bincount(group, minlength=100), 1)
    return table | {"mean": averaged[group] if of_target else np.round(table["age"], 1)}


def gaps(share: np.ndarray) -> dict[str, Any]:
    """A column that is missing with a probability per row."""
    return base() | {"level": np.where(drawn().random(ROWS) < share, np.nan, drawn(3).normal(size=ROWS))}


def repeated_rows(*, shaken: bool) -> dict[str, Any]:
    frame = pl.DataFrame(base() | {"other": drawn(4).normal(size=ROWS)})
    if not shaken:
        return frame.to_dict(as_series=False)
    some = frame.head(150).with_columns(pl.col("age", "noise", "other") * 1.00001)
    return pl.concat([frame, some]).sample(fraction=1.0, shuffle=True, seed=0).to_dict(as_series=False)


def in_part(path: Path, beyond: int) -> Codes:
    _, dataset = collected(pl.DataFrame(base()), path, target="y")
    return {f.code for f in collect_view(dataclasses.replace(dataset, beyond=beyond)).findings}


def cut(table: dict[str, Any], rows: int) -> dict[str, Any]:
    return {name: column[:rows] for name, column in table.items()}


def rare(share: float) -> dict[str, Any]:
    table = base()
    kept = np.flatnonzero((table["y"] == "no") | (drawn().random(ROWS) < share))
    return {name: column[kept] for name, column in table.items()}


def classes(*shares: float) -> dict[str, Any]:
    """As many classes as shares, of 1,200 rows."""
    y = np.repeat([f"c{i}" for i in range(len(shares))], np.round(1200 * np.array(shares)).astype(int))
    mixed = drawn().permutation(y)
    return {"age": drawn().normal(size=len(mixed)), "y": mixed}


def advised(
    path: Path,
    *finished: Entry,
    frame: dict[str, Any] | None = None,
    geometry: Geometry = PLAIN,
    train_rows: int | None = None,
) -> Codes:
    """The codes of what the actions would try."""
    problem, dataset = collected(pl.DataFrame(frame or base(200)), path, target="y", metric="roc_auc")
    if train_rows:
        dataset = dataclasses.replace(dataset, train_rows=train_rows)
    names = ("plain", "encoded", "scaled", "scaled+pca-12", "plain+created", "plain+selected")
    features = Features(tuple(Recipe(name, ()) for name in names))
    with_columns = dataclasses.replace(features.recipes[0], branches=(Numbers(("age", "noise")),))
    features = dataclasses.replace(features, recipes=(with_columns, *features.recipes[1:]))
    seen = Situation(problem, dataset, features, eligible(problem), [*finished, BASELINE], geometry)
    return {candidate.because for action in actions() for candidate in action.advise(seen)}


@dataclasses.dataclass(frozen=True)
class Numbers:
    """A branch of a recipe, as far as it is looked at."""

    columns: tuple[str, ...]


def calm(path: Path) -> Codes:
    """Nothing to act on: a good fit on many rows, whose variants have not helped."""
    good = entry(1, "lightgbm", 0.92, 0.9, rounds=100)
    variants = [varied(number, view) for number, view in ((2, "plain+created"), (3, "plain+selected"))]
    return advised(path, good, *variants, train_rows=100_000)


def varied(number: int, view: str) -> Entry:
    made = entry(number, "lightgbm", 0.81, 0.8, view=view, because="NF506")
    made.candidate = dataclasses.replace(made.candidate, parent=1)
    return made


def searched(scores: list[list[float]], learners: list[str] | None = None, **changes: Any) -> Codes:
    """What is said of a search whose trials have these scores on three folds or more."""
    trials = [folded(0, "baseline", [0.5] * len(scores[0]))]
    names = learners or ["lightgbm"] * len(scores)
    trials += [folded(n, name, one) for n, (name, one) in enumerate(zip(names, scores, strict=True), 1)]
    made = dataclasses.replace(board(*trials, weights={1: 1.0}), **changes)
    return {finding.code for finding in select_view(made).findings}


def folded(number: int, learner: str, scores: list[float]) -> Entry:
    made = entry(number, learner, 0.9, 0.8)
    one = Entry(number, made.candidate, len(scores), asked=set(range(len(scores))))
    for k, score in enumerate(scores):
        one.record(FitDone(number, k, "ok", loss=1 - score, score=score, train_score=0.9))
    return one


FOUR = ["lightgbm", "random_forest", "logistic_regression", "decision_tree"]
STEADY = [[0.9, 0.91, 0.92], [0.8, 0.81, 0.82], [0.7, 0.71, 0.72], [0.6, 0.61, 0.62]]


def failed(state: str) -> Codes:
    made: Leaderboard = board(BASELINE, entry(1, "lightgbm", 0.9, 0.8), weights={1: 1.0})
    trials = (made.trials[0], dataclasses.replace(made.trials[1], state=state, why="it broke"))
    return {finding.code for finding in select_view(dataclasses.replace(made, trials=trials)).findings}


LUCKY = (0.7 + 0.2 * np.eye(12, 3)).tolist()
"""Trials of which three had luck on one fold each."""


def trained(**changes: Any) -> Codes:
    member = Member(1, "lightgbm", "LightGBM", 1.0, 10, 0.0)
    made = Model(
        graph=Path(), digest="", bytes=10_000, members=(member,), calibration=Calibration("none"), threshold=None,
        threshold_why="", parity=Parity(100, 100, 1e-12, True, 1e-9), microseconds=50.0,
    )  # fmt: skip
    return {finding.code for finding in train_view(dataclasses.replace(made, **changes)).findings}


def clustered(classes: tuple[str, ...] = ("a", "b"), low: float = 0.5, **changes: Any) -> Codes:
    headline = Score("silhouette", "silhouette", 0.6, low, 0.7, True, 0.3)
    clusters = dataclasses.replace(Clusters((), (), None, 0.95, 0.0, 400), **changes)
    made = Evaluation(
        headline=headline, scores=(headline,), rows=400, classes=classes, confusion=(), calibration=(),
        calibration_error=None, curves=(), slices=(), importances=(),
        verdict=Verdict("good", "Chosen.", None, 0.6, 0.6, 0.3), clusters=clusters,
    )  # fmt: skip
    return {finding.code for finding in found("ninefold.evaluate.cluster_findings", made)}


def graded() -> dict[str, Any]:
    """Seven grades by name and by number."""
    grade = drawn().integers(0, 7, ROWS)
    return {"grade": np.array(list("qwertyu"))[grade], "years": grade + 6.0}


def honest(path: Path) -> Codes:
    return prepared(path, base())


FIRES: dict[str, Case] = {
    "NF201": lambda p: prepared(p, base() | {"y": [None, *base()["y"][1:]]}),
    "NF202": lambda p: prepared(p, base() | {"n": ["?!", *map(str, range(ROWS - 1))]}, kinds={"n": "number"}),
    "NF203": lambda p: in_part(p, 1_000),
    "NF204": lambda p: prepared(p, repeated_rows(shaken=True)),
    "NF300": lambda p: prepared(p, base(), sensitive=("colour",), drop=("colour",)),
    "NF301": lambda p: prepared(p, base() | {"same": ["x"] * ROWS}),
    "NF302": lambda p: prepared(p, base() | {"key": [f"k{n}" for n in drawn().permutation(ROWS).tolist()]}),
    "NF303": lambda p: prepared(p, base() | {"alive": np.where(yes(base()), "y", "n")}),
    "NF303 as bands": lambda p: prepared(p, values() | {"band": np.array(list("mkb"))[thirds(values()["y"])]}),
    "NF303 beside a class of one row": lambda p: prepared(p, base() | {"y": ["maybe", *base()["y"][1:]]} | copied()),
    "NF303 in a text": lambda p: prepared(p, base() | {"note": noted(base()["y"])}),
    "NF303 as a number in a text": lambda p: prepared(p, values() | {"note": noted(np.round(values()["y"], 3))}),
    "NF304": lambda p: prepared(
        p, base() | {"boat": np.where(yes(base()) & mostly(0.97), drawn().random(ROWS), np.nan)}
    ),
    "NF305": lambda p: prepared(p, base() | {"empty": np.where(mostly(0.98), np.nan, 1.5)}),
    "NF306": lambda p: prepared(p, base() | {"rot": np.char.add("z", base()["colour"])}),
    "NF307": lambda p: prepared(p, means(of_target=True)),
    "NF308": lambda p: prepared(p, base() | {"near": np.where(mostly(0.945), yes(base()), ~yes(base())).astype(int)}),
    "NF308 of values": lambda p: prepared(p, values() | {"near": values()["y"] + 0.25 * drawn().normal(size=ROWS)}),
    "NF309": lambda p: prepared(p, gaps(np.where(yes(base()), 0.15, 0.9))),
    "NF310": lambda p: prepared(p, base() | {"made": dates(), "closed": dates() + 30 * DAY}, time="made"),
    "NF311": lambda p: prepared(p, pl.DataFrame(base()).sort("y").with_row_index("row").to_dict(as_series=False)),
    "NF312": lambda p: prepared(p, groups(alike=True), keep=("patient",)),
    "NF313": lambda p: prepared(p, gaps(np.where(base()["noise"] > 0, 0.4, 0.1))),
    "NF313 of mixed targets": mixed_gaps,
    "NF314": lambda p: prepared(
        p, base() | {"sum": base()["age"] + base()["noise"] + 0.01 * drawn().normal(size=ROWS)}
    ),
    "NF314 exactly": lambda p: prepared(p, base() | {"sum": base()["age"] + base()["noise"]}),
    "NF315": lambda p: prepared(p, rare(0.05)),
    "NF315 of ten classes": lambda p: prepared(p, classes(*[0.11] * 9, 0.01)),
    "NF316": lambda p: prepared(p, cut(base(), 80)),
    "NF501": lambda _: failed("failed"),
    "NF502": lambda p: advised(p, entry(1, "lightgbm", 0.999, 0.7)),
    "NF503": lambda p: advised(p, entry(1, "logistic_regression", 0.62, 0.61, c=0.01)),
    "NF504": lambda p: advised(p, entry(1, "lightgbm", 0.9, 0.88, rounds=500)),
    "NF505": lambda p: advised(p, entry(1, "logistic_regression", 0.9, 0.8), geometry=CURSED),
    "NF505 without an answer": lambda _: searched(STEADY, FOUR, geometry=CURSED),
    "NF506": lambda p: advised(p, entry(1, "lightgbm", 0.92, 0.9)),
    "NF507": lambda p: advised(p, entry(1, "lightgbm", 0.92, 0.9)),
    "NF508": lambda p: advised(p, entry(1, "lightgbm", 0.92, 0.9), frame=rare(0.1)),
    "NF509": lambda p: advised(p, entry(1, "lightgbm", 0.92, 0.9)),
    "NF510": lambda _: searched([[0.9, 0.7, 0.8], [0.8, 0.9, 0.7], [0.7, 0.8, 0.9], [0.8, 0.8, 0.8]], FOUR),
    "NF511": lambda _: searched(LUCKY),
    "NF600": lambda _: trained(),
    "NF601": lambda _: trained(refused={"Nearest neighbours": "it keeps training rows"}),
    "NF602": lambda _: trained(microseconds=25_000.0),
    "NF720": lambda _: clustered(classes=("a",)),
    "NF721": lambda _: clustered(low=0.2),
    "NF722": lambda _: clustered(stability=0.5),
    "NF723": lambda _: clustered(differs=0.2),
    "NF724": lambda _: clustered(scored=20),
}
SILENT: dict[str, Case] = {
    "NF300": lambda p: prepared(p, base(), sensitive=("colour",)),
    "NF201": honest,
    "NF202": honest,
    "NF203": lambda p: in_part(p, 0),
    "NF204": lambda p: prepared(p, repeated_rows(shaken=False)),
    "NF301": honest,
    "NF302": honest,
    "NF303": honest,
    "NF303 of few levels of a count": lambda p: prepared(p, values() | {"third": drawn().integers(0, 3, ROWS)}),
    "NF303 in a text": lambda p: prepared(p, base() | {"note": noted(drawn().permutation(base()["y"]))}),
    "NF304": lambda p: prepared(
        p, base() | {f"c{i}": drawn(i).normal(size=ROWS) + 2.6 * yes(base()) for i in range(4)}
    ),
    "NF305": honest,
    "NF306": honest,
    "NF306 of words that numbers put in order": lambda p: prepared(p, base() | graded()),
    "NF307": lambda p: prepared(p, means(of_target=False)),
    "NF308": honest,
    "NF309": lambda p: prepared(p, gaps(np.where(yes(base()), 0.3, 0.5))),
    "NF310": lambda p: prepared(p, base() | {"made": dates(), "born": dates() - 9_000 * DAY}, time="made"),
    "NF311": lambda p: prepared(p, base() | {"row": np.arange(ROWS)}),
    "NF312": lambda p: prepared(p, groups(alike=False)),
    "NF313": lambda p: prepared(p, gaps(np.full(ROWS, 0.3))),
    "NF314": honest,
    "NF315": honest,
    "NF315 of ten even classes": lambda p: prepared(p, classes(*[0.1008] * 9, 0.0928)),
    "NF316": honest,
    "NF501": lambda _: failed("finished"),
    "NF502": calm,
    "NF503": calm,
    "NF504": calm,
    "NF505": calm,
    "NF506": calm,
    "NF507": calm,
    "NF508": lambda p: advised(p, entry(1, "lightgbm", 0.92, 0.9)),
    "NF509": calm,
    "NF510": lambda _: searched(STEADY, FOUR),
    "NF510 of few learners": lambda _: searched([[0.9, 0.7, 0.8], [0.8, 0.9, 0.7]], FOUR[:2]),
    "NF511": lambda _: searched([[0.7 + n / 100] * 3 for n in range(12)]),
    "NF600": lambda _: set(),  # it is always said: a graph that differs does not ship
    "NF601": lambda _: trained(),
    "NF602": lambda _: trained(),
    "NF720": lambda _: clustered(),
    "NF721": lambda _: clustered(),
    "NF722": lambda _: clustered(),
    "NF723": lambda _: clustered(),
    "NF724": lambda _: clustered(),
}
CURSED = Geometry(rows=100, columns=400, numbers=400, dimension=30.0, contrast=0.3)


def copied() -> dict[str, Any]:
    return {"alive": np.where(yes(base()), "y", "n")}


def mostly(share: float) -> np.ndarray:
    return np.asarray(drawn(7).random(ROWS) < share)


def thirds(numbers: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.quantile(numbers, [1 / 3, 2 / 3]), numbers)


def noted(said: np.ndarray) -> list[str]:
    rng = drawn(8)
    return [
        f"seen by {rng.choice(['him', 'her', 'us'])} at {rng.integers(99)}x: {word} and so on {n}x"
        for n, word in enumerate(said)
    ]


@pytest.mark.parametrize("code", FIRES)
def test_finding_fires(code: str, tmp_path: Path) -> None:
    assert code[:5] in FIRES[code](tmp_path)


@pytest.mark.parametrize("code", SILENT)
def test_finding_stays_silent(code: str, tmp_path: Path) -> None:
    assert code[:5] not in SILENT[code](tmp_path)


def test_an_honest_table_is_called_honest(tmp_path: Path) -> None:
    assert honest(tmp_path) == set()


def test_twins_are_looked_for_as_long_as_there_is_time(tmp_path: Path) -> None:
    frame = pl.DataFrame(repeated_rows(shaken=True))
    columns = [frame[name] for name in ("age", "noise", "other")]
    learnt, held = np.arange(0, 600), np.arange(600, 750)
    shares = [repeated.twins(columns, learnt, held, drawn(), Clock(seconds)) for seconds in (60.0, -1.0)]
    assert shares[0] == shares[1] > repeated.SHARE  # one chunk of rows is always looked at


def test_few_folds_say_nothing_of_the_ranking() -> None:
    codes = searched([[0.9, 0.7], [0.8, 0.9], [0.7, 0.8], [0.8, 0.8]], FOUR)
    assert codes & {"NF510", "NF511"} == set()


def test_the_curse_is_told_once() -> None:
    answer = entry(2, "logistic_regression", 0.9, 0.8, because="NF505")
    answer.candidate = dataclasses.replace(answer.candidate, parent=1)
    made = dataclasses.replace(
        board(BASELINE, entry(1, "logistic_regression", 0.9, 0.7), answer, weights={1: 1.0}), geometry=CURSED
    )
    told = answered.findings(made, answered.answers(made), "ROC AUC")
    assert [finding.code for finding in told] == ["NF505"]
    assert "0.7000 before, 0.8000 after" in told[0].action
