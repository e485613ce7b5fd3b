"""Residual networks for images (He and others 2016), as timm, torchvision and Hugging Face write their weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count

from ninefold.core.table import Array
from ninefold.networks.layer import Layer, Named
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.pool2d import Pool2d
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential

NORM = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True)
class Names:
    """What a family calls its parts: window and norm, of the stem, of window ``k`` in block ``b`` of stage ``s``, and
    of the short cut around that block; all from 0. ``heads`` begin the names of what is replaced."""

    stem: tuple[str, str]
    block: tuple[str, str]
    shortcut: tuple[str, str]
    heads: tuple[str, ...]

    def of_block(self, s: int, b: int, k: int) -> tuple[str, str]:
        return tuple(name.format(s=s, t=s + 1, b=b, k=k, j=k + 1) for name in self.block)  # type: ignore[return-value]

    def of_shortcut(self, s: int, b: int) -> tuple[str, str]:
        return tuple(name.format(s=s, t=s + 1, b=b) for name in self.shortcut)  # type: ignore[return-value]


TIMM = Names(
    ("conv1", "bn1"),
    ("layer{t}.{b}.conv{j}", "layer{t}.{b}.bn{j}"),
    ("layer{t}.{b}.downsample.0", "layer{t}.{b}.downsample.1"),
    ("fc.",),
)
_LAYER = "encoder.stages.{s}.layers.{b}."
HUGGING_FACE = Names(
    ("embedder.embedder.convolution", "embedder.embedder.normalization"),
    (_LAYER + "layer.{k}.convolution", _LAYER + "layer.{k}.normalization"),
    (_LAYER + "shortcut.convolution", _LAYER + "shortcut.normalization"),
    ("classifier.",),
)


@dataclass(frozen=True)
class Steps:
    """Where a network of this family goes in steps of two pixels."""

    first_stage: bool = False
    """Already in the first stage, not from the second on."""
    first_window: bool = False
    """In the first window of blocks of three, not in the middle one."""


def read(weights: Mapping[str, Array], names: Names, steps: Steps) -> tuple[Sequential, Named]:
    """The trunk that the names and sizes of ``weights`` tell, and its weights under the names that its layers have.

    Raises:
        KeyError: when a weight is missing. ValueError: when there are weights that a plain residual network lacks.
    """
    trunk = [_stem(weights[f"{names.stem[0]}.weight"])]
    taken = dict(_pair(("0.0", "0.1"), names.stem))
    for s, blocks in enumerate(_stages(weights, names)):
        trunk.append(Sequential(tuple(_block(weights, names, steps, s, b) for b in range(blocks))))
        for b in range(blocks):
            taken.update(_named(weights, names, s, b))
    unknown = sorted(name for name in weights.keys() - taken.values() if not name.startswith(names.heads))
    if unknown:
        raise ValueError(f"it has {unknown[0]}, which a plain residual network has not")
    return Sequential(tuple(trunk)), tuple((ours, weights[theirs]) for ours, theirs in taken.items())


def _stem(window: Array) -> Layer:
    side = window.shape[2]
    looked = Conv2d(len(window), side, 2, bias=False)
    return Sequential((looked, BatchNorm(), Activation("relu"), Pool2d("max", 3, 2, 1)))


def _stages(weights: Mapping[str, Array], names: Names) -> Iterator[int]:
    """Blocks of each stage."""
    for s in count():
        blocks = _counted(partial(_first_of, names, s), weights)
        if not blocks:
            return
        yield blocks


def _first_of(names: Names, s: int, b: int) -> str:
    return names.of_block(s, b, 0)[0]


def _counted(name: Callable[[int], str], weights: Mapping[str, Array]) -> int:
    number = 0
    while f"{name(number)}.weight" in weights:
        number += 1
    return number


def _block(weights: Mapping[str, Array], names: Names, steps: Steps, s: int, b: int) -> Sequential:
    windows = _windows(weights, names, s, b)
    halving = 2 if b == 0 and (s > 0 or steps.first_stage) else 1
    at = 1 if len(windows) == 3 and not steps.first_window else 0
    inner: list[Layer] = []
    for k, window in enumerate(windows):
        stride = halving if k == at else 1
        inner += [Conv2d(len(window), window.shape[2], stride, bias=False), BatchNorm(), Activation("relu")]
    way = None
    if f"{names.of_shortcut(s, b)[0]}.weight" in weights:
        way = Sequential((Conv2d(len(windows[-1]), 1, halving, bias=False), BatchNorm()))
    return Sequential((Residual(Sequential(tuple(inner[:-1])), way), Activation("relu")))


def _windows(weights: Mapping[str, Array], names: Names, s: int, b: int) -> list[Array]:
    found = _counted(lambda k: names.of_block(s, b, k)[0], weights)
    return [weights[f"{names.of_block(s, b, k)[0]}.weight"] for k in range(found)]


def _named(weights: Mapping[str, Array], names: Names, s: int, b: int) -> Iterator[tuple[str, str]]:
    """Our names of a block's weights with theirs."""
    ours = f"{s + 1}.{b}.0"
    for k in range(len(_windows(weights, names, s, b))):
        yield from _pair((f"{ours}.inner.{3 * k}", f"{ours}.inner.{3 * k + 1}"), names.of_block(s, b, k))
    theirs = names.of_shortcut(s, b)
    if f"{theirs[0]}.weight" in weights:
        yield from _pair((f"{ours}.way.0", f"{ours}.way.1"), theirs)


def _pair(ours: tuple[str, str], theirs: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """A window and its norm."""
    yield f"{ours[0]}.weight", f"{theirs[0]}.weight"
    for part in NORM:
        yield f"{ours[1]}.{part}", f"{theirs[1]}.{part}"
