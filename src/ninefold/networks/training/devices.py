"""Where a network computes, and how exactly."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from ninefold.networks.plan import Plan

PRODUCTS = ("avx512_bf16", "amx_bf16")
"""Processors that have one of these multiply bfloat16 at least twice as fast as float32."""


def device_of(plan: Plan) -> Any:
    """The device that the plan means: auto is a GPU where torch sees one. Of several GPUs each process takes its own,
    by its number, so that fits side by side lie on different ones."""
    if plan.device == "cpu" or (plan.device == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    return torch.device("cuda", os.getpid() % max(1, torch.cuda.device_count()))


def halves(device: Any) -> bool:
    """Whether products of bfloat16 are faster there than those of float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in PRODUCTS)


def precision(plan: Plan, device: Any) -> AbstractContextManager[Any]:
    """Products in bfloat16 where the plan says so (auto: on a GPU that has it; fast: on such a CPU, too)."""
    asked = plan.precision == "fast" or (plan.precision == "auto" and device.type == "cuda")
    if plan.precision == "bfloat16" or (asked and halves(device)):
        autocast: AbstractContextManager[Any] = torch.autocast(device.type, dtype=torch.bfloat16)
        return autocast
    return nullcontext()
