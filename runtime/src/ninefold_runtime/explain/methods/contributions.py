"""Path contributions: what each column changed on the row's way through trees and sums. In microseconds, not SHAP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Arrays, Asked, Parts
from ninefold_runtime.explain.asking import scale_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.explanation import Account, Contribution, Explanation

WHOLE = 1 - 1e-9
NOTHING = 1e-9


@dataclass(frozen=True)
class Contributions:
    """The bundle's own graph of contributions, run once; nothing is sampled, so ``seed`` does not matter."""

    title: ClassVar[str] = "Path contributions of the columns"

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Base, contributions and the rest that the notes tell of add up to the value exactly.

        Raises:
            ExplainError: NF-R410 when the bundle has no such graph.
        """
        if asked.split is None:
            hint = "its members have no paths, or it would be too large; ask for another method, such as shap"
            raise ExplainError("NF-R410", "the bundle has no contributions.onnx", hint=hint)
        parts, said = asked.split(row), asked.ask(row)[0]
        cells = [cell(column, row[column.name][0]) for column in asked.schema.columns]
        accounts = []
        for k, output in enumerate(asked.outputs):
            amounts = map(float, parts.amounts[0, k])
            each = map(Contribution, asked.schema.names, cells, amounts)
            accounts.append(Account(output, float(parts.base[k]), float(said[k]), tuple(each)))
        return Explanation("contributions", scale_of(asked.schema.target), tuple(accounts), tuple(_notes(asked, parts)))


def _notes(asked: Asked, parts: Parts) -> Iterator[str]:
    yield "What changed on the row's way through trees and sums, from what is expected of any row. Not SHAP values."
    if parts.explained < WHOLE:
        yield f"Told of {parts.explained:.0%} of the ensemble's weight; the other members have no paths."
    for output, rest in zip(asked.outputs, parts.rest[0].tolist(), strict=True):
        if abs(rest) > NOTHING:
            yield f"{rest:+.6g} of {output} belongs to no column."
