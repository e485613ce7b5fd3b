"""Images as files: a folder with a subfolder for each class, and paths in a table.

What is read here is named by whoever calls a command, never by who asks a service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from ninefold_runtime.errors import TableError
from ninefold_runtime.pictures import SUFFIXES
from ninefold_runtime.schema import Schema

IMAGE, CLASS = "image", "class"
"""The columns that a folder of images is a table of."""
AT = "file://"
"""Before the path of an image that stands for it in a table."""
PARTS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation", "dev"})
"""Names of folders that hold classes, and are none."""
TORN = b"\0"
"""In place of a file that is gone: no image either."""


@dataclass(frozen=True, eq=False)
class Files(Sequence[object]):
    """Cells of which those that name a file are its bytes, read when they are looked at."""

    values: Sequence[object]
    base: Path = Path()

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> Files: ...
    def __getitem__(self, place: int | slice) -> object:
        if isinstance(place, slice):
            return Files(self.values[place], self.base)
        value = self.values[place]
        path = self._path(value)
        if path is None:
            return value
        try:
            return path.read_bytes()
        except (OSError, ValueError):
            return TORN

    def _path(self, value: object) -> Path | None:
        """Of a cell that names a file."""
        if not isinstance(value, str) or not (value.startswith(AT) or value.lower().endswith(SUFFIXES)):
            return None
        return self.base / value.removeprefix(AT)

    @property
    def named(self) -> list[str]:
        """The paths of the files, from the current folder where they lie in it; nothing for cells that name none."""
        here = Path.cwd()
        paths = [path and path.absolute() for path in map(self._path, self.values)]
        return ["" if p is None else str(p.relative_to(here) if p.is_relative_to(here) else p) for p in paths]


@dataclass(frozen=True)
class Walked:
    """``paths`` from the folder, in order, and the ``classes`` of each; none where no image lies in a subfolder.

    ``parts``: folders such as train and test, in which the classes lie."""

    paths: tuple[str, ...]
    classes: tuple[str, ...]
    parts: tuple[str, ...] = ()


def walked(folder: Path) -> Walked:
    """The images of a folder and below; hidden files and folders are passed over."""
    found = sorted(path.relative_to(folder).parts for path in folder.rglob("*") if is_image(path.name))
    return laid_out([place for place in found if not any(part.startswith((".", "__MACOSX")) for part in place)])


def laid_out(places: Sequence[tuple[str, ...]]) -> Walked:
    """Of places as folders and a name."""
    paths = tuple("/".join(place) for place in places)
    inside = [place[:-1] for place in places]
    parts = tuple(sorted({folders[0] for folders in inside if folders}))
    if parts and all(part.lower() in PARTS for part in parts) and all(len(folders) > 1 for folders in inside):
        return Walked(paths, tuple(folders[1] for folders in inside), parts)
    return Walked(paths, tuple(folders[0] for folders in inside) if places and all(inside) else ())


def is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def chunks(folder: Path, size: int | None) -> Iterator[dict[str, Sequence[object]]]:
    """A folder of images as columns, ``size`` rows at a time.

    Raises:
        TableError: NF-R205 where there are none in it.
    """
    found = walked(folder)
    if not found.paths:
        raise TableError("NF-R205", f"{folder} is a folder without images", hint="name a file in it, or another folder")
    images, classes = Files([AT + path for path in found.paths], folder), list(found.classes)
    step = size or len(images)
    for start in range(0, len(images), step):
        part = slice(start, start + step)
        yield {IMAGE: images[part]} | ({CLASS: classes[part]} if classes else {})


def files_named(schema: Schema, table: Mapping[str, Sequence[object]]) -> dict[str, list[str]]:
    """What tells the rows of a table of images apart: the columns to write beside their predictions."""
    images = [(column.name, table.get(column.name)) for column in schema.columns if column.kind == "image"]
    return {name: cells.named for name, cells in images if isinstance(cells, Files)}


def with_files(columns: Mapping[str, Sequence[object]], schema: Schema, base: Path) -> dict[str, Sequence[object]]:
    """The same with the cells of image columns read where they are paths from ``base``."""
    images = {column.name for column in schema.columns if column.kind == "image"}
    plain = {name for name in images if not isinstance(columns.get(name), Files)}
    return {name: Files(cells, base) if name in plain else cells for name, cells in columns.items()}
