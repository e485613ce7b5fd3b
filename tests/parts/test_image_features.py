"""Features of images: what edges and levels are there, and the same for a row whatever stands beside it."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features.steps.image_features import ImageFeatures
from ninefold.forms.onnx import Session, block_input, compiled
from ninefold_runtime.safety.graph import examine

RNG = np.random.default_rng(0)


def fitted(images: Array, **settings: int) -> FittedStep:
    flat = images.reshape(len(images), -1)
    block = Block(flat, tuple(f"image[{i}]" for i in range(flat.shape[1])), (), images.shape[1:])
    return ImageFeatures(**settings).fit(block, Known(np.zeros(len(images)), "binary", 2), rng=RNG)


def made(images: Array, **settings: int) -> dict[str, Array]:
    step = fitted(images, **settings)
    block = block_input(np.uint8, images[0].size)
    graph = compiled({"block": block}, {"x": step.graph(block)})
    examine(graph)
    values = Session(graph).run({"block": images.reshape(len(images), -1)})["x"]
    assert values.shape == (len(images), len(step.names))
    assert np.isfinite(values).all()
    return dict(zip(step.names, values.T, strict=True))


@pytest.mark.parametrize("shape", [(28, 28, 1), (13, 9, 3), (2, 2, 1), (1, 5, 3), (7, 30, 1)])
def test_any_shape_has_them(shape: tuple[int, ...]) -> None:
    made(RNG.integers(0, 256, (3, *shape)).astype(np.uint8))


def test_levels_are_means_and_spreads() -> None:
    images = np.zeros((1, 4, 4, 1), np.uint8)
    images[0, :2, :2] = 200
    told = made(images, grid=2)
    assert told["image ~ grey at 1,1"][0] == 200
    assert told["image ~ grey at 2,2"][0] == 0
    assert told["image ~ grey"][0] == 50
    assert told["image ~ spread"][0] == pytest.approx(images.std())
    assert told["image ~ spread at 1,1"][0] == 0


def test_edges_are_told_by_their_direction() -> None:
    across, down = np.zeros((2, 12, 12, 1), np.uint8)
    across[:, 6:], down[6:] = 255, 255
    told = made(np.stack([across, down]), grid=2, directions=4)
    upright = told["image ~ edges 0° at 1,1"] + told["image ~ edges 0° at 1,2"]
    flat = told["image ~ edges 90° at 1,1"] + told["image ~ edges 90° at 2,1"]
    assert upright[0] > 10 * upright[1]
    assert flat[1] > 10 * flat[0]


def test_edges_do_not_mind_the_light() -> None:
    images = RNG.integers(0, 100, (5, 20, 20, 1)).astype(np.uint8)
    dim, bright = made(images), made(2 * images + 50)
    edges = [name for name in dim if "edges" in name]
    assert np.corrcoef(np.concatenate([dim[n] for n in edges]), np.concatenate([bright[n] for n in edges]))[0, 1] > 0.99


def test_a_row_is_the_same_alone() -> None:
    images = RNG.integers(0, 256, (50, 17, 12, 3)).astype(np.uint8)
    together, alone = made(images), made(images[7:8])
    assert all(together[name][7] == alone[name][0] for name in together)
