"""``ninefold guide``: the questions about machine learning, and the pages that answer them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json

if TYPE_CHECKING:
    from ninefold.guide.page import Page
    from ninefold.guide.running import Ran


def guide(
    number: Annotated[int | None, typer.Argument(help="The question; all are listed where none is named.")] = None,
    as_json: Json = False,
    *,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Open a copy of it in marimo, to be changed and run.")] = False,
    data: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Run the page on this table, where it takes one.")
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of --data to predict.")] = None,
) -> None:
    """Answer a question about machine learning with code that runs; predict what happens before you look."""
    from ninefold.core.errors import WishError
    from ninefold.guide.page import page_of

    if number is None:
        if live or data is not None or target is not None:
            raise WishError("NF-E324", "which question?", hint="ninefold guide 20 …; ninefold guide lists them all")
        _listed(as_json=as_json, show=show)
        return
    page = page_of(number)
    if live:
        from ninefold.cli.guide_live import open_live

        open_live(page)
        return
    ran = _ran(page, data, target)
    if as_json:
        _in_json(ran)
    elif show:
        _opened(page, ran, yours=data is not None)
    else:
        from ninefold.cli.guide_page import read_aloud

        read_aloud(ran)


def _listed(*, as_json: bool, show: bool) -> None:
    import json

    from ninefold.cli.guide_page import contents
    from ninefold.cli.terminal import answers, write_line
    from ninefold.guide.page import pages
    from ninefold.guide.questions import QUESTIONS, STAGES

    if show:
        from ninefold.guide.store import index_file

        _browse(index_file())
    elif as_json:
        stages = {number: title for title, numbers in STAGES for number in numbers}
        told = [
            {"number": number, "question": text, "stage": stages[number], "page": number in pages()}
            for number, text in QUESTIONS.items()
        ]
        write_line(json.dumps({"questions": told}))
    else:
        answers().print(contents())


def _ran(page: Page, data: str | None, target: str | None) -> Ran:
    """
    Raises:
        WishError: NF-E324 when only one of data and target is named.
    """
    from ninefold.cli.terminal import remarks
    from ninefold.core.errors import WishError
    from ninefold.guide.store import ran_of
    from ninefold.guide.yours import run_on

    if (data is None) != (target is None):
        raise WishError("NF-E324", "--data and --target go together", hint="--data my.csv --target y")
    with remarks().status("running the page"):
        return ran_of(page) if data is None or target is None else run_on(page, data, target)


def _in_json(ran: Ran) -> None:
    import msgspec

    from ninefold.cli.terminal import write_line

    write_line(msgspec.json.encode(ran).decode())


def _opened(page: Page, ran: Ran, *, yours: bool) -> None:
    from ninefold.guide.store import page_file

    _browse(page_file(page, ran, yours=yours))


def _browse(path: Path) -> None:
    """Say where the page is, and open it where there is a browser."""
    import webbrowser

    from ninefold.cli.terminal import answers, words

    answers().print(words("page  ", (str(path), "cyan")), soft_wrap=True)
    webbrowser.open(path.as_uri())
