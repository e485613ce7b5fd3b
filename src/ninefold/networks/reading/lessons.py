"""What a reading network learns from: questions with passages, and where in these the answers stand.

Loads torch: import this inside functions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from ninefold.networks.reading.network import ReadingNetwork
from ninefold_runtime.language.words import PADDING

JITTER = 4.0
"""Words by which lengths are off when passages of like length are put together: batches differ from pass to pass."""


@dataclass(frozen=True, eq=False)
class Passages:
    """``question`` [N, Q] and ``passage`` [N, P] int64, padded; ``ends`` [N, P, 2] bool: where the answer may begin,
    and where it may end. Of several places any will do: the loss is of their probability together (Clark and Gardner
    2018)."""

    network: ReadingNetwork
    question: Any
    passage: Any
    ends: Any

    def batches(self, size: int) -> Iterator[Any]:
        """Passages of like length together, the batches in random order."""
        lengths = (self.passage != PADDING).sum(1).cpu()
        order = (lengths + JITTER * torch.rand(len(lengths))).argsort()
        parts = order.split(size)
        return (parts[i] for i in torch.randperm(len(parts)).tolist())

    def count(self, size: int) -> int:
        return -(-len(self.passage) // size)

    def loss(self, chosen: Any) -> Any:
        """The mean over the questions, of both ends together."""
        chosen = chosen.to(self.passage.device)
        question, passage = _trimmed(self.question[chosen]), _trimmed(self.passage[chosen])
        scores, there = self.network(question, passage)
        scores = scores.float()
        whole = scores.masked_fill(~there[:, :, None], -torch.inf).logsumexp(1)
        right = scores.masked_fill(~self.ends[chosen][:, : passage.shape[1]], -torch.inf).logsumexp(1)
        return (whole - right).sum(1).mean()

    def told(self) -> Iterable[Any]:
        return [self.question, self.passage, self.ends]

    def watched(self, size: int) -> dict[str, float]:
        """The loss without dropout and with every word shown."""
        self.network.eval()
        with torch.inference_mode():
            parts = torch.arange(len(self.passage)).split(size)
            total = sum(float(self.loss(part)) * len(part) for part in parts)
        self.network.train()
        return {"loss": total / max(1, len(self.passage))}


def _trimmed(rows: Any) -> Any:
    """[N, T] without the columns behind that hold nothing but padding; one is left."""
    return rows[:, : max(1, int((rows != PADDING).sum(1).max()))]
