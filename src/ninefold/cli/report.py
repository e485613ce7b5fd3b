"""``ninefold report``: the page of a run, written again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Json, Runs, run_at


def report(
    run: Annotated[str | None, typer.Argument(help="Run folder or id; the last run where nothing is said.")] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Write a run's report again, in the looks of this release, and say where it is."""
    import json

    from ninefold.cli.summary import shortest
    from ninefold.cli.terminal import answers, words, write_line
    from ninefold.report import datasheet, document
    from ninefold.report.render import render

    page = render(run_at(run, runs))
    if as_json:
        sheet = page.with_name(datasheet.NAME)
        write_line(
            json.dumps(
                {
                    "run": page.parent.resolve().name,
                    "report": str(page),
                    "data": str(page.with_name(document.NAME)),
                    "datasheet": str(sheet) if sheet.exists() else None,
                }
            )
        )
        return
    answers().print(words("report  ", (shortest(page), "cyan")), soft_wrap=True)
