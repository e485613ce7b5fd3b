"""The account of stage 2."""

from __future__ import annotations

from ninefold.core.findings import found
from ninefold.core.section import Fact, Section, Table
from ninefold.core.table import Dataset
from ninefold.core.words import counted

_TITLE = "Data"
FINDINGS = "ninefold.collect.findings"


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
        findings=found(FINDINGS, dataset),
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


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."
