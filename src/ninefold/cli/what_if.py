"""The what-if page of ``ninefold report --live``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Live = Annotated[
    bool, typer.Option("--live", help="Write a page that runs the graph in the browser, offline (what-if.html).")
]
WebRuntimeAt = Annotated[
    Path | None,
    typer.Option(
        "--runtime",
        metavar="PATH",
        envvar="NINEFOLD_ORT_WEB",
        help="For --live: the npm package onnxruntime-web, a folder or a .tgz.",
    ),
]
NAME = "what-if.html"


def write_what_if(run: Path, runtime: Path | None) -> Path:
    """Write the page beside a run's report; returns its path.

    Raises:
        RunError: when the run has no bundle. WishError: when ONNX Runtime Web is not where it is said to be.
    """
    from ninefold.cli.places import bundle_at
    from ninefold.report.live import live_page
    from ninefold.report.web_runtime import web_runtime
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.files import write_whole

    page = live_page(read_bundle(bundle_at(str(run), run.parent)), web_runtime(runtime))
    path = run / NAME
    write_whole(path, page.encode())
    return path
