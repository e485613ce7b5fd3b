"""Stage 3: decide which columns are used and how numbers are made complete. Nothing is fitted here."""

from __future__ import annotations

from typing import Any

from ninefold.core.book import Context
from ninefold.core.errors import ColumnError
from ninefold.core.problem import Problem
from ninefold.core.recipe import Preparation, StepSpec
from ninefold.core.table import Array, Dataset, Rows, fingerprints, target_columns
from ninefold.prepare.auditing import audit
from ninefold.prepare.texts import of_texts
from ninefold_runtime.schema import SPOKEN
from ninefold_runtime.wire import absent

STEPS = "ninefold.prepare.steps"


def prepare(problem: Problem, dataset: Dataset, *, context: Context) -> Preparation:
    """Audit the training rows' columns.

    Raises:
        ColumnError: when nothing is left to learn from.
    """
    if problem.task in SPOKEN:
        return of_texts(problem, dataset)
    context.progress("looking for leaks, repeats and gaps")
    left_out, findings = audit(problem, dataset)
    gone = {audit.column for audit in left_out}
    used = tuple(name for name in dataset.names if name not in gone)
    if not used:
        reasons = "; ".join(f"{audit.column}: {audit.why}" for audit in left_out[:5])
        raise ColumnError("NF-E209", f"no column is left to learn from ({reasons})", hint="keep one with --keep COLUMN")
    rows = dataset.rows
    shares = {name: float(absent(rows.columns[name]).mean()) for name in used}
    return Preparation(
        columns=used,
        left_out=tuple(left_out),
        complete=(StepSpec(STEPS, "fill", {"how": problem.missing}), *_tamed(problem)),
        missing={name: share for name, share in shares.items() if share > 0},
        duplicates=_duplicates(rows),
        findings=findings,
    )


def _tamed(problem: Problem) -> tuple[StepSpec, ...]:
    """Far values are clipped, except where they are what is looked for."""
    return () if problem.task == "anomaly" else (StepSpec(STEPS, "clip"),)


def _hashable(values: Array) -> Any:
    if values.ndim > 1:
        return fingerprints(values)
    return values.tolist() if values.dtype.kind == "O" else values


def _duplicates(rows: Rows) -> int:
    """Training rows that repeat an earlier one in every column and in the target, told by a hash of 64 bits."""
    import polars as pl

    frame = pl.DataFrame(
        {f"c{i}": _hashable(values) for i, values in enumerate(rows.columns.values())} | target_columns(rows.target)
    )
    return len(frame) - frame.hash_rows().n_unique()
