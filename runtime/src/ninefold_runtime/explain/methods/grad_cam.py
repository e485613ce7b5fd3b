"""Grad-CAM: what each place of the image gives to the score of the network in the bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Arrays, Asked, PlaceMaps
from ninefold_runtime.explain.explanation import Account, Explanation
from ninefold_runtime.explain.regions import images_of, mapped

WHOLE = 1 - 1e-9
NOWHERE = "an image that shows nothing"


@dataclass(frozen=True)
class GradCam:
    """The bundle's graph of maps, run once: scores of its network are sums over places, so that weights times what was
    found there are what gradients would tell (Selvaraju and others 2017; Draelos and Carin 2020). ``seed`` does not
    matter."""

    title: ClassVar[str] = "Grad-CAM: where in the image the network saw it"

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Base and the sum of a map are the network's score of that output.

        Raises:
            ExplainError: NF-R416 where the graph takes no images, NF-R417 where the bundle has no maps.
        """
        images_of(asked, "grad_cam")
        if asked.maps is None:
            hint = "no member is a network whose scores are sums over places; ask for occlusion"
            raise ExplainError("NF-R417", "the bundle has no maps.onnx", hint=hint)
        found = asked.maps(row)
        column = next(column for column in asked.schema.columns if column.name == found.column)
        maps = tuple(mapped(column, output, found.maps[k]) for k, output in enumerate(asked.outputs))
        accounts = tuple(
            Account(output, float(found.base[k]), float(found.base[k] + found.maps[k].sum()))
            for k, output in enumerate(asked.outputs)
        )
        return Explanation("grad_cam", "score", accounts, tuple(_notes(found)), maps=maps, against=NOWHERE)


def _notes(found: PlaceMaps) -> Iterator[str]:
    yield (
        "Scores of the network before they become probabilities; what all areas give and the score of an image that "
        "shows nothing add up to it."
    )
    if found.explained < WHOLE:
        yield f"The network has {found.explained:.0%} of the ensemble's weight; other members are not told of."
