"""What speaking transformers learn from: pairs of texts, or windows of one long text.

Loads torch: import this inside functions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from ninefold.networks.speech.network import Speaking
from ninefold_runtime.tokenizer import BEGIN, PADDING

WINDOWS = 200
"""Batches that are called an epoch where there is no end of rows."""
ANEW = 0.125
"""Share of the windows that pretend to begin a text, so that it is learned how texts begin."""
JITTER = 2.0
"""Tokens by which lengths are off when pairs of like length are put together: batches differ from pass to pass."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """``source`` [N, S] and ``answer`` [N, T + 2], which begins and ends; int64, padded."""

    network: Speaking
    source: Any
    answer: Any
    smoothing: float

    def batches(self, size: int) -> Iterator[Any]:
        """Pairs of like length together, the batches in random order."""
        lengths = (self.answer != PADDING).sum(1) + 0.1 * (self.source != PADDING).sum(1)
        order = (lengths + JITTER * torch.rand(len(lengths))).argsort()
        parts = order.split(size)
        return (parts[i] for i in torch.randperm(len(parts)).tolist())

    def count(self, size: int) -> int:
        return -(-len(self.answer) // size)

    def loss(self, chosen: Any) -> Any:
        return self.of(chosen, self.smoothing)

    def of(self, chosen: Any, smoothing: float = 0.0) -> Any:
        """The mean over the tokens of the answers."""
        source, answer = trimmed(self.source[chosen]), trimmed(self.answer[chosen])
        said = self.network.said(answer[:, :-1], *self.network.memory(source))
        wanted = answer[:, 1:]
        there = wanted != PADDING
        return cross_entropy(self.network.scores(said[there]).float(), wanted[there], label_smoothing=smoothing)

    def told(self) -> Iterable[Any]:
        return [self.source, self.answer]

    def watched(self, size: int) -> dict[str, float]:
        """The loss without dropout and smoothing."""
        self.network.eval()
        with torch.inference_mode():
            parts = torch.arange(len(self.answer)).split(size)
            counts = [int((self.answer[part][:, 1:] != PADDING).sum()) for part in parts]
            losses = [float(self.of(part)) * count for part, count in zip(parts, counts, strict=True)]
        self.network.train()
        return {"loss": sum(losses) / max(1, sum(counts))}


@dataclass(frozen=True, eq=False)
class Windows:
    """``text`` [M] int64, looked at ``window`` tokens at a time."""

    network: Speaking
    text: Any
    window: int

    def batches(self, size: int) -> Iterator[Any]:
        """Where windows begin, drawn with replacement."""
        for _ in range(WINDOWS):
            yield torch.randint(max(1, len(self.text) - self.window), (size,))

    def count(self, size: int) -> int:
        return WINDOWS

    def loss(self, chosen: Any) -> Any:
        places = chosen[:, None] + torch.arange(min(self.window + 1, len(self.text)))
        rows = self.text[places.clamp(max=len(self.text) - 1)]
        seen = rows[:, :-1].clone()
        seen[torch.rand(len(seen)) < ANEW, 0] = BEGIN
        scores = self.network.scores(self.network.said(seen))
        return cross_entropy(scores.flatten(0, 1).float(), rows[:, 1:].flatten())

    def told(self) -> Iterable[Any]:
        return [self.text]

    def watched(self, size: int) -> dict[str, float]:
        """The loss on windows side by side."""
        rows = self.text[: (len(self.text) - 1) // self.window * self.window]
        if not len(rows):
            return {}
        wanted = self.text[1 : len(rows) + 1].view(-1, self.window)
        self.network.eval()
        with torch.inference_mode():
            losses = [
                cross_entropy(self.network.scores(self.network.said(a)).flatten(0, 1), b.flatten(), reduction="sum")
                for a, b in zip(rows.view(-1, self.window).split(size), wanted.split(size), strict=True)
            ]
        self.network.train()
        return {"loss": float(sum(losses)) / wanted.numel()}


def trimmed(rows: Any) -> Any:
    """[N, T] without the columns behind that hold nothing but padding."""
    return rows[:, : int((rows != PADDING).sum(1).max())]
