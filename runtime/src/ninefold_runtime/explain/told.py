"""An explanation as lines of text: what is said, and what each column adds to it as a bar."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ninefold_runtime.explain.explanation import Account, Cell, Contribution, Explanation, Listing
from ninefold_runtime.explain.regions import areas, shades

MOST, WIDTH = 12, 24
"""Columns that are told one by one, and characters of the longest bar."""
LONGEST = 40
EIGHTHS = " ▏▎▍▌▋▊▉█"


def lines(explanation: Explanation, account: Account | None) -> Iterator[str]:
    """One account, largest contributions first, then the method's tables and its notes."""
    if account is not None:
        yield head(explanation, account)
        yield ""
        if account.contributions:
            yield from (f"  {line}" for line, _ in bars(account))
            yield ""
    yield from tables(explanation, account)
    yield from explanation.notes


def tables(explanation: Explanation, account: Account | None) -> Iterator[str]:
    """Maps and tables of a method that has any, an empty line after each; of tables without a row the notes speak."""
    for found in explanation.maps:
        if account is not None and found.output == account.output and any(map(any, found.amounts)):
            yield from (f"  {line}" for line in shades(found))
            yield ""
    for table in filter(lambda table: table.rows, (*areas(explanation, account), *explanation.tables)):
        yield table.title
        yield from (f"  {line}" for line in _grid(table))
        yield ""


def head(explanation: Explanation, account: Account) -> str:
    """What is said of this row, and of what it is compared with."""
    told = f"{explanation.scale} of {account.output}" if explanation.scale == "probability" else account.output
    return f"{told}: {number(account.value)} · {explanation.against} {number(account.base)}"


def bars(account: Account) -> list[tuple[str, float]]:
    """A line for each of the largest contributions and one for all others, each with its amount."""
    ranked = sorted(account.contributions, key=lambda part: -abs(part.amount))
    first, rest = ranked[:MOST], ranked[MOST:]
    longest = max((abs(part.amount) for part in first), default=0.0) or 1.0
    told = [(_named(part), part.amount, _between(part)) for part in first]
    if rest:
        told.append((f"{len(rest)} more columns", sum(part.amount for part in rest), ""))
    width = max((len(name) for name, _, _ in told), default=0)
    places = min(max(3 - math.floor(math.log10(longest)), 0), 6)
    amounts = [f"{amount:+,.{places}f}".replace("-", "−") for _, amount, _ in told]
    aligned = max(map(len, amounts), default=0)
    return [
        (f"{name:<{width}}  {text:>{aligned}}  {_bar(amount / longest):<{WIDTH}}  {between}".rstrip(), amount)
        for (name, amount, between), text in zip(told, amounts, strict=True)
    ]


def _named(part: Contribution) -> str:
    return f"{part.column} = {shown(part.cell)}"


def _between(part: Contribution) -> str:
    if part.low is None or part.high is None:
        return ""
    return f"± {number((part.high - part.low) / 2)}"


def _bar(share: float) -> str:
    eighths = round(min(abs(share), 1.0) * WIDTH * 8)
    return EIGHTHS[-1] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def shown(cell: Cell) -> str:
    """A cell as people read it, on one line."""
    if cell is None:
        return "missing"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return number(cell)
    text = " ".join(str(cell).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def number(value: float) -> str:
    """Four significant digits, no exponent where it can be helped."""
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.2e}".replace("-", "−")
    places = 0 if abs(value) >= 1000 else 4
    text = f"{value:,.{places}f}" if abs(value) < 1 else f"{value:,.{min(places, 2)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def signed(value: float) -> str:
    """A contribution: its sign always stands before it."""
    return f"{'+' if value >= 0 else '−'}{number(abs(value))}"


def _grid(table: Listing) -> list[str]:
    texts = [table.headings, *([shown(cell) for cell in row] for row in table.rows)]
    widths = [max(len(row[j]) for row in texts) for j in range(len(table.headings))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
