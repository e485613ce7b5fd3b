"""Variants of the base views: what the search may try instead of one. A variant keeps its base's promise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ninefold.core.recipe import Branch, Recipe, StepSpec

FEATURES = "ninefold.features.steps"
MANY = 20
"""Columns from which on it may pay to leave some out."""


def with_created(recipe: Recipe) -> Recipe:
    """A view for trees, with columns made from its numbers and codes."""
    return replace(recipe, view=f"{recipe.view}+created", after=(StepSpec(FEATURES, "created"),))


def scaled_with_created(recipe: Recipe, numbers: tuple[str, ...], steps: tuple[StepSpec, ...]) -> Recipe:
    """The scaled view, with columns made from raw ``numbers`` and completed by ``steps``."""
    made = StepSpec(FEATURES, "created", {"judge": "linear", "keep": False})
    branch = Branch(numbers, (steps[0], made, *steps[1:]))
    return replace(recipe, view=f"{recipe.view}+created", branches=(*recipe.branches, branch))


def with_selection(recipe: Recipe) -> Iterator[Recipe]:
    """A view of many columns, without those that say no more than chance would."""
    if len(recipe.columns) >= MANY:
        how = "recursive" if recipe.view == "plain" else "information"
        yield replace(recipe, view=f"{recipe.view}+selected", after=(StepSpec(FEATURES, "select", {"how": how}),))
