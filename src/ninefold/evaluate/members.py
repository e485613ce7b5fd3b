"""Graphs that workers left beside those of the members: they look into networks, and do not ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ninefold.core.table import Array, Rows
from ninefold.core.workshop import Workshop
from ninefold.evaluate.case import Case


def members_with(case: Case, graph: str) -> Iterator[tuple[str, Path]]:
    """Titles and folders of members that have such a graph, the heaviest first."""
    workshop = Workshop(case.context.run)
    for member in sorted(case.model.members, key=lambda member: -member.weight):
        folder = workshop.member(member.trial)
        if (folder / graph).exists():
            yield member.title, folder


def asked(folder: Path, graph: str, rows: Rows) -> dict[str, Array]:
    """What it says of rows as the member's view has them, by name, from the first layer to the last."""
    from ninefold.forms.onnx import Session

    view = Session((folder / "view.onnx").read_bytes()).run(rows.columns)["x"]
    return Session((folder / graph).read_bytes()).run({"x": view})
