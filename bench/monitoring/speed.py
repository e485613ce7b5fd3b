"""A million rows in one pass, next to Evidently's report on the same rows."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

import results
from monitoring.columns import Draw, drawn, remembering, sources
from ninefold_runtime.bundle import Bundle

PASS = Path(__file__).with_name("one_pass.py")
PEER = Path(__file__).parents[1] / "peers" / "with_evidently.py"
REFERENCE, PART, TIMES, WIDE_SECONDS = 100_000, 100_000, 20, 30.0
MORE = 1.5
"""Times the memory that ten times the rows may take."""
Measured = dict[str, float]


def speed(rows: int, evidently: str | None, rng: np.random.Generator) -> tuple[str, bool]:
    """CPU seconds from a Parquet file to the verdict (of Evidently without reading), and the memory that it takes."""
    with tempfile.TemporaryDirectory() as folder:
        place, draws = Path(folder), sources(rng)
        before = drawn(draws, REFERENCE)
        _frame(before).write_parquet(place / "before.parquet")
        _written(draws, rows // 10, place / "tenth.parquet")
        _written(draws, rows, place / "now.parquet")
        _widened(place)
        wide = remembering({f"{name} {i}": values for i in range(5) for name, values in before.items()})
        few = _pass(remembering(before), place / "tenth.parquet")
        ours = _pass(remembering(before), place / "now.parquet")
        broad = _pass(wide, place / "wide.parquet")
        theirs = _evidently(evidently, place) if evidently else None
    lines = [
        [f"Ninefold, {rows // 10:,} × 20", *_told(few)],
        [f"Ninefold, {rows:,} × 20", *_told(ours)],
        [f"Ninefold, {rows:,} × 100", *_told(broad)],
    ]
    kept = broad["seconds"] <= WIDE_SECONDS and ours["megabytes"] <= MORE * few["megabytes"]
    said = f"100 columns in at most {WIDE_SECONDS:.0f} s, ten times the rows in the same memory"
    if theirs:
        lines.append([f"Evidently {theirs['version']}, {rows:,} × 20", *_told(theirs)])
        times = theirs["seconds"] / ours["seconds"]
        kept &= times >= TIMES
        said = f"{times:.0f} times faster than Evidently's report ({TIMES} are promised); {said}"
    table = results.table(["one pass", "CPU seconds", "memory added, MB"], lines)
    return f"{table}\n\n{said}: {'kept' if kept else 'MISSED'}.", kept


def _frame(arrays: Mapping[str, np.ndarray]) -> pl.DataFrame:
    return pl.DataFrame({name: values.tolist() for name, values in arrays.items()}).fill_nan(None)


def _written(draws: Mapping[str, Draw], rows: int, path: Path) -> None:
    parts = [_frame(drawn(draws, PART)) for _ in range(0, rows, PART)]
    pl.concat(parts).write_parquet(path, row_group_size=PART)


def _widened(place: Path) -> None:
    """Each column five times, under other names."""
    lazy = pl.scan_parquet(place / "now.parquet")
    names = lazy.collect_schema().names()
    five = lazy.select(pl.col(name).alias(f"{name} {i}") for i in range(5) for name in names)
    five.sink_parquet(place / "wide.parquet", row_group_size=PART)


def _pass(bundle: Bundle, table: Path) -> Measured:
    schema, sketches = table.with_name("schema.json"), table.with_name("sketches.json")
    schema.write_bytes(msgspec.json.encode(bundle.schema))
    sketches.write_bytes(msgspec.json.encode(bundle.sketches))
    return _asked(sys.executable, PASS, schema, sketches, table)


def _evidently(python: str, place: Path) -> Measured:
    return _asked(python, PEER, place / "before.parquet", place / "now.parquet")


def _asked(*command: str | Path) -> Measured:
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer: Measured = json.loads(ended.stdout.splitlines()[-1])
    return answer


def _told(measured: Measured) -> tuple[str, str]:
    return f"{measured['seconds']:.1f}", f"{measured['megabytes']:,.0f}"
