"""torch, used without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def alone(seed: int) -> Iterator[None]:
    """One thread, and random numbers from ``seed``; torch is afterwards as it was."""
    import torch

    # A GPU that nobody has used yet stays unused: to ask for its state would be to start it.
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)
