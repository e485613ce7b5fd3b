"""``multipart/form-data``, as forms and ``curl -F`` send it (RFC 7578): each part is a cell of the column it names.

Parts of one name are the rows, in their order. A part with a file name is bytes, any other text.
"""

from __future__ import annotations

import re

from ninefold_runtime.decode import Table, text_in
from ninefold_runtime.web import Refused

FORM = "multipart/form-data"
MOST_PARTS, LONGEST_HEAD = 10_000, 4096
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_NAME, _FILE = (re.compile(rf'[;\s]{key}="((?:[^"\\]|\\.)*)"', re.IGNORECASE) for key in ("name", "filename"))


def form_columns(body: bytes, content_type: str) -> Table:
    """The columns of a form.

    Raises:
        Refused: 400 where it is none, or has too many parts.
    """
    columns: dict[str, list[object]] = {}
    for part in _parts(body, content_type):
        head, blank, data = part.partition(b"\r\n\r\n")
        if not blank or len(head) > LONGEST_HEAD:
            raise _broken("a part has no head, or one that is too long")
        name, is_file = _named(head)
        columns.setdefault(name, []).append(data if is_file else text_in(data))
    if not columns:
        raise _broken("it has no parts")
    return columns


def _parts(body: bytes, content_type: str) -> list[bytes]:
    """What lies between the boundaries, without the line ends that belong to these."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise _broken("the content type names no boundary")
    boundary = b"--" + (found[1] or found[2]).encode("latin-1")
    pieces = (b"\r\n" + body).split(b"\r\n" + boundary, MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise _broken(f"it has more than {MOST_PARTS:,} parts")
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _broken("it does not end with its boundary")
    if not all(piece.startswith(b"\r\n") for piece in pieces[1:-1]):
        raise _broken("a boundary is not followed by a part")
    return [piece[2:] for piece in pieces[1:-1]]


def _named(head: bytes) -> tuple[str, bool]:
    """The column of a part, and whether it is a file."""
    line = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b"")
    said = text_in(line)
    name = _NAME.search(said)
    if name is None:
        raise _broken("a part has no name")
    return re.sub(r"\\(.)", r"\1", name[1]), _FILE.search(said) is not None


def _broken(why: str) -> Refused:
    return Refused(400, "Not a form", f"{why}: name each part after a column")
