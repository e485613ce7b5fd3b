"""``ninefold stage``: one of the nine alone, for tools that run them one by one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli import start
from ninefold.cli.places import Json, Runs, run_at


def stage(
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="Its number, 1 to 9, or its name.")],
    run: Annotated[str | None, typer.Argument(help="Run folder or id; the last run where nothing is said.")] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Do one stage of a run alone, from the chapters before it as they stand.

    problem, collect, prepare, features, select, train, evaluate, deploy, monitor. A folder with an order.json is
    enough to begin with. A stage whose input is unchanged does nothing.
    """
    from ninefold.cli.interrupts import stoppable
    from ninefold.cli.live import listening
    from ninefold.cli.terminal import write_line
    from ninefold.cli.told import Told
    from ninefold.runs import read_order
    from ninefold.runs import stage as go

    number, folder = _number(stage), run_at(run, runs)
    wishes, stop = read_order(folder).wishes, threading.Event()
    told = Told(start.STARTED, folder.name, wishes.sought, wishes.budget.seconds, wishes.seed)
    with stoppable(stop, told.stop), listening(told, quiet=as_json, verbose=False, jsonl=False) as tell:
        go(number, folder, tell=tell, stop=stop, started=start.STARTED)
    done = told.finished[number]
    if as_json:
        import msgspec

        write_line(msgspec.json.encode(done).decode())


def _number(stage: str) -> int:
    """Which of the nine is meant.

    Raises:
        WishError: NF-E398 when none is.
    """
    from ninefold.core.book import STAGES
    from ninefold.core.errors import WishError, nearest

    named = {name: number for number, name in enumerate(STAGES, start=1)}
    found = named.get(stage) or (int(stage) if stage in {str(number) for number in named.values()} else None)
    if found is None:
        hint = f"choose from: {', '.join(STAGES)}"
        suggestions = nearest(stage, STAGES)
        raise WishError("NF-E398", f'there is no stage "{stage}"', hint=hint, given=stage, suggestions=suggestions)
    return found
