"""Columns of images: by what they are known, the one shape that they get, and their pixels."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold.core.errors import ColumnError
from ninefold_runtime import pictures
from ninefold_runtime.photos import AT, CLASS, Files, is_image, walked
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    from polars import Series

LARGEST = 64
"""Pixels of the longer side where nothing is said."""
LOOKED = 400
"""Images whose heads say which size is the most frequent."""
ENOUGH = 0.95
TOGETHER = 2_000
"""Images between two words of progress."""
Told = Callable[[float], None]


def located(raw: Series, base: Path) -> Series:
    """Paths of images from ``base`` as whole paths, which begin with ``file://``; any other column as it is."""
    import polars as pl

    if raw.dtype != pl.String:
        return raw
    some = [value.strip() for value in _spread(raw.drop_nulls()).to_list()]
    named = [value for value in some if is_image(value)]
    if not some or len(named) < ENOUGH * len(some) or not any((base / value).is_file() for value in named):
        return raw
    whole = pl.Series([f"{AT}{base.absolute() / value.strip()}" if value else None for value in raw.to_list()])
    return whole.alias(raw.name)


def judged(raw: Series, size: int | None) -> Column | None:
    """The column with its kind and the shape that all its images get; None where it holds none.

    The shape is that of most of the images, with the longer side of at most `LARGEST` pixels or exactly ``size``; grey
    where all are.
    """
    import polars as pl

    missing = raw.null_count() / max(len(raw), 1)
    if isinstance(raw.dtype, pl.Array):
        shape = raw.dtype.shape if raw.dtype.inner is None else tuple(raw.dtype.shape)
        if _deepest(raw.dtype) != pl.UInt8 or len(shape) not in {2, 3}:
            return None
        shape = (*shape, 1) if len(shape) == 2 else shape
        why = f"arrays of bytes, {_said(shape)}"
        return Column(name=raw.name, kind="image", why=why, missing=missing, distinct=len(raw), shape=shape)
    if raw.dtype != pl.Binary and not (raw.dtype == pl.String and _is_located(raw)):
        return None
    heads = [pictures.seen(bytes(data)) for data in cells(_spread(raw.drop_nulls())) if isinstance(data, bytes)]
    known = [head for head in heads if head is not None]
    if not known or len(known) < 0.5 * len(heads):
        return None
    shape = _shape(known, size)
    how = "encoded images" if raw.dtype == pl.Binary else "paths of images"
    (height, width), often = Counter(head[:2] for head in known).most_common(1)[0]
    why = f"{how}, {100 * often / len(known):.3g} % of {width} x {height}, brought to {_said(shape)}"
    return Column(name=raw.name, kind="image", why=why, missing=missing, distinct=len(raw), shape=shape)


def unreadable(raw: Series) -> str:
    """Why a column that names images is none of images; empty where it names none."""
    import polars as pl

    located = raw.dtype == pl.String and _is_located(raw)
    return f"hardly any of the {len(raw) - raw.null_count():,} images that it names can be read" if located else ""


def _is_located(raw: Series) -> bool:
    return bool(raw.drop_nulls().head(1).str.starts_with(AT).any())


def _deepest(dtype: Any) -> Any:
    while hasattr(dtype, "inner"):
        dtype = dtype.inner
    return dtype


def _spread(raw: Series) -> Series:
    """Some of the cells, from first to last."""
    if len(raw) <= LOOKED:
        return raw
    return raw.gather(np.linspace(0, len(raw) - 1, LOOKED).astype(np.int64))


def _shape(heads: Sequence[tuple[int, int, int]], size: int | None) -> tuple[int, int, int]:
    (height, width), _ = Counter(head[:2] for head in heads).most_common(1)[0]
    longest = max(height, width)
    scale = (size or min(longest, LARGEST)) / longest
    return max(1, round(height * scale)), max(1, round(width * scale)), max(head[2] for head in heads)


def _said(shape: Sequence[int]) -> str:
    return f"{shape[1]} x {shape[0]} {'grey' if shape[2] == 1 else 'coloured'}"


def cells(raw: Series) -> Sequence[object]:
    """The cells of a raw column; of paths of images, their bytes when they are looked at."""
    import polars as pl

    return Files(raw.to_list()) if raw.dtype == pl.String and _is_located(raw) else raw.to_list()


def wired(column: Column, raw: Series, tell: Told = lambda _: None) -> Series:
    """The pixels, as one array in each row; black where an image is missing or cannot be read."""
    import polars as pl

    made = np.zeros((len(raw), *column.shape), np.uint8)
    if isinstance(raw.dtype, pl.Array):
        there = (~raw.is_null()).to_numpy()
        made[there] = raw.drop_nulls().to_numpy().reshape(-1, *column.shape)
    else:
        given = cells(raw)
        for start in range(0, len(raw), TOGETHER):
            made[start : start + TOGETHER] = pictures.many(given[start : start + TOGETHER], column.shape)
            tell(start / len(raw))
    return pl.Series(raw.name, made, dtype=pl.Array(pl.UInt8, column.shape))


def unread(raw: Series, lost: Series) -> str:
    """Some of the names of images that could not be read, in words; how many where they have none."""
    import polars as pl

    names = [Path(path).name for path in raw.filter(lost).head(3).to_list()] if raw.dtype == pl.String else []
    count = int(lost.sum())
    said = f"{count:,} image{'s' if count > 1 else ''} cannot be read and {'are' if count > 1 else 'is'} missing"
    return said + (f": {', '.join(names)}{' …' if count > len(names) else ''}" if names else "")


def refused(raw: Series) -> ColumnError:
    """What to say of a column that is to be of images, and holds none."""
    hint = "give paths of image files from the folder of the table, encoded images, or arrays of bytes"
    return ColumnError("NF-E214", f'"{raw.name}" holds no images', hint=hint, column=raw.name)


def classes_of(data: Any) -> str | None:
    """The column that says in which subfolder an image lies, where ``data`` is a folder, or a zip file, of such."""
    if not isinstance(data, (str, Path)) or "://" in str(data):
        return None
    path = Path(data)
    if path.is_dir():
        return CLASS if walked(path).classes else None
    return CLASS if path.suffix.lower() == ".zip" and path.is_file() else None


def digest(folder: Path) -> str:
    """SHA-256 of the names and the bytes of the images in a folder."""
    sha = hashlib.sha256()
    for path in walked(folder).paths:
        data = (folder / path).read_bytes()
        sha.update(f"{path}\0{len(data)}\0".encode())
        sha.update(data)
    return sha.hexdigest()
