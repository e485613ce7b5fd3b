"""``ninefold watch``: has the data drifted since training? The exit code says it too, for cron and CI."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json, Runs, Trust, bundle_at
from ninefold.cli.predict import First, Second, named, warn
from ninefold_runtime.monitor.words import COMMAND_HELP, WEBHOOK_HELP

if TYPE_CHECKING:
    from ninefold_runtime.bundle import Bundle
    from ninefold_runtime.monitor.alerts import Alerts
    from ninefold_runtime.monitor.batch import Wanted
    from ninefold_runtime.monitor.follow import Pace
    from ninefold_runtime.monitor.herald import Herald
    from ninefold_runtime.monitor.report import WatchReport


@dataclass(frozen=True)
class _Batch:
    """Which rows, and where their counts are written down."""

    data: str
    query: str | None
    history: str | None


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
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.monitor.alerts import alerts_of
    from ninefold_runtime.monitor.wish import wish

    given, file = named(first, second)
    bundle = read_bundle(bundle_at(given, runs), trust or ())
    alerts = alerts_of(wish(None, webhook, on_drift))
    if follow:
        from ninefold_runtime.monitor.follow import Pace, refuse_beside_follow
        from ninefold_runtime.monitor.herald import Herald

        refuse_beside_follow(query=query, by=by, target=target, labels=labels, key=key, history=history)
        herald = Herald(alerts, str(bundle.folder))
        drifted = _followed(bundle, Path(file), Pace(every, seconds, stop), quiet, herald, as_json=as_json)
    else:
        from ninefold.runs import read_columns
        from ninefold_runtime.monitor.batch import Wanted

        wanted = Wanted(by, target, None if labels is None else read_columns(labels), key)
        drifted = _compared(bundle, _Batch(file, query, history), wanted, alerts, as_json=as_json)
    raise typer.Exit(1 if drifted else 0)


def _compared(bundle: Bundle, given: _Batch, wanted: Wanted, alerts: Alerts, *, as_json: bool) -> bool:
    from ninefold.cli.terminal import answers, plain, remarks
    from ninefold.runs import read_chunks
    from ninefold_runtime.monitor.batch import Batch, alert, whole
    from ninefold_runtime.monitor.batch import lines as more_lines
    from ninefold_runtime.monitor.report import lines
    from ninefold_runtime.progress import Progress

    batch, progress = Batch(bundle, wanted), Progress(remarks().print)
    for columns in read_chunks(given.data, given.query, bundle.schema):
        batch.add(columns)
        progress.rows(batch.counted.rows)
    report, told = batch.report(), batch.told()
    if given.history is not None:
        batch.keep(given.history)
    if as_json:
        _write(whole(report, told))
    else:
        warn(report.notes)
        for line in [*lines(report), *more_lines(told)]:
            answers().print(plain(line), soft_wrap=True)
    for failed in alert(told, bundle, alerts):
        remarks().print(plain(failed), soft_wrap=True)
    return report.drifted or told.serious


def _followed(bundle: Bundle, file: Path, pace: Pace, quiet: int, herald: Herald, *, as_json: bool) -> bool:
    from ninefold.cli.terminal import answers, plain, remarks
    from ninefold_runtime.monitor.counter import Counter
    from ninefold_runtime.monitor.follow import coming, follow
    from ninefold_runtime.monitor.report import brief, ended
    from ninefold_runtime.monitor.stream import Stream

    stream = Stream(bundle, quiet=quiet)

    def tell(report: WatchReport) -> None:
        if as_json:
            _write(report)
        else:
            answers().print(plain(brief(report, stream.rows)), soft_wrap=True)
        for failed in herald.hear(report):
            remarks().print(plain(failed), soft_wrap=True)

    with suppress(KeyboardInterrupt):  # the usual end
        follow(Counter(bundle, stream), coming(file), pace, tell)
    remarks().print(plain(ended(stream.rows, stream.counts.alarms, quiet)), soft_wrap=True)
    return bool(stream.counts.alarms)


def _write(report: object) -> None:
    import msgspec

    from ninefold.cli.terminal import write_line

    write_line(msgspec.json.encode(report).decode())
