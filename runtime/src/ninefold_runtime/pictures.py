"""Encoded images become arrays of one shape: the one reading of images that training and serving share.

Pillow decodes (extra ``images``). An image is turned as its camera says, flattened onto white where it is transparent,
brought to grey or to red, green and blue, and resized to the column's height and width whatever its own proportions.
Of an animation the first picture counts. What cannot be read, and what would unfold to too many pixels, is no image.
Black throughout means missing, so a picture that is black throughout gets one dark grey pixel.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import TableError

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
Shape = tuple[int, ...]
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")
MOST_PIXELS = 50_000_000
"""Of an encoded image, however small its file."""
DRAFT = 2
"""A JPEG may be decoded at a part of its size, but at least so many times as high and wide as it is wanted."""
MANY = 64
"""From so many images on several are decoded at once."""
_DEEP = {"I;16": 257.0, "I;16B": 257.0, "I;16L": 257.0, "I": 257.0, "F": 1.0}
"""Modes of more than 8 bits, and what a grey level of 0 to 255 is in them."""


def blank(shape: Shape) -> Pixels:
    """What stands for a missing image."""
    return np.zeros(shape, np.uint8)


def pixels(value: object, shape: Shape) -> Pixels:
    """Any cell as an image [H, W, C]: encoded bytes, base64 or a data URI of them, or numbers from 0 to 255 in
    ``shape`` (grey without its last dimension, too). Blank where there is none."""
    if isinstance(value, str):
        value = _unpacked(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return decoded(bytes(value), shape)
    if isinstance(value, (list, tuple, np.ndarray)):
        return _of_numbers(value, shape)
    return blank(shape)


def many(values: Iterable[object], shape: Shape) -> Pixels:
    """[N, H, W, C], several at a time where there are many."""
    kept = values if isinstance(values, Sequence) else list(values)
    made = np.zeros((len(kept), *shape), np.uint8)

    def fill(place: int) -> None:
        made[place] = pixels(kept[place], shape)

    if len(kept) < MANY:
        for place in range(len(kept)):
            fill(place)
        return made
    with ThreadPoolExecutor() as pool:
        list(pool.map(fill, range(len(kept)), chunksize=MANY))
    return made


def decoded(data: bytes, shape: Shape) -> Pixels:
    """An encoded image [H, W, C]; blank where it cannot be read.

    Raises:
        TableError: NF-R250 without Pillow.
    """
    height, width, channels = shape
    opened = _opened(data)
    if opened is None:
        return blank(shape)
    try:
        flat = _flat(opened, width, height, "L" if channels == 1 else "RGB")
    except _unreadable():
        return blank(shape)
    made = np.asarray(flat, np.uint8).reshape(shape)
    return made if made.any() else _not_missing(shape)


def area(value: object) -> int:
    """Pixels that a cell unfolds to, by its head alone; 0 where it is no encoded image."""
    data = _unpacked(value) if isinstance(value, str) else value
    opened = _opened(bytes(data)) if isinstance(data, (bytes, bytearray, memoryview)) else None
    return 0 if opened is None else opened.width * opened.height


def seen(data: bytes) -> tuple[int, int, int] | None:
    """Height, width and channels of an encoded image as it would be shown, by its head alone; None where it is none.

    Raises:
        TableError: NF-R250 without Pillow.
    """
    opened = _opened(data)
    if opened is None:
        return None
    width, height = opened.size
    try:
        turned = opened.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE
    except _unreadable():
        turned = False
    grey = opened.mode in {"1", "L", "LA", *_DEEP} or (opened.mode == "P" and _has_grey_palette(opened))
    return (width, height, 1 if grey else 3) if turned else (height, width, 1 if grey else 3)


_ORIENTATION, _ON_ITS_SIDE = 0x0112, 5
"""The EXIF tag, and its first value that swaps height and width."""


def _has_grey_palette(image: Image) -> bool:
    levels = np.array(image.getpalette() or [0], np.uint8)
    return len(levels) % 3 == 0 and bool((np.ptp(levels.reshape(-1, 3), axis=1) == 0).all())


def _opened(data: bytes) -> Image | None:
    image = _pillow()
    try:
        found = image.open(io.BytesIO(data), formats=FORMATS)
    except _unreadable():
        return None
    return found if 0 < found.width * found.height <= MOST_PIXELS else None


def _flat(image: Image, width: int, height: int, mode: str) -> Image:
    import PIL.Image
    import PIL.ImageOps

    if image.mode in {"L", "RGB"}:
        image.draft(mode, (DRAFT * width, DRAFT * height))
    turned = PIL.ImageOps.exif_transpose(image)
    plain = _plain(turned, mode)
    if plain.size == (width, height):
        return plain
    return plain.resize((width, height), PIL.Image.Resampling.BILINEAR)


def _plain(image: Image, mode: str) -> Image:
    """8 bits, opaque, in ``mode``."""
    import PIL.Image

    if image.mode in _DEEP:
        levels = np.asarray(image, np.float64) / _DEEP[image.mode]
        return PIL.Image.fromarray(np.clip(np.round(levels), 0, 255).astype(np.uint8)).convert(mode)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = PIL.Image.alpha_composite(PIL.Image.new("RGBA", clear.size, "white"), clear)
    return image if image.mode == mode else image.convert("RGB").convert(mode)


def _not_missing(shape: Shape) -> Pixels:
    made = blank(shape)
    made[0, 0] = 1
    return made


def _of_numbers(value: Any, shape: Shape) -> Pixels:
    try:
        numbers = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return blank(shape)
    fits = numbers.shape in {shape, shape[:2] if shape[2] == 1 else shape}
    if not fits or not ((numbers >= 0) & (numbers <= 255)).all():
        return blank(shape)
    made = np.round(numbers).astype(np.uint8).reshape(shape)
    return made if made.any() else _not_missing(shape)


def _unpacked(text: str) -> bytes | None:
    """The bytes of base64, with or without the head of a data URI."""
    _, comma, body = text.partition(",")
    try:
        return base64.b64decode(body if comma and text.startswith("data:") else text, validate=True) or None
    except (binascii.Error, ValueError):
        return None


@cache
def _pillow() -> Any:
    try:
        import PIL.Image
    except ImportError as error:
        hint = "pip install ninefold-runtime[images]"
        raise TableError("NF-R250", "images need Pillow, which is not installed", hint=hint) from error
    return PIL.Image


@cache
def _unreadable() -> tuple[type[Exception], ...]:
    """All that Pillow raises for a file that is no image, is torn, or unfolds to too much."""
    import struct
    import zlib

    bombs = (_pillow().DecompressionBombError, _pillow().DecompressionBombWarning)
    return (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        struct.error,
        zlib.error,
        *bombs,
    )
