"""How large a speaking transformer is, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array

TABLES = ("words.weight", "places")
"""Weights that tokens and places are looked up in."""


@dataclass(frozen=True)
class Shape:
    """``tokens`` different ones, of which the first ``said`` may be said (0: all); ``longest`` places of a text.
    ``encoder`` and ``decoder`` are layers, no encoder for a language model; ``heads`` divides ``width``, and ``hidden``
    is the width inside each layer."""

    tokens: int
    longest: int
    width: int
    heads: int
    hidden: int
    encoder: int
    decoder: int
    dropout: float = 0.0
    said: int = 0

    @property
    def sayable(self) -> int:
        """How many tokens there are an output for."""
        return self.said or self.tokens

    @property
    def state(self) -> int:
        """Keys and values of all decoder layers, of one token."""
        return 2 * self.decoder * self.width


def waves(places: int, width: int) -> Array:
    """[places, width] float32: sines and cosines of ever slower waves (Vaswani et al. 2017), scaled down so that words
    outweigh them: what learned places begin with."""
    slower = np.exp(-np.log(10_000.0) * np.arange(0, width, 2) / width)
    angles = np.arange(places)[:, None] * slower
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(places, -1)[:, :width].astype(np.float32)
