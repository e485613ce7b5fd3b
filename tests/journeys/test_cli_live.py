"""Progress: what is shown follows from what was told, plain lines stay few, time left never grows."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator

import pytest
from rich.console import Console

from ninefold.cli import live
from ninefold.cli.live import Plain, Screen, listening
from ninefold.cli.told import Told
from ninefold.core.events import Event, Progress, StageFinished, StageStarted, Started, TrialFinished


def told(budget: float | None = 60.0, work: int | None = None) -> Told:
    return Told(time.monotonic(), "titanic.csv", "survived", budget, work=work)


def events() -> Iterator[Event]:
    yield Started("7f3c2a", "runs/7f3c2a", "titanic.csv", "survived", 0, 60.0)
    yield StageStarted(1, "problem")
    yield StageFinished(1, "problem", "yes/no · metric ROC AUC", 0.1)
    yield StageStarted(5, "leaderboard")
    yield TrialFinished(0, "baseline", "finished", 0.5, 0.5, "roc_auc", 1)
    yield TrialFinished(1, "lightgbm", "finished", 0.87, 0.87, "roc_auc", 2)
    yield TrialFinished(2, "ridge", "failed", None, 0.87, "roc_auc", 3)
    yield Progress(5, "trial 3 · random_forest")


def drawn(state: Told, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    console.print(Screen(state))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def plain(
    monkeypatch: pytest.MonkeyPatch, heard: Iterator[Event], *, verbose: bool = False, pace: float = 0.0
) -> list[str]:
    clock = [0.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: clock[0])
    state, console = Told(0.0, "titanic.csv", "survived", 60.0), Console(file=io.StringIO(), width=200)
    face = Plain(state, console, verbose=verbose)
    for event in heard:
        clock[0] += pace
        state.hear(event)
        face.hear(event)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_screen_shows_done_current_and_coming_stages() -> None:
    state = told()
    for event in events():
        state.hear(event)
    screen = drawn(state)
    assert "run 7f3c2a · seed 0 · budget 1 m 00 s" in screen
    assert "✓ 1 Problem     yes/no · metric ROC AUC" in screen
    assert "▸ 5 Models      trial 3 · random_forest" in screen
    assert "0.8700 lightgbm" in screen
    assert "3 trials" in screen
    assert "· 9 Monitoring" in screen
    assert "Ctrl-C keeps the best" in screen


def test_screen_fits_narrow_terminals_and_reads_no_markup_in_names() -> None:
    state = told()
    state.hear(StageFinished(1, "problem", "[bold]x[/bold] " * 20, 0.1))
    assert all(len(line) <= 60 for line in drawn(state, 60).splitlines())
    assert "[bold]x[/bold]" in drawn(state)


def test_screen_says_that_it_is_stopping() -> None:
    state = told()
    state.stop()
    assert "stopping with the best" in drawn(state)


def test_time_left_only_falls_and_share_only_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    state = Told(0.0, "t", "y", 10.0)
    lefts, shares = [], []
    for now in (0.0, 3.0, 9.0, 10.0, 12.0):
        monkeypatch.setattr("ninefold.cli.told.time.monotonic", lambda now=now: now)
        lefts.append(state.left)
        shares.append(state.share)
    assert lefts == [10.0, 7.0, 1.0, 0.0, 0.0]
    assert shares == [0.0, 0.3, 0.9, 1.0, 1.0]


def test_work_is_counted_in_trials() -> None:
    state = told(None, work=4)
    state.hear(TrialFinished(0, "baseline", "finished", 0.5, 0.5, "roc_auc", 1))
    assert state.share == 0.25
    assert state.left is None
    assert "work 4" in drawn(state)


def test_best_names_the_learner_that_reached_it_also_when_lower_is_better() -> None:
    state = told()
    state.hear(TrialFinished(0, "ridge", "finished", 3.5, 3.5, "rmse", 1))
    state.hear(TrialFinished(1, "forest", "finished", 2.5, 2.5, "rmse", 2))
    state.hear(TrialFinished(2, "tree", "finished", 4.5, 2.5, "rmse", 3))
    assert state.best_text == "2.500 forest"


def test_plain_lines_are_one_per_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = plain(monkeypatch, events())
    assert lines == ["[1/9] Problem     yes/no · metric ROC AUC  0.1 s"]


def test_plain_lines_of_an_hour_of_search_stay_within_thirty(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = (TrialFinished(i, "lightgbm", "finished", 0.8, 0.8, "roc_auc", i) for i in range(3600))
    lines = plain(monkeypatch, hour, pace=1.0)
    assert 5 <= len(lines) <= 21


def test_verbose_says_every_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = plain(monkeypatch, events(), verbose=True)
    assert sum("trial" in line for line in lines) == 4


def test_jsonl_writes_each_event_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(told(), quiet=False, verbose=False, jsonl=True) as tell:
        for event in events():
            tell(event)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["type"] for event in written][:3] == ["started", "stage_started", "stage_finished"]
    assert written[5]["learner"] == "lightgbm"


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(told(), quiet=True, verbose=False, jsonl=False) as tell:
        for event in events():
            tell(event)
    assert capsys.readouterr() == ("", "")
