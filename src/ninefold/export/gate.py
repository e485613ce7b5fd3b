"""What a CI pipeline does to a model: test the data, train, hold the result against the champion, keep the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ninefold.core.parts import setting
from ninefold.export.destination import Subject, Told
from ninefold.export.files import copy_bundle, put
from ninefold.export.project import ORDER, PACKAGE, Project, checked_path, project

FOLDER, RUN = "ninefold", "run"
CHAMPION = f"{FOLDER}/champion"
REQUIREMENTS = f"{FOLDER}/requirements.txt"
KEPT = (f"{RUN}/bundle", f"{RUN}/report.html", f"{RUN}/metrics.json", f"{RUN}/datasheet.md")
"""What is kept of a run that passed."""
WITHOUT_BUDGET = 3600.0
"""Seconds that a run may take whose budget is work."""
SLACK = 900.0
"""Seconds for everything around the run: installing, comparing, waiting for a machine's disk."""


@dataclass(frozen=True)
class Step:
    """Commands of one purpose. They hold no value of the user's: those come as variables of the environment."""

    id: str
    title: str
    commands: tuple[str, ...]
    writes: bool = True
    """Whether the run folder is another one afterwards."""


STEPS = (
    Step(
        "data",
        "Test the data",
        (
            f"mkdir -p {RUN}",
            f"cp {FOLDER}/{ORDER} {RUN}/",
            f"ninefold stage problem {RUN}",
            f"ninefold stage collect {RUN}",
            f"ninefold stage prepare {RUN}",
            f'ninefold watch {CHAMPION} "$DATA" || test "$?" -eq 1',
        ),
    ),
    Step("train", "Train within the budget", (f"ninefold run --resume {RUN}",)),
    Step(
        "gate",
        "Gate on the champion",
        (f'ninefold compare {CHAMPION} {RUN} "$GATE" --margin "$MARGIN"',),
        writes=False,
    ),
    Step("bundle", "Try the bundle", (f'ninefold predict {RUN}/bundle "$GATE" --output {RUN}/predictions.csv',)),
)
"""Drift of the data is told and stops nothing: new data are why one trains again."""


@dataclass(frozen=True)
class Pipeline:
    """The variables of the steps, and the seconds after which they are stopped."""

    variables: dict[str, str]
    seconds: float
    watched: tuple[str, ...]
    """Paths whose change starts it."""


@dataclass(frozen=True)
class Gated:
    """What a user may say of such a pipeline."""

    data: str = setting("", "Where the table lies in the repository; else it is copied to data/.")
    gate: str = setting("", "Labelled rows to compare on, a path in the repository; else the table itself.")
    margin: float = setting(0.0, "The new model may be worse by so much, in the metric's unit.", low=0.0)

    def pipeline(self, subject: Subject, folder: Path, to: str) -> Pipeline:
        """Raises what `pipeline` raises."""
        return pipeline(subject, folder, to, data=self.data, rows=self.gate, margin=self.margin)

    def told(self) -> Told:
        return Told(("git add .", "git commit -m 'Train by Ninefold'", "git push"), notes(self.gate))


def pipeline(subject: Subject, folder: Path, to: str, *, data: str, rows: str, margin: float) -> Pipeline:
    """Write what the steps need into ``folder``: ``data`` is where the table lies in the repository, ``rows`` where
    labelled rows to compare on lie, and by ``margin`` the new model may be worse.

    Raises:
        NinefoldError: see `ninefold.export.project.project`, `checked_path`.
    """
    made = project(subject, to, data)
    made.put_order(folder / FOLDER)
    if not data:
        made.put_table(folder)
    copy_bundle(subject.bundle, folder / CHAMPION)
    put(folder / REQUIREMENTS, f"{PACKAGE}\n")
    variables = {"DATA": made.path, "GATE": checked_path(rows) if rows else made.path, "MARGIN": f"{margin:g}"}
    return Pipeline(variables, _seconds(made), (made.path, f"{FOLDER}/**"))


def notes(rows: str) -> tuple[str, ...]:
    """What to know of the comparison."""
    if rows:
        return ()
    told = "the champion has learned from most rows of the table that it is compared on, which favours it"
    return (f"{told}; --set gate=PATH names labelled rows that neither model has seen",)


def _seconds(made: Project) -> float:
    return (made.order.wishes.budget.seconds or WITHOUT_BUDGET) + SLACK


def script(commands: Sequence[str]) -> str:
    """Commands one after the other, each of which must succeed."""
    return "\n".join(commands) + ("\n" if len(commands) > 1 else "")
