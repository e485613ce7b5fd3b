"""Where a run comes from that was started to replace another, or to learn from it: ``lineage.json`` in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from ninefold_runtime.files import write_whole

NAME = "lineage.json"
Rows = Literal["all", "new"]


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """``parent`` is a run's id. ``rows``: whether it learned from the parent's rows and the new ones, or from the new
    ones alone; ``judged`` new rows were kept from both, to judge them on. ``promoted`` is None before the verdict.
    ``student``: it does not replace its parent, but learned what that says."""

    parent: str
    data: str
    rows: Rows
    learned: int
    judged: int
    why: str = ""
    promoted: bool | None = None
    verdict: str = ""
    student: bool = False


def write_lineage(folder: Path, lineage: Lineage) -> None:
    write_whole(folder / NAME, msgspec.json.format(msgspec.json.encode(lineage)))


def lineage_of(folder: Path) -> Lineage | None:
    """None of a run without a parent."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Lineage)
    except (OSError, msgspec.DecodeError):
        return None
