"""The monitor: what counts as drift, how often it cries wolf, and that sketches give no row away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy import stats

import bundles
from ninefold_runtime import drift, pvalues
from ninefold_runtime.aspects import remembered, with_aspects
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.drift import compare, corrected
from ninefold_runtime.errors import BundleError, TableError
from ninefold_runtime.monitor.report import WatchReport, lines
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.sketch import (
    LEAST,
    Numbers,
    Sketches,
    sketch_column,
    sketch_columns,
    sketch_levels,
    sketch_numbers,
)
from ninefold_runtime.tally import Watched, moments_of
from ninefold_runtime.vocabulary import common, unknown
from ninefold_runtime.watch import watch_table
from ninefold_runtime.wire import absent, from_columns


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.write(tmp_path_factory.mktemp("watch") / "bundle", sketched=2000)


def test_p_values_are_those_of_scipy() -> None:
    for statistic, freedom in ((0.5, 1), (10.0, 1), (3.2, 4), (80.0, 31), (250.0, 200)):
        assert pvalues.chi_square(statistic, freedom) == pytest.approx(stats.chi2.sf(statistic, freedom), rel=1e-9)
    for a, n, b, m in ((5, 100, 20, 1000), (0, 50, 30, 400), (40, 100, 10, 1000), (7, 7, 3, 9)):
        one_sided = [stats.fisher_exact([[a, n - a], [b, m - b]], side).pvalue for side in ("less", "greater")]
        assert pvalues.fisher(a, n, b, m) == pytest.approx(min(1, 2 * min(one_sided)), rel=1e-9)
    rng = np.random.default_rng(0)
    new, old = rng.normal(0.2, 1, 400), rng.normal(0, 1, 3000)
    exact = stats.ks_2samp(new, old)
    assert pvalues.kolmogorov(exact.statistic, 400, 3000) == pytest.approx(exact.pvalue, rel=0.1)
    table = np.array([[30, 50, 20], [320, 430, 250]])
    assert pvalues.homogeneity(*table) == pytest.approx(stats.chi2_contingency(table).pvalue, rel=1e-9)


def test_ranks_and_values_out_of_range_have_the_chances_of_scipy() -> None:
    rng = np.random.default_rng(1)
    new, old = rng.poisson(2.2, 300), rng.poisson(2.0, 900)
    counts = [np.bincount(x, minlength=20) for x in (new, old)]
    exact = stats.mannwhitneyu(new, old, method="asymptotic", use_continuity=False)
    assert pvalues.ranks(*counts) == pytest.approx(exact.pvalue, rel=1e-9)
    assert pvalues.ranks(counts[0] * 0, counts[1]) == 1
    for k, n, m in ((1, 10, 90), (3, 40, 60), (5, 5, 20)):
        assert pvalues.beyond(k, n, m) == pytest.approx(stats.hypergeom(n + m, n, k).pmf(k), rel=1e-9)
    assert pvalues.beyond(0, 5, 5) == 1
    assert pvalues.fisher(0, 1_000_000, 500_000, 1_000_000) == 0


def test_values_outside_the_range_of_training_are_a_change() -> None:
    rng = np.random.default_rng(6)
    column = Column(name="x", kind="number", minimum=0.0, maximum=1.0)
    watched = Watched.of(column, sketch_numbers(rng.random(2000), 0))
    for share, drifted in ((0.0, False), (0.03, True)):
        values = np.where(rng.random(1000) < share, 1.01, rng.random(1000))
        test = drift.corrected([drift.compare_tally(watched, watched.tally(values))], 0.01)[0].tests[-1]
        assert test.name == "outside the range"
        assert test.drifted(0.01) is drifted


def test_a_column_that_has_become_constant_is_said_to_be(folder: Path) -> None:
    report = shifted(folder, age=lambda _: 31.0, port=lambda _: "Cherbourg")
    assert {column.name for column in report.columns if column.constant} == {"age", "port"}
    assert "always the same in 600 rows" in "\n".join(lines(report))


def test_small_shifts_are_found() -> None:
    """A fifth of a deviation in 1,000 rows, corrected as among sixty tests."""
    rng, found = np.random.default_rng(7), 0
    for _ in range(50):
        sketch = sketch_numbers(rng.normal(size=20_000), 0)
        found += drift.compare("x", sketch, rng.normal(0.2, 1, 1000), 0).tests[0].p < 0.01 / 60
    assert found >= 45


def test_holm_keeps_the_family_rate() -> None:
    assert pvalues.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert pvalues.holm([0.9, 0.8]) == [1.0, 1.0]
    assert pvalues.holm([]) == []


def shifted(folder: Path, **changes: object) -> WatchReport:
    table = bundles.table(600, seed=11)
    for name, change in changes.items():
        table[name] = [change(value) for value in table[name]]  # type: ignore[operator]
    return watch_table(read_bundle(folder), table)


def drifted(report: WatchReport) -> set[str]:
    return {column.name for column in report.columns if column.drifted}


def test_the_same_source_is_quiet(folder: Path) -> None:
    report = shifted(folder)
    assert not report.drifted
    assert report.sentence.startswith("no drift in 6")


def test_each_kind_of_change_is_found(folder: Path) -> None:
    assert drifted(shifted(folder, age=lambda x: x and x + 8)) == {"age"}
    assert drifted(shifted(folder, port=lambda x: "Nowhere" if x == "Queenstown" else x)) == {"port"}
    assert drifted(shifted(folder, port=lambda x: "Cherbourg" if x == "Southampton" else x)) == {"port"}
    assert drifted(shifted(folder, member=lambda _: None)) == {"member"}
    assert drifted(shifted(folder, joined=lambda _: None)) == {"joined"}
    assert drifted(shifted(folder, remark=lambda x: x and x * 3)) == {"remark"}


def test_new_values_are_named(folder: Path) -> None:
    report = shifted(folder, port=lambda x: "Nowhere" if x == "Queenstown" else x)
    port = next(column for column in report.columns if column.name == "port")
    assert list(port.new) == ["Nowhere"]
    assert 'new value "Nowhere"' in "\n".join(lines(report))


def test_trifles_are_quiet_however_many_rows() -> None:
    rng = np.random.default_rng(1)
    sketch = sketch_numbers(rng.normal(size=100_000), 0)
    compared = drift.compare("x", sketch, rng.normal(0.04, 1, 100_000), 0)
    judged = drift.corrected([compared], 0.01)[0]
    assert judged.tests[0].adjusted < 0.001
    assert not judged.drifted


@pytest.mark.parametrize("rows", [100, 1000])
def test_false_alarms_stay_under_the_rate(rows: int) -> None:
    """300 batches of 12 columns without drift; 1 % alarms are promised, and 2.7 % is 3 standard errors above."""
    rng = np.random.default_rng(2)
    draw = [
        rng.standard_normal,
        rng.standard_exponential,
        lambda n: rng.poisson(1.5, n),
        lambda n: rng.standard_t(2, n),
    ]
    levels = np.array([f"level {i}" for i in range(300)], object)
    alarms = 0
    references = [sketch_numbers(np.asarray(source(5000), float), 0) for source in draw * 2]
    names = [sketch_levels(rng.choice(levels[:count], 1000), 50) for count in (3, 30, 100, 300)]
    for _ in range(300):
        columns = [
            drift.compare("x", sketch, np.asarray(source(rows), float), 0)
            for sketch, source in zip(references, draw * 2, strict=True)
        ]
        for sketch, count in zip(names, (3, 30, 100, 300), strict=True):
            missing = rng.binomial(rows, 50 / 1050)
            columns.append(drift.compare("y", sketch, rng.choice(levels[:count], rows - missing), missing))
        alarms += any(column.drifted for column in drift.corrected(columns, 0.01))
    assert alarms <= 8


def test_expected_accuracy_falls_with_confidence() -> None:
    from ninefold_runtime.sketch import Expected

    expected = Expected(0.85, 0.1, 5000)
    rng = np.random.default_rng(3)
    steady = drift.compare_accuracy(expected, moments_of(rng.normal(0.85, 0.1, 500)))
    fallen = drift.compare_accuracy(expected, moments_of(rng.normal(0.75, 0.1, 500)))
    assert not drift.corrected([steady], 0.01)[0].drifted
    assert drift.corrected([fallen], 0.01)[0].drifted
    assert not drift.corrected([drift.compare_accuracy(expected, moments_of(rng.normal(0.95, 0.1, 500)))], 0.01)[
        0
    ].drifted


@pytest.mark.parametrize("rows", [3, 11, 60, 500])
@pytest.mark.parametrize("seed", range(3))
def test_no_bin_of_a_sketch_is_a_row(rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.concatenate([rng.normal(size=rows), rng.normal(size=2) * 1e6])
    sketch = sketch_numbers(values, 0)
    assert sum(sketch.counts) == len(values)
    assert all(count == 0 or count >= LEAST for count in sketch.counts) or sketch.edges == ()
    assert not set(values) & set(sketch.edges)


def test_counts_are_exact_where_values_repeat() -> None:
    values = np.repeat([0.0, 1.0, 1 / 3], [50, 30, 20])
    sketch = sketch_numbers(values, 0)
    assert sketch.counts[0] == 0
    assert drift.compare("x", sketch, values, 0).tests[0].size == 0
    below = drift.compare("x", sketch, np.full(100, -5.0), 0)
    above = drift.compare("x", sketch, np.full(100, 7.0), 0)
    assert below.tests[0].size == 1
    assert above.tests[0].size > 0.5


def test_rare_levels_are_not_kept() -> None:
    names = np.array(["common"] * 90 + ["Jane Doe, 4 Mill Lane"] * 4, object)
    sketch = sketch_levels(names, 3)
    assert (sketch.present, sketch.missing, list(sketch.counts)) == (94, 3, ["common"])
    assert sum(sketch.counts.values()) + sketch.other == 94 - 94 // 3
    assert b"Jane" not in msgspec.json.encode(sketch)


@pytest.mark.parametrize(
    "values", [[], [None] * 9, [5.0] * 9, [float("inf")] * 20 + [1.0] * 20, [1.7e308, -1.7e308] * 30]
)
def test_degenerate_columns_can_be_sketched_and_compared(values: list[object]) -> None:
    column = Column(name="x", kind="number")
    array = from_columns(bundles.schema("binary"), {"age": values}, len(values)).arrays["age"]
    sketch = sketch_column(column, array)
    assert isinstance(sketch, Numbers)
    assert msgspec.json.decode(msgspec.json.encode(sketch), type=Numbers) == sketch
    there = array[~np.isnan(array)]
    drift.corrected([drift.compare("x", sketch, there, len(array) - len(there))], 0.01)


def test_sketches_survive_json(folder: Path) -> None:
    sketches = read_bundle(folder).sketches
    assert msgspec.json.decode(msgspec.json.encode(sketches), type=Sketches) == sketches


def test_nothing_to_watch_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError) as empty:
        watch_table(read_bundle(folder), {"age": []})
    assert empty.value.code == "NF-R204"
    with pytest.raises(BundleError) as bare:
        watch_table(read_bundle(bundles.write(tmp_path / "bare")), bundles.table(5))
    assert bare.value.code == "NF-R109"


def test_one_row_is_compared_without_alarm(folder: Path) -> None:
    assert not watch_table(read_bundle(folder), bundles.table(1, seed=8)).drifted


def test_the_report_is_plain_data(folder: Path) -> None:
    plain = msgspec.to_builtins(shifted(folder))
    assert plain["drifted"] is False
    assert msgspec.json.decode(msgspec.json.encode(plain))["rows"] == 600


COMMON = ("the", "a", "was", "is", "very", "he", "she", "they")
SUBJECTS = {
    "film": (*COMMON, "film", "plot", "cast", "dull", "moving", "slow", "scene", "end", "story", "actor"),
    "sea": (*COMMON, "sea", "ship", "wave", "cold", "storm", "port", "sails", "wind", "decks", "salty"),
}


def texts(subject: str, rows: int, seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    some = [" ".join(rng.choice(SUBJECTS[subject], int(rng.integers(5, 12)))) for _ in range(rows)]
    made = np.array(some, object)
    made[rng.random(rows) < 0.1] = ""
    return made


def test_words_of_another_subject_are_noticed_where_lengths_are_the_same() -> None:
    known = texts("film", 600, 0)
    column = Column(name="review", kind="text", words=common(known[known != ""]))
    assert set(SUBJECTS["film"]) >= set(column.words) > {"the", "film"}
    schema = Schema(columns=(column,), target=Target(name="y", task="regression"))
    reference = sketch_columns(schema, {"review": known})
    assert list(reference) == ["review", "review unknown words"]

    def drifted(new: np.ndarray[Any, Any]) -> set[str]:
        values = with_aspects((column,), {"review": new})
        made = [
            compare(name, reference[name], there if name == "review unknown words" else lengths(there), missing)
            for name, array in values.items()
            for there, missing in [(array[~absent(array)], int(absent(array).sum()))]
        ]
        return {each.name for each in corrected(made, 0.01) if each.drifted}

    assert drifted(texts("sea", 400, 1)) == {"review unknown words"}
    assert [drifted(texts("film", 400, seed)) for seed in range(2, 12)] == [set()] * 10


def lengths(there: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array([len(text) for text in there.tolist()], float)


def test_texts_that_chose_the_words_are_not_compared_with() -> None:
    known = texts("film", 900, 3)
    column = Column(name="review", kind="text", words=("the",))
    left = remembered((column,), {"review": known})["review unknown words"]
    assert len(left) == pytest.approx(600, abs=60)
    assert np.isnan(left).mean() == pytest.approx((known == "").mean(), abs=0.01)
    assert unknown(np.array(["The sea, the SEA", "...", ""], object), ("the",)).tolist()[0] == 0.5
    assert np.isnan(unknown(np.array(["...", ""], object), ("the",))).all()
