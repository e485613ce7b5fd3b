"""What is written of each epoch: the file ``journal.jsonl`` of a fit's place, one line an epoch."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ninefold.core.inside import JOURNAL


class Epoch(msgspec.Struct, frozen=True):
    """``loss`` is the mean over the epoch's batches; ``watched`` what was measured on the stopping rows, ``loss``
    first; ``rate`` the last learning rate; ``gradients`` the norm of the last batch's gradient by weight."""

    epoch: int
    loss: float
    watched: dict[str, float]
    rate: float
    gradients: dict[str, float]
    seconds: float
    """Since the training began, without what a process before this one did."""


def add(place: Path | None, epoch: Epoch) -> None:
    """Write one more line."""
    if place is not None:
        with (place / JOURNAL).open("ab") as file:
            file.write(msgspec.json.encode(epoch) + b"\n")


def read(place: Path) -> list[Epoch]:
    """All epochs that are whole; none where there is no journal."""
    path = place / JOURNAL
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [msgspec.json.decode(line, type=Epoch) for line in lines]


def cut(place: Path | None, epochs: int) -> list[Epoch]:
    """Forget what is written of epochs after that number: they are made again. Returns those that stay."""
    if place is None:
        return []
    kept = read(place)[:epochs] if epochs else []
    (place / JOURNAL).write_bytes(b"".join(msgspec.json.encode(e) + b"\n" for e in kept))
    return kept
