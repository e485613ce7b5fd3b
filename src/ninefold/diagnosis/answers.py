"""What a graph says about rows, beside what is true of them: what every judgement of a model starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Metric
from ninefold.core.table import Array


@dataclass(frozen=True)
class Answers:
    """True codes or values ``y`` [N], ``predictions`` [N, K], and ``labels`` [N], the codes decided inside the graph
    (None for values). Of several targets ``y`` and ``labels`` are [N, T]."""

    y: Array
    predictions: Array
    labels: Array | None = None

    def __len__(self) -> int:
        return len(self.y)

    def take(self, index: Array) -> Answers:
        """The answers at these positions, or where a mask is true."""
        return Answers(self.y[index], self.predictions[index], None if self.labels is None else self.labels[index])

    def score(self, metric: Metric) -> float:
        return metric.score(self.y, self.predictions, self.labels)


def codes_of(labels: Array, classes: tuple[str, ...]) -> Array:
    """Labels as positions in ``classes``."""
    position = {label: code for code, label in enumerate(classes)}
    met, where = np.unique(labels.astype(str), return_inverse=True)
    return np.array([position[label] for label in met], np.int64)[where]
