"""``ninefold findings``: what each code means, how it is found, what to do, and when it is a false alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json

if TYPE_CHECKING:
    from ninefold.core.findings import About


def findings(
    code: Annotated[str | None, typer.Argument(help="Only this one, told whole: NF303.")] = None, as_json: Json = False
) -> None:
    """List the findings, or explain one of them."""
    import msgspec

    from ninefold.cli.tables import grid
    from ninefold.cli.terminal import answers, write_line

    chosen = _chosen(code)
    if as_json:
        write_line(msgspec.json.encode({"findings": [msgspec.to_builtins(about) for about in chosen]}).decode())
    elif code is not None:
        write_line(page(chosen[0]).rstrip())
    else:
        rows = [(about.code, about.level, about.title) for about in chosen]
        answers().print(grid(("code", "level", "finding"), rows, (False,) * 3, None))


def _chosen(code: str | None) -> tuple[About, ...]:
    """
    Raises:
        WishError: when there is no such finding.
    """
    from ninefold.core.errors import WishError, nearest
    from ninefold.core.findings import catalogue

    every = catalogue()
    if code is None:
        return every
    known = [about.code for about in every]
    if code.upper() not in known:
        close = nearest(code.upper(), known)
        hint = f"did you mean {close[0]}?" if close else "ninefold findings lists them all"
        raise WishError("NF-E396", f'there is no finding "{code}"', hint=hint, given=code, suggestions=close)
    return tuple(about for about in every if about.code == code.upper())


def page(about: About) -> str:
    """One finding as Markdown: the page of ``docs/findings``."""
    questions = ", ".join(map(str, about.questions)) or "none"
    said = (
        ("What it means", about.means),
        ("How it is found", about.how),
        ("What to do", about.action),
        ("When it may be a false alarm", about.mistaken),
    )
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in said)
    return (
        f"# {about.code}: {about.title}\n\nLevel: {about.level}. Questions of the fifty: {questions}.\n\n{body}\n\n"
        "[All findings](README.md)\n"
    )


def index(every: tuple[About, ...]) -> str:
    """The list of all pages."""
    stages = {"2": "Data", "3": "Preparation", "5": "Search", "6": "Training", "7": "Evaluation"}
    lines = ["# Findings", "", _HEAD]
    for digit, stage in stages.items():
        lines += ["", f"## {stage}", "", "| code | level | finding |", "|---|---|---|"]
        lines += [f"| [{a.code}]({a.code}.md) | {a.level} | {a.title} |" for a in every if a.code[2] == digit]
    return "\n".join(lines) + "\n"


_HEAD = (
    "What a run may tell, with a stable code: NF, the digit of the stage, two digits. Each has one file in `src`, "
    "where its rule\nand these words are; the pages are written from there (`python -m ninefold.cli.pages "
    "docs/findings`), and `ninefold findings CODE`\nprints them."
)
