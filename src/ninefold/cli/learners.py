"""``ninefold learners``: the cards of all learners, plug-ins included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json

if TYPE_CHECKING:
    from ninefold.core.protocols import Card


def learners(
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None, as_json: Json = False
) -> None:
    """List the learners and what each is for."""
    import msgspec

    from ninefold.cli.tables import grid
    from ninefold.cli.terminal import answers, write_line

    found = cards(family)
    if as_json:
        plain = [{"name": name, **msgspec.to_builtins(card)} for name, card in found]
        write_line(msgspec.json.encode({"learners": plain}).decode())
        return
    answers().print(grid(("learner", "family", "idea"), [_row(name, card) for name, card in found], (False,) * 3, None))


def _row(name: str, card: Card) -> tuple[str, ...]:
    """What it solves, its questions and all else are in ``--json`` and on the page of learners."""
    needs = f" Needs the extra {card.extra}." if card.extra else ""
    return name, card.family, f"{card.idea}{needs}"


def cards(family: str | None) -> list[tuple[str, Card]]:
    """Names and cards, sorted by family and name.

    Raises:
        WishError: when there is no such family.
    """
    from ninefold.core import parts
    from ninefold.core.errors import WishError, nearest

    every = [(name, parts.find("ninefold.learners", name).card) for name in parts.names("ninefold.learners")]
    families = sorted({card.family for _, card in every})
    if family is not None and family not in families:
        hint = f"choose from: {', '.join(families)}"
        close = nearest(family, families)
        raise WishError("NF-E395", f'there is no family "{family}"', hint=hint, given=family, suggestions=close)
    chosen = [(name, card) for name, card in every if family in (None, card.family)]
    return sorted(chosen, key=lambda pair: (pair[1].family, pair[0]))
