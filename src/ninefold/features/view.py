"""What feature engineering has to say."""

from __future__ import annotations

from itertools import accumulate

from ninefold.core.protocols import View, base_of
from ninefold.core.recipe import Branch, Features, Recipe, StepSpec
from ninefold.core.section import Figure, Section, Series, Table
from ninefold.core.words import counted

_WHAT = {
    "plain": "numbers with gaps, categories as codes: for trees",
    "encoded": "numbers with gaps, categories as out-of-fold target means and counts: for trees",
    "text": "as it is: each speaker makes its own tokens of it, and they travel as tokenizer.json",
    "scaled": "complete, scaled, one-hot: for linear models and neighbours",
    "pixels": "the image as it is: for networks",
    "tokens": "the words in their order: for networks and counts of phrases",
    "series": "the series as they are: for networks",
}
_VARIANT = {
    "created": "; with columns made from pairs of others, where they pay on inner folds",
    "selected": "; without columns that say no more than shuffled ones do",
    "pca": "; along the principal axes that hold most of the variance",
}
SHARES = (0.9, 0.95, 0.99)


def view(features: Features) -> Section:
    columns = max(len(recipe.columns) for recipe in features.recipes)
    return Section(
        title="Features",
        sentence=f"{counted(columns, 'column')} in {counted(len(features.recipes), 'view')}: "
        + ", ".join(recipe.view for recipe in features.recipes),
        questions=(5, 13, 14),
        tables=(*(_table(recipe) for recipe in features.recipes), *_axes(features.variance)),
        figures=_scree(features.variance),
        text=("Every step is fitted inside folds, and exists only as nodes of the graph.", *_cut(features)),
    )


def _cut(features: Features) -> tuple[str, ...]:
    """How much of a text is read."""
    longest = [b.steps[0].settings["longest"] for r in features.recipes if r.view == "tokens" for b in r.branches]
    return tuple(
        f"In the view tokens a row is its first words: as many as all but 5 in 1,000 training rows have, and {most} at "
        "most. What follows is cut off there; the other views read it."
        for most in longest
    )


def _table(recipe: Recipe) -> Table:
    rows = [(_named(branch), _told(branch.steps) or "as it is") for branch in recipe.branches]
    rows += [("all of these together", _told(recipe.after))] if recipe.after else []
    return Table(f"View {recipe.view}: {_what(recipe.view)}", ("columns", "steps"), tuple(rows), wide=True)


def _what(view: View) -> str:
    variant = view.partition("+")[2]
    return _WHAT[base_of(view)] + _VARIANT.get(variant, "")


def _axes(variance: tuple[float, ...]) -> tuple[Table, ...]:
    """How many axes hold most of the variance."""
    if not variance:
        return ()
    total = list(accumulate(variance))
    rows = [(f"{share:.0%}", sum(held < share for held in total) + 1) for share in SHARES if total[-1] >= share]
    return (
        Table("Principal axes of the scaled view", ("share of the variance", "axes needed"), tuple(rows), wide=True),
    )


def _scree(variance: tuple[float, ...]) -> tuple[Figure, ...]:
    if not variance:
        return ()
    total = tuple(accumulate(variance))
    axes = tuple(float(i + 1) for i in range(len(total)))
    title = f"Of the variance the first 2 principal axes hold {total[:2][-1]:.0%}, the first 10 {total[:10][-1]:.0%}."
    series = (Series("up to this axis", axes, total), Series("this axis alone", axes, variance))
    note = "Of some training rows in the scaled view. Variance is not importance: the target may hang on a small axis."
    return (Figure("lines", title, series, "axis", "share of the variance", note),)


def _named(branch: Branch) -> str:
    shown = ", ".join(branch.columns[:8])
    return shown if len(branch.columns) <= 8 else f"{shown} and {len(branch.columns) - 8} more"


def _told(steps: tuple[StepSpec, ...]) -> str:
    return " → ".join(
        spec.name.replace("_", " ") + "".join(f" ({value})" for value in spec.settings.values()) for spec in steps
    )
