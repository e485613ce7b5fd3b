"""Progress as it happens: redrawn in place on a terminal, a few plain lines elsewhere, JSON lines for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table as Grid
from rich.text import Text

from ninefold.cli.terminal import plain, remarks, words, write_line
from ninefold.cli.told import Told
from ninefold.core.events import TITLES, Event, Progress, StageFinished, Tell, TrialFinished
from ninefold.core.words import duration

BAR = 30
PATIENCE = 30.0
"""Seconds between plain lines within a stage; doubled after every four, so that a long run stays within 30 lines."""


@contextmanager
def listening(told: Told, *, quiet: bool, verbose: bool, jsonl: bool) -> Iterator[Tell]:
    """A listener for a run's events, fit for where stderr goes.

    ``jsonl`` writes every event to stdout as it comes; ``quiet`` shows nothing; ``verbose`` shows every trial.
    """
    console = remarks()
    if jsonl:
        yield _both(told, lambda event: write_line(msgspec.json.encode(event).decode()))
    elif quiet:
        yield told.hear
    elif verbose or not _can_redraw(console):
        yield _both(told, Plain(told, console, verbose=verbose).hear)
    else:
        with Live(Screen(told), console=console, refresh_per_second=5, transient=True, redirect_stdout=False):
            yield told.hear


def _both(told: Told, then: Tell) -> Tell:
    def tell(event: Event) -> None:
        told.hear(event)
        then(event)

    return tell


def _can_redraw(console: Console) -> bool:
    return sys.stderr.isatty() and console.is_terminal and not console.is_dumb_terminal


class Plain:
    """One line per stage, and within a stage one now and then."""

    def __init__(self, told: Told, console: Console, *, verbose: bool) -> None:
        self._told = told
        self._console = console
        self._verbose = verbose
        self._spoke = time.monotonic()
        self._lines = 0

    def hear(self, event: Event) -> None:
        if isinstance(event, StageFinished):
            self._say(event.number, f"{event.sentence}  {_took(event)}")
        elif isinstance(event, (Progress, TrialFinished)):
            self._within(event)

    def _within(self, event: Progress | TrialFinished) -> None:
        patience = PATIENCE * 2**self._lines
        if self._verbose or time.monotonic() - self._spoke > patience:
            self._lines += 1
            text = event.text if isinstance(event, Progress) else f"trial {event.trial} {event.learner} {event.state}"
            best = f"best {self._told.best_text}" if self._told.best_text else ""
            left = "" if self._told.left is None else f"{duration(self._told.left)} left"
            self._say(self._told.stage, " · ".join(part for part in (text, best, left) if part))

    def _say(self, number: int, text: str) -> None:
        self._spoke = time.monotonic()
        title = TITLES[number - 1] if number else ""
        self._console.print(words((f"[{number}/9] ", "dim"), f"{title:<12}", text), soft_wrap=True)


class Screen:
    """The nine stages, the best so far, and the bar of time; drawn anew several times a second."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def __rich__(self) -> RenderableType:
        return Group(self._head(), Text(), self._stages(), Text(), self._bar())

    def _head(self) -> Text:
        told = self._told
        facts = [f"run {told.run}"] if told.run else []
        facts += [f"seed {told.seed}", f"work {told.work}" if told.work else f"budget {duration(told.budget or 0)}"]
        return words((f"{told.source} → {told.target}", "bold"), "   ", (" · ".join(facts), "dim"))

    def _stages(self) -> Grid:
        table = Grid.grid(padding=(0, 1), expand=True)
        table.add_column(width=1)
        table.add_column(width=13, no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column(justify="right", no_wrap=True, min_width=6)
        for number, title in enumerate(TITLES, start=1):
            for row in self._rows(number, title):
                table.add_row(*row)
        return table

    def _rows(self, number: int, title: str) -> Iterator[tuple[RenderableType, ...]]:
        told = self._told
        name = f"{number} {title}"
        if number in told.finished:
            done = told.finished[number]
            yield plain("✓", "green"), plain(name), plain(done.sentence), plain(_took(done), "dim")
        elif number == told.stage:
            since = duration(time.monotonic() - told.stage_since)
            yield plain("▸", "cyan"), plain(name, "bold"), plain(told.text), plain(since, "dim")
            if told.best is not None:
                yield Text(), Text(), self._best(), Text()
        else:
            yield plain("·", "dim"), plain(name, "dim"), Text(), Text()

    def _best(self) -> Text:
        told = self._told
        score, _, learner = told.best_text.partition(" ")
        return words((score, "bold"), f" {learner}  ", (told.sparkline, "dim"), (f"  {told.trials} trials", "dim"))

    def _bar(self) -> Text:
        told = self._told
        full = round(told.share * BAR)
        left = "" if told.left is None else duration(told.left)
        if told.stopping:
            tail = words("stopping with the best", (" · Ctrl-C again gives up", "dim"))
        else:
            tail = words((left, "bold"), " left" if left else "", (" · Ctrl-C keeps the best", "dim"))
        return words(("━" * full, "cyan"), ("─" * (BAR - full), "dim"), " ", tail)


def _took(done: StageFinished) -> str:
    return "unchanged" if done.skipped else duration(done.seconds)
