"""``ninefold explain``: why does the model say so of one row?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ninefold.cli.places import Json, Runs, Trust, bundle_at
from ninefold.cli.predict import warn

if TYPE_CHECKING:
    from ninefold_runtime.explain.single import Single
    from ninefold_runtime.schema import Schema

Row = Annotated[str | None, typer.Option(metavar="JSON|N", help="A row as JSON, or its number in --data, from 1.")]


def explain(
    bundle: Annotated[
        str | None, typer.Argument(help="Bundle, run folder or run id; the last run if left out.")
    ] = None,
    *,
    row: Row = None,
    data: Annotated[str | None, typer.Option(metavar="FILE", help="The table that --row N counts in.")] = None,
    query: Annotated[str | None, typer.Option(help="SQL, where FILE is a database.")] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="How to explain: shap where nothing is said, words of answers in words; a wrong name lists all."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="Class, target or quantile to explain; the positive or likeliest if left out.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Of the method, such as fixed=age."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is drawn.")] = 0,
    trust: Trust = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Say what each column adds to what the model says of one row.

    Without --row and --data, the row is the bundle's example, which is made of typical values.
    """
    from ninefold.cli.terminal import write_line
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.explain.asking import usual
    from ninefold_runtime.explain.question import Question
    from ninefold_runtime.explain.settings import parsed
    from ninefold_runtime.explain.single import explain_one

    asked = read_bundle(bundle_at(bundle, runs), trust or ())
    named = method or usual(asked.schema.target.task)
    question = Question(named, (output,) if output else (), seed, parsed(named, settings or ()))
    made = explain_one(asked, _row(row, data, query, asked.schema), question)
    if as_json:
        import msgspec

        write_line(msgspec.json.encode(made.explanation).decode())
    else:
        warn(made.notes)
        _print(made)


def _row(row: str | None, data: str | None, query: str | None, schema: Schema) -> dict[str, Sequence[object]] | None:
    """The row as a table of one; None for the bundle's example."""
    from ninefold.core.errors import WishError
    from ninefold_runtime.explain.question import row_of

    if data is None and row is None:
        return None
    if data is None and row is not None:
        if row.strip().lstrip("+-").isdecimal():
            raise WishError("NF-E315", f"row {row} of what?", hint="name the table with --data FILE", given=row)
        return {name: [cell] for name, cell in _object(row).items()}
    from ninefold.runs import read_columns
    from ninefold_runtime.folding import folded

    number = (row or "1").strip()
    if not number.isdecimal():
        message, hint = f'"{number}" is no row number', "with --data, --row counts rows from 1"
        raise WishError("NF-E315", message, hint=hint, given=number)
    return dict(row_of(folded(schema, read_columns(data, query)), int(number)))


def _object(text: str) -> dict[str, Any]:
    import msgspec

    from ninefold.core.errors import WishError

    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        hint = """write --row '{"age": 31, "sex": "female"}', or a number with --data FILE"""
        raise WishError("NF-E315", f"the row is no JSON object: {error}", hint=hint, given=text) from error


def _print(made: Single) -> None:
    from ninefold.cli.terminal import answers, plain
    from ninefold_runtime.explain.told import bars, head, tables

    console = answers()
    if made.account is not None:
        console.print(plain(head(made.explanation, made.account), "bold"), soft_wrap=True)
        console.print()
        for line, amount in bars(made.account):
            console.print(plain(f"  {line}", "green" if amount > 0 else "red"), soft_wrap=True)
        if made.account.contributions:
            console.print()
    for line in tables(made.explanation, made.account):
        console.print(plain(line), soft_wrap=True)
    for note in made.explanation.notes:
        console.print(plain(note, "dim"), soft_wrap=True)
