"""LIME for an image: areas of it are painted over in their mean colour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ninefold_runtime.explain.asked import Array
from ninefold_runtime.explain.surrogate import ROUNDS, SAMPLES, Local, stand_ins

SIDE = 8
"""Areas per side of the grid."""
_BATCH = 64
"""Images per call."""


def grid(height: int, width: int, side: int = SIDE) -> Array:
    """Areas as a chessboard: int64 [H, W], numbered row by row from 0."""
    down = np.arange(height) * min(side, height) // height
    across = np.arange(width) * min(side, width) // width
    return np.asarray(down[:, None] * (across[-1] + 1) + across)


def lime_image(
    ask: Callable[[Array], Array],
    image: Array,
    *,
    areas: Array | None = None,
    samples: int = SAMPLES,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> tuple[Local, ...]:
    """Explain each output of ``ask``, a function of images [N, H, W, C] to [N, K].

    ``areas`` [H, W] tells which pixels belong together, numbered from 0; a grid where nothing is said.
    """
    where = grid(*image.shape[:2]) if areas is None else areas
    count = int(where.max()) + 1
    painted = _painted(image, where, count)

    def draw(rng: np.random.Generator) -> tuple[Array, Array]:
        gone = rng.random((samples, count)) < 0.5
        said = [
            _asked(ask, image, painted, gone[start : start + _BATCH][:, where]) for start in range(0, samples, _BATCH)
        ]
        return -gone.astype(np.float64), np.concatenate(said)

    names = [str(area) for area in range(count)]
    return stand_ins(names, draw, ask(image[None])[0], rounds=rounds, seed=seed)


def _painted(image: Array, where: Array, count: int) -> Array:
    """The image with every area in its mean colour."""
    sizes = np.maximum(np.bincount(where.ravel(), minlength=count), 1)
    colours = [np.bincount(where.ravel(), image[..., c].ravel(), count) / sizes for c in range(image.shape[2])]
    return np.asarray(np.stack(colours, axis=1)[where].astype(image.dtype))


def _asked(ask: Callable[[Array], Array], image: Array, painted: Array, hidden: Array) -> Array:
    return ask(np.where(hidden[..., None], painted, image))
