"""``ninefold export``: a bundle as the folder that another tool takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ninefold.cli.places import Json, Runs, bundle_at

if TYPE_CHECKING:
    from ninefold.export.destination import Subject
    from ninefold.export.exporting import Exported


def export(
    bundle: Annotated[
        str | None, typer.Argument(help="Bundle, run folder or run id; the last run if left out.")
    ] = None,
    *,
    to: Annotated[str | None, typer.Option(metavar="DESTINATION", help="What it is for; --list tells them.")] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder to write; TARGET-DESTINATION here if left out.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Of the destination; --list tells them.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files of the same names in FOLDER.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the destinations with their settings.")] = False,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Write a bundle as a folder for Docker, Kubernetes and others."""
    from ninefold.core.errors import WishError
    from ninefold.export import exporting

    if listing:
        _list(to, as_json=as_json)
        return
    if to is None:
        hint = f"choose from: {', '.join(exporting.names())}"
        raise WishError("NF-E344", "export to what? name it with --to", hint=hint)
    destination = exporting.made(to, settings or ())
    subject = _subject(bundle_at(bundle, runs))
    place = output or Path(f"{subject.name}-{to}")
    _tell(exporting.export(subject, to, destination, place, force=force), as_json=as_json)


def _subject(folder: Path) -> Subject:
    from ninefold.export.destination import Subject
    from ninefold_runtime.bundle import read_bundle

    run = folder.resolve().parent
    return Subject(read_bundle(folder), run if (run / "1-problem.json").is_file() else None)


def _tell(made: Exported, *, as_json: bool) -> None:
    import json
    import shlex

    from ninefold.cli.summary import shortest
    from ninefold.cli.terminal import answers, remarks, words, write_line

    if as_json:
        told = {"to": made.to, "folder": str(made.folder), "files": made.files}
        write_line(json.dumps(told | {"then": made.told.then, "notes": made.told.notes}))
        return
    console = answers()
    console.print(words(("✓ ", "green"), f"{made.to} → ", (shortest(made.folder), "cyan")), soft_wrap=True)
    for name in made.files:
        console.print(words("  ", name), soft_wrap=True)
    if made.told.then:
        console.print(words("\nNext:\n  ", f"cd {shlex.quote(str(made.folder))}"), soft_wrap=True)
    for command in made.told.then:
        console.print(words("  ", command), soft_wrap=True)
    for note in made.told.notes:
        remarks().print(words(("! ", "yellow"), note), soft_wrap=True)


def _list(to: str | None, *, as_json: bool) -> None:
    import json

    from ninefold.cli.terminal import answers, words, write_line

    told = [_about(name) for name in _wanted(to)]
    if as_json:
        write_line(json.dumps({"destinations": told}))
        return
    for each in told:
        answers().print(words((each["name"], "bold"), f"  {each['about']}"), soft_wrap=True)
        for name, setting in each["settings"].items():
            answers().print(words(f"    {name}={setting['default']}  ", (setting["help"], "dim")), soft_wrap=True)


def _wanted(to: str | None) -> tuple[str, ...]:
    from ninefold.export import exporting

    if to is None:
        return exporting.names()
    exporting.made(to)
    return (to,)


def _about(name: str) -> dict[str, Any]:
    from ninefold.core import parts
    from ninefold.export import exporting

    destination = exporting.made(name)
    settings = {
        key: {"default": getattr(destination, key), "help": space.help, "choices": space.choices}
        for key, space in parts.spaces(destination).items()
    }
    return {"name": name, "about": destination.about, "settings": settings}
