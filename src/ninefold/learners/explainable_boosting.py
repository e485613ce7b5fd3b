"""Boosting whose every tree asks about one column, or about one of a few pairs: a sum of curves that can be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples
from ninefold.core.table import Array
from ninefold.learners._boosting import BEATEN_ON, Scale, Watch
from ninefold.learners._lightgbm import AfterRound, Boosting, table_of

ALONE, TOGETHER = 100, 40
"""Rounds of the sketches that pairs are looked for with: of single columns, then of what these leave."""


@dataclass(frozen=True)
class ExplainableBoosting(Boosting):
    """Adds up functions of one column each, and of the pairs of columns that matter most together.

    What a column outside of all pairs does is the same whatever the other columns say: its curve is the whole truth.
    """

    trees: int = setting(1500, "Rounds of boosting at most", low=10, high=5000, log=True, tiny=20, grows=True)
    learning_rate: float = setting(0.08, "Weight of each new tree", low=0.005, high=0.3, log=True, tiny=0.1)
    leaves: int = setting(4, "Leaves per tree", low=2, high=32, log=True, tiny=4, simpler="low")
    pairs: int = setting(5, "Pairs of columns that may act together", low=0, high=30, simpler="low")

    card: ClassVar[Card] = Card(
        title="Explainable boosting",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="A curve for each column and a surface for a few pairs, added up.",
        inductive_bias="Additive: columns act alone, whatever their curve, or in few pairs; never in threes.",
        cost="Rows x columns x rounds.",
        source="Lou, Caruana, Gehrke and Hooker 2013 (GA2M); trees by LightGBM under interaction constraints",
        questions=(10, 21),
        seconds=1.0,
        promise=0.2,
        family="additive",
        beats_baseline_on=BEATEN_ON,
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"pairs": 15, "learning_rate": 0.05, "trees": 2500},
        {"pairs": 0, "leaves": 3},
    )

    def _limits(self, data: Examples, scale: Scale, settings: dict[str, Any], clock: Clock) -> dict[str, Any]:
        alone = [[column] for column in range(data.x.shape[1])]
        chosen = _pairs(data, scale, settings, alone, clock)[: self.pairs] if self.pairs and len(alone) > 1 else []
        return {"interaction_constraints": [*alone, *chosen], "feature_fraction": 1.0}


def _pairs(
    data: Examples, scale: Scale, settings: dict[str, Any], alone: list[list[int]], clock: Clock
) -> list[list[int]]:
    """Pairs of columns, those first that lower the loss most together after all columns have done what they can alone.

    Trees of depth two are grown on what a sketch of single columns leaves; the gain of a second question about
    another column is the pair's.
    """
    sketch = _sketch(data, scale, settings | {"interaction_constraints": alone}, ALONE, clock=clock)
    left = np.asarray(sketch.predict(data.x, raw_score=True, num_threads=1))
    shallow = settings | {"num_leaves": 4, "max_depth": 2, "feature_fraction": 1.0}
    rest = _sketch(data, scale, shallow, TOGETHER, clock=clock, start=left)
    gains: dict[tuple[int, int], float] = {}
    for pair, gain in _gains(rest.dump_model()["tree_info"]):
        gains[pair] = gains.get(pair, 0.0) + gain
    return [list(pair) for pair in sorted(gains, key=lambda pair: -gains[pair])]


def _sketch(
    data: Examples, scale: Scale, settings: dict[str, Any], rounds: int, *, clock: Clock, start: Array | None = None
) -> Any:
    """A booster of that many rounds, grown on what ``start``, the scores so far, leaves."""
    import lightgbm

    table = table_of(data, scale, settings)
    if start is not None:
        table.set_init_score(start)
    watch = AfterRound(Watch(clock, rounds), lightgbm.callback.EarlyStopException)
    return lightgbm.train(settings, table, rounds, callbacks=[watch])


def _gains(trees: list[Mapping[str, Any]]) -> Iterator[tuple[tuple[int, int], float]]:
    """The two columns and the gain of every question below another about a different column."""
    for tree in trees:
        root = tree["tree_structure"]
        for branch in (root.get("left_child", {}), root.get("right_child", {})):
            if "split_feature" in branch and branch["split_feature"] != root["split_feature"]:
                first, second = sorted((root["split_feature"], branch["split_feature"]))
                yield (first, second), branch["split_gain"]
