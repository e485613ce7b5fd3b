"""What a student learns from beside the truth: a teacher's answers on the training rows, and on rows that were made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array, Rows, read_rows, write_rows
from ninefold.core.workshop import Workshop, load_array, save_array

TAUGHT = "taught"
"""How the training rows of a trial are augmented that learns a lesson."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """``answers`` [N, K] are of the training rows, ``said`` [M, K] of the ``made`` ones."""

    answers: Array
    made: Rows
    said: Array

    def write(self, workshop: Workshop) -> None:
        """Store it for the crew; the answers come last: where they are, all is there."""
        folder = workshop.teacher
        write_rows(self.made, folder / "made.parquet")
        save_array(folder / "said.npy", self.said)
        save_array(folder / "answers.npy", self.answers)


def read_lesson(workshop: Workshop, names: tuple[str, ...]) -> Lesson | None:
    """What `Lesson.write` stored; None where nothing was."""
    folder = workshop.teacher
    if not (folder / "answers.npy").exists():
        return None
    answers, said = (np.asarray(load_array(folder / f"{name}.npy")) for name in ("answers", "said"))
    return Lesson(answers, read_rows(folder / "made.parquet", names), said)
