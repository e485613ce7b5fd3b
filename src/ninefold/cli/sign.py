"""``ninefold sign``: say who made a bundle, so that ``--trust`` can tell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Runs, bundle_at


def sign(
    bundle: Annotated[
        str | None, typer.Argument(help="Bundle, run folder or run id; the last run if left out.")
    ] = None,
    *,
    key: Annotated[Path, typer.Option(metavar="KEY.pem", help="Private key of Ed25519, as a PEM file.")],
    runs: Runs = Path("runs"),
) -> None:
    """Sign a bundle: SIGNATURE.json beside its manifest. Needs the extra `sign`."""
    from ninefold.cli.terminal import remarks
    from ninefold_runtime.bundle import sign as signed

    folder = bundle_at(bundle, runs)
    signed(folder, key)
    remarks().print(f"{folder} is signed", soft_wrap=True)
