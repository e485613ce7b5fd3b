"""The account of stage 2."""

from __future__ import annotations

from ninefold.core.section import Fact, Finding, Section, Table
from ninefold.core.table import Dataset
from ninefold.core.words import counted

_TITLE = "Data"


def view(dataset: Dataset) -> Section:
    rows = dataset.train_rows + dataset.sealed.rows
    width = len(dataset.columns)
    return Section(
        title=_TITLE,
        sentence=f"{rows:,} rows × {counted(width, 'column')} · {dataset.sealed.rows:,} rows sealed",
        questions=(),
        facts=(
            Fact("Rows", f"{rows:,}", f"{dataset.train_rows:,} to learn from"),
            Fact("Columns", f"{width:,}", _kinds(dataset)),
            Fact("Sealed rows", f"{dataset.sealed.rows:,}", dataset.sealing),
        ),
        findings=(*_dropped(dataset), *_beyond(dataset), *_unreadable(dataset)),
        tables=(_columns(dataset), *_refused(dataset)),
        text=(
            f"Read from {dataset.origin}. Its content has a SHA-256 that begins with {dataset.digest[:16]}.",
            *map(_sentence, dataset.notes),
        ),
    )


def _kinds(dataset: Dataset) -> str:
    kinds = [column.kind for column in dataset.columns]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


def _columns(dataset: Dataset) -> Table:
    rows = tuple((c.name, c.kind, f"{100 * c.missing:.3g} %", c.distinct, c.why) for c in dataset.columns)
    return Table("Columns", ("name", "kind", "missing", "distinct", "why"), rows, wide=True)


def _refused(dataset: Dataset) -> tuple[Table, ...]:
    if not dataset.refused:
        return ()
    return (Table("Columns not used", ("name", "why"), tuple(dataset.refused.items()), wide=True),)


def _dropped(dataset: Dataset) -> tuple[Finding, ...]:
    if not dataset.dropped_rows:
        return ()
    shown = ", ".join(f"{count:,} with {reason}" for reason, count in dataset.dropped_rows.items())
    action = "Fill them in the source if they matter."
    return (Finding("NF201", "info", "Rows without a target are left out", shown, action),)


def _beyond(dataset: Dataset) -> tuple[Finding, ...]:
    if not dataset.beyond:
        return ()
    evidence = (
        f"{dataset.train_rows:,} rows are learned from, {dataset.beyond:,} are not: more than the budget can do with. "
        "They were drawn at random, or are the latest where rows lie in time."
    )
    return (Finding("NF203", "info", "A part of the rows is learned from", evidence, "Give more time: --budget."),)


def _unreadable(dataset: Dataset) -> tuple[Finding, ...]:
    if not dataset.unreadable:
        return ()
    shown = ", ".join(f"{name}: {count:,}" for name, count in dataset.unreadable.items())
    action = "They count as missing. Correct them in the source, or name the column's kind (--kind name=category)."
    return (Finding("NF202", "warning", "Some values cannot be read", shown, action, tuple(dataset.unreadable)),)


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."
