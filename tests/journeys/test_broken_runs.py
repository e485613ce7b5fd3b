"""Debug cards: each broken run fails its check, mended it passes, and each mend that is none fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from answered import fault
from ninefold.practice.broken import LIMITS, Broken, broken_runs
from ninefold.practice.sandbox.examining import examine

of_each = pytest.mark.parametrize("broken", broken_runs(), ids=lambda broken: broken.name)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are made where the test may write."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NINEFOLD_THREADS", "1")


@of_each
def test_only_what_is_mended_passes(broken: Broken, tmp_path: Path) -> None:
    asked = broken.exercise
    assert fault(asked, asked.reference, tmp_path) == ""
    assert fault(asked, asked.begin, tmp_path) != "", "it is broken"
    assert len(asked.wrong) >= 3
    assert [wrong for wrong in asked.wrong if not fault(asked, wrong, tmp_path)] == []


def test_a_run_fits_into_the_limits_of_an_exercise() -> None:
    """Nine stages, their worker included, in the process that has no network, little memory and a clock."""
    (broken,) = (broken for broken in broken_runs() if broken.name == "wrong_metric")
    verdict = examine(broken.exercise, broken.exercise.reference, 0)
    assert verdict.passed, verdict.checks
    assert verdict.seconds < LIMITS.wall
    broke = examine(broken.exercise, broken.exercise.begin, 0)
    assert "accuracy, a model that never says fraud reaches 0.99" in broke.checks[0].why


def test_stories_are_told_in_whole_sentences() -> None:
    for broken in broken_runs():
        assert f"`{broken.exercise.function}`" in broken.exercise.told, "what is to be mended is named"
        assert "\n\n" in broken.exercise.told
        assert "import ninefold as nf" in broken.exercise.begin
