"""The rows that the graph gets most wrong, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.mistakes import Band, Mistakes
from ninefold.core.section import Cell, Table
from ninefold.core.words import cell
from ninefold.evaluate.mistakes import LOSSES
from ninefold.evaluate.written import number

NONE = (
    "What the errors have in common was sought on half of the sealed rows, and checked on the other half: nothing held."
)
AHEAD = "; true and said as distances from the seasonal naive forecast, in its usual errors"
CERTAIN = 0.05


def tables(mistakes: Mistakes | None) -> Iterator[Table | None]:
    if mistakes is not None:
        yield _patterns(mistakes)
        yield _mixups(mistakes)
        yield _bands(mistakes)
        yield _worst(mistakes)


def _patterns(mistakes: Mistakes) -> Table | None:
    if not mistakes.patterns:
        return None
    worst = mistakes.patterns[0]
    more = f"{worst.loss / worst.rest:.1f} times that of" if worst.rest > 0 else "above that of"
    title = f"Where {worst.words}, the loss is {more} the other rows (on rows that this was not sought on)"
    rows = tuple((p.words, p.rows, p.loss, p.rest, p.p) for p in mistakes.patterns)
    return Table(title, ("rows where", "rows", f"mean {mistakes.loss}", "of the others", "p"), rows, topic="diagnosis")


def _mixups(mistakes: Mistakes) -> Table | None:
    if not mistakes.mixups:
        return None
    most = mistakes.mixups[0]
    title = f"Most often {most.true} is taken for {most.decided}: {most.share:.0%} of its rows"
    rows = tuple((m.true, m.decided, m.rows, m.share) for m in mistakes.mixups)
    return Table(title, ("true", "decided", "rows", "share of the class"), rows, wide=True, topic="diagnosis")


def _bands(mistakes: Mistakes) -> Table | None:
    if not mistakes.bands:
        return None
    rows = tuple((_range(b), b.rows, b.bias, b.bias_low, b.bias_high, b.p, b.spread) for b in mistakes.bands)
    headings = ("predicted", "rows", "true − predicted", "95 % from", "to", "p", "spread")
    return Table(_residuals(mistakes), headings, rows, wide=True, topic="diagnosis")


def _worst(mistakes: Mistakes) -> Table | None:
    if not mistakes.worst:
        return None
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (w.rank, w.truth, w.said, w.loss if w.error is None else w.error, *w.cells) for w in mistakes.worst
    )
    measured = mistakes.loss if mistakes.worst[0].error is None else "true − predicted"
    title = f"The {len(rows)} sealed rows with the largest loss"
    title += AHEAD if mistakes.loss == LOSSES["forecast"] else ""
    return Table(title, ("rank", "true", "said", measured, *mistakes.columns), rows, wide=True, topic="diagnosis")


def text(mistakes: Mistakes | None) -> tuple[str, ...]:
    """That nothing was found, where something was sought."""
    return (NONE,) if mistakes is not None and mistakes.sought and not mistakes.patterns else ()


def _range(band: Band) -> str:
    return f"{cell(band.low)} to {cell(band.high)}"


def _residuals(mistakes: Mistakes) -> str:
    """What the bands say, in a sentence."""
    biased = [band for band in mistakes.bands if band.p <= CERTAIN]
    told = "No range of predictions is too high or too low beyond chance"
    if biased:
        worst = max(biased, key=lambda band: abs(band.bias))
        side = "low" if worst.bias > 0 else "high"
        told = f"Predictions from {_range(worst)} are too {side} by {number(abs(worst.bias))} on average"
    if mistakes.growth is None:
        return told
    return f"{told}; errors {'grow' if mistakes.growth > 0 else 'shrink'} with the prediction"
