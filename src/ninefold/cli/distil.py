"""``ninefold distil``: a small student of a model, and both on one line."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli import start
from ninefold.cli.places import Json, Runs
from ninefold.core.errors import RunError

if TYPE_CHECKING:
    from ninefold.core.problem import Budget
    from ninefold.runs import Run


def distil(  # noqa: PLR0917  typer reads the options off the signature
    teacher: Annotated[
        str | None, typer.Argument(metavar="[RUN|BUNDLE]", help="Whose answers are learned; else the last run's.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Labelled rows to learn from; else those that the run was started with."),
    ] = None,
    student: Annotated[
        list[str] | None,
        typer.Option(metavar="LEARNER", help="Who learns; else LightGBM and a linear model. Repeatable."),
    ] = None,
    max_size: Annotated[str | None, typer.Option(metavar="SIZE", help="Largest graph: 500kB, 5MB.")] = None,
    max_latency: Annotated[str | None, typer.Option(metavar="TIME", help="Longest answer for one row: 50us.")] = None,
    quantise: Annotated[
        bool, typer.Option("--quantise", help="Numbers of 8 bits in networks, where that costs little of the score.")
    ] = False,
    max_loss: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0, max=1, help="What they may cost of the lead over the baseline: 0.005."),
    ] = None,
    mix: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0, max=1, help="What the teacher counts for beside the truth."),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(metavar="T", min=0.1, max=100, help="Probabilities are softened by it before: 1, of images 5."),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Made rows that the teacher is asked about."),
    ] = None,
    budget: Annotated[str | None, typer.Option(metavar="TIME", help="Time for all of it; else as the run had.")] = None,
    work: Annotated[int | None, typer.Option(metavar="N", min=1, help="Learner fits instead of time.")] = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="What to read, where --data is a database.")] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Teach a small model what a large one says, and keep most of what it is worth at a fraction of its time and size.

    The student is a run of its own, with report and bundle, that names its teacher as its parent.
    """
    from ninefold.cli import wishes as said
    from ninefold.cli.interrupts import stoppable
    from ninefold.cli.live import listening
    from ninefold.cli.told import Told
    from ninefold.distil import Distilling, teacher_at
    from ninefold.distil import distil as go

    folder = _folder(teacher, runs)
    wish = Distilling(
        data=data,
        query=query,
        students=tuple(student or ()),
        mix=mix,
        temperature=temperature,
        rows=rows,
        limits=said.limits(max_size, max_latency, quantise=quantise, loss=max_loss),
        budget=_budget(budget, work),
    )
    wishes = teacher_at(folder).wishes
    told = Told(start.STARTED, folder.name, wishes.sought, (wish.budget or wishes.budget).seconds, wishes.seed)
    stop = threading.Event()
    with stoppable(stop, told.stop), listening(told, quiet=as_json, verbose=False, jsonl=False) as tell:
        made = go(folder, wish, runs, tell=tell, stop=stop)
    _say(made, as_json=as_json)


def _folder(name: str | None, runs: Path) -> Path:
    """A run where there is one of the name, else a bundle."""
    from ninefold.cli.places import bundle_at, run_at

    try:
        return run_at(name, runs)
    except RunError:
        return bundle_at(name, runs)


def _budget(budget: str | None, work: int | None) -> Budget | None:
    from ninefold.core.problem import Budget

    return None if budget is None and work is None else Budget.of(budget or "60s", work)


def _say(made: Run, *, as_json: bool) -> None:
    from time import monotonic

    from ninefold.cli.summary import as_dict, show
    from ninefold.cli.tables import of_table
    from ninefold.cli.terminal import answers, write_line
    from ninefold.runs import EVALUATION

    seconds = monotonic() - start.STARTED
    if as_json:
        import msgspec

        rivals = [
            {
                "name": r.name,
                "validation": r.validation,
                "sealed": r.sealed,
                "bytes": r.bytes,
                "us": r.microseconds,
                "ships": r.ships,
            }
            for r in made.evaluation.rivals
        ]
        teaching = made.problem.teaching
        answer = as_dict(made, seconds) | {"teacher": teaching.teacher if teaching else None, "rivals": rivals}
        write_line(msgspec.json.encode(answer).decode())
        return
    told = next(section for number, section, _ in made.sections() if number == EVALUATION)
    answers().print(of_table(told.tables[0]))
    answers().print()
    show(made, seconds, answers())
