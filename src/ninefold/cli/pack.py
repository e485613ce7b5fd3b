"""``ninefold pack``: a bundle as one zip file, which every command reads as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Runs, bundle_at


def pack(
    bundle: Annotated[str, typer.Argument(help="Bundle, run folder or run id.")],
    into: Annotated[Path, typer.Argument(metavar="OUT.zip", help="File to write.")],
    runs: Runs = Path("runs"),
) -> None:
    """Put a bundle into one file. The same bundle gives the same bytes."""
    from ninefold.cli.terminal import remarks
    from ninefold_runtime.bundle import pack as packed

    size = packed(bundle_at(bundle, runs), into)
    remarks().print(f"{into} · {size / 1e3:,.0f} kB", soft_wrap=True)
