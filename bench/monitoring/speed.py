"""A million rows in one pass, next to Evidently's report on the same rows."""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

import results
from monitoring.columns import Draw, drawn, remembering, sources
from ninefold.runs import read_chunks
from ninefold_runtime.bundle import Bundle
from ninefold_runtime.watch import watch

PEER = Path(__file__).parents[1] / "peers" / "with_evidently.py"
REFERENCE, TIMES, WIDE_SECONDS = 100_000, 20, 30.0
MORE = 1.5
"""Times the memory that ten times the rows may take."""


def speed(rows: int, evidently: str | None, rng: np.random.Generator) -> tuple[str, bool]:
    """CPU seconds from a Parquet file to the verdict, and the memory that it takes."""
    with tempfile.TemporaryDirectory() as folder:
        place, draws = Path(folder), sources(rng)
        reference = drawn(draws, REFERENCE)
        pl.DataFrame({name: values.tolist() for name, values in reference.items()}).write_parquet(
            place / "before.parquet"
        )
        bundle = remembering(reference)
        _written(draws, rows // 10, place / "tenth.parquet")
        _written(draws, rows, place / "now.parquet")
        wide = remembering({f"{name} {i}": values for i in range(5) for name, values in reference.items()})
        few = _measured(lambda: _watched(bundle, place / "tenth.parquet"))
        ours = _measured(lambda: _watched(bundle, place / "now.parquet"))
        broad = _measured(lambda: _watched(wide, _widened(place)))
        theirs = _evidently(evidently, place) if evidently else None
    lines = [
        [f"Ninefold, {rows // 10:,} × 20", *_told(few)],
        [f"Ninefold, {rows:,} × 20", *_told(ours)],
        [f"Ninefold, {rows:,} × 100", *_told(broad)],
    ]
    kept = broad[0] <= WIDE_SECONDS and ours[1] <= MORE * few[1]
    said = f"100 columns take at most {WIDE_SECONDS:.0f} s and ten times the rows no more memory"
    if theirs:
        lines.append(
            [f"Evidently {theirs['version']}, {rows:,} × 20", f"{theirs['seconds']:.1f}", f"{theirs['megabytes']:,.0f}"]
        )
        kept &= theirs["seconds"] >= TIMES * ours[0]
        said = f"{theirs['seconds'] / ours[0]:.0f} times faster than Evidently's report, {TIMES} are promised; {said}"
    table = results.table(["pass over a Parquet file", "CPU seconds", "memory added, MB"], lines)
    return f"{table}\n\n{said}: {'kept' if kept else 'MISSED'}.", kept


def _written(draws: dict[str, Draw], rows: int, path: Path) -> None:
    parts = [
        pl.DataFrame({name: v.tolist() for name, v in drawn(draws, 100_000).items()}) for _ in range(rows // 100_000)
    ]
    pl.concat(parts).fill_nan(None).write_parquet(path, row_group_size=100_000)


def _widened(place: Path) -> Path:
    """Each column five times, under other names."""
    lazy = pl.scan_parquet(place / "now.parquet")
    names = lazy.collect_schema().names()
    lazy.select(pl.col(name).alias(f"{name} {i}") for i in range(5) for name in names).sink_parquet(
        place / "wide.parquet", row_group_size=100_000
    )
    return place / "wide.parquet"


def _watched(bundle: Bundle, path: Path) -> None:
    watch(bundle, read_chunks(path, None, bundle.schema))


def _measured(work: Callable[[], None]) -> tuple[float, float]:
    """CPU seconds, and megabytes by which the peak of this process rises, in a process of its own."""
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_alone, (work,))


def _alone(work: Callable[[], None]) -> tuple[float, float]:
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    work()
    return time.process_time() - begun, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _told(measured: tuple[float, float]) -> tuple[str, str]:
    return f"{measured[0]:.1f}", f"{measured[1]:,.0f}"


def _evidently(python: str, place: Path) -> dict[str, float]:
    command = [python, str(PEER), str(place / "before.parquet"), str(place / "now.parquet")]
    answer: dict[str, float] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )
    return answer
