"""The page of learners: their cards, their settings, and what they know of each world."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from ninefold.checks._skill import BEATS, named, skill
from ninefold.core import parts
from ninefold.core.parts import Space, Value
from ninefold.core.protocols import TABLES, Learner

COMMAND = "python -m ninefold.checks docs/reference/learners.md"
Scores = Mapping[tuple[str, str], float]
"""Skill by names of learner and world; absent where the learner does not solve the world's task."""


def learners() -> dict[str, Learner]:
    return {name: parts.make("ninefold.learners", name) for name in parts.names("ninefold.learners")}


def worlds() -> tuple[str, ...]:
    return parts.names("ninefold.worlds")


def measured() -> Scores:
    """Every learner with its default settings on every world of its tasks; one of images, words or series on the worlds
    that its card speaks of, as worlds are tables, which it sees drawn."""
    pairs = [(name, world) for name, learner in learners().items() for world in worlds() if _suits(learner, world)]
    return {(name, world): skill(learners()[name], named(world)) for name, world in pairs}


def _suits(learner: Learner, world: str) -> bool:
    card = learner.card
    claimed = card.view in TABLES or world in {*card.beats_baseline_on, *card.fails_on}
    return claimed and named(world).task in card.solves


def page(scores: Scores) -> str:
    """The whole page as Markdown."""
    cards = [_card(name, learner) for name, learner in learners().items()]
    return "\n".join([_head(), _grid(scores), _worlds(), *cards])


def _head() -> str:
    return f"""# Learners

Written by `{COMMAND}`; the tests hold it to the code and to the numbers.

## What each of them can know

Skill on rows never seen, with default settings: 1 is all there is to know, 0 is what the mean of the training rows
knows (1 - squared error / that of the mean: R², or the Brier skill score); of clusters, the adjusted Rand index. A
card's claims are checked: skill above {BEATS} where it beats the baseline, about 0 or less where it fails. This
table is what "inductive bias" means.
"""


def _grid(scores: Scores) -> str:
    # Adding 0.0 turns a rounded -0.0 into 0.0.
    lines = [_row("learner", *worlds()), _row("---", *("--:" for _ in worlds()))]
    for name in learners():
        known = [scores.get((name, world)) for world in worlds()]
        lines.append(_row(f"`{name}`", *("" if value is None else f"{round(value, 2) + 0.0:.2f}" for value in known)))
    return "\n".join([*lines, ""])


def written(text: str) -> Scores:
    """The scores of a page: what `_grid` put into it."""
    lines = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line]
    head = next(line for line in lines if line[0] == "learner")
    rows = [line for line in lines if line[0] in learners() and len(line) == len(head)]
    return {(row[0], head[i]): float(row[i]) for row in rows for i in range(1, len(head)) if row[i]}


def _worlds() -> str:
    told = [f"- **{name}** ({named(name).task}): {_truth(name)}" for name in worlds()]
    return "\n".join(["## Worlds", "", *told, ""])


def _truth(world: str) -> str:
    return inspect.getdoc(inspect.getmodule(type(named(world)))) or ""


def _card(name: str, learner: Learner) -> str:
    card = learner.card
    lines = [
        f"## {card.title}",
        "",
        f"`{name}`: {card.idea}",
        "",
        f"- Inductive bias: {card.inductive_bias}",
        f"- Solves: {', '.join(card.solves)}. Sees the {card.view} view.",
        f"- Beats the baseline on: {', '.join(card.beats_baseline_on) or 'nothing'}.",
        f"- Fails on: {', '.join(card.fails_on) or 'nothing tried'}.",
        f"- Cost: {card.cost}",
        f"- Source: {card.source}",
        *(["- Keeps training rows: it enters a bundle only when that is allowed."] if card.keeps_rows else []),
        "",
    ]
    values = parts.settings(learner)
    settings = [_row(f"`{key}`", values[key], _range(s), s.help) for key, s in parts.spaces(learner).items()]
    head = [_row("setting", "default", "range", "what it is"), _row("---", "--:", "---", "---")]
    return "\n".join([*lines, *(head + settings + [""] if settings else [])])


def _range(space: Space) -> str:
    if space.choices:
        return ", ".join(str(choice) for choice in space.choices)
    if space.low is None:
        return "a name"
    grows = ", grows" if space.grows else ""
    return f"{space.low:g} to {space.high:g}{' (log)' if space.log else ''}{grows}"


def _row(*cells: Value) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
