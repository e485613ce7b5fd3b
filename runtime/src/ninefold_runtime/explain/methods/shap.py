"""SHAP: the fair share of each raw column in the difference between this row and typical ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.explanation import Account, Contribution, Explanation
from ninefold_runtime.explain.shapley import Shapley, shapley

NORMAL = 1.96


@dataclass(frozen=True)
class Shap:
    """Shapley values over raw columns by asking the graph (`ninefold_runtime.explain.shapley`)."""

    title: ClassVar[str] = "SHAP values of the columns"
    most: int = 20_000
    """Answers of the graph that one row may take, roughly."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        found = shapley(asked, row, most=self.most, seed=seed)
        cells = [cell(column, row[column.name][0]) for column in asked.schema.columns]
        accounts = []
        for k, output in enumerate(asked.outputs):
            halves = None if found.exact else NORMAL * found.errors[:, k]
            parts = _contributions(asked.schema.names, cells, found.amounts[:, k], halves)
            accounts.append(Account(output, float(found.base[k]), float(found.value[k]), tuple(parts)))
        return Explanation("shap", scale_of(asked.schema.target), tuple(accounts), tuple(_notes(found)))


def _contributions(
    names: tuple[str, ...], cells: list[str | float | bool | None], amounts: Array, halves: Array | None
) -> Iterator[Contribution]:
    for j, name in enumerate(names):
        amount = float(amounts[j])
        around = (None, None) if halves is None else (amount - float(halves[j]), amount + float(halves[j]))
        yield Contribution(name, cells[j], amount, *around)


def _notes(found: Shapley) -> Iterator[str]:
    yield f"Compared with {found.compared} made-up rows that stand for the training rows; the base is said of these."
    if found.exact:
        yield "Exact: all coalitions of the columns that differ were asked about."
    else:
        yield f"Estimated from {found.asked:,} answers of the graph; intervals are 95 % and of the estimate alone."
