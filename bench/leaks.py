"""How many planted leaks the audits find before anything is fitted, and how often they call a clean table leaky."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn import datasets

import results
from ninefold.collect.source import open_source
from ninefold.collect.stage import collect, peek
from ninefold.collect.view import view as collect_view
from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.journal import Journal
from ninefold.core.problem import Wishes
from ninefold.prepare.stage import prepare
from ninefold.prepare.view import view as prepare_view
from ninefold.problem.stage import define

FOUND, ALARMS = 0.95, 0.05
"""Share of planted leaks to be found at least, and of clean tables to be called leaky at most."""
LEAKS = ("NF204", "NF303", "NF304", "NF307", "NF308", "NF309", "NF310", "NF311", "NF312")
MOST = 1_500
"""Rows taken of larger tables."""
SEEDS = 2
WORDS = np.array(
    [
        "the",
        "a",
        "patient",
        "case",
        "order",
        "was",
        "seen",
        "and",
        "later",
        "again",
        "by",
        "our",
        "team",
        "on",
        "file",
        "note",
        "with",
        "no",
        "other",
    ]
)
Rng = np.random.Generator


@dataclass(frozen=True)
class Table:
    """A frame with the target ``y``, and what else is asked of the run."""

    name: str
    frame: pl.DataFrame
    wishes: dict[str, Any] = field(default_factory=dict)

    @property
    def y(self) -> np.ndarray:
        return self.frame["y"].to_numpy()

    @property
    def classes(self) -> bool:
        return self.frame["y"].dtype == pl.String

    def having(self, columns: dict[str, Any], **wishes: Any) -> Table:
        return Table(self.name, self.frame.with_columns(**{n: pl.Series(v) for n, v in columns.items()}), wishes)


def tables(data: Path, seed: int) -> Iterator[Table]:
    """Clean tables, rows in random order: scikit-learn's own, its generators, and real ones where they are at hand."""
    rng = np.random.default_rng(seed)
    for name, load in (
        ("iris", datasets.load_iris),
        ("wine", datasets.load_wine),
        ("breast cancer", datasets.load_breast_cancer),
        ("digits", datasets.load_digits),
        ("diabetes", datasets.load_diabetes),
    ):
        bunch = load()
        yield _table(name, bunch.data, bunch.target, rng, values=name == "diabetes")
    for classes, apart in ((2, 0.7), (2, 1.5), (4, 1.0)):
        x, y = datasets.make_classification(
            900, 12, n_informative=6, n_classes=classes, class_sep=apart, random_state=seed
        )
        yield _table(f"{classes} classes, {apart} apart", x, y, rng)
    x, y = datasets.make_classification(1_200, 10, weights=[0.93], class_sep=1.2, random_state=seed)
    yield _table("rare class", x, y, rng)
    yield _table("Friedman", *datasets.make_friedman1(800, 10, noise=1.0, random_state=seed), rng, values=True)
    x, y = datasets.make_regression(800, 12, n_informative=6, noise=40.0, random_state=seed)
    yield _table("linear", x, y, rng, values=True)
    for path, target in (("titanic", "Survived"), ("adult", "class"), ("telco", "Churn"), ("wine", "quality"),
                         ("california", "median_house_value"), ("diamonds", "price")):  # fmt: skip
        stored = data / "tables" / f"{path}.train.csv.gz"
        if stored.exists():
            yield _stored(f"{path} (real)", pl.read_csv(stored, infer_schema_length=None), target, seed)


def rare(data: Path, seed: int) -> Iterator[Table]:
    """Real tables with a rare class, clean, where they are at hand: nothing is planted into them."""
    for path in sorted((data / "anomaly").glob("*.npz")):
        with np.load(path) as stored:
            yield _table(path.stem, stored["X"].astype(float), stored["y"].astype(int), np.random.default_rng(seed))


def _table(name: str, x: np.ndarray, y: np.ndarray, rng: Rng, *, values: bool = False) -> Table:
    order = rng.permutation(len(y))[:MOST]
    target = y[order] if values else np.array([f"class {code}" for code in y[order]])
    return Table(name, pl.DataFrame({f"x{i}": x[order, i] for i in range(x.shape[1])} | {"y": target}))


def _stored(name: str, frame: pl.DataFrame, target: str, seed: int) -> Table:
    found = target if target in frame.columns else frame.columns[-1]
    some = (
        frame.drop_nulls(found)
        .sample(min(MOST, frame.height), seed=seed, shuffle=True)
        .rename({found: "y"} | ({"y": "y_"} if "y" in frame.columns else {}))
    )
    numeric = some["y"].dtype.is_numeric() and some["y"].n_unique() > 20
    y = pl.col("y").cast(pl.Float64) if numeric else "class " + pl.col("y").cast(pl.String)
    return Table(name, some.with_columns(y=y))


# What is planted: a table with a leak in the column "leak", or None where the kind does not fit the table.


def copy(table: Table, _: Rng) -> Table:
    y = table.y
    return table.having({"leak": np.char.upper(y.astype(str)) if table.classes else 3.2 * y + 7})


def noisy_copy(share: float, table: Table, rng: Rng) -> Table:
    """``share``: of rows whose class is another's, or of the target's spread that is added."""
    y = table.y
    if not table.classes:
        return table.having({"leak": y + 4 * share * y.std() * rng.normal(size=len(y))})
    return table.having({"leak": np.where(rng.random(len(y)) < share, rng.permutation(y), y)})


def coded_copy(table: Table, rng: Rng) -> Table:
    """Several codes for each class, or bands of values."""
    y = table.y
    _, codes = np.unique(y, return_inverse=True)
    if not table.classes:
        codes = np.searchsorted(np.quantile(y, np.linspace(0, 1, 7)[1:-1]), y)
        return table.having({"leak": np.array(list("mkqbza"))[codes]})
    return table.having({"leak": 10 * ((codes * 7 + 3) % 11) + rng.integers(0, 4, len(y))})


def later_date(table: Table, rng: Rng) -> Table:
    made = np.datetime64("2021-01-01") + rng.integers(0, 700, table.frame.height).astype("timedelta64[D]")
    closed = made + rng.integers(1, 60, table.frame.height).astype("timedelta64[D]")
    return table.having({"made": made, "leak": closed}, time="made")


def event_date(table: Table, rng: Rng) -> Table:
    """A date that only rows of some targets have."""
    day = np.datetime64("2021-01-01") + rng.integers(0, 700, table.frame.height).astype("timedelta64[D]")
    return table.having({"leak": pl.Series(day).set(pl.Series(~_positive(table)), None)})


def missingness(share: float, table: Table, rng: Rng) -> Table:
    """A number that is there where the target is of one kind, but for a ``share`` of the rows."""
    there = _positive(table) ^ (rng.random(table.frame.height) < share)
    return table.having({"leak": np.where(there, rng.normal(size=len(there)), np.nan)})


def _positive(table: Table) -> np.ndarray:
    """Rows of the last class that is not rare, or above the median."""
    if not table.classes:
        return table.y > np.median(table.y)
    names, counts = np.unique(table.y, return_counts=True)
    return table.y == names[counts >= 0.05 * len(table.y)][-1]


def row_number(table: Table, _: Rng) -> Table:
    ordered = table.frame.sort("y").with_row_index("leak", offset=1_000)
    return Table(table.name, ordered)


def lettered_number(table: Table, _: Rng) -> Table:
    """Identifiers with letters, numbered by outcome, in rows that are mixed again."""
    place = np.argsort(np.argsort(table.y, kind="stable"), kind="stable")
    return table.having({"leak": [f"C-{100_000 + 7 * n}" for n in place.tolist()]})


def group_id(words: bool, table: Table, rng: Rng) -> Table:
    """Groups of about six rows with one class, or close values."""
    place = np.argsort(np.argsort(table.y, kind="stable"), kind="stable") // 6
    name = rng.permutation(place.max() + 1)[place]
    return table.having({"leak": [f"clinic {n}" for n in name.tolist()] if words else name})


def target_means(table: Table, rng: Rng) -> Table:
    """The mean of the target over the rows of a category with many values, each row's own included."""
    y = _positive(table).astype(float) if table.classes else table.y
    group = rng.integers(0, len(y) // 6, len(y))
    means = np.bincount(group, y) / np.maximum(np.bincount(group), 1)
    return table.having({"leak": means[group]})


def twins(how: str, table: Table, rng: Rng) -> Table | None:
    """A fifth of the rows once more, hardly changed; exactly where rows are sealed by time."""
    frame = table.frame
    numbers = [c for c in frame.columns if c != "y" and frame[c].dtype == pl.Float64 and not frame[c].null_count()]
    fine = [c for c in numbers if frame[c].n_unique() > 0.6 * frame.height]
    if len(fine) < 3 or frame.height < 400:
        return None
    some = frame.sample(fraction=0.2, seed=int(rng.integers(1_000)))
    if how == "shaken":
        some = some.with_columns(
            (pl.col(c) + pl.Series(1e-4 * rng.normal(size=some.height) * frame[c].std())) for c in fine
        )
    both = pl.concat([frame, some])
    if how == "shaken":
        return Table(table.name, both.sample(fraction=1.0, shuffle=True, seed=1))
    return Table(table.name, both.with_columns(made=pl.Series(rng.permutation(both.height))), {"time": "made"})


def in_text(table: Table, rng: Rng) -> Table:
    """Notes in which the class, or the value, is mentioned."""
    said = table.y if table.classes else [f"{value:.2f}" for value in table.y]
    return table.having({"leak": [f"{_note(rng)} result {word} {_note(rng)}" for word in said]})


def _note(rng: Rng) -> str:
    return " ".join(rng.choice(WORDS, 6)) + f" {rng.integers(1_000, 9_999)}x"


PLANTS: dict[str, Callable[[Table, Rng], Table | None]] = {
    "copy": copy,
    "copy, 1 % noise": partial(noisy_copy, 0.01),
    "copy, 3 % noise": partial(noisy_copy, 0.03),
    "copy, 5 % noise": partial(noisy_copy, 0.05),
    "codes or bands": coded_copy,
    "date after the row's time": later_date,
    "date of an event": event_date,
    "missing by target": partial(missingness, 0.0),
    "missing by target, 5 % noise": partial(missingness, 0.05),
    "number of sorted rows": row_number,
    "identifier by outcome": lettered_number,
    "group as words": partial(group_id, True),
    "group as number": partial(group_id, False),
    "means of the target": target_means,
    "repeated rows, shaken": partial(twins, "shaken"),
    "repeated rows, by time": partial(twins, "by time"),
    "target in a text": in_text,
}


# Clean tables with a column of the same looks, which has nothing to do with the target.


def plain(table: Table, _: Rng) -> Table:
    return table


def innocent(table: Table, rng: Rng) -> Table:
    """Identifiers, groups, dates, gaps, notes and means that know nothing of the target."""
    rows = table.frame.height
    made = np.datetime64("2021-01-01") + rng.integers(0, 700, rows).astype("timedelta64[D]")
    group = rng.integers(0, rows // 6, rows)
    other = rng.normal(size=rows)
    means = np.bincount(group, other) / np.maximum(np.bincount(group), 1)
    return table.having(
        {
            "number": np.arange(rows) + 5_000,
            "code": [f"C-{n}" for n in rng.permutation(rows).tolist()],
            "seen": made,
            "clinic": [f"clinic {n}" for n in group.tolist()],
            "ward": rng.permutation(group),
            "note": [_note(rng) for _ in range(rows)],
            "level": np.where(rng.random(rows) < 0.4, np.nan, other),
            "mean": means[group],
        }
    )


def in_time(table: Table, rng: Rng) -> Table:
    made = np.datetime64("2021-01-01") + rng.integers(0, 700, table.frame.height).astype("timedelta64[D]")
    born = made - rng.integers(1, 9_000, table.frame.height).astype("timedelta64[D]")
    return table.having({"made": made, "born": born}, time="made")


CLEAN: dict[str, Callable[[Table, Rng], Table]] = {
    "as it is": plain,
    "with innocent columns": innocent,
    "in time": in_time,
}


def told(table: Table, seed: int) -> dict[str, tuple[str, ...]]:
    """The codes of leaks that reading and preparation find, with the columns that they name."""
    with tempfile.TemporaryDirectory() as name:
        context = _context(Path(name))
        source, wishes = open_source(table.frame), Wishes(target="y", seed=seed, **table.wishes)
        look = peek(source, wishes)
        problem = define(look, wishes, context=context)
        dataset = collect(source, problem, look, context=context)
        prepared = prepare(problem, dataset, context=context)
    findings = (*collect_view(dataset).findings, *prepare_view(prepared).findings)
    leaks = [finding for finding in findings if finding.code in LEAKS]
    codes = dict.fromkeys(finding.code for finding in leaks)
    return {code: tuple(name for each in leaks if each.code == code for name in each.columns) for code in codes}


def _context(folder: Path) -> Context:
    def no_crew() -> Any:
        raise AssertionError("nothing is fitted here")

    return Context(2, folder, folder, Clock(), Journal(folder / "journal"), lambda _: None, no_crew, threading.Event())


def is_found(codes: dict[str, tuple[str, ...]]) -> bool:
    """The leak itself is named, or that rows repeat."""
    return "NF204" in codes or any("leak" in columns for columns in codes.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds tables/*.train.csv.gz; not needed")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--no-write", action="store_true", help="print what was missed, write nothing")
    chosen = parser.parse_args()
    planted: dict[str, list[bool]] = {kind: [] for kind in PLANTS}
    alarms: dict[str, list[bool]] = {kind: [] for kind in CLEAN}
    for seed in range(chosen.seeds):
        for place, table in enumerate(tables(Path(chosen.data), seed)):
            rng = np.random.default_rng([seed, place])
            for kind, plant in PLANTS.items():
                if (leaky := plant(table, rng)) is not None:
                    planted[kind].append(is_found(codes := told(leaky, seed)))
                    _tell(planted[kind][-1], f"missed: {kind} in {table.name}, seed {seed}: {codes}")
        for place, table in enumerate((*tables(Path(chosen.data), seed), *rare(Path(chosen.data), seed))):
            for kind, change in CLEAN.items():
                codes = told(change(table, np.random.default_rng([seed, place, 1])), seed)
                alarms[kind].append(bool(codes))
                _tell(not codes, f"false alarm: {table.name} {kind}, seed {seed}: {codes}")
    return _written(planted, alarms, write=not chosen.no_write)


def _tell(good: bool, text: str) -> None:
    if not good:
        print(text, file=sys.stderr, flush=True)


def _written(planted: dict[str, list[bool]], alarms: dict[str, list[bool]], *, write: bool) -> int:
    rows = [[kind, len(found), sum(found), f"{np.mean(found):.0%}"] for kind, found in planted.items() if found]
    every, wrong = (list(chain.from_iterable(each.values())) for each in (planted, alarms))
    share, rate = float(np.mean(every)), float(np.mean(wrong))
    rows.append(["all", len(every), sum(every), f"{share:.1%}"])
    clean = [[kind, len(found), sum(found), f"{np.mean(found):.0%}"] for kind, found in alarms.items()]
    clean.append(["all", len(wrong), sum(wrong), f"{rate:.1%}"])
    kept = share >= FOUND and rate <= ALARMS
    body = (
        f"{results.table(['planted', 'tables', 'found', 'share'], rows)}\n\n"
        f"{results.table(['clean', 'tables', 'called leaky', 'share'], clean)}\n\n"
        f"Found before anything is fitted, by reading and preparation alone. Held to {FOUND:.0%} found and "
        f"{ALARMS:.0%} false alarms: {'kept' if kept else 'MISSED'}."
    )
    if write:
        results.write("leaks", body)
    else:
        print(body)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
