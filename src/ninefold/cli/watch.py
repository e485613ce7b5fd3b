"""``ninefold watch``: has the data drifted since training? The exit code says it too, for cron and CI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Json, Runs, bundle_at
from ninefold.cli.predict import First, Second, named, warn
from ninefold_runtime.monitor.options import COMMAND_HELP, WEBHOOK_HELP


def watch(  # noqa: PLR0917  typer reads the options off the signature
    first: First,
    second: Second = None,
    query: Annotated[str | None, typer.Option(help="SQL, where FILE is a database.")] = None,
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="Compare groups of this column, too.")] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the labels: score the rows, too.")
    ] = None,
    labels: Annotated[str | None, typer.Option(metavar="FILE", help="The labels, in a table apart.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="With --labels: whose label it is; else row by row.")
    ] = None,
    history: Annotated[
        str | None, typer.Option(metavar="URL|FILE", help="Write the counts down: SQLite file or postgresql:// URL.")
    ] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help=WEBHOOK_HELP)] = None,
    on_drift: Annotated[str | None, typer.Option(metavar="COMMAND", help=COMMAND_HELP)] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Compare new rows with what the bundle remembers of training. Exit code 1 when they have drifted."""
    from ninefold.cli.terminal import answers, plain, remarks, write_line
    from ninefold.runs import read_columns
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.alerts import Alerts
    from ninefold_runtime.monitor.batch import Batch, Wanted, alert
    from ninefold_runtime.monitor.batch import lines as more_lines
    from ninefold_runtime.monitor.options import wish
    from ninefold_runtime.monitor.report import lines

    given, file = named(first, second)
    wanted = wish(history, webhook, on_drift)
    bundle = read_bundle(bundle_at(given, runs))
    batch = Batch(bundle, Wanted(by, target, None if labels is None else read_columns(labels), key))
    batch.add(read_columns(file, query))
    report, told = batch.report(), batch.told()
    if history is not None:
        batch.keep(history)
    if as_json:
        import msgspec

        write_line(msgspec.json.encode(msgspec.to_builtins(report) | {"monitor": told}).decode())
    else:
        warn(report.notes)
        for line in [*lines(report), *more_lines(told)]:
            answers().print(plain(line), soft_wrap=True)
    for failed in alert(told, bundle, Alerts(wanted.webhook, wanted.secret, wanted.command)):
        remarks().print(plain(failed), soft_wrap=True)
    raise typer.Exit(1 if report.drifted or told.level in {"drift", "degraded"} else 0)
