"""Encoded images become arrays of one shape, whatever they are made of; what is none is missing."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import bundles
from ninefold_runtime import pictures, wire
from ninefold_runtime.aspects import aspect_arrays, aspects
from ninefold_runtime.errors import TableError
from ninefold_runtime.intake import refuse_misfits
from ninefold_runtime.photos import Files, chunks, laid_out, with_files
from ninefold_runtime.schema import Column, Schema, Target
from pictures import encoded

GREY = (8, 6, 1)
COLUMN = Column(name="image", kind="image", shape=(4, 4, 3))
RAMP = np.arange(48, dtype=np.uint8).reshape(8, 6)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def test_lossless_images_of_the_shape_are_as_they_were() -> None:
    for kind in ("PNG", "BMP", "TIFF", "GIF", "PPM"):
        assert (pictures.pixels(encoded(RAMP, kind), GREY)[..., 0] == RAMP).all(), kind


def test_bytes_base64_data_uris_and_numbers_are_one_image() -> None:
    data = encoded(RAMP)
    text = base64.b64encode(data).decode()
    for value in (data, bytearray(data), text, f"data:image/png;base64,{text}", RAMP, RAMP.tolist(), RAMP[..., None]):
        assert (pictures.pixels(value, GREY)[..., 0] == RAMP).all()


def test_modes_meet() -> None:
    flat = Image.new("RGB", (6, 8), (204, 204, 204))  # a level that the palette of the web has
    for image in (flat, flat.convert("L"), flat.convert("P"), flat.convert("RGBA"), flat.convert("LA")):
        assert abs(pictures.pixels(saved(image, "PNG"), GREY).astype(int) - 204).max() <= 1, image.mode
    assert abs(pictures.pixels(saved(flat.convert("CMYK"), "JPEG"), GREY).astype(int) - 204).max() <= 3
    deep = Image.fromarray(np.full((8, 6), 200 * 257, np.uint16))
    assert (pictures.pixels(saved(deep, "PNG"), GREY) == 200).all()
    assert (pictures.pixels(saved(Image.new("1", (6, 8), 1), "PNG"), (8, 6, 3)) == 255).all()


def test_clear_parts_are_white() -> None:
    clear = Image.new("RGBA", (6, 8), (10, 20, 30, 0))
    assert (pictures.pixels(saved(clear, "PNG"), (8, 6, 3)) == 255).all()


def test_the_camera_says_what_is_up() -> None:
    bright = np.zeros((6, 8), np.uint8)
    bright[0] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    data = saved(Image.fromarray(bright), "PNG", exif=exif)
    made = pictures.pixels(data, GREY)[..., 0]
    assert (made[:, -1] == 255).all()
    assert not made[:, :-1].any()
    assert pictures.seen(data) == GREY


def test_the_first_picture_of_an_animation_counts() -> None:
    frames = [Image.new("L", (6, 8), level) for level in (40, 250)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (pictures.pixels(data, GREY) == 40).all()


def bomb(side: int = 60_000) -> bytes:
    """A few bytes that say they are an enormous image."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


NONE = {
    "nothing": None,
    "an empty text": "",
    "words": "a cat",
    "torn": encoded(np.random.default_rng(0).integers(0, 255, (90, 90)).astype(np.uint8))[:900],
    "a head alone": b"\x89PNG\r\n\x1a\n",
    "a bomb": bomb(),
    "another shape": [[1, 2], [3, 4]],
    "beyond a byte": (RAMP.astype(int) + 250).tolist(),
    "not numbers": [["a"] * 6] * 8,
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_image_is_missing(name: str) -> None:
    assert wire.absent(pictures.pixels(NONE[name], GREY)[None])[0]


def test_black_is_not_missing() -> None:
    for value in (encoded(np.zeros((8, 6), np.uint8)), np.zeros((8, 6)).tolist()):
        assert not wire.absent(pictures.pixels(value, GREY)[None])[0]


def test_many_at_once_are_each_as_alone() -> None:
    rng = np.random.default_rng(0)
    values = [encoded(rng.integers(1, 255, (9, 7)).astype(np.uint8)) for _ in range(3 * pictures.MANY)]
    together = pictures.many(values, GREY)
    assert all((together[i] == pictures.pixels(value, GREY)).all() for i, value in enumerate(values))


def test_paths_are_read_where_the_caller_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(RAMP))
    schema = Schema(columns=(COLUMN,), target=Target(name="y", task="binary"))
    read = with_files({"image": ["a.png", "gone.png", None], "other": ["a.png"]}, schema, tmp_path)
    assert isinstance(read["image"], Files)
    assert list(wire.absent(wire.cells(COLUMN, read["image"]))) == [False, True, True]
    assert read["other"] == ["a.png"]


def test_a_path_in_a_request_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(RAMP))
    for value in (str(path), f"file://{path}"):
        assert wire.absent(wire.cells(COLUMN, [value]))[0]


def test_folders_are_classes() -> None:
    plain = laid_out([("a", "1.png"), ("b", "deep", "2.png")])
    assert plain.classes == ("a", "b")
    assert plain.parts == ()
    nested = laid_out([("train", "a", "1.png"), ("test", "b", "2.png")])
    assert nested.classes == ("a", "b")
    assert nested.parts == ("test", "train")
    assert laid_out([("1.png",), ("a", "2.png")]).classes == ()


def test_a_folder_in_chunks(tmp_path: Path) -> None:
    for i in range(5):
        (tmp_path / f"{i}.png").write_bytes(encoded(RAMP))
    assert [len(part["image"]) for part in chunks(tmp_path, 2)] == [2, 2, 1]
    assert [len(part["image"]) for part in chunks(tmp_path, None)] == [5]
    (tmp_path / "empty").mkdir()
    with pytest.raises(TableError, match="a folder without images"):
        next(chunks(tmp_path / "empty", None))


def test_no_image_at_all_is_none_missing() -> None:
    assert wire.absent(wire.cells(COLUMN, [])).tolist() == []


def test_aspects_are_what_they_say() -> None:
    flat, checked = np.full((4, 4, 3), 100, np.uint8), np.indices((4, 4)).sum(axis=0) % 2 * 200
    images = np.stack([flat, np.repeat(checked[..., None], 3, axis=2).astype(np.uint8), np.zeros_like(flat)])
    told = aspect_arrays(COLUMN, images)
    assert list(told) == [aspect.name for aspect in aspects(COLUMN)]
    assert told["image brightness"][:2] == pytest.approx([100, 100])
    assert told["image contrast"][:2] == pytest.approx([0, 100])
    assert told["image sharpness"][:2] == pytest.approx([0, 800])
    assert told["image red"][0] == 100
    assert all(np.isnan(values[2]) for values in told.values())


@pytest.mark.parametrize(("name", "given", "article"), [("photo", "abc", "an image"), ("pulse", "0.3", "a series")])
def test_what_is_no_image_or_series_is_refused_with_what_to_send(name: str, given: str, article: str) -> None:
    schema = Schema(columns=bundles.ARRAYS, target=Target(name="light", task="binary", classes=("no", "yes")))
    arrays = {column.name: wire.cells(column, [given]) for column in schema.columns}
    with pytest.raises(TableError, match=f"is not {article}") as caught:
        refuse_misfits(schema, {name: [given]}, arrays)
    assert caught.value.code == "NF-R203" and caught.value.hint.startswith("send ")
