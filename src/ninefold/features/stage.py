"""Stage 4: one unfitted recipe per view."""

from __future__ import annotations

from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.protocols import View
from ninefold.core.recipe import Branch, Features, Preparation, Recipe, StepSpec
from ninefold.core.table import Dataset
from ninefold.features.forecasts import forecast_recipes
from ninefold.features.projection import is_wide, projected, variance
from ninefold.features.variants import scaled_with_created, with_created, with_selection
from ninefold_runtime.schema import SPOKEN, Kind

PREPARE, FEATURES = "ninefold.prepare.steps", "ninefold.features.steps"
FINITE = StepSpec(PREPARE, "finite")
SERIES = StepSpec(FEATURES, "series_features")
IMAGE = StepSpec(FEATURES, "image_features")
WORDS_FOR_TREES = 60
MOST_RANKED = 200
"""Numbers whose ranks linear models get beside their values."""
LEVELS, FEWEST_LEVELS = 50, 5
"""One-hot columns for each category: as many, or fewer where rows are so many that they would not fit."""
SHORTEST, LONGEST, WORDS = 32, 512, 100_000_000
"""Words that are read of a row: as many that all training rows together come to WORDS (0.8 GB), within bounds."""
ONE_HOT_CELLS = 200_000_000
"""Numbers (1.6 GB) that one-hot columns may come to over all training rows."""


def engineer(problem: Problem, dataset: Dataset, preparation: Preparation, *, context: Context) -> Features:
    """Lay out the recipes; each learner's card says which it wants."""
    context.progress("laying out the views")
    if problem.task in SPOKEN:
        return Features((Recipe("text", (Branch(preparation.columns, ()),)),))
    by_kind = _by_kind(dataset, preparation)
    plain = (StepSpec(FEATURES, "ordinal"),)
    means, counts = (StepSpec(FEATURES, "target_mean"),), (StepSpec(FEATURES, "count"),)
    if problem.folding is not None and problem.folding.horizon:
        return Features(forecast_recipes(by_kind, problem.folding.season, preparation, problem.scale))
    if problem.untargeted:
        return Features(_untargeted(by_kind, problem, dataset, preparation))
    recipes = (
        Recipe("plain", _tree_branches(by_kind, plain)),
        # Levels of one mean are told apart by their counts alone.
        Recipe("encoded", _tree_branches(by_kind, means, counts)),
        Recipe("scaled", _scaled_branches(by_kind, preparation, problem.scale, dataset.train_rows)),
    )
    variants = _variants(recipes, by_kind, _numbers(preparation, problem.scale))
    return _with_projection(
        Features((*recipes, *variants, *_as_they_are(by_kind, dataset.train_rows))), problem, dataset, preparation
    )


def _untargeted(by_kind: Columns, problem: Problem, dataset: Dataset, preparation: Preparation) -> tuple[Recipe, ...]:
    """No target means, and no column twice: distances are of the scaled columns, each of which counts once."""
    scaled = _scaled_branches(by_kind, preparation, problem.scale, dataset.train_rows)
    once = tuple(branch for branch in scaled if branch.steps != _ranks(preparation, problem.scale))
    plain = _tree_branches(by_kind, (StepSpec(FEATURES, "ordinal"),))
    return Recipe("plain", plain), Recipe("scaled", once)


def _as_they_are(columns: Columns, rows: int) -> tuple[Recipe, ...]:
    """Views for networks, and for linear models of words: the first image, all series, all texts as word numbers."""
    longest = max(SHORTEST, min(LONGEST, WORDS // rows))
    found: tuple[tuple[View, tuple[str, ...], tuple[StepSpec, ...]], ...] = (
        ("pixels", columns["image"][:1], ()),
        ("tokens", columns["text"], (StepSpec(FEATURES, "word_ids", {"longest": longest}),)),
        ("series", columns["series"], ()),
    )
    return tuple(Recipe(view, (Branch(names, steps),)) for view, names, steps in found if names)


def _variants(bases: tuple[Recipe, Recipe, Recipe], columns: Columns, numbers: tuple[StepSpec, ...]) -> list[Recipe]:
    """Columns are created where there are pairs to make them from, and selected where there are many."""
    plain, encoded, scaled = bases
    pairs = len(columns["number"]) + len(columns["category"]) > 1
    made = [with_created(plain), with_created(encoded)] if pairs else []
    made += [scaled_with_created(scaled, columns["number"], numbers)] if len(columns["number"]) > 1 else []
    return [*made, *with_selection(plain), *with_selection(scaled)]


def _with_projection(features: Features, problem: Problem, dataset: Dataset, preparation: Preparation) -> Features:
    """A wide scaled view gets a variant along its principal axes."""
    if not is_wide(dataset.column(name) for name in preparation.columns):
        return features
    recipe = projected(features.recipe("scaled"))
    return Features((*features.recipes, recipe), variance(recipe, problem, dataset))


Columns = dict[Kind, tuple[str, ...]]
_KINDS: tuple[Kind, ...] = ("number", "category", "datetime", "text", "image", "series")


def _by_kind(dataset: Dataset, preparation: Preparation) -> Columns:
    """Used columns by kind; kept ids and constants count as categories, booleans as numbers."""
    kinds: dict[str, Kind] = {column.name: column.kind for column in dataset.columns}
    same: dict[Kind, Kind] = {"id": "category", "constant": "category", "boolean": "number"}
    found: dict[Kind, list[str]] = {kind: [] for kind in _KINDS}
    for name in preparation.columns:
        found[same.get(kinds[name], kinds[name])].append(name)
    return {kind: tuple(names) for kind, names in found.items()}


def _branches(*pairs: tuple[tuple[str, ...], tuple[StepSpec, ...]]) -> tuple[Branch, ...]:
    return tuple(Branch(columns, steps) for columns, steps in pairs if columns)


def _tree_branches(columns: Columns, *categories: tuple[StepSpec, ...]) -> tuple[Branch, ...]:
    """``categories`` are encoded in each of these ways."""
    words = (StepSpec(FEATURES, "tf_idf", {"most": WORDS_FOR_TREES}),)
    return _branches(
        (columns["number"], (FINITE,)),
        *((columns["category"], steps) for steps in categories),
        (columns["datetime"], (StepSpec(FEATURES, "date_parts"),)),
        (columns["text"], (StepSpec(FEATURES, "text_statistics"),)),
        *(((name,), words) for name in columns["text"]),
        *(((name,), (SERIES,)) for name in columns["series"]),
        *(((name,), (IMAGE,)) for name in columns["image"]),
    )


def _scaled_branches(columns: Columns, preparation: Preparation, how: str, rows: int) -> tuple[Branch, ...]:
    scale = StepSpec(FEATURES, "scale", {"how": how})
    room = ONE_HOT_CELLS // (rows * max(len(columns["category"]), 1))
    one_hot = StepSpec(FEATURES, "one_hot", {"most": min(max(room, FEWEST_LEVELS), LEVELS)})
    return _branches(
        (columns["number"], _numbers(preparation, how)),
        (columns["number"][:MOST_RANKED], _ranks(preparation, how)),
        (columns["category"], (one_hot,)),
        (columns["datetime"], (StepSpec(FEATURES, "date_parts"), *preparation.complete, scale)),
        (columns["text"], (StepSpec(FEATURES, "text_statistics"), scale)),
        *(((name,), (StepSpec(FEATURES, "tf_idf"),)) for name in columns["text"]),
        *(((name,), (SERIES, *preparation.complete, scale)) for name in columns["series"]),
        *(((name,), (IMAGE, scale)) for name in columns["image"]),
    )


def _numbers(preparation: Preparation, how: str) -> tuple[StepSpec, ...]:
    return (FINITE, *preparation.complete, StepSpec(FEATURES, "scale", {"how": how}))


def _ranks(preparation: Preparation, how: str) -> tuple[StepSpec, ...]:
    """Numbers as normal quantiles of their ranks (shares where everything must lie in [0, 1]): decision 37."""
    filled = StepSpec(PREPARE, "fill", {**preparation.complete[0].settings, "indicator": False})
    to = "uniform" if how == "minmax" else "normal"
    return (FINITE, filled, StepSpec(FEATURES, "quantile", {"to": to, "distinct": 3}))
