"""``ninefold learners``: the cards of all learners and speakers, plug-ins included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json

if TYPE_CHECKING:
    from ninefold.core.protocols import Card


def learners(
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None, as_json: Json = False
) -> None:
    """List the learners, and the speakers of texts, and what each is for."""
    import msgspec

    from ninefold.cli.tables import grid
    from ninefold.cli.terminal import answers, write_line

    found = cards(family)
    if as_json:
        plain = {kind: [{"name": name, **msgspec.to_builtins(card)} for name, card in of] for kind, of in found.items()}
        write_line(msgspec.json.encode(plain).decode())
        return
    listed = [_row(name, card, kind) for kind, of in found.items() for name, card in of]
    answers().print(grid(("learner", "family", "idea"), listed, (False,) * 3, None))


def _row(name: str, card: Card, kind: str) -> tuple[str, ...]:
    """What it solves, its questions and all else are in ``--json`` and on the page of learners."""
    task = f" A speaker: {' and '.join(card.solves)}." if kind == "speakers" else ""
    needs = f" Needs the extra {card.extra}." if card.extra else ""
    return name, card.family, f"{card.idea}{task}{needs}"


def cards(family: str | None) -> dict[str, list[tuple[str, Card]]]:
    """Names and cards of the learners and of the speakers, each sorted by family and name.

    Raises:
        WishError: when there is no such family.
    """
    from ninefold.core.errors import WishError, nearest

    every = {kind: _found(f"ninefold.{kind}") for kind in ("learners", "speakers")}
    families = sorted({card.family for found in every.values() for _, card in found})
    if family is not None and family not in families:
        hint = f"choose from: {', '.join(families)}"
        close = nearest(family, families)
        raise WishError("NF-E395", f'there is no family "{family}"', hint=hint, given=family, suggestions=close)
    return {
        kind: sorted(
            ((name, card) for name, card in found if family in (None, card.family)),
            key=lambda pair: (pair[1].family, pair[0]),
        )
        for kind, found in every.items()
    }


def _found(package: str) -> list[tuple[str, Card]]:
    from ninefold.core import parts

    return [(name, parts.find(package, name).card) for name in parts.names(package)]
