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
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Write what-if.html as well: the graph itself, run by the browser, offline.")
    ] = False,
    runtime: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            envvar="NINEFOLD_ORT_WEB",
            help="For --live: the npm package onnxruntime-web, as a folder or a .tgz.",
        ),
    ] = None,
) -> None:
    """Write a run's report again, in the looks of this release, and say where it is."""
    import json

    from ninefold.cli.summary import shortest
    from ninefold.cli.terminal import answers, words, write_line
    from ninefold.report import datasheet, document
    from ninefold.report.render import render

    page = render(run_at(run, runs))
    what_if = _what_if(page.parent, runs, runtime) if live else None
    if as_json:
        sheet = page.with_name(datasheet.NAME)
        told = {
            "run": page.parent.resolve().name,
            "report": str(page),
            "data": str(page.with_name(document.NAME)),
            "datasheet": str(sheet) if sheet.exists() else None,
        }
        write_line(json.dumps(told if what_if is None else told | {"live": str(what_if)}))
        return
    answers().print(words("report  ", (shortest(page), "cyan")), soft_wrap=True)
    if what_if is not None:
        answers().print(words("what if ", (shortest(what_if), "cyan")), soft_wrap=True)


def _what_if(run: Path, runs: Path, runtime: Path | None) -> Path:
    from ninefold.cli.places import bundle_at
    from ninefold.report.live import LIVE, live_page
    from ninefold.report.web_runtime import web_runtime
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.files import write_whole

    page = live_page(read_bundle(bundle_at(str(run), runs)), web_runtime(runtime))
    write_whole(run / LIVE, page.encode())
    return run / LIVE
