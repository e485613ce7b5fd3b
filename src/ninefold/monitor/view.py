"""What stage 9 has to say."""

from __future__ import annotations

from ninefold.core.results import Watch
from ninefold.core.section import Fact, Section, Table
from ninefold.core.words import counted


def view(watch: Watch) -> Section:
    return Section(
        title="Monitoring",
        sentence=f"{counted(watch.columns, 'column')} watched, {watch.false_alarm_rate:.0%} false alarms per batch",
        questions=(7, 48),
        facts=(
            Fact("watched", counted(watch.columns, "column"), f"reference: {watch.rows:,} training rows, summarised"),
            Fact("false alarms", f"{watch.false_alarm_rate:.0%}", "of batches without drift, over all columns"),
        ),
        tables=(Table("Detectors", ("what is compared",), tuple((name,) for name in watch.detectors), wide=True),),
        text=(watch.retrain_rule,),
    )
