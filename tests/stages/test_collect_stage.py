"""Stage 2 as a whole: what is kept, what is sealed, what is said."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms import collected, context, looked_at

from ninefold.collect import seal
from ninefold.collect.source import open_source
from ninefold.collect.stage import MOST_COLUMNS, collect, peek
from ninefold.collect.view import view
from ninefold.core.errors import ColumnError, SourceError
from ninefold.core.problem import Wishes
from ninefold.core.table import Dataset
from ninefold.problem.stage import define
from ninefold_runtime import wire

RNG = np.random.default_rng(7)
CLASSES = np.array(["a", "b", "c"])


def table(rows: int = 200, **more: Any) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    plain = {"x": rng.normal(size=rows), "w": rng.choice(["u", "v"], rows), "y": rng.choice(CLASSES, rows)}
    return pl.DataFrame({**plain, **more})


def both(dataset: Dataset) -> list[tuple[Any, ...]]:
    """All rows of both parts as tuples with the target at the end."""
    parts = [dataset.rows, dataset.sealed.open()]
    return [row for part in parts for row in zip(*part.columns.values(), part.target.tolist(), strict=True)]


def test_every_row_is_on_one_side(tmp_path: Path) -> None:
    frame = table()
    problem, dataset = collected(frame, tmp_path, target="y")
    assert (dataset.train_rows, dataset.sealed.rows) == (len(dataset.rows), len(dataset.sealed.open()))
    assert sorted(both(dataset)) == sorted(
        (row["x"], row["w"], problem.classes.index(row["y"])) for row in frame.to_dicts()
    )
    assert dataset.sealed.rows == pytest.approx(40, abs=2)
    assert dataset.sealing == f"{dataset.sealed.rows / 2:g} % of rows, drawn from each class"


def test_values_are_those_of_the_runtime(tmp_path: Path) -> None:
    cells = {
        "n": ["1,234.5", "$7", "x", ""] * 25,
        "b": ["yes", "No", "NA", "yes"] * 25,
        "d": ["31/01/2024"] * 99 + ["1/2/2024"],
    }
    frame = pl.DataFrame(
        {**cells, "c": [f" v{n % 5}" for n in range(100)], "y": [0, 1] * 50, "row": RNG.normal(size=100)}
    )
    _, dataset = collected(frame, tmp_path, target="y", kinds={"n": "number"})
    expected = {c.name: wire.cells(c, frame[c.name].to_list()) for c in dataset.columns}
    place = {value: at for at, value in enumerate(frame["row"].to_list())}
    for part in (dataset.rows, dataset.sealed.open()):
        rows = [place[value] for value in part.columns["row"].tolist()]
        for name, values in part.columns.items():
            np.testing.assert_array_equal(values, expected[name][rows])
            assert values.dtype == expected[name].dtype
    assert dataset.unreadable == {"n": 25}


def test_the_seed_decides(tmp_path: Path) -> None:
    rows = [collected(table(), tmp_path, target="y", seed=seed)[1].rows.columns["x"].tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_classes_keep_their_shares(tmp_path: Path) -> None:
    frame = table(400, y=["rare"] * 10 + ["pair"] * 2 + ["single"] + ["many"] * 387)
    problem, dataset = collected(frame, tmp_path, target="y")
    held = np.bincount(dataset.sealed.open().target, minlength=4)
    assert dict(zip(problem.classes, held.tolist(), strict=True)) == {"many": 77, "pair": 1, "rare": 2, "single": 0}


def test_rows_without_a_target_are_dropped_and_counted(tmp_path: Path) -> None:
    frame = table(100, y=[None, "?", ""] + ["a", "b"] * 48 + ["a"])
    _, dataset = collected(frame, tmp_path, target="y")
    assert dataset.dropped_rows == {"no target": 3}
    assert dataset.train_rows + dataset.sealed.rows == 97
    assert any(finding.code == "NF201" and "3 with no target" in finding.evidence for finding in view(dataset).findings)


def test_the_truth_is_in_the_sealed_rows_alone(tmp_path: Path) -> None:
    frame = table(100, y=[None] * 10 + ["b", "a"] * 45)
    problem, dataset = collected(frame, tmp_path, truth="y")
    assert "y" not in dataset.names
    assert "truth" in dataset.refused["y"]
    assert set(dataset.rows.target.tolist()) == {0}
    assert set(dataset.sealed.open().target.tolist()) == {-1, 0, 1}
    assert (dataset.train_rows, dataset.sealed.rows) == (80, 20)
    assert problem.truths == ("a", "b")


def test_without_truth_all_targets_are_nought(tmp_path: Path) -> None:
    _, dataset = collected(table(50), tmp_path)
    assert set(dataset.rows.target.tolist()) == set(dataset.sealed.open().target.tolist()) == {0}
    assert dataset.train_rows + dataset.sealed.rows == 50


def test_rows_of_nothing_are_dropped_where_there_is_no_target(tmp_path: Path) -> None:
    x, w = [None, 1.5, float("nan")] + [0.5] * 47, ["", None, "?"] + ["u"] * 47
    _, dataset = collected(pl.DataFrame({"x": x, "w": w}), tmp_path)
    assert dataset.dropped_rows == {"nothing in the row": 2}
    (said,) = (finding for finding in view(dataset).findings if finding.code == "NF201")
    assert said.title == "Empty rows are left out"
    assert dataset.train_rows + dataset.sealed.rows == 48
    with pytest.raises(ColumnError, match="only 1 of 50 rows have anything in them"):
        collected(pl.DataFrame({"x": [1.0] + [None] * 49, "w": ["u"] + [""] * 49}), tmp_path)


def test_empty_lines_are_part_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "play.txt").write_text("Speak, speak.\n\nResolved. Resolved.\n" * 30)
    _, dataset = collected(tmp_path / "play.txt", tmp_path, task="language-model")
    assert dataset.train_rows + dataset.sealed.rows == 90 and not dataset.dropped_rows


def test_targets_that_are_no_number(tmp_path: Path) -> None:
    frame = table(100, y=[*map(str, RNG.normal(size=97)), "high", "inf", "nan"])
    problem, dataset = collected(frame, tmp_path, target="y")
    assert problem.task == "regression"
    assert dataset.dropped_rows == {"no target": 3}
    assert dataset.rows.target.dtype == np.float64
    assert np.isfinite(dataset.rows.target).all()


def test_copies_stay_on_one_side(tmp_path: Path) -> None:
    one = table(100)
    frame = pl.concat([one, one.head(40), one.head(5)]).with_columns(row_id=pl.int_range(145))
    _, dataset = collected(frame, tmp_path, target="y")
    train, held = ({*part.columns["x"].tolist()} for part in (dataset.rows, dataset.sealed.open()))
    assert not train & held
    assert dataset.train_rows + dataset.sealed.rows == 145
    assert any("45 rows are exact copies" in note for note in dataset.notes)


def test_equal_rows_by_chance_are_no_copies(tmp_path: Path) -> None:
    frame = pl.DataFrame({"sex": ["m", "f"] * 200, "y": ["a", "b", "b", "a"] * 100})
    _, dataset = collected(frame, tmp_path, target="y")
    assert dataset.sealed.rows == 80
    assert any("drawn one by one" in note for note in dataset.notes)


def test_groups_stay_together(tmp_path: Path) -> None:
    frame = table(300, g=[f"g{n % 30}" for n in range(300)])
    _, dataset = collected(frame, tmp_path, target="y", group="g")
    train, held = dataset.rows.groups, dataset.sealed.open().groups
    assert train is not None
    assert held is not None
    assert not {*train.tolist()} & {*held.tolist()}
    assert len({*train.tolist(), *held.tolist()}) == 30
    assert dataset.names == ("x", "w")
    assert "belong together" in dataset.refused["g"]
    assert "--keep g" in dataset.refused["g"]
    assert 'whole groups of "g"' in dataset.sealing


def test_a_group_can_be_kept_as_a_column(tmp_path: Path) -> None:
    frame = table(300, g=[f"g{n % 30}" for n in range(300)])
    _, dataset = collected(frame, tmp_path, target="y", group="g", keep=("g",))
    assert dataset.names == ("x", "w", "g")


@pytest.mark.parametrize("as_text", [True, False])
def test_the_last_in_time_are_sealed(tmp_path: Path, as_text: bool) -> None:
    days = [f"{1 + n % 28:02d}/{1 + n % 12:02d}/{2000 + n % 20}" for n in range(300)]
    when: list[Any] = [*days[:-2], "", None] if as_text else [float(n % 50) for n in range(298)] + [None, None]
    _, dataset = collected(table(300, t=when), tmp_path, target="y", time="t")
    train, held = dataset.rows.times, dataset.sealed.open().times
    assert train is not None
    assert held is not None
    assert train.dtype == (np.int64 if as_text else np.float64)
    assert train.max() < held.min()
    assert dataset.dropped_rows == {"no time": 2}
    assert len(held) == pytest.approx(60, abs=6)


@pytest.mark.parametrize(("column", "blamed"), [("w", "w"), ("x", None)])
def test_what_is_to_blame_for_too_few_rows_is_named(tmp_path: Path, column: str, blamed: str | None) -> None:
    frame = table(60) if blamed else table(60, y=["a"] * 1 + [None] * 59)
    with pytest.raises(ColumnError) as caught:
        collected(frame, tmp_path, target="y", time=column)
    assert caught.value.details.get("given") == blamed


def test_columns_and_what_is_refused(tmp_path: Path) -> None:
    frame = table(60, id=range(60), one=["k"] * 60, nest=[["a"]] * 60, away=range(100, 160))
    _, dataset = collected(frame, tmp_path, target="y", drop=("away",))
    assert [(c.name, c.kind) for c in dataset.columns] == [
        ("x", "number"),
        ("w", "category"),
        ("id", "id"),
        ("one", "constant"),
    ]
    assert dataset.refused == {"nest": "holds nested values (list)", "away": "left out, as you asked"}


def test_statistics_are_those_of_training_rows(tmp_path: Path) -> None:
    _, dataset = collected(table(), tmp_path, target="y")
    x = dataset.rows.columns["x"]
    column = dataset.column("x")
    assert (column.minimum, column.maximum, column.distinct) == (x.min(), x.max(), len(x))


def test_infinite_numbers_are_missing_and_counted(tmp_path: Path) -> None:
    frame = table(50, x=[float("inf"), float("-inf"), *np.arange(48.0)])
    _, dataset = collected(frame, tmp_path, target="y")
    assert dataset.unreadable == {"x": 2}
    findings = view(dataset).findings
    assert [(finding.code, finding.columns) for finding in findings] == [("NF202", ("x",))]


def test_the_view_speaks_briefly(tmp_path: Path) -> None:
    _, dataset = collected(table(), tmp_path, target="y")
    section = view(dataset)
    assert section.sentence == f"200 rows × 2 columns · {dataset.sealed.rows} rows sealed"
    assert [row[:2] for row in section.tables[0].rows] == [("x", "number"), ("w", "category")]
    assert section.findings == ()


def test_notes_of_reading_reach_the_view(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"x,y\n" + "".join(f"{n % 7}é,{n % 2}\n" for n in range(60)).encode("latin-1"))
    _, dataset = collected(path, tmp_path, target="y")
    assert "Read as cp1252." in view(dataset).text


def test_a_source_that_changed_is_refused(tmp_path: Path) -> None:
    source, seen, asked = looked_at(table(), target="y")
    problem = define(seen, asked, context=context(tmp_path))
    other = open_source(table().reverse())
    with pytest.raises(SourceError) as caught:
        collect(other, problem, seen, context=context(tmp_path))
    assert caught.value.code == "NF-E111"
    assert collect(source, problem, seen, context=context(tmp_path)).train_rows


def test_too_many_columns_are_refused_at_once() -> None:
    wide = pl.DataFrame({f"c{n}": [1, 2] for n in range(MOST_COLUMNS + 1)})
    with pytest.raises(SourceError) as caught:
        peek(open_source(wide), Wishes(target="c0"))
    assert caught.value.code == "NF-E110"


@pytest.mark.parametrize(("wishes", "code"), [({"time": "t"}, "NF-E208"), ({"group": "one"}, "NF-E210")])
def test_sealing_that_cannot_be(tmp_path: Path, wishes: dict[str, Any], code: str) -> None:
    frame = table(50, y=["a"] * 40 + ["b"] * 10, t=[float(n) for n in range(50)], one=["k"] * 50)
    with pytest.raises(ColumnError) as caught:
        collected(frame, tmp_path, target="y", **wishes)
    assert caught.value.code == code


def test_no_column_left(tmp_path: Path) -> None:
    with pytest.raises(ColumnError) as caught:
        collected(table(), tmp_path, target="y", drop=("x", "w"))
    assert caught.value.code == "NF-E209"


def test_images_that_cannot_be_read_are_named_as_the_reason(tmp_path: Path) -> None:
    for i in range(24):
        path = tmp_path / "photos" / "ab"[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no image")
    with pytest.raises(ColumnError, match="image: hardly any of the 24 images that it names can be read"):
        collected(tmp_path / "photos", tmp_path, target="class")


# --- sealing alone

UNITS = st.integers(2, 60).flatmap(
    lambda rows: st.tuples(
        st.lists(st.integers(0, 2), min_size=rows, max_size=rows),
        st.lists(st.integers(0, 20), min_size=rows, max_size=rows),
    )
)


@settings(max_examples=200, deadline=None)
@given(UNITS, st.floats(0.01, 0.9), st.integers(0, 5))
def test_sealing_at_random(rows: tuple[list[int], list[int]], share: float, seed: int) -> None:
    target, numbers = np.array(rows[0]), np.array(rows[1])
    copies = numbers * 3 + target
    sealed = seal.at_random(target, copies, share, by_class=True, rng=np.random.default_rng(seed))
    assert not {*copies[sealed]} & {*copies[~sealed]}
    if len(np.unique(copies)) > 1:
        assert 0 < sealed.sum() < len(sealed)
    for label in np.unique(target):
        if len(np.unique(copies[target == label])) > 1:
            assert 0 < sealed[target == label].sum() < (target == label).sum()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=60), st.floats(0.01, 0.9))
def test_sealing_groups_and_times(values: list[int], share: float) -> None:
    units = np.array(values)
    if len(np.unique(units)) < 2:
        return
    rng = np.random.default_rng(0)
    sealed = seal.by_group(np.arange(len(units)) % 2, units, share, by_class=True, rng=rng)
    late = seal.last_in_time(units, share)
    for mask in (sealed, late):
        assert 0 < mask.sum() < len(mask)
        assert not {*units[mask]} & {*units[~mask]}
    assert units[late].min() > units[~late].max()
