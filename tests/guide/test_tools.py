"""What pages of the guide reach for: tables that scikit-learn brings, and steps that see no row's own target."""

from __future__ import annotations

import numpy as np

from ninefold.guide import tools


def test_a_shipped_table_ends_with_its_target() -> None:
    wine, diabetes = tools.shipped("wine"), tools.shipped("diabetes")
    assert wine.columns[-1] == "cultivar"
    assert sorted(wine["cultivar"].unique()) == ["class_0", "class_1", "class_2"]
    assert (diabetes.columns[-1], diabetes.width) == ("progression", 11)


def test_a_step_that_uses_the_target_hides_it_from_the_row_itself() -> None:
    y = np.arange(200) % 2
    levels = np.array([f"level {i}" for i in range(200)], object)[:, None]
    target = tools.examples(np.zeros((200, 1)), y)
    known, asked = tools.stepped("features.target_mean", levels, levels, target=target)
    assert np.ptp(known) < 0.1
    assert (asked[y == 1] > asked[y == 0].max()).all()


def test_a_step_without_a_target_is_fitted_on_the_first_rows_alone() -> None:
    known, new = tools.stepped("features.scale", np.array([[0.0], [2.0]]), np.array([[4.0]]))
    np.testing.assert_allclose(known, [[-1], [1]])
    np.testing.assert_allclose(new, [[3]])
