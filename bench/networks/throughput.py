"""Our training loop against the bare loop that one would write in PyTorch, for the same two models, turn by turn.

Both see the same rows in batches of the same size, in the same order of work: cut a batch, scale it, forward, backward,
a fused AdamW. Ours writes its journal besides, follows a schedule and looks at the clock. The claim is about the median
over turns of (seconds of the bare loop / seconds of ours): at least 0.95. On a CPU seconds are those of the process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from ninefold.core.clock import Clock
from ninefold.forms.alone import alone
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.inputs.input import Input
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layer import Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.pool2d import Pool2d
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.network import Network
from ninefold.networks.plan import Plan
from ninefold.networks.training.lesson import Supervised
from ninefold.networks.training.loop import train
from results import table, write

ASKED = 0.95
BATCH, RATE = 128, 1e-3


@dataclass(frozen=True, eq=False)
class Model:
    """The same network twice; ``scaled`` is what the bare loop does with a batch before it."""

    input: Input
    body: Layer
    bare: Callable[[], Any]
    scaled: Callable[[Any], Any]
    x: np.ndarray


def models(rows: int) -> dict[str, Model]:
    from torch import nn

    rng = np.random.default_rng(0)
    table_rows = rng.normal(size=(rows, 100))
    images = rng.integers(0, 256, (rows, 28 * 28)).astype(np.uint8)
    dense = (Dense(256), BatchNorm(), Activation(), Dense(256), BatchNorm(), Activation(), Dense(10))
    convolutions = (Conv2d(16), Activation(), Pool2d(), Conv2d(32), Activation(), Pool2d(), Flatten(), Dense(10))

    def mlp() -> Any:
        return nn.Sequential(
            *(nn.Linear(100, 256), nn.BatchNorm1d(256), nn.ReLU()),
            *(nn.Linear(256, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 10)),
        )

    def cnn() -> Any:
        return nn.Sequential(
            *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 49, 10)),
        )

    pixels = Pixels(28, 28, 1, (127.0,), (74.0,))
    return {
        "mlp": Model(Columns(100), Sequential(dense), mlp, lambda x: x, table_rows),
        "cnn": Model(pixels, Sequential(convolutions), cnn, lambda x: (x.float() - 127.0) / 74.0, images),
    }


def bare_epochs(module: Any, model: Model, x: Any, y: Any, epochs: int) -> None:
    optimiser = torch.optim.AdamW(module.parameters(), lr=RATE, fused=True)
    module.train()
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(BATCH):
            rows = chosen.to(x.device)
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(module(model.scaled(x[rows])), y[rows])
            loss.backward()
            optimiser.step()


def our_epochs(network: Network, x: Any, y: Any, epochs: int, device: str) -> None:
    plan = Plan(epochs, BATCH, RATE, schedule="one_cycle", precision="float32", device=device)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as place:
        lesson = Supervised(network, x, y, True)
        train(network.parts, lesson, None, plan, clock=Clock(3600.0), place=Path(place))


def seconds(device: str, work: Callable[[], None]) -> float:
    clock = time.perf_counter if device == "cuda" else time.process_time
    started = clock()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return clock() - started


def ratios(model: Model, device: str, epochs: int, turns: int) -> tuple[list[float], float]:
    """Bare seconds by ours for each turn, the order changing from turn to turn; and rows a second of ours."""
    x = model.input.held(model.x).to(device)
    y = torch.from_numpy(np.random.default_rng(1).integers(0, 10, len(x))).to(device)
    found, ours = [], []
    for turn in range(turns + 1):
        bare, network = model.bare().to(device), Network(model.input, model.body).to(device)
        works = {
            "bare": lambda bare=bare: bare_epochs(bare, model, x, y, epochs),
            "ours": lambda network=network: our_epochs(network, x, y, epochs, device),
        }
        taken = {name: seconds(device, works[name]) for name in sorted(works, reverse=turn % 2 == 1)}
        if turn:  # the first warms up
            found.append(taken["bare"] / taken["ours"])
            ours.append(taken["ours"])
    return found, epochs * len(x) / median(ours)


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="bench/networks.py throughput", description=__doc__)
    asked.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    asked.add_argument("--rows", type=int, default=6000)
    asked.add_argument("--epochs", type=int, default=4)
    asked.add_argument("--turns", type=int, default=9)
    asked.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    options = asked.parse_args(arguments)
    lines, least = [], np.inf
    with alone(0):
        for name, model in models(options.rows).items():
            found, speed = ratios(model, options.device, options.epochs, options.turns)
            low, high = np.percentile(found, [25, 75])
            lines.append((name, f"{median(found):.3f}", f"{low:.3f} to {high:.3f}", f"{speed:,.0f}"))
            least = min(least, median(found))
    body = f"{__doc__}\n" + table(("model", "bare / ours, median", "middle half", "rows a second, ours"), lines)
    where = "" if options.device == "cpu" else f" on {torch.cuda.get_device_name()}"
    print(body)
    if options.write:
        write(f"Throughput of the training loop{where}", body)
    return 0 if least >= ASKED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
