"""``ninefold show``: a run's sections again, in the terminal or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Json, Runs, run_at

VERDICTS = {"ship": "bold green", "care": "bold yellow", "stop": "bold red", "open": "bold"}


def show(
    run: Annotated[str | None, typer.Argument(help="Run folder or id; the last run where nothing is said.")] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Show what a run has to say, stage by stage."""
    from ninefold.cli.tables import of_section
    from ninefold.cli.terminal import answers, words, write_line
    from ninefold.core.words import duration
    from ninefold.report.document import encode, read

    told = read(run_at(run, runs))
    if as_json:
        write_line(encode(told).decode())
        return
    console = answers()
    head = f"run {told.run} · {duration(told.seconds)} · seed {told.seed}"
    console.print(words((f"{told.name} → {told.target}", "bold"), "   ", (head, "dim")))
    if told.verdict:
        console.print(words((told.verdict.title, VERDICTS[told.verdict.kind]), "  ", " ".join(told.verdict.text)))
    console.print()
    for stage in told.stages:
        of_section(stage.number, stage.section, console)
