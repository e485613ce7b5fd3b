"""``ninefold ui``: all of this in the browser."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Runs

NEEDED = ("fastapi", "python_multipart", "uvicorn")


def ui(
    host: Annotated[str, typer.Option(help="Address; beyond this machine it asks for a token.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; else 8010, or a free one.")
    ] = None,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
    runs: Runs = Path("runs"),
) -> None:
    """Start runs, watch them, read reports and try models in the browser, until Ctrl-C."""
    from ninefold.cli.terminal import remarks
    from ninefold.core.errors import MissingExtra

    if not all(map(find_spec, NEEDED)):
        raise MissingExtra.of("the web app", "ui")
    from ninefold.web.serve import serve

    console = remarks()
    serve(Path.cwd(), runs, host, port, show=show, tell=lambda text: console.print(text, soft_wrap=True))
