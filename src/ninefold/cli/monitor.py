"""``ninefold monitor``: what a service, or batches that were watched, have counted so far."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Json, Runs, bundle_at

History = Annotated[
    str | None,
    typer.Option(metavar="URL|FILE", help="SQLite file or postgresql:// URL; else the file beside the bundle."),
]


def monitor(
    bundle: Annotated[
        str | None, typer.Argument(help="Bundle, run folder or run id; the last run if left out.")
    ] = None,
    history: History = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Show the monitor's history of a bundle. Exit code 1 when its data have drifted, or it has become worse."""
    from ninefold.cli.terminal import answers, plain, write_line
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.history import History as Open
    from ninefold_runtime.monitor.places import existing, history_of
    from ninefold_runtime.monitor.shown import lines, shown

    folder = bundle_at(bundle, runs)
    told = shown(read_bundle(folder), Open(existing(history or history_of(folder))))
    if as_json:
        import msgspec

        write_line(msgspec.json.encode(told).decode())
    else:
        for line in lines(told):
            answers().print(plain(line), soft_wrap=True)
    raise typer.Exit(1 if told.told.serious else 0)
