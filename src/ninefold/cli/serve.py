"""``ninefold serve``: a bundle over HTTP, by the runtime alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Runs, Trust, bundle_at


def serve(  # noqa: PLR0917  typer reads the options off the signature
    bundle: Annotated[
        str | None, typer.Argument(help="Bundle, run folder or run id; the last run if left out.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address; beyond this machine it needs --token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    token: Annotated[
        str | None, typer.Option(envvar="NINEFOLD_TOKEN", help="Callers must send it: Authorization: Bearer TOKEN.")
    ] = None,
    trust: Trust = None,
    runs: Runs = Path("runs"),
) -> None:
    """Answer predictions over HTTP until Ctrl-C."""
    from ninefold.cli.terminal import remarks
    from ninefold_runtime.serve import serve as answer

    console = remarks()
    answer(bundle_at(bundle, runs), host, port, token, lambda text: console.print(text, soft_wrap=True), trust or ())
