"""What ``watch`` does, for every command line: compare a table with the bundle, or follow rows while they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.folding import together
from ninefold_runtime.intake import Note
from ninefold_runtime.monitor.alerts import Alerts
from ninefold_runtime.monitor.batch import Batch, Table, Wanted, alert, whole
from ninefold_runtime.monitor.batch import lines as more_lines
from ninefold_runtime.monitor.counter import Counter
from ninefold_runtime.monitor.follow import Pace, coming, follow
from ninefold_runtime.monitor.herald import Herald
from ninefold_runtime.monitor.report import WatchReport, brief, ended, lines
from ninefold_runtime.monitor.stream import Stream
from ninefold_runtime.progress import Progress


@dataclass(frozen=True)
class Voice:
    """How a command line speaks: ``say`` answers, line by line; ``remark`` beside them; ``note`` what did not fit the
    schema; ``fail`` what went wrong with alerts. With ``as_json`` an answer is one JSON object."""

    say: Callable[[str], None]
    remark: Callable[[str], None]
    note: Callable[[Sequence[Note]], None]
    fail: Callable[[Iterable[str]], None]
    as_json: bool

    def answer(self, thing: object, text: Iterable[str]) -> None:
        for line in [msgspec.json.encode(thing).decode()] if self.as_json else text:
            self.say(line)


def compare(
    bundle: Bundle, tables: Iterable[Table], wanted: Wanted, history: str | None, *, alerts: Alerts, voice: Voice
) -> bool:
    """Whether a table, which comes in parts, has drifted or the model has become worse; ``history`` keeps its counts.

    Raises:
        BundleError, MonitorError: see `Batch`. Whatever reading the tables refuses.
    """
    batch, progress = Batch(bundle, wanted), Progress(voice.remark)
    for columns in together(bundle.schema, tables):
        batch.add(columns)
        progress.rows(batch.counted.rows)
    report, told = batch.report(), batch.told()
    if history is not None:
        batch.keep(history)
    voice.note(report.notes)
    voice.answer(whole(report, told), [*lines(report), *more_lines(told)])
    voice.fail(alert(told, bundle, alerts))
    return report.drifted or told.serious


def follow_file(bundle: Bundle, file: Path, pace: Pace, quiet: int, *, alerts: Alerts, voice: Voice) -> bool:
    """Whether an alarm went off before the rows, or the user's patience, came to an end.

    Raises:
        TableError: what `ninefold_runtime.monitor.follow.coming` refuses.
    """
    stream, herald = Stream(bundle, quiet=quiet), Herald(alerts, str(bundle.folder))

    def tell(report: WatchReport) -> None:
        voice.answer(report, [brief(report, stream.rows)])
        voice.fail(herald.hear(report))

    with suppress(KeyboardInterrupt):  # the usual end
        follow(Counter(bundle, stream), coming(file), pace, tell)
    voice.remark(ended(stream.rows, stream.counts.alarms, quiet))
    return bool(stream.counts.alarms)
