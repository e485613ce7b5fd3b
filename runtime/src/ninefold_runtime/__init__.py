"""Read a Ninefold bundle: predict, serve, watch. Nothing of training is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from ninefold_runtime.model import Model


def load(path: str | os.PathLike[str]) -> Model:
    """Verify and load a bundle: ``load("bundle").predict_one({"age": 28})``.

    Raises:
        BundleError: when the bundle is incomplete, altered or foreign.
    """
    from ninefold_runtime.model import load as opened

    return opened(path)
