"""The split plan: which training rows each fold learns from, stops on, and is scored on. One plan serves everyone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.files import write_whole


@dataclass(frozen=True, eq=False)
class Fold:
    """Positions among the training rows. ``stop`` is for early stopping; it is disjoint from ``train`` and ``valid``,
    and a learner that does not stop early learns from it too."""

    train: Array
    stop: Array
    valid: Array

    @property
    def learned(self) -> Array:
        """All rows a view may be fitted on: ``train`` then ``stop``."""
        return np.concatenate([self.train, self.stop])


@dataclass(frozen=True, eq=False)
class Plan:
    """The folds in order; a trial's scores are in the same order."""

    folds: tuple[Fold, ...]

    def write(self, path: Path) -> None:
        """Store the plan as plain arrays (npz); packing them would take minutes where rows are millions."""
        arrays = {
            f"{part}{k}": getattr(fold, part)
            for k, fold in enumerate(self.folds)
            for part in ("train", "stop", "valid")
        }
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        write_whole(path, buffer.getvalue())

    @classmethod
    def read(cls, path: Path) -> Plan:
        """What `write` stored."""
        with np.load(path, allow_pickle=False) as stored:
            count = len(stored.files) // 3
            return cls(tuple(Fold(stored[f"train{k}"], stored[f"stop{k}"], stored[f"valid{k}"]) for k in range(count)))
