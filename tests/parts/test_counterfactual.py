"""Counterfactuals: verified by the graph, few changes, near, possible, diverse, and honest where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from explained import asked, one

from ninefold_runtime.explain.counterfactual import counterfactuals, foremost, within
from ninefold_runtime.explain.gower import ruler

RNG = np.random.default_rng(11)
ROWS = 150
COLUMNS = {
    "income": RNG.normal(50, 15, ROWS),
    "debt": RNG.gamma(2.0, 8.0, ROWS),
    "children": RNG.integers(0, 6, ROWS).astype(float),
    "home": RNG.choice(np.array(["rents", "owns", "lodges"], object), ROWS),
    "member": RNG.choice([0.0, 1.0], ROWS),
    "note": np.array(["some words"] * ROWS, object),
}
ROW = one(income=30.0, debt=30.0, children=3.0, home="rents", member=0.0, note="other words")


def score(rows):
    return (
        0.1 * (rows["income"] - 45)
        - 0.1 * (rows["debt"] - 15)
        - 0.5 * rows["children"]
        + 1.5 * (rows["home"] == "owns")
        + 0.5 * rows["member"]
    )


def graph(function=score):
    return asked(function, COLUMNS, kinds={"member": "boolean", "note": "text"})


def test_all_are_verified_and_within_what_training_met():
    credit = graph()
    found = counterfactuals(credit, ROW, within(credit, 0, low=0.0), count=4)
    assert len(found.found) == 4
    for each in found.found:
        assert score(each.row)[0] >= 0
        assert each.said[0] == score(each.row)[0]
        changed = {name for name in ROW if each.row[name][0] != ROW[name][0]}
        assert changed == set(each.changed)
        assert "note" not in changed
        assert each.row["children"][0] % 1 == 0
        assert each.row["home"][0] in {"rents", "owns", "lodges"}
        for name in ("income", "debt", "children"):
            assert COLUMNS[name].min() <= each.row[name][0] <= COLUMNS[name].max()


def test_fewest_changes_come_first_and_sets_of_columns_differ():
    credit = graph()
    found = counterfactuals(credit, ROW, within(credit, 0, low=-2.0), count=5).found
    sizes = [len(each.changed) for each in found]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1
    sets = {frozenset(each.changed) for each in found}
    assert len(sets) == len(found) == 3
    assert not any(one < other for one in sets for other in sets)


def test_no_change_is_idle():
    credit = graph()
    for each in counterfactuals(credit, ROW, within(credit, 0, low=-1.0), count=5).found:
        for name in each.changed:
            without = {**each.row, name: ROW[name]}
            assert score(without)[0] < -1.0


def test_numbers_move_no_further_than_needed():
    credit = graph()
    found = counterfactuals(credit, ROW, within(credit, 0, low=-2.5), count=3).found
    income = next(each for each in found if each.changed == ("income",))
    assert score(income.row)[0] == pytest.approx(-2.5, abs=0.05)


def test_fixed_columns_stay_as_they_are():
    credit = graph()
    found = counterfactuals(credit, ROW, within(credit, 0, low=-2.0), fixed=("income", "debt"), count=5).found
    assert found
    assert {name for each in found for name in each.changed} <= {"children", "home", "member"}


def test_a_class_is_reached():
    three = asked(
        lambda rows: np.stack([rows["a"], rows["b"], np.ones(len(rows["a"]))], axis=1),
        {"a": np.linspace(0, 2, 30), "b": np.linspace(0, 3, 30)},
        outputs=("x", "y", "z"),
    )
    found = counterfactuals(three, one(a=0.5, b=0.5), foremost(three, 1)).found
    assert found[0].changed == ("b",)
    assert found[0].said.argmax() == 1
    assert found[0].row["b"][0] == pytest.approx(1.0, abs=0.05)


def test_two_columns_where_one_does_not_suffice():
    both = asked(lambda rows: (rows["a"] > 0) & (rows["b"] > 0), {n: np.linspace(-1, 1, 40) for n in "abc"})
    found = counterfactuals(both, one(a=-0.5, b=-0.5, c=0.0), within(both, 0, low=1.0)).found
    assert [each.changed for each in found] == [("a", "b")]


def test_none_is_told_as_none_with_what_was_tried():
    never = graph(lambda rows: np.zeros(len(rows["income"])))
    found = counterfactuals(never, ROW, within(never, 0, low=1.0), most=700)
    assert found.found == ()
    assert 0 < found.rows_asked <= 700


def test_the_same_is_found_again():
    credit = graph()
    first, again = (counterfactuals(credit, ROW, within(credit, 0, low=-1.0)) for _ in range(2))
    assert [each.row for each in first.found] == [each.row for each in again.found]


def test_wide_tables_stay_within_the_number_of_rows():
    columns = {f"x{i}": RNG.normal(size=40) for i in range(600)}
    wide = asked(lambda rows: rows["x599"] + rows["x3"], columns)
    row = {name: np.zeros(1) for name in columns}
    found = counterfactuals(wide, row, within(wide, 0, low=0.5), most=1_500, count=1)
    assert found.found[0].changed in {("x3",), ("x599",)}
    assert found.rows_asked <= 1_500 + 100


def test_a_missing_value_may_be_filled_and_none_is_made_missing():
    columns = {"a": np.append(RNG.normal(size=30), np.nan), "b": np.append([""] * 15, ["u"] * 16).astype(object)}
    gap = asked(lambda rows: np.nan_to_num(rows["a"], nan=-9.0) + 50.0 * (rows["b"] == ""), columns)
    found = counterfactuals(gap, one(a=float("nan"), b="u"), within(gap, 0, low=-1.0)).found
    assert [each.changed for each in found] == [("a",)]


def test_how_unusual_an_answer_is():
    credit = graph()
    for each in counterfactuals(credit, ROW, within(credit, 0, low=-1.0)).found:
        far = ruler(credit).distances(each.row, COLUMNS)
        assert each.unusual == pytest.approx(far.min())
