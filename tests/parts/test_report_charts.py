"""Charts: round ticks that enclose the data, marks where the numbers say, labels that fit."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ninefold.core.section import Figure, Series
from ninefold.report.charts.data import rows
from ninefold.report.charts.draw import draw
from ninefold.report.charts.frame import MOST_ROWS, WIDTH
from ninefold.report.charts.scale import scale, ticks

number = st.floats(-1e9, 1e9)


@given(number, number)
def test_ticks_enclose_the_data_evenly_and_are_few(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    found = ticks(low, high)
    slack = (high - low) * 1e-6 + 1e-9
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert 2 <= len(found) <= 12


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ("0.00", "0.25", "0.50", "0.75", "1.00")),
        (0.0, 80_000.0, ("0k", "20k", "40k", "60k", "80k")),
        (-0.3, 0.7, ("−0.50", "−0.25", "0.00", "0.25", "0.50", "0.75")),
        (3.0, 3.0, ("1", "2", "3", "4", "5")),
    ],
)
def test_tick_labels_are_round_and_tell_ticks_apart(low: float, high: float, labels: tuple[str, ...]) -> None:
    assert scale(low, high, 0, 100).labels == labels


def test_bars_are_as_long_as_their_values() -> None:
    svg = _parsed(Figure("bars", "t", (Series("s", ("a", "b", "c"), (1.0, 2.0, -1.0)),)))
    wide = [float(rect.get("width", "0")) for rect in svg.iter(_tag("rect"))]
    assert wide[1] == pytest.approx(2 * wide[0], abs=0.3)
    assert wide[2] == pytest.approx(wide[0], abs=0.3)


def test_interval_spans_low_to_high_around_the_dot() -> None:
    svg = _parsed(Figure("intervals", "t", (Series("s", ("a",), (0.5,), (0.4,), (0.6,)),)))
    bar = next(line for line in svg.iter(_tag("line")) if "thick" in line.get("class", ""))
    dot = next(svg.iter(_tag("circle")))
    assert float(bar.get("x1", "0")) < float(dot.get("cx", "0")) < float(bar.get("x2", "0"))


def test_groups_of_a_scatter_differ_by_colour_and_shape() -> None:
    groups = tuple(Series(f"g{k}", (0.0, float(k)), (0.0, 1.0)) for k in range(9))
    svg = _parsed(Figure("scatter", "t", groups))
    marks = [mark for mark in svg.iter() if mark.get("class", "").endswith(" dot")]
    assert len(marks) == 18
    shapes = {(mark.get("class"), mark.tag, len(mark.get("points", "").split())) for mark in marks[::2]}
    assert len(shapes) == 9
    names = [text.text for text in svg.iter(_tag("text")) if "amid" in text.get("class", "")]
    assert names == [f"g{k}" for k in range(9)]


def test_matrix_shades_by_share_of_the_true_class() -> None:
    figure = Figure(
        "matrix", "t", (Series("no", ("no", "yes"), (900.0, 100.0)), Series("yes", ("no", "yes"), (1.0, 9.0)))
    )
    shades = [rect.get("class") for rect in _parsed(figure).iter(_tag("rect"))]
    assert shades == ["m5", "m0", "m0", "m5"]


def test_histogram_bars_stand_on_the_axis() -> None:
    svg = _parsed(Figure("histogram", "t", (Series("s", (0.0, 1.0, 2.0), (4.0, 8.0, 0.0)),)))
    bars = [(float(r.get("y", "0")), float(r.get("height", "0"))) for r in svg.iter(_tag("rect"))]
    assert len(bars) == 2
    assert bars[0][0] + bars[0][1] == pytest.approx(bars[1][0] + bars[1][1], abs=0.2)
    assert bars[1][1] == pytest.approx(2 * bars[0][1], abs=0.3)


def test_long_lists_are_cut_in_the_drawing_and_whole_in_the_table() -> None:
    figure = Figure("bars", "t", (Series("s", tuple(f"column {i}" for i in range(300)), (1.0,) * 300),))
    assert len(list(_parsed(figure).iter(_tag("rect")))) == MOST_ROWS
    assert len(rows(figure)[1]) == 300


@pytest.mark.parametrize("kind", ["bars", "lines", "intervals", "matrix", "histogram"])
@pytest.mark.parametrize("y", [(), (math.nan, math.nan), (0.0, 0.0), (1.0, math.nan), (1e12, -1e12), (1e-9, 2e-9)])
def test_awkward_numbers_still_draw_within_the_frame(kind: str, y: tuple[float, ...]) -> None:
    x = tuple(float(i) for i in range(len(y))) if kind in ("lines", "histogram") else ("α" * 60, "b")[: len(y)]
    figure = Figure(kind, "t", (Series("s", x, y),), "x", "y")  # type: ignore[arg-type]
    svg = _parsed(figure)
    height = float(svg.get("viewBox", "").split()[3])
    for mark in svg.iter():
        for key, most in (("x", WIDTH), ("x1", WIDTH), ("x2", WIDTH), ("cx", WIDTH), ("y", height), ("cy", height)):
            assert -1 <= float(mark.get(key, "0")) <= most + 1, ET.tostring(mark)
    assert not re.search("nan|inf", ET.tostring(svg, encoding="unicode").replace("nothing", ""))


def test_data_table_names_series_and_bounds_where_there_are_any() -> None:
    two = Figure("lines", "t", (Series("a", (1.0,), (2.0,), (1.0,), (3.0,)), Series("b", (1.0,), (4.0,))), "n", "auc")
    assert rows(two) == (("series", "n", "auc", "low", "high"), [("a", "1", "2", "1", "3"), ("b", "1", "4", "", "")])


def _parsed(figure: Figure) -> ET.Element:
    return ET.fromstring(draw(figure))


def _tag(name: str) -> str:
    return name
