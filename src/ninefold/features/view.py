"""What feature engineering has to say."""

from __future__ import annotations

from ninefold.core.protocols import View, base_of
from ninefold.core.recipe import Branch, Features, Recipe, StepSpec
from ninefold.core.section import Section, Table
from ninefold.core.words import counted

_WHAT = {
    "plain": "numbers with gaps, categories as codes: for trees",
    "encoded": "numbers with gaps, categories as out-of-fold target means: for trees",
    "scaled": "complete, scaled, one-hot: for linear models and neighbours",
}
_VARIANT = {
    "created": "; with columns made from pairs of others, where they pay on inner folds",
    "selected": "; without columns that say no more than shuffled ones do",
}


def view(features: Features) -> Section:
    columns = max(len(recipe.columns) for recipe in features.recipes)
    return Section(
        title="Features",
        sentence=f"{counted(columns, 'column')} in {len(features.recipes)} views: "
        + ", ".join(recipe.view for recipe in features.recipes),
        questions=(5, 13, 14),
        tables=tuple(_table(recipe) for recipe in features.recipes),
        text=("Every step is fitted inside folds, and exists only as nodes of the graph.",),
    )


def _table(recipe: Recipe) -> Table:
    rows = [(_named(branch), _told(branch.steps) or "as it is") for branch in recipe.branches]
    rows += [("all of these together", _told(recipe.after))] if recipe.after else []
    return Table(f"View {recipe.view}: {_what(recipe.view)}", ("columns", "steps"), tuple(rows), wide=True)


def _what(view: View) -> str:
    variant = view.partition("+")[2]
    return _WHAT[base_of(view)] + _VARIANT.get(variant, "")


def _named(branch: Branch) -> str:
    shown = ", ".join(branch.columns[:8])
    return shown if len(branch.columns) <= 8 else f"{shown} and {len(branch.columns) - 8} more"


def _told(steps: tuple[StepSpec, ...]) -> str:
    return " → ".join(
        spec.name.replace("_", " ") + "".join(f" ({value})" for value in spec.settings.values()) for spec in steps
    )
