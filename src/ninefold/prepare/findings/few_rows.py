"""NF316: there are too few rows to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.core.words import counted
from ninefold.prepare.seen import Seen

ROWS, OF_CLASS = 100, 10
EACH = 5.0
"""Rows (of the rarer class) for each column, below which weights are learned from too little."""


@dataclass(frozen=True)
class FewRows:
    about: ClassVar[About] = About(
        "NF316",
        "Few rows to learn from",
        means="There are so few rows, in all or of one class, that most of what can be found in them is chance.",
        how=f"Fewer than {ROWS} training rows, or fewer than {OF_CLASS} of a class (a warning); or fewer than "
        f"{EACH:.0f} rows for each column, counted in the rarer of two classes (a remark; the usual advice is 10: "
        "Peduzzi and others 1996).",
        action="Bring more rows, or leave out columns that cannot matter. Simple learners with strong "
        "regularisation are tried by the search in any case; prefer repeated validation (--validation repeated).",
        mistaken="Clear problems need few rows; the interval of the sealed score is the better judge.",
        questions=(4, 15),
    )

    def find(self, seen: Seen) -> Finding | None:
        rows, classes = len(seen.dataset.rows), seen.problem.classes
        counts = np.bincount(seen.dataset.rows.target, minlength=len(classes)) if classes else np.array([rows])
        fewest, width = int(counts.min()), len(seen.columns) or len(seen.dataset.columns)
        of = f", {fewest:,} of {classes[int(counts.argmin())]}" if classes else ""
        evidence = f"{rows:,} training rows{of}, for {counted(width, 'column')}"
        if rows < ROWS or (classes and fewest < OF_CLASS):
            return self.about.finding(evidence, "Bring more rows; do not rely on small differences between models.")
        if (fewest if len(classes) == 2 else rows) >= EACH * width:
            return None
        action = "Bring more rows, or leave out columns that cannot matter (--drop)."
        return self.about.finding(evidence, action, level="info")
