"""A training written down so that another process can go on from it as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from ninefold.networks.plan import Plan
from ninefold_runtime.files import write_whole

NAME = "checkpoint.safetensors"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """``tensors`` are weights, best weights, the optimiser's memory and the states of random generators, by name;
    ``state`` is what else there is, plain. ``identity`` says which training it is of."""

    identity: str
    tensors: dict[str, Any]
    state: dict[str, Any]

    def write(self, place: Path) -> None:
        """Whole or not at all."""
        held = {name: t.detach().cpu().contiguous().clone() for name, t in self.tensors.items()}
        told = {"identity": self.identity, "state": json.dumps(self.state)}
        write_whole(place / NAME, save(held, told))

    @classmethod
    def read(cls, place: Path | None, identity: str) -> Checkpoint | None:
        """The one that lies there; None where there is none, or one of another training, or one that is damaged."""
        if place is None or not (place / NAME).exists():
            return None
        try:
            with safe_open(str(place / NAME), "pt") as file:
                told = file.metadata() or {}
                if told.get("identity") != identity:
                    return None
                return cls(identity, {name: file.get_tensor(name) for name in file.keys()}, json.loads(told["state"]))  # noqa: SIM118  the file is no mapping
        except SafetensorError:
            return None


def forget(place: Path | None) -> None:
    """It is not needed any more."""
    if place is not None:
        (place / NAME).unlink(missing_ok=True)


def identity(plan: Plan, device: Any, weights: Iterable[Any], told: Iterable[Any]) -> str:
    """Of a training: its plan, the kind of device, its first weights, what is taught, the random generator's state."""
    found = blake2b(f"{plan} {device.type}".encode(), digest_size=16)
    for tensor in (torch.get_rng_state(), *weights, *told):
        found.update(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
        found.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()


def random_states(device: Any) -> dict[str, Any]:
    """Of torch's generators, by name."""
    held = {"random.cpu": torch.get_rng_state()}
    if device.type == "cuda":
        held["random.cuda"] = torch.cuda.get_rng_state(device)
    return held


def set_random_states(tensors: dict[str, Any], device: Any) -> None:
    torch.set_rng_state(tensors["random.cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(tensors["random.cuda"], device)
