"""What handlers take from a request: the desk, a checked form, a file that was sent."""

from __future__ import annotations

import hmac
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from ninefold.web.desk import Desk

MOST_FIELDS = 20_000
LARGEST_FIELD = 2_000_000
MOST_FILES = 20


class StaleForm(Exception):
    """The form has not this app's key: it was made before the app was started anew, or by somebody else."""


def desk_of(request: Request) -> Desk:
    return cast("Desk", request.app.state.desk)


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """The form that was sent; its files lie on disk and are removed afterwards.

    Raises:
        StaleForm: when the app's key is not in it.
    """
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD) as form:
        if not hmac.compare_digest(words(form, "key").encode(), desk_of(request).form_key.encode()):
            raise StaleForm
        yield form


def is_part(request: Request) -> bool:
    """Whether the script asks for a part of a page to put in place."""
    return "x-part" in request.headers


Here = Annotated[Desk, Depends(desk_of)]
Checked = Depends(form_of)
Sent = Annotated[FormData, Checked]
Part = Annotated[bool, Depends(is_part)]


def words(form: FormData, name: str) -> str:
    """A field's text; empty where there is none."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts(form: FormData) -> dict[str, str]:
    """Every field that is text, the last of each name."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def ticked(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(value for value in form.getlist(name) if isinstance(value, str))


def file_in(form: FormData, name: str) -> UploadFile | None:
    """The file of a field; browsers send one without a name where none was chosen."""
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None


def files_in(form: FormData) -> dict[str, UploadFile]:
    """Every file that was sent, by the name of its field."""
    return {name: sent for name in form if (sent := file_in(form, name)) is not None}


def keep(desk: Desk, sent: UploadFile) -> Path:
    """Store a file among the uploads, under its own name as far as that is harmless, beside those already there.

    Raises:
        OSError: when the disk is full; what was begun is then removed.
    """
    desk.uploads.mkdir(parents=True, exist_ok=True)
    path = _fresh(desk.uploads, sent.filename or "")
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(sent.file, file, 1 << 20)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _fresh(folder: Path, name: str) -> Path:
    """A new empty file; no folder, no hidden file and no name too long can be asked for."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^\w.()+ -]+", "_", last).strip(" .")[-100:] or "table.csv"
    stem, dot, suffixes = plain.partition(".")
    count = 1
    while True:
        path = folder / (plain if count == 1 else f"{stem}-{count}{dot}{suffixes}")
        with suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path
        count += 1
