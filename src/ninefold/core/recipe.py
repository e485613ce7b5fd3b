"""Nouns 3 and 4: what will be done to columns, unfitted. Fitting happens inside folds, by `ninefold.forms.recipe`."""

from __future__ import annotations

from dataclasses import dataclass, field

from ninefold.core.parts import Value
from ninefold.core.protocols import View
from ninefold.core.section import Finding


@dataclass(frozen=True)
class StepSpec:
    """A step by package (``ninefold.prepare.steps``), name and settings."""

    package: str
    name: str
    settings: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Branch:
    """Raw columns of one wire type stacked into a block, and the steps the block goes through: one image, or series of
    one length, which lie in the block as [T, C]."""

    columns: tuple[str, ...]
    steps: tuple[StepSpec, ...]


@dataclass(frozen=True)
class Recipe:
    """One view: the branches' blocks side by side, through the steps ``after``, are the matrix a learner sees."""

    view: View
    branches: tuple[Branch, ...]
    after: tuple[StepSpec, ...] = ()
    """Steps over the whole matrix: what must see all columns at once, such as projection or selection."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns the view reads, in order, each once."""
        return tuple(dict.fromkeys(name for branch in self.branches for name in branch.columns))


@dataclass(frozen=True)
class Audit:
    """A column left out, with the evidence; ``code`` is a finding's."""

    column: str
    code: str
    why: str


@dataclass(frozen=True)
class Preparation:
    """Noun 3: the columns to use, those left out and why, and the steps that make numbers complete and tame."""

    columns: tuple[str, ...]
    left_out: tuple[Audit, ...]
    complete: tuple[StepSpec, ...]
    """For number blocks of views that cannot take NaN: fill (with indicator), then clip."""
    missing: dict[str, float] = field(default_factory=dict)
    """Share of missing values by used column, where any is missing."""
    duplicates: int = 0
    """Exact duplicate training rows (kept; said)."""
    findings: tuple[Finding, ...] = ()
    """What else is to be said of the rows and columns that are learned from."""


@dataclass(frozen=True)
class Features:
    """Noun 4: one recipe per view that some learner asks for."""

    recipes: tuple[Recipe, ...]
    variance: tuple[float, ...] = ()
    """The share of the scaled view's variance along each of its first principal axes, where a view has these axes."""

    def recipe(self, view: View) -> Recipe:
        return next(recipe for recipe in self.recipes if recipe.view == view)
