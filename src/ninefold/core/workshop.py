"""Where a run keeps what its workers make: stages and workers meet in these files and nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ninefold.core.disk import refusal
from ninefold.core.table import Array

INSIDE, LOOKS = "inside.onnx", "looks.onnx"
"""Beside a member's graph, where it is a network: what comes out of each layer; what is shown of it (see
`ninefold.networks.looks`)."""
FIRST = "first convolution"
"""An output of the second."""
INT8 = ("int8-weights", "int8")
"""Kinds of graphs of 8 bits: weights alone are whole numbers; or numbers in wide products as well."""


@dataclass(frozen=True)
class Workshop:
    """Paths below a run folder. ``fold`` None means fitted on all training rows."""

    run: Path

    @property
    def plan(self) -> Path:
        """The split plan, which selection writes before it asks for the first job."""
        return self.run / "5-leaderboard" / "plan.npz"

    @property
    def gate(self) -> Path:
        """The rows of the parity gate, stored as Parquet by training."""
        return self.run / "6-model" / "gate.parquet"

    @property
    def views(self) -> Path:
        """Fitted views and their matrices; scratch, dropped when the model is made."""
        return self.run / "work"

    @property
    def teacher(self) -> Path:
        """Folder of what a student learns from: ``model.onnx``, and of the teacher's own run ``out_of_fold.npy`` and
        ``target.npy``; then ``answers.npy`` [training rows, K], ``made.parquet`` and ``said.npy``."""
        return self.run / "teacher"

    def predictions(self, trial: int, fold: int, kind: str = "") -> Path:
        """[rows of the fold's validation part, K], by the crew; or as a graph of 8 bits has them, of that ``kind``."""
        return self.run / "5-leaderboard" / "folds" / f"{trial}-{fold}{kind and '-'}{kind}.npy"

    def journal(self, trial: int, fold: int) -> Path:
        """What a network said of each epoch, one JSON line each (see `ninefold.core.inside`), by the crew."""
        return self.run / "5-leaderboard" / "folds" / f"{trial}-{fold}.jsonl"

    def assigned(self, trial: int, fold: int) -> Path:
        """[rows of a sample], by the crew: the cluster in which a fold's fit puts each, the same rows for all fits."""
        return self.run / "5-leaderboard" / "folds" / f"{trial}-{fold}-assigned.npy"

    def spoken(self, trial: int) -> Path:
        """Folder of a speaker, by the crew: the files that a bundle of it has."""
        return self.run / "5-leaderboard" / "spoken" / str(trial)

    def unfinished(self, trial: int) -> Path:
        """Folder where a long fit keeps what it would go on from; gone when it is done."""
        return self.run / "5-leaderboard" / "unfinished" / str(trial)

    def of_fold(self, trial: int, fold: int) -> tuple[Path, ...]:
        """All that the crew may make of a fold."""
        return (
            self.predictions(trial, fold),
            *(self.predictions(trial, fold, kind) for kind in INT8),
            self.assigned(trial, fold),
            self.journal(trial, fold),
            self.spoken(trial),
        )

    def out_of_fold(self, trial: int) -> Path:
        """[training rows, K], by the search; NaN where never validated."""
        return self.run / "5-leaderboard" / f"{trial}.npy"

    def place(self, trial: int, fold: int | None) -> Path:
        """Where a long fit may keep what it needs to go on; scratch, dropped when the model is made."""
        return self.views / "fits" / f"{trial}-{'all' if fold is None else fold}"

    def member(self, trial: int) -> Path:
        """Folder of a trial fitted on all rows: form.onnx, view.onnx, gate.npy, of networks INSIDE and LOOKS, and of
        those with numbers of 8 bits ``form-KIND.onnx`` and ``gate-KIND.npy``."""
        return self.run / "6-model" / str(trial)

    def of_kind(self, trial: int, kind: str = "", what: str = "form.onnx") -> Path:
        """A file of a member, or the one beside it of a graph of 8 bits of that ``kind``."""
        stem, dot, ending = what.partition(".")
        return self.member(trial) / f"{stem}{kind and '-'}{kind}{dot}{ending}"

    def existing(self, trial: int, kind: str, what: str) -> Path:
        """`of_kind`, of members that have none of that ``kind`` the plain one."""
        path = self.of_kind(trial, kind, what)
        return path if path.is_file() else self.of_kind(trial, "", what)


def save_array(path: Path, values: Array) -> None:
    """Write an array so that it is wholly there or not at all.

    Raises:
        OSError: when the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.npy")
    try:
        np.save(partial, values, allow_pickle=False)
        partial.replace(path)
    except OSError as error:
        raise refusal(error) or error from None
    finally:
        partial.unlink(missing_ok=True)


def load_array(path: Path) -> Array:
    """What `save_array` wrote, mapped read-only: pages are read when looked at."""
    values: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return values
