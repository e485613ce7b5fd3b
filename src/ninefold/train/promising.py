"""What the graph's intervals or sets are made from, by how wrong it was about rows that it was not fitted on."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ninefold.core.problem import Problem
from ninefold.core.table import Array
from ninefold_runtime.bundle import CONFORMAL
from ninefold_runtime.conformal import conformal
from ninefold_runtime.files import write_whole


def promised(problem: Problem, y: Array, out_of_fold: Array, folder: Path) -> Path | None:
    """Write the file that the bundle will carry; None where no promise can be made (`conformal`)."""
    made = conformal(problem.task, out_of_fold, y)
    if made is None:
        return None
    path = folder / CONFORMAL
    write_whole(path, msgspec.json.format(msgspec.json.encode(made)) + b"\n")
    return path
