"""``ninefold compare``: is the challenger worse? The exit code says it too, for CI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.cli.places import Json, Runs, bundle_at


def compare(  # noqa: PLR0917  typer reads the options off the signature
    a: Annotated[str, typer.Argument(metavar="A", help="The champion: bundle, run folder or run id.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The challenger.")],
    data: Annotated[str, typer.Argument(metavar="DATA", help="Labelled rows, with the columns of both.")],
    metric: Annotated[str | None, typer.Option(metavar="NAME", help="What decides; else what A was chosen by.")] = None,
    margin: Annotated[
        float, typer.Option(metavar="M", min=0, help="B passes only if it is not worse by more than this.")
    ] = 0.0,
    group: Annotated[str | None, typer.Option(metavar="COLUMN", help="Rows with the same value are alike.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the resamples.")] = 0,
    query: Annotated[str | None, typer.Option(help="SQL, where DATA is a database.")] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Compare two models on the same labelled rows, by a paired test. Exit code 1 when B is worse.

    Worse: the whole 95 % interval of B's gain lies below 0. With --margin M: not all of it lies above -M.
    """
    from ninefold.cli.tables import of_section
    from ninefold.cli.terminal import answers, remarks, write_line
    from ninefold.compare.comparing import Asked
    from ninefold.compare.view import view
    from ninefold.runs import compared

    asked, (champion, challenger) = Asked(metric, margin, group, seed), _short(a, b)
    sides = (champion, bundle_at(a, runs)), (challenger, bundle_at(b, runs))
    with remarks().status("reading") as status:
        told = compared(*sides, data, query, asked=asked, progress=status.update)
    if as_json:
        import msgspec

        write_line(msgspec.json.encode(told).decode())
    else:
        of_section(None, view(told), answers())
    raise typer.Exit(1 if told.worse else 0)


def _short(a: str, b: str) -> tuple[str, str]:
    """The names of runs and bundles without their folders, where that leaves them different."""
    first, second = (path.parent.name if path.name == "bundle" else path.name for path in (Path(a), Path(b)))
    return (first, second) if first and second and first != second else (a, b)
