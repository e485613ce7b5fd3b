"""``ninefold predict``: one row out for every row in, in order."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Runs, Trust, bundle_at

if TYPE_CHECKING:
    from ninefold_runtime.intake import Note

First = Annotated[
    str, typer.Argument(metavar="[BUNDLE] FILE", help="Bundle, run folder or run id; the last run if left out.")
]
Second = Annotated[str | None, typer.Argument(metavar="", hidden=True)]


def predict(  # noqa: PLR0917  typer reads the options off the signature
    first: First,
    second: Second = None,
    output: Annotated[Path | None, typer.Option(help="CSV file to write; stdout where nothing is said.")] = None,
    query: Annotated[str | None, typer.Option(help="SQL, where FILE is a database.")] = None,
    level: Annotated[
        float | None, typer.Option(help="Add intervals, or sets of classes, that hold the truth so often.")
    ] = None,
    trust: Trust = None,
    runs: Runs = Path("runs"),
) -> None:
    """Predict every row of a table, as CSV.

    One row out for each row in, in order: the prediction, and for classes the probability of each. With --level 0.9
    also low and high, or a set of classes, that hold the truth for about 90 % of rows like the training rows.
    """
    from ninefold.core.errors import WishError
    from ninefold.runs import read_columns
    from ninefold_runtime.ahead import as_text
    from ninefold_runtime.beside import beside
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.files import write_whole
    from ninefold_runtime.folding import folded
    from ninefold_runtime.intake import refuse_foreign
    from ninefold_runtime.loaded import model_of

    given, file = named(first, second)
    bundle = read_bundle(bundle_at(given, runs), trust or ())
    table = folded(bundle.schema, read_columns(file, query))
    refuse_foreign(bundle.schema, table)
    made = model_of(bundle).predict(table)
    warn(made.notes)
    ends = {} if level is None else beside(made, bundle.conformal, level)
    text = as_text(bundle.schema, table, made, ends)
    if output is None:
        sys.stdout.write(text)
    else:
        try:
            write_whole(output, text.encode())
        except (OSError, ValueError) as error:  # a name such as "." is no file's
            hint = "name a file in a folder that exists and may be written"
            why = getattr(error, "strerror", None) or "it is no name of a file"
            raise WishError("NF-E397", f"{output} cannot be written: {why}", hint=hint) from error


def named(first: str, second: str | None) -> tuple[str | None, str]:
    """Bundle and file: a single name is the file, and the bundle is that of the last run."""
    return (None, first) if second is None else (first, second)


def warn(notes: Sequence[Note]) -> None:
    """What did not fit the schema, on stderr."""
    from ninefold.cli.terminal import remarks, words

    console = remarks()
    for note in notes:
        console.print(words(("! ", "yellow"), note.message), soft_wrap=True)
