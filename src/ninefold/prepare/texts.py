"""Preparation where texts are learned from: one column holds them, all others stay out."""

from __future__ import annotations

from ninefold.core.errors import ColumnError
from ninefold.core.problem import Problem
from ninefold.core.recipe import Preparation
from ninefold.core.section import Section
from ninefold.core.table import Dataset
from ninefold.forms.speaking import columns_of
from ninefold_runtime.wire import absent


def of_texts(problem: Problem, dataset: Dataset) -> Preparation:
    """The column of the texts; nothing is filled, and nothing is said twice.

    Raises:
        ColumnError: NF-E209 when no column holds any.
    """
    names = columns_of(dataset.columns, problem.context)
    if not names:
        hint = "say which one it is: --kind COLUMN=text"
        raise ColumnError("NF-E209", f"no column of text is left for {problem.task}", hint=hint)
    share = float(absent(dataset.rows.columns[names[0]]).mean())
    return Preparation(names, (), (), {names[0]: share} if share else {})


def texts_view(preparation: Preparation) -> Section:
    """What there is to say of it."""
    gaps = preparation.missing.get(preparation.columns[0], 0.0)
    name = " and ".join(preparation.columns)
    return Section(
        title="Preparation",
        sentence=f"texts from {name}" + (f" · {gaps:.2g} of them empty" if gaps else ", nothing to repair"),
        questions=(36,),
        text=(f"Texts are learned from {name} alone; other columns are left out, and accepted when predicting.",),
    )
