"""What a search of whole candidates says while a fit takes long."""

from dataclasses import replace
from pathlib import Path

import polars as pl
from rooms import collected, context

from ninefold.core.events import Event, Progress
from ninefold.core.inside import JOURNAL
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.results import Trial
from ninefold.core.workshop import Workshop
from ninefold.select.candidates import Candidate
from ninefold.select.logbook import Logbook
from ninefold.select.rounds import Rounds
from ninefold.select.trials import Entry
from ninefold.speakers.transformer import Transformer

EPOCH = '{"epoch": 1, "loss": 1.0, "rate": 0.1, "watched": {}, "gradients": {}}\n'


class Busy:
    """A crew whose one fit takes four waits, and writes an epoch at the second and third."""

    size = 1

    def __init__(self, folder: Path) -> None:
        self._place, self._waits, self._job = Workshop(folder).unfinished(0), 0, list[FitJob]()
        self._place.mkdir(parents=True)

    def submit(self, job: FitJob) -> None:
        self._job.append(job)

    def wait(self, seconds: float) -> list[FitDone]:
        self._waits += 1
        if self._waits == 4:
            return [FitDone(0, self._job[0].fold, "ok", score=1.0, loss=1.0)]
        if self._waits > 1:
            with (self._place / JOURNAL).open("a") as file:
                file.write(EPOCH)
        return []

    def drop(self) -> None:
        pass


def test_a_long_fit_is_told_with_its_epochs(tmp_path: Path) -> None:
    problem, dataset = collected(pl.DataFrame({"x": range(40), "y": [0, 1] * 20}), tmp_path, target="y")
    told: list[Event] = []
    there = replace(context(tmp_path), tell=told.append, crew=lambda: Busy(tmp_path))

    def trial(entry: Entry) -> Trial:
        return entry.trial({"transformer": Transformer})

    rounds = Rounds(problem, dataset, Logbook(there, "digest", 1), 1, trial, context=there)
    assert rounds.run([Candidate("transformer", {}, "text")]) == "everything was tried"
    said = [event.text for event in told if isinstance(event, Progress)]
    assert said == ["transformer", "transformer, 1 epoch made", "transformer, 2 epochs made"]
