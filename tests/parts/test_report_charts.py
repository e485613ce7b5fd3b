"""Charts: round ticks that enclose the data, marks where the numbers say, labels that fit."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ninefold.core.section import Figure, Series
from ninefold.report.charts.data import rows
from ninefold.report.charts.draw import draw
from ninefold.report.charts.frame import MOST_ROWS, WIDTH
from ninefold.report.charts.scale import scale, ticks

number = st.floats(-1e9, 1e9)


@example(-0.317183657273, -0.31718365727299)
@example(0.0, 1e-15)
@example(0.0, 5e-324)
@given(number, number)
def test_ticks_enclose_the_data_evenly_and_are_few(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    found = ticks(low, high)
    slack = (high - low) * 1e-6 + 1e-9
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert 2 <= len(found) <= 12
    assert len(set(found)) == len(found) == len(scale(low, high, 0.0, 100.0).labels)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ("0.00", "0.25", "0.50", "0.75", "1.00")),
        (0.0, 80_000.0, ("0k", "20k", "40k", "60k", "80k")),
        (0.0, 6e9, ("0B", "2B", "4B", "6B")),
        (0.0, 8e12, ("0T", "2T", "4T", "6T", "8T")),
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


FRONT = (
    Series("tried", (0.1, 0.3, 0.2), (0.8, 0.7, 0.75), labels=("a", "b", "c")),
    Series("front", (0.1, 0.2, 0.3), (0.8, 0.85, 0.9), joined=True, starred=1),
)


def test_a_front_is_a_line_through_its_points_with_a_star_at_the_chosen_one() -> None:
    svg = _parsed(Figure("scatter", "t", FRONT))
    lines = [line.get("points", "").split() for line in svg.iter(_tag("polyline"))]
    assert [len(line) for line in lines] == [3]
    chosen = _centre([mark for mark in svg.iter(_tag("polygon")) if mark.get("class") == "star"][-1])
    assert chosen == pytest.approx([float(v) for v in lines[0][1].split(",")], abs=1.5)
    assert _texts(svg, "start")[:3] == ["tried", "front", "chosen"]


def _centre(mark: ET.Element) -> list[float]:
    corners = [[float(v) for v in corner.split(",")] for corner in mark.get("points", "").split()]
    return [sum(side) / len(side) for side in zip(*corners, strict=True)]


def _texts(svg: ET.Element, kind: str) -> list[str]:
    return [text.text or "" for text in svg.iter(_tag("text")) if kind in text.get("class", "").split()]


def test_points_are_named_where_there_is_room_and_named_in_the_table() -> None:
    far = Series("s", (0.0, 1.0, 0.5), (0.0, 1.0, math.nan), labels=("left", "right", "nowhere"))
    assert _texts(_parsed(Figure("scatter", "t", (far,))), "beside") == ["left", "right"]
    near = Series("s", (0.0,) * 40, (0.0,) * 40, labels=tuple(f"name {i}" for i in range(40)))
    assert 0 < len(_texts(_parsed(Figure("scatter", "t", (near,))), "beside")) < 5
    assert rows(Figure("scatter", "t", FRONT))[1][0] == ("tried", "a", "0.1000", "0.8000")


STRIP = (
    Series("age", (-0.2, 0.1, 0.1, 0.3), (0.0, 0.5, 1.0, 1.0)),
    Series("a column without order", (-0.1, 0.4), (math.nan, math.nan)),
)


def test_a_strip_puts_each_point_in_its_row_and_tells_low_from_high_by_colour_and_shape() -> None:
    svg = _parsed(Figure("strip", "t", STRIP, "pushes"))
    marks = [mark for mark in svg.findall("polygon") + svg.findall("circle") if "dot" in mark.get("class", "")]
    kinds = sorted((mark.get("class", ""), mark.tag, len(mark.get("points", "").split())) for mark in marks)
    assert kinds == [
        ("v0 dot", "polygon", 3),
        ("v1 dot", "circle", 0),
        ("v1 dot", "polygon", 4),
        ("v1 dot", "polygon", 4),
        ("v2 dot", "polygon", 3),
        ("v2 dot", "polygon", 3),
    ]
    assert _texts(svg, "start") == ["low", "middle", "high", "no order"]


def test_points_of_a_strip_that_share_a_place_make_room_within_their_row() -> None:
    svg = _parsed(Figure("strip", "t", (Series("s", (0.5,) * 30 + (0.0,), (0.5,) * 31),)))
    heights = [float(mark.get("cy", "0")) for mark in svg.findall("circle")]
    assert len(set(heights)) > 3
    assert max(heights) - min(heights) < 30


def test_a_strip_of_many_points_stays_light() -> None:
    series = tuple(Series(f"c{k}", tuple(i / 500 for i in range(500)), (0.5,) * 500) for k in range(20))
    assert len(draw(Figure("strip", "t", series))) < 100_000


def test_faint_lines_have_no_name_no_dots_and_no_colour() -> None:
    rows_alone = tuple(Series(f"row {i}", (0.0, 1.0), (0.1 * i, 0.2), faint=True) for i in range(40))
    svg = _parsed(Figure("lines", "t", (*rows_alone, Series("mean", (0.0, 1.0), (0.2, 0.3)))))
    assert len([line for line in svg.iter(_tag("polyline")) if line.get("class") == "faint"]) == 40
    assert len(list(svg.iter(_tag("circle")))) == 2
    assert "row 1" not in ET.tostring(svg, encoding="unicode")


def test_names_of_many_series_go_on_in_the_next_line() -> None:
    series = tuple(Series(f"a series with a name {k}", (0.0, 1.0), (0.0, 1.0)) for k in range(6))
    svg = _parsed(Figure("lines", "t", series))
    places = [each.get("transform", "") for each in svg.iter(_tag("g"))]
    assert len({place.split()[1] for place in places}) > 1
    assert len(set(places)) == 6


def test_long_names_of_classes_become_numbers_in_a_large_matrix() -> None:
    names = tuple(f"a class with a name {k}" for k in range(12))
    svg = _parsed(Figure("matrix", "t", tuple(Series(name, names, (1.0,) * 12) for name in names)))
    assert _texts(svg, "middle")[:3] == ["1", "2", "3"]
    assert _texts(svg, "end")[0].startswith("1 a class")
    assert next(svg.iter(_tag("title"))).text == "1 a class with a name 0"


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


@pytest.mark.parametrize("kind", ["bars", "lines", "intervals", "matrix", "histogram", "scatter", "strip"])
@pytest.mark.parametrize("y", [(), (math.nan, math.nan), (0.0, 0.0), (1.0, math.nan), (1e12, -1e12), (1e-9, 2e-9)])
def test_awkward_numbers_still_draw_within_the_frame(kind: str, y: tuple[float, ...]) -> None:
    x = (
        tuple(float(i) for i in range(len(y)))
        if kind not in ("bars", "intervals", "matrix")
        else ("α" * 60, "b")[: len(y)]
    )
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
