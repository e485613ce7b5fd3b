"""``ninefold watch``: has the data drifted since training? The exit code says it too, for cron and CI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Json, Runs, Trust, bundle_at
from ninefold.cli.predict import First, Second, named, warn


def watch(  # noqa: PLR0917  typer reads the options off the signature
    first: First,
    second: Second = None,
    query: Annotated[str | None, typer.Option(help="SQL, where FILE is a database.")] = None,
    trust: Trust = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Compare new rows with what the bundle remembers of training. Exit code 1 when they have drifted."""
    from ninefold.cli.terminal import answers, plain, write_line
    from ninefold.runs import read_columns
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.watch import lines, watch_table

    bundle, file = named(first, second)
    report = watch_table(read_bundle(bundle_at(bundle, runs), trust or ()), read_columns(file, query))
    if as_json:
        import msgspec

        write_line(msgspec.json.encode(report).decode())
    else:
        warn(report.notes)
        for line in lines(report):
            answers().print(plain(line), soft_wrap=True)
    raise typer.Exit(1 if report.drifted else 0)
