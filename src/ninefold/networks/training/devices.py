"""Where a network computes, and how exactly."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from ninefold.networks.plan import Plan


def device_of(plan: Plan) -> Any:
    """The device that the plan means: auto is the first GPU where torch sees one."""
    named = plan.device
    if named == "auto":
        named = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(named)


def precision(plan: Plan, device: Any) -> AbstractContextManager[Any]:
    """Products in bfloat16 where the plan says so (auto: on a GPU that has it)."""
    able = device.type == "cuda" and torch.cuda.is_bf16_supported()
    if plan.precision == "bfloat16" or (plan.precision == "auto" and able):
        autocast: AbstractContextManager[Any] = torch.autocast(device.type, dtype=torch.bfloat16)
        return autocast
    return nullcontext()
