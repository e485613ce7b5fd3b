"""How a network is to be trained, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

STEPS = 24
SMALLEST, LARGEST = 32, 1024
"""A pass over the rows of a table takes about STEPS batches of a size between these."""
Schedule = Literal["constant", "cosine", "one_cycle", "step"]
Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class Group:
    """Weights whose names begin with ``prefix`` (the longest that fits counts) learn at ``rate`` times the plan's rate;
    at 0 they stay as they are, and their dropout and batch norm do what they do in prediction."""

    prefix: str
    rate: float


@dataclass(frozen=True)
class Plan:
    """``rate`` is the highest that the schedule reaches; 0 has it found by a range test. ``warm_up`` is the share of
    the training in which the rate rises to it. ``decay`` shrinks matrices and windows, not biases and norms."""

    epochs: int = 20
    batch: int = 128
    rate: float = 1e-3
    optimiser: Literal["adamw", "sgd", "muon"] = "adamw"
    tables: tuple[str, ...] = ()
    """Names of matrices that are looked up and not multiplied with: muon leaves them to AdamW."""
    momentum: float = 0.9
    """Of SGD."""
    decay: float = 0.01
    schedule: Schedule = "constant"
    warm_up: float = 0.0
    clip: float = 0.0
    """The most that the norm of all gradients may be; 0 for any."""
    patience: int = 0
    """Epochs without a lower stopping loss before it ends; 0 for never. The best weights are kept anyhow."""
    smoothing: float = 0.0
    """Share of each label that is spread over all classes."""
    precision: Literal["float32", "bfloat16", "auto", "fast"] = "auto"
    """Of products and convolutions; weights are float32. auto: bfloat16 on a GPU that has it; fast: on a CPU that
    multiplies it faster, too."""
    device: Device = "auto"
    reserve: float = 0.1
    """Share of the time that is left for what comes after the training."""
    groups: tuple[Group, ...] = ()
    save_every: float = 20.0
    """Seconds between checkpoints, which are taken at the end of epochs."""

    def group(self, name: str) -> float:
        """The share of the rate at which the weight of that name learns."""
        fitting = [g for g in self.groups if name.startswith(g.prefix)]
        return max(fitting, key=lambda g: len(g.prefix)).rate if fitting else 1.0


def batch_of(rows: int, steps: int = STEPS, smallest: int = SMALLEST, largest: int = LARGEST) -> int:
    """A power of two between ``smallest`` and ``largest`` that divides the rows into about ``steps`` parts."""
    return int(min(max(2 ** round(np.log2(rows / steps)), smallest), largest))
