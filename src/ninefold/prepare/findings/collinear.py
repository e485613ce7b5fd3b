"""NF314: columns of numbers that follow from one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.prepare.seen import Seen

INFLATED = 10.0
SAMPLE, WIDEST = 20_000, 300
RIDGE = 1e-7
"""Keeps the inverse finite where a column is exactly a sum of others."""
LEAST = 3
SHOWN = 6


@dataclass(frozen=True)
class Collinear:
    about: ClassVar[About] = About(
        "NF314",
        "Columns follow from one another",
        means="Some columns of numbers are nearly a sum of others. Predictions do not suffer, but weights and "
        "importances of single columns mean little: they are shared out by chance.",
        how=f"The variance inflation factor, 1 / (1 - R²) of a column on all others, above {INFLATED:.0f}, on at most "
        f"{SAMPLE:,} rows and {WIDEST} columns, gaps at the median (Belsley, Kuh and Welsch 1980).",
        action="Read importances of such columns together. The search uses ridge, which shares weight evenly; "
        "leaving all but one out makes a linear model easier to read.",
        mistaken="None for the numbers as they are; columns that follow from one another in a curve are not seen.",
        level="info",
        questions=(5, 10),
    )

    def find(self, seen: Seen) -> Finding | None:
        step = max(1, len(seen.rows) // SAMPLE)
        numbers = {name: values[::step] for name, values in seen.columns.items() if values.dtype.kind == "f"}
        names, x = _scaled(dict(list(numbers.items())[:WIDEST]))
        if len(names) < 2 or len(x) < LEAST * len(names):
            return None
        factors = np.diag(np.linalg.inv(np.corrcoef(x, rowvar=False) + RIDGE * np.eye(len(names))))
        high = sorted((-float(factor), name) for name, factor in zip(names, factors, strict=True) if factor > INFLATED)
        if not high:
            return None
        shown = ", ".join(f"{name} {-factor:.0f}" for factor, name in high[:SHOWN])
        more = f" and {len(high) - SHOWN} more" if len(high) > SHOWN else ""
        action = "Read the importances of these columns together; drop some to make a linear model easier to read."
        evidence = f"variance inflation: {shown}{more}"
        return self.about.finding(evidence, action, columns=tuple(name for _, name in high))


def _scaled(numbers: dict[str, np.ndarray]) -> tuple[list[str], np.ndarray]:
    """Columns that vary, with gaps at the median and unit spread."""
    kept = {}
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the largest: their column is left out
        for name, values in numbers.items():
            known = values[np.isfinite(values)]
            filled = np.where(np.isfinite(values), values, np.median(known)) if len(known) else values
            spread = float(filled.std())
            if np.isfinite(spread) and spread > 0:
                kept[name] = (filled - filled.mean()) / spread
    return list(kept), np.column_stack(list(kept.values())) if kept else np.empty((0, 0))
