"""What a student is compared with: its teacher's graph, and that of a learner that had no teacher."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Leaderboard, Rival
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array, Rows
from ninefold.core.workshop import Workshop, load_array
from ninefold.train.limits import microseconds
from ninefold_runtime.files import write_whole


def truthful(board: Leaderboard) -> int | None:
    """The best trial that no teacher had a hand in, the baseline aside."""
    alone = [t for t in board.trials if t.state == "finished" and not t.augment and t.id != board.baseline]
    return min(alone, key=lambda trial: trial.loss or 0.0).id if alone else None


@dataclass(frozen=True)
class Rivals:
    """Graphs side by side, each timed on the same ``rows`` and scored out of fold against ``y`` [N]."""

    problem: Problem
    y: Array
    rows: Rows
    context: Context

    def teacher(self) -> Rival:
        """The teacher, whose answers out of fold are known where they come from its own run."""
        folder = Workshop(self.context.run).teacher
        told = folder / "out_of_fold.npy"
        said = np.asarray(load_array(told)) if told.exists() else np.zeros(0)
        return self.of("teacher", folder / "model.onnx", said if len(said) == len(self.y) else None)

    def kept(self, name: str, file: str, graph: bytes, said: Array) -> Rival:
        """One whose graph is kept beside the model, for the sealed rows."""
        path = self.context.folder / file
        write_whole(path, graph)
        return self.of(name, path, said)

    def of(self, name: str, graph: Path, said: Array | None, *, ships: bool = False) -> Rival:
        """One whose graph lies in the run; ``said`` [N, K] is out of fold, NaN where never validated."""
        data = graph.read_bytes()
        return Rival(name, graph, len(data), microseconds(data, self.rows), self._score(said), ships=ships)

    def _score(self, said: Array | None) -> float | None:
        if said is None:
            return None
        seen = ~np.isnan(said).any(axis=1)
        return float(metric_for(self.problem, self.problem.metric).score(self.y[seen], said[seen]))
