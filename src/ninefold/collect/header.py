"""The header of a delimited file: is there one, and what are the columns called."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ninefold.collect.plain import refuse_twins
from ninefold.core.errors import SourceError
from ninefold_runtime import wire

if TYPE_CHECKING:
    from polars import DataFrame


def names_of(header: list[str], width: int) -> list[str]:
    """Column names without surrounding space; nameless columns are called by their place.

    A header one short of the table belongs to a table whose first column, row names, has no heading.

    Raises:
        ColumnError: NF-E206 when a name occurs twice.
    """
    given = header if len(header) == width else ["", *header] if len(header) == width - 1 else header
    given = given + [""] * (width - len(given))
    names = [name.strip() or f"column_{place}" for place, name in enumerate(given, 1)]
    refuse_twins(names)
    return names


def refuse_data_as_header(header: list[str], rows: DataFrame, name: object) -> None:
    """Numbers on top of columns of numbers are data, unless they count up as names do (0, 1, 2 … or years).

    Raises:
        SourceError: NF-E107 when the first line is not a header.
    """
    numbers = [wire.number(text) for text in header]
    numeric = [place for place in range(len(header)) if _is_numeric(rows, place)]
    headed = [place for place in numeric if numbers[place] == numbers[place]]
    if not headed or 2 * len(headed) < len(numeric) or _counts_up([numbers[place] for place in headed]):
        return
    shown = ", ".join(header[:5])
    hint = "add a first line with the names of the columns"
    raise SourceError("NF-E107", f"the first line of {name} looks like data, not like column names: {shown}", hint=hint)


def _is_numeric(rows: DataFrame, place: int) -> bool:
    texts = [text for text in rows.to_series(place).to_list() if not wire.is_missing(text)]
    return bool(texts) and all(wire.number(text) == wire.number(text) for text in texts)


def _counts_up(numbers: list[float]) -> bool:
    """0, 1, 2 … or years in steps of one."""
    steps = {after - before for before, after in pairwise(numbers)}
    first = numbers[0]
    return len(numbers) > 1 and steps == {1.0} and (first == 0 or 1900 <= first <= 2100)
