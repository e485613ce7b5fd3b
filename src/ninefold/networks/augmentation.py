"""Training images changed at random, so that a network learns what does not matter (Krizhevsky and others 2012)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Mix = Literal["no", "mixup", "cutmix"]
MIXED = 0.5
"""Share of the batches that are mixed, where mixing is asked for."""


@dataclass(frozen=True)
class Augmentation:
    """Called with the rows uint8 [B, C, H, W] and the targets (classes int64 [B], or float32 [B, S]) of one training
    batch, it gives those to learn from; randomness is torch's.

    ``shift`` is how far an image moves at most, as a share of its sides, the border being drawn out; ``rotate`` how
    many degrees it turns at most. ``flip``: half of the images are mirrored left to right. ``mix``: two images are laid
    over each other (mixup: Zhang and others 2018) or one has a window of the other (cutmix: Yun and others 2019), the
    target being shared likewise. ``classes`` is how many there are, where targets are classes.
    """

    classes: int
    shift: float = 0.0
    rotate: float = 0.0
    flip: bool = False
    mix: Mix = "no"

    def __call__(self, rows: Any, targets: Any) -> tuple[Any, Any]:
        if self.shift or self.flip:
            rows = _moved(rows, self.shift, flip=self.flip)
        if self.rotate:
            rows = _turned(rows, math.radians(self.rotate))
        return (rows, targets) if self.mix == "no" else self._mixed(rows, targets)

    def _mixed(self, rows: Any, targets: Any) -> tuple[Any, Any]:
        import torch

        if float(torch.rand(())) >= MIXED:
            return rows, targets
        other = torch.randperm(len(rows)).to(rows.device)
        wanted = targets if targets.is_floating_point() else torch.nn.functional.one_hot(targets, self.classes).float()
        lay = _laid_over if self.mix == "mixup" else _cut_in
        mixed, share = lay(rows, rows[other], float(torch.rand(())))
        return mixed, wanted.lerp(wanted[other], share)


def _moved(rows: Any, shift: float, *, flip: bool) -> Any:
    """Each image by whole pixels of its own, and mirrored or not."""
    import torch

    count, _, height, width = rows.shape
    down, across = (_whole(count, round(shift * side)).to(rows.device) for side in (height, width))
    ys = (torch.arange(height, device=rows.device) + down).clamp(0, height - 1)
    xs = (torch.arange(width, device=rows.device) + across).clamp(0, width - 1)
    if flip:
        xs = torch.where((torch.rand(count, 1) < 0.5).to(rows.device), width - 1 - xs, xs)
    each = torch.arange(count, device=rows.device)[:, None, None]
    return rows[each, :, ys[:, :, None], xs[:, None, :]].permute(0, 3, 1, 2)


def _whole(count: int, far: int) -> Any:
    """[count, 1] numbers from -far to far."""
    import torch

    return torch.randint(-far, far + 1, (count, 1))


def _turned(rows: Any, most: float) -> Any:
    """float32: each image by an angle of its own (radians) around its middle, between the pixels by their distance."""
    import torch
    from torch.nn import functional

    angle = (2 * torch.rand(len(rows)) - 1) * most
    cos, sin, zero = torch.cos(angle), torch.sin(angle), torch.zeros(len(rows))
    tall = rows.shape[2] / rows.shape[3]
    turns = torch.stack([cos, -sin * tall, zero, sin / tall, cos, zero], 1).reshape(-1, 2, 3).to(rows.device)
    grid = functional.affine_grid(turns, list(rows.shape), align_corners=False)
    return functional.grid_sample(rows.float(), grid, padding_mode="border", align_corners=False)


def _laid_over(rows: Any, others: Any, share: float) -> tuple[Any, float]:
    """What lies over each other, and the share of the second."""
    return rows.float().lerp(others.float(), share), share


def _cut_in(rows: Any, others: Any, share: float) -> tuple[Any, float]:
    """The first with a window of the second, all at the same place, and the share of pixels that it has."""
    import torch

    height, width = rows.shape[2:]
    tall, wide = (round(side * math.sqrt(share)) for side in (height, width))
    top, left = (int(torch.randint(room + 1, ())) for room in (height - tall, width - wide))
    window = (..., slice(top, top + tall), slice(left, left + wide))
    cut = rows.clone()
    cut[window] = others[window]
    return cut, tall * wide / (height * width)
