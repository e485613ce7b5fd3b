"""``ninefold generate``: text that goes on from a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Runs, Trust, bundle_at


def generate(  # noqa: PLR0917  typer reads the options off the signature
    bundle: Annotated[
        str | None, typer.Argument(metavar="[BUNDLE]", help="Bundle, run folder or run id; the last run if left out.")
    ] = None,
    prompt: Annotated[str, typer.Option(metavar="TEXT", help="What the text begins with.")] = "",
    tokens: Annotated[int, typer.Option(metavar="N", help="How many to say.")] = 200,
    temperature: Annotated[float, typer.Option(help="0 takes the likeliest each time; more is more daring.")] = 1.0,
    top_k: Annotated[int | None, typer.Option(metavar="K", help="Draw from the K likeliest.")] = None,
    top_p: Annotated[float | None, typer.Option(metavar="P", help="Draw from those that hold this share.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed says the same.")] = 0,
    trust: Trust = None,
    runs: Runs = Path("runs"),
) -> None:
    """Let a language model go on from a prompt.

    The text comes while it is made. Tokens are characters, or pieces of words, as the model was trained.
    """
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.language.generating import Asked
    from ninefold_runtime.language.telling import tell

    asked = Asked(prompt=prompt, tokens=tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
    tell(read_bundle(bundle_at(bundle, runs), trust or ()), asked)
