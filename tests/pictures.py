"""Images that tests make themselves: bars, discs and rings."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

KINDS = ("bars", "discs", "rings")


def picture(kind: str, rng: np.random.Generator, side: int = 16) -> np.ndarray[Any, Any]:
    """A grey shape somewhere on dark noise, [side, side] uint8."""
    levels = rng.integers(0, 60, (side, side)).astype(float)
    y, x = np.mgrid[:side, :side]
    down, right = rng.uniform(side / 3, 2 * side / 3, 2)
    away = np.hypot(y - down, x - right)
    levels[{"bars": abs(x - right) < 1.5, "discs": away < 4, "rings": abs(away - 4) < 1}[kind]] += 150
    return levels.astype(np.uint8)


def encoded(levels: np.ndarray[Any, Any], kind: str = "PNG", **how: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(levels).save(stream, kind, **how)
    return stream.getvalue()


def folder_of(root: Path, each: int, seed: int = 0) -> Path:
    """A subfolder for each kind with so many images."""
    rng = np.random.default_rng(seed)
    for kind in KINDS:
        (root / kind).mkdir(parents=True)
        for i in range(each):
            (root / kind / f"{i:03}.png").write_bytes(encoded(picture(kind, rng)))
    return root
