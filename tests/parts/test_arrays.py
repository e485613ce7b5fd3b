"""Columns whose cells are arrays: images and series, from the disk to the matrix of a view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ninefold.checks._bench import mixed
from ninefold.core import parts
from ninefold.core.protocols import BaseView, Known
from ninefold.core.recipe import Branch, Features, Recipe
from ninefold.core.table import Rows, read_rows, write_rows
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import fit_recipe
from ninefold.select.candidates import seeing
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

RNG = np.random.default_rng(0)
COLUMNS = {
    "photo": Column(name="photo", kind="image", shape=(5, 4, 3)),
    "x": Column(name="x", kind="series", shape=(6,)),
    "y": Column(name="y", kind="series", shape=(6,)),
}


@pytest.fixture
def rows() -> Rows:
    photo = RNG.integers(0, 256, (7, 5, 4, 3), np.uint8)
    x, y = RNG.normal(size=(7, 6)), RNG.normal(size=(7, 6))
    y[2, 3:] = np.nan
    return Rows({"photo": photo, "x": x, "y": y}, np.arange(7) % 2)


def test_arrays_come_back_from_the_disk_as_they_were(rows: Rows, tmp_path: Path) -> None:
    write_rows(rows, tmp_path / "rows.parquet")
    again = read_rows(tmp_path / "rows.parquet", tuple(rows.columns))
    for name, values in rows.columns.items():
        assert again.columns[name].dtype == values.dtype
        np.testing.assert_array_equal(again.columns[name], values)


@pytest.mark.parametrize(
    ("view", "columns", "shape"), [("pixels", ("photo",), (5, 4, 3)), ("series", ("x", "y"), (6, 2))]
)
def test_a_view_holds_them_row_by_row_and_its_graph_does_the_same(
    rows: Rows, view: BaseView, columns: tuple[str, ...], shape: tuple[int, ...]
) -> None:
    fitting = fit_recipe(
        Recipe(view, (Branch(columns, ()),)), COLUMNS, rows, Known(rows.target, "binary", 2), np.random.default_rng(1)
    )
    assert fitting.recipe.shape == shape
    cells = fitting.matrix.reshape(7, *shape)
    for place, name in enumerate(columns):
        np.testing.assert_array_equal(cells if len(shape) == 3 else cells[..., place], rows.columns[name])
    graphed = Session(fitting.recipe.compiled()).run(rows.columns)["x"]
    assert graphed.dtype == fitting.matrix.dtype
    np.testing.assert_array_equal(graphed, fitting.matrix)


def test_black_images_and_empty_series_are_missing(rows: Rows) -> None:
    rows.columns["photo"][3] = 0
    rows.columns["x"][4] = np.nan
    assert np.flatnonzero(absent(rows.columns["photo"])).tolist() == [3]
    assert np.flatnonzero(absent(rows.columns["x"])).tolist() == [4]
    assert not absent(rows.columns["y"]).any()


def test_a_learner_whose_view_the_table_lacks_is_no_candidate() -> None:
    tree = parts.find("ninefold.learners", "decision_tree")

    class OfPixels(tree):  # type: ignore[misc, valid-type]
        card = replace(tree.card, view="pixels")

    learners = {"tree": tree, "network": OfPixels}
    plain, pixels = Recipe("plain", ()), Recipe("pixels", ())
    assert seeing(learners, Features((plain,))).keys() == {"tree"}
    assert seeing(learners, Features((plain, pixels))).keys() == {"tree", "network"}


@pytest.mark.parametrize("view", ["pixels", "tokens", "series"])
def test_worlds_can_be_shown_as_images_words_and_series(view: BaseView) -> None:
    data = mixed("binary", view)
    assert data.x.shape == (len(data.y), np.prod(data.shape))
    assert data.x.dtype == {"pixels": np.uint8, "tokens": np.int64, "series": np.float64}[view]
    assert len(np.unique(data.x, axis=0)) > 100
