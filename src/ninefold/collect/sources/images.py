"""A folder of images with a subfolder for each class, or a zip file of one."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError
from ninefold_runtime.photos import AT, CLASS, IMAGE, Walked, is_image, laid_out, walked

if TYPE_CHECKING:
    from polars import DataFrame, Series

MOST_UNPACKED = 4 << 30
"""Bytes of all images of a zip file."""


@dataclass(frozen=True)
class Images:
    """Two columns: ``image``, and ``class``, the name of the folder; of a folder the images are read when the rows are,
    of a zip file their bytes at once."""

    def claim(self, given: Given) -> int:
        return 3 * (given.folder is not None or (given.suffix == ".zip" and given.path is not None))

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        import polars as pl

        if given.folder is None:
            return _zipped(given)
        found = walked(given.folder)
        whole = given.folder.absolute()
        return _table(given, found, pl.Series(IMAGE, [f"{AT}{whole / path}" for path in found.paths], pl.String))


def _zipped(given: Given) -> Table:
    import polars as pl

    assert given.path is not None
    try:
        with zipfile.ZipFile(given.path) as archive:
            kept = {PurePosixPath(info.filename).parts: info for info in archive.infolist() if is_image(info.filename)}
            if sum(info.file_size for info in kept.values()) > MOST_UNPACKED:
                raise SourceError("NF-E113", f"{given.data} holds more than {MOST_UNPACKED >> 30} GB", hint="unpack it")
            places = sorted(place for place in kept if not place[0].startswith((".", "__MACOSX")))
            data = [archive.read(kept[place]) for place in places]
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        hint = "pack it again, without a password"
        raise SourceError("NF-E103", f"{given.data} is not readable as a zip file: {error}", hint=hint) from error
    return _table(given, laid_out(_without_root(places)), pl.Series(IMAGE, data, pl.Binary))


def _without_root(places: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Places below the one folder that all of them lie in, where classes lie in that."""
    deep = bool(places) and len({place[0] for place in places}) == 1 and all(len(place) > 2 for place in places)
    return [place[1:] for place in places] if deep else places


def _table(given: Given, found: Walked, images: Series) -> Table:
    if not found.paths:
        hint = "name one file in it, or give a folder of images with a subfolder for each class"
        raise SourceError("NF-E102", f"{given.data} is no table, and there are no images in it", hint=hint)
    notes = (f"{' and '.join(found.parts)} are taken together: rows are sealed anew",) if found.parts else ()
    return Table(_frame(images, found.classes), notes)


def _frame(images: Series, classes: tuple[str, ...]) -> DataFrame:
    import polars as pl

    return pl.DataFrame([images, *([pl.Series(CLASS, classes, pl.String)] if classes else [])])
