"""A run as its events tell it: what the live page shows, and when to show it anew."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ninefold.core import parts
from ninefold.core.book import Writer
from ninefold.core.errors import WishError
from ninefold.core.events import TITLES
from ninefold.core.words import duration

MOST_LEARNERS = 10
BASELINE = "Baseline"
"""The title of the learner that every other is held against."""


@dataclass
class Stage:
    """One of the nine. ``state``: waiting, going, done."""

    number: int
    title: str
    state: str = "waiting"
    text: str = ""
    seconds: float | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Line:
    """The best trial of one learner so far, and how many of its trials have ended."""

    learner: str
    score: float
    trials: int


@dataclass
class Live:
    """Events since the run last began."""

    stages: list[Stage] = field(default_factory=lambda: [Stage(n, t) for n, t in enumerate(TITLES, 1)])
    trials: int = 0
    metric: str = ""
    best: float | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    seconds: float | None = None
    """How long the run took, once it has ended well."""
    last: str = ""

    def hear(self, event: dict[str, Any]) -> None:
        self.last = event.get("type", "")
        if self.last in _HEARD:
            _HEARD[self.last](self, event)

    def _start(self, event: dict[str, Any]) -> None:
        stage = self.stages[event["number"] - 1]
        stage.state, stage.text = "going", ""

    def _progress(self, event: dict[str, Any]) -> None:
        self.stages[event["number"] - 1].text = event["text"]

    def _finish(self, event: dict[str, Any]) -> None:
        stage = self.stages[event["number"] - 1]
        stage.state, stage.text = "done", event["sentence"]
        stage.seconds, stage.skipped = event["seconds"], event["skipped"]

    def _trial(self, event: dict[str, Any]) -> None:
        self.trials, self.metric, self.best = event["trials"], event["metric"], event["best"]
        learner, score = event["learner"], event["score"]
        if going := next((stage for stage in self.stages if stage.state == "going"), None):
            going.text = f"trial {event['trial']}: {learner} {event['state']}"
        if score is None:
            return
        before = self.lines.get(learner)
        better = before is None or (score > before.score) == _rises(self.metric)
        count = 1 + (before.trials if before else 0)
        self.lines[learner] = Line(learner, score if before is None or better else before.score, count)

    def _done(self, event: dict[str, Any]) -> None:
        self.seconds = event["seconds"]

    @property
    def title(self) -> str:
        """The metric as people write it."""
        return _title(self.metric) if self.metric else ""

    @property
    def leaders(self) -> list[Line]:
        """Learners by their best trial, best first."""
        rises = not self.metric or _rises(self.metric)
        return sorted(self.lines.values(), key=lambda line: line.score, reverse=rises)[:MOST_LEARNERS]

    @property
    def gains(self) -> list[float]:
        """Of each of the `leaders`, its gain over the baseline as a share of the most; empty without a baseline."""
        floor = self.lines.get(BASELINE)
        leaders = self.leaders
        if floor is None or leaders[0].score == floor.score:
            return []
        return [(line.score - floor.score) / (leaders[0].score - floor.score) for line in leaders]


_HEARD = {
    "stage_started": Live._start,
    "stage_finished": Live._finish,
    "progress": Live._progress,
    "trial_finished": Live._trial,
    "done": Live._done,
}


@dataclass(frozen=True)
class Time:
    """How far a run is: ``share``, 0 to 1, and ``told`` in words."""

    share: float
    told: str
    ends: float | None = None
    """When the budget ends, in seconds since 1970; None where it is not one of seconds."""
    seconds: float = 0.0


def time_of(live: Live, writer: Writer | None) -> Time:
    """Time is read off the clock of the process. Where the budget is work, whose length nobody knows, stages count."""
    done = sum(stage.state == "done" for stage in live.stages)
    if writer is None or not writer.seconds:
        return Time(done / len(live.stages), f"{done} of {len(live.stages)} stages done")
    left = max(writer.begun + writer.seconds - time.time(), 0.0)
    told = f"{duration(left)} left of {duration(writer.seconds)}" if left else "time is up, finishing"
    return Time(1 - left / writer.seconds, told, writer.begun + writer.seconds, writer.seconds)


class Ear:
    """Reads a run's events as they are written. `position` is the byte up to which they were heard."""

    def __init__(self, folder: Path) -> None:
        self.live = Live()
        self.position = 0
        self._path = folder / "events.jsonl"

    def listen(self) -> bool:
        """Hear what is new; whether there was anything. A line that is not whole yet waits for its end."""
        try:
            with self._path.open("rb") as file:
                file.seek(self.position)
                new = file.read()
        except FileNotFoundError:
            return False
        whole = new[: new.rfind(b"\n") + 1]
        self.position += len(whole)
        for event in _events(whole.splitlines()):
            if event.get("type") == "started":
                self.live = Live()
            self.live.hear(event)
        return bool(whole)


def live_of(folder: Path) -> Live:
    ear = Ear(folder)
    ear.listen()
    return ear.live


def _events(lines: Iterable[bytes]) -> Iterable[dict[str, Any]]:
    """Lines that are events; one that a crash tore is passed over."""
    for line in lines:
        try:
            event = msgspec.json.decode(line)
        except msgspec.DecodeError:
            continue
        if isinstance(event, dict):
            yield event


def _rises(metric: str) -> bool:
    try:
        return bool(parts.find("ninefold.metrics", metric).higher_is_better)
    except WishError:
        return True


def _title(metric: str) -> str:
    try:
        return str(parts.find("ninefold.metrics", metric).title)
    except WishError:
        return metric
