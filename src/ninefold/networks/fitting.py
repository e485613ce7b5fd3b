"""From examples to a trained network, for learners whose target is classes or values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.alone import alone
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.input import Input
from ninefold.networks.layer import Layer, Named
from ninefold.networks.plan import Plan

if TYPE_CHECKING:
    from ninefold.networks.training.lesson import Augment


def fitted(
    data: Examples,
    input: Input,
    body: Callable[[int], Layer],
    plan: Plan,
    *,
    rng: np.random.Generator,
    clock: Clock,
    augment: Augment | None = None,
    start: Named = (),
    soft: Array | None = None,
    weights: Array | None = None,
) -> NetworkForm:
    """Train ``body(scores)``, layers that end in so many numbers, on ``data``.

    ``augment`` changes training batches (rows as ``input.held`` has them, targets int64 [B] or float32 [B, S]).
    ``start`` are weights to begin with, by name; others are drawn. ``soft`` [N, outputs] are distributions over classes
    to learn instead of ``data.y``, ``data.shares`` where there are any; ``weights`` [N] is what each row counts.
    """
    from ninefold.networks.network import Network
    from ninefold.networks.training.devices import device_of
    from ninefold.networks.training.lesson import Supervised, Watched
    from ninefold.networks.training.loop import train

    head = Head.of(data)
    layers = body(head.scores)
    with alone(int(rng.integers(2**31 - 1))):
        network = Network(input, layers)
        network.load(start)
        device = device_of(plan)
        network.to(device)
        x, y, known = _tensors(input, head, data, device)
        shares = data.shares if soft is None else soft
        if shares is not None:
            y = _tensor(head.shared(shares[known]), device)
        counted = None if weights is None else _tensor(weights[known], device)
        lesson = Supervised(network, x, y, head.softmax, counted, plan.smoothing, augment)
        watch = None
        if data.stop is not None:
            x_stop, y_stop, rows = _tensors(input, head, data.stop, device)
            watch = Watched(network, x_stop, y_stop, head.softmax) if len(rows) else None
        trained = train(network.parts, lesson, watch, plan, clock=clock, place=data.place)
        return NetworkForm(input, layers, head, network.weights(), trained.rounds)


def _tensors(input: Input, head: Head, data: Examples, device: Any) -> tuple[Any, Any, Array]:
    """Rows whose target can be said, their targets, and which they are."""
    known, wanted = head.wanted(data.y)
    import torch

    return input.held(data.x[known]).to(device), torch.from_numpy(np.asarray(wanted)).to(device), known


def _tensor(values: Array, device: Any) -> Any:
    import torch

    return torch.from_numpy(np.asarray(values, np.float32)).to(device)
