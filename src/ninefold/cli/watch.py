"""``ninefold watch``: has the data drifted since training? The exit code says it too, for cron and CI."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json, Runs, Trust, bundle_at
from ninefold.cli.predict import First, Second, named, warn
from ninefold_runtime.monitor.words import COMMAND_HELP, WEBHOOK_HELP

if TYPE_CHECKING:
    from ninefold_runtime.intake import Note
    from ninefold_runtime.monitor.watched import Voice


def watch(  # noqa: PLR0917  typer reads the options off the signature
    first: First,
    second: Second = None,
    query: Annotated[str | None, typer.Option(help="SQL, where FILE is a database.")] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Go on reading while FILE grows (- is CSV from stdin), and say when it drifts."),
    ] = False,
    every: Annotated[int, typer.Option(metavar="ROWS", min=1, help="A report each so many rows.")] = 1000,
    seconds: Annotated[float, typer.Option(min=0.1, help="Or each so many seconds.")] = 60.0,
    stop: Annotated[bool, typer.Option("--stop", help="End at the first alarm.")] = False,
    quiet: Annotated[int, typer.Option(metavar="ROWS", min=1, help="Rows between two false alarms.")] = 100_000,
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
    trust: Trust = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Compare new rows with what the bundle remembers of training. Exit code 1 when they have drifted.

    A file is one batch. With --follow rows are tested as they come, and alarms are rare over all looks together.
    """
    from ninefold.runs import read_chunks, read_columns
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.alerts import alerts_of
    from ninefold_runtime.monitor.batch import Wanted
    from ninefold_runtime.monitor.follow import Pace, refuse_beside_follow
    from ninefold_runtime.monitor.watched import compare, follow_file
    from ninefold_runtime.monitor.wish import wish

    given, file = named(first, second)
    bundle, alerts = read_bundle(bundle_at(given, runs), trust or ()), alerts_of(wish(None, webhook, on_drift))
    voice = _voice(as_json=as_json)
    if follow:
        refuse_beside_follow(query=query, by=by, target=target, labels=labels, key=key, history=history)
        drifted = follow_file(bundle, Path(file), Pace(every, seconds, stop), quiet, alerts=alerts, voice=voice)
    else:
        known = None if labels is None else {name: list(values) for name, values in read_columns(labels).items()}
        wanted = Wanted(by, target, known, key)
        drifted = compare(bundle, read_chunks(file, query, bundle.schema), wanted, history, alerts=alerts, voice=voice)
    raise typer.Exit(1 if drifted else 0)


def _voice(*, as_json: bool) -> Voice:
    """Answers for programs come without remarks on the rows: these are in the JSON."""
    from ninefold.cli.terminal import answers, plain, remarks, write_line
    from ninefold_runtime.monitor.watched import Voice

    def say(line: str) -> None:
        answers().print(plain(line), soft_wrap=True)

    def remark(line: str) -> None:
        remarks().print(plain(line), soft_wrap=True)

    def fail(lines: Iterable[str]) -> None:
        for line in lines:
            remark(line)

    def note(notes: Sequence[Note]) -> None:
        if not as_json:
            warn(notes)

    return Voice(write_line if as_json else say, remark, note, fail, as_json)
