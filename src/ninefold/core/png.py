"""Pixels as a PNG, without a library of images: for the few small pictures of a report."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from ninefold.core.table import Array

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB = 0, 2


def png(pixels: Array) -> bytes:
    """uint8 [H, W, C] of one channel (grey) or three (red, green, blue), as the standard of 2003 has it."""
    height, width, channels = pixels.shape
    head = struct.pack(">IIBBBBB", width, height, 8, GREY if channels == 1 else RGB, 0, 0, 0)
    lines = np.zeros((height, 1 + width * channels), np.uint8)  # each line begins with its filter, 0: none
    lines[:, 1:] = pixels.reshape(height, -1)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def data_uri(image: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(image).decode()


def smaller(pixels: Array, most: int) -> Array:
    """[H, W, C] with at most so many pixels a side, each the mean of those that it stands for."""
    return _means(_means(pixels.astype(np.float64), most, 0), most, 1).round().astype(np.uint8)


def _means(values: Array, most: int, axis: int) -> Array:
    long = values.shape[axis]
    if long <= most:
        return values
    edges = np.arange(most) * long // most
    counts = np.diff(np.append(edges, long))
    sums = np.add.reduceat(values, edges, axis=axis)
    return np.asarray(sums / np.expand_dims(counts, [d for d in range(3) if d != axis]))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
