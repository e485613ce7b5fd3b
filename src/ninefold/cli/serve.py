"""``ninefold serve``: bundles over HTTP, by the runtime alone; ``promote`` and ``rollback`` tell it which."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Runs, bundle_at
from ninefold_runtime.monitor.words import COMMAND_HELP, MONITOR_HELP, WEBHOOK_HELP

WATCHED = "Monitor"

_Others = Annotated[list[str] | None, typer.Option(metavar="[NAME=]BUNDLE", rich_help_panel="Beside it")]
Models = Annotated[Path, typer.Argument(metavar="MODELS.JSON", help="File of names and what serves them.")]


def serve(  # noqa: PLR0917  typer reads the options off the signature
    bundles: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=]BUNDLE…",
            help="Bundles, run folders or run ids, or a file that promote writes; the last run if left out.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address; beyond this machine it needs --token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    token: Annotated[
        str | None, typer.Option(envvar="NINEFOLD_TOKEN", help="Callers must send it: Authorization: Bearer TOKEN.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    reload: Annotated[bool, typer.Option("--reload", help="Serve anew when a bundle changes; SIGHUP always does.")] = (
        False
    ),
    challenger: _Others = None,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Of the rows, that it answers.", rich_help_panel="Beside it")
    ] = 0.1,
    shadow: _Others = None,
    grace: Annotated[float, typer.Option(min=0, help="Seconds that requests under way have at the end.")] = 25.0,
    lame_duck: Annotated[
        float, typer.Option(min=0, help="Seconds of answering at the end, while saying not ready.")
    ] = 0.0,
    monitor: Annotated[
        str | None, typer.Option(metavar="URL|FILE|off", help=MONITOR_HELP, rich_help_panel=WATCHED)
    ] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help=WEBHOOK_HELP, rich_help_panel=WATCHED)] = None,
    on_drift: Annotated[str | None, typer.Option(metavar="COMMAND", help=COMMAND_HELP, rich_help_panel=WATCHED)] = None,
    runs: Runs = Path("runs"),
) -> None:
    """Answer predictions over HTTP until Ctrl-C."""
    from ninefold.cli.terminal import remarks
    from ninefold_runtime.monitor.wish import wish
    from ninefold_runtime.serve import serve as answer
    from ninefold_runtime.serving.plan import Settings
    from ninefold_runtime.serving.wishes import read_by

    console = remarks()
    given = bundles or [str(bundle_at(None, runs))]
    found, challengers, shadows = ([_found(one, runs) for one in some or ()] for some in (given, challenger, shadow))
    read, watched = read_by(found, challengers, share, shadows)
    answer(
        read,
        host,
        port,
        token,
        settings=Settings(workers, reload, grace, lame_duck, monitoring=wish(monitor, webhook, on_drift)),
        tell=lambda text: console.print(text, soft_wrap=True, markup=False),
        watched=watched,
    )


def promote(
    models: Models,
    bundle: Annotated[str, typer.Argument(metavar="NAME=BUNDLE", help="Bundle, run folder or run id.")],
    runs: Runs = Path("runs"),
) -> None:
    """Let a name be served by another bundle. A service that watches the file, or is sent SIGHUP, takes it up."""
    from ninefold.cli.terminal import remarks
    from ninefold_runtime.serving.pointer import promote as point
    from ninefold_runtime.serving.wishes import named_strictly

    name, given = named_strictly(bundle)
    remarks().print(point(models, name, bundle_at(given, runs)).told(name), soft_wrap=True, markup=False)


def rollback(
    models: Models,
    name: Annotated[str, typer.Argument(help="May be left out where there is one alone.")] = "",
) -> None:
    """Let a name be served by the bundle that had it before."""
    from ninefold.cli.terminal import remarks
    from ninefold_runtime.serving.pointer import rollback as point

    named, entry = point(models, name)
    remarks().print(entry.told(named), soft_wrap=True, markup=False)


def _found(given: str, runs: Path) -> str:
    """``[NAME=]`` and the bundle that is meant."""
    from ninefold_runtime.serving.pointer import is_pointer
    from ninefold_runtime.serving.wishes import named

    if is_pointer(given):
        return given
    name, path = named(given)
    bundle = bundle_at(path, runs)
    return f"{name}={bundle}" if name else str(bundle)
