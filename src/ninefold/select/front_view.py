"""What mitigation costs, as a table and a figure."""

from __future__ import annotations

from ninefold.core.fairness import CRITERIA, Choice, Front
from ninefold.core.section import Cell, Figure, Series, Table


def table(front: Front) -> Table:
    """One row for each way to decide, the fairest first, the one taken starred."""
    order = sorted(range(len(front.choices)), key=lambda place: (front.gap(front.choices[place]), place))
    rows: list[tuple[Cell, ...]] = [
        (
            front.choices[place].title,
            front.choices[place].score,
            *(front.choices[place].gaps[criterion] for criterion in CRITERIA),
            "yes" if front.is_efficient(front.choices[place]) else "",
            "yes" if front.choices[place].slack is not None else "",
        )
        for place in order
    ]
    criteria = [criterion.replace("-", " ") for criterion in CRITERIA]
    headings = ("way to decide", front.metric, *criteria, "on the front", f"asks for {front.column}")
    title = f"What fairness between groups of {front.column} costs: score and differences, out of fold"
    return Table(title, headings, tuple(rows), starred=order.index(front.chosen), topic="fairness")


def figure(front: Front) -> Figure:
    """Score against unfairness: the Pareto front, what lies behind it, and the point taken."""
    chosen = front.choices[front.chosen]
    others = [choice for choice in front.choices if choice is not chosen]
    groups = {
        "taken": [chosen],
        "on the front": [choice for choice in others if front.is_efficient(choice)],
        "beaten by another": [choice for choice in others if not front.is_efficient(choice)],
    }
    series = tuple(_series(name, choices, front) for name, choices in groups.items() if choices)
    title = f"{chosen.title[:1].upper()}{chosen.title[1:]} is taken: {front.metric} {chosen.score:.3f}, groups "
    title += f"{front.gap(chosen):.3f} apart"
    allowed = "Further left is fairer; the best score with groups at most"
    note = f"{allowed} {front.allowed:g} apart is taken, else the least unfair."
    unfair = f"{front.criterion.replace('-', ' ')} difference by {front.column}"
    return Figure("scatter", title, series, unfair, front.metric, note, topic="fairness")


def _series(name: str, choices: list[Choice], front: Front) -> Series:
    return Series(name, tuple(front.gap(c) for c in choices), tuple(c.score for c in choices))


def text(front: Front) -> tuple[str, ...]:
    """What the table does not say of itself."""
    return (
        "Every way to decide was judged on rows that neither its members nor its thresholds had learned from. Making "
        "one criterion hold can break another: look at all three differences before choosing.",
        *front.notes,
    )


def sentence(front: Front) -> str:
    """What was taken for fairness' sake, to follow the score."""
    chosen = front.choices[front.chosen]
    taken = {"ensemble": "", "thresholds": ", thresholds by group"}.get(chosen.kind, f", taken as {chosen.kind}")
    return f"{taken} · groups {front.gap(chosen):.3f} apart"
