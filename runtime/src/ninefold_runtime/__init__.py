"""Read a Ninefold bundle: predict, serve, watch. Nothing of training is needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ninefold_runtime.model import Model

# Before ONNX Runtime is loaded, which from 1.32 on sends events to its makers and keeps an identifier of the machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def load(path: str | os.PathLike[str]) -> Model:
    """Verify and load a bundle: ``load("bundle").predict_one({"age": 28})``.

    Raises:
        BundleError: when the bundle is incomplete, altered or foreign.
    """
    from ninefold_runtime.loaded import load as opened

    return opened(path)
