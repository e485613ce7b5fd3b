"""How a network of several heads is trained. Loads torch: import this inside functions only."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.forms.alone import alone
from ninefold.networks.form import NetworkForm
from ninefold.networks.heads import Heads
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.layer import Layer
from ninefold.networks.network import Network
from ninefold.networks.plan import Plan
from ninefold.networks.training.loop import train
from ninefold.networks.training.masked import Masked, Stopping, Weighed


def network(
    data: Examples, heads: Heads, body: Layer, plan: Plan, *, weighs: bool, rng: np.random.Generator, clock: Clock
) -> NetworkForm:
    """Train ``body`` on all targets of ``data`` at once; ``weighs``: by the noise found in each."""
    y = np.asarray(data.y, np.float64)
    with alone(int(rng.integers(2**31 - 1))):
        made = Network(Columns(data.x.shape[1]), body)
        taught = Weighed(made.parts, len(heads.widths))
        units = _tensor(heads.units(y))
        doubts = taught.doubts if weighs else None
        lesson = Masked(made, made.input.held(data.x), _tensor(heads.wanted(y)), heads.widths, units, doubts)
        watch = None if data.stop is None else _stopping(made, heads, data.stop, units)
        trained = train(taught, lesson, watch, plan, clock=clock, place=data.place)
        return NetworkForm(made.input, body, heads, made.weights(), trained.rounds)


def _stopping(made: Network, heads: Heads, stop: Examples, units: Any) -> Stopping:
    wanted = heads.wanted(np.asarray(stop.y, np.float64))
    return Stopping(made, made.input.held(stop.x), _tensor(wanted), heads.widths, units)


def _tensor(values: Any) -> Any:
    return torch.from_numpy(np.asarray(values, np.float32))
