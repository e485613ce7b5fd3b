"""Arrow IPC streams in and out, by nanoarrow (the extra ``arrow``): the least library that reads and writes them.

A stream comes from a stranger: its offsets are looked through before anything is cut by them, and compressed ones are
refused, since a few bytes may stand for a memory full.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import TableError
from ninefold_runtime.limits import LIMITS
from ninefold_runtime.model import Predictions
from ninefold_runtime.write import headings

MEDIA = "application/vnd.apache.arrow.stream"
Array = NDArray[Any]
_NUMBERS = {
    "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "HALF_FLOAT", "FLOAT", "DOUBLE",
}  # fmt: skip
_TEXT = {"STRING", "LARGE_STRING"}
_LISTS = {"LIST", "LARGE_LIST", "FIXED_SIZE_LIST"}
_OTHERS = {"BOOL", "NULL", "STRING_VIEW", "DATE32", "DATE64", "TIMESTAMP", "DICTIONARY"}


def library() -> Any:
    """nanoarrow.

    Raises:
        TableError: NF-R223 it is not installed.
    """
    try:
        import nanoarrow
        import nanoarrow.ipc
    except ImportError as error:
        hint = "where the service runs: pip install 'ninefold-runtime[arrow]'"
        raise TableError("NF-R223", "Arrow needs nanoarrow, which is not installed", hint=hint) from error
    return nanoarrow


def columns(stream: bytes) -> dict[str, Sequence[object]]:
    """The columns of a stream: arrays of numbers where nothing is missing or only NaN is, else lists.

    Raises:
        TableError: NF-R207 no stream, a broken one, a compressed one, or a type that no column has.
    """
    arrow = library()
    _refuse_compressed(stream)
    parts: dict[str, list[Any]] = {}
    rows = 0
    try:
        with arrow.ArrayStream(arrow.ipc.InputStream.from_readable(io.BytesIO(stream))) as opened:
            names = [field.name for field in opened.schema.fields]
            if len(set(names)) < len(names):
                raise _broken("two columns have the same name")
            for batch in opened:
                rows += len(batch)
                if rows > LIMITS.rows:
                    raise _broken(f"it has more than {LIMITS.rows:,} rows")
                for name, child in zip(names, batch.iter_children(), strict=True):
                    parts.setdefault(name, []).append(_values(name, child))
    except (RuntimeError, ValueError, NotImplementedError, KeyError, UnicodeDecodeError) as error:
        raise _broken(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    return {name: _joined(values) for name, values in parts.items()} or {name: [] for name in names}


def _broken(why: str) -> TableError:
    return TableError("NF-R207", f"this is no Arrow stream that can be read: {why}", hint=f"send {MEDIA}")


def _values(name: str, child: Any) -> Array | list[Any]:
    kind = child.schema.type.name
    if kind in _TEXT:
        return _texts(child)
    if kind in _NUMBERS:
        return _numbers(child)
    if kind in _LISTS:
        return _lists(child)
    if kind in _OTHERS:
        return list(child.iter_py())
    raise _broken(f'column "{name}" is {child.schema}')


def _numbers(child: Any) -> Array:
    stored = np.asarray(child.buffers[1])[child.offset : child.offset + len(child)]
    gone = _gone(child)
    if gone is None:
        return stored
    values = stored.astype(np.float64)
    values[gone] = np.nan
    return values


def _lists(child: Any) -> list[Any]:
    """A list of numbers in each cell."""
    inner = child.schema.type.name if child.n_children != 1 else next(child.iter_children()).schema.type.name
    if inner not in _NUMBERS:
        raise _broken(f"a column holds lists of {inner.lower()}, which are no numbers")
    if child.schema.type.name != "FIXED_SIZE_LIST":
        ends = np.asarray(child.buffers[1])[child.offset : child.offset + len(child) + 1]
        if len(ends) and (ends[0] < 0 or ends[-1] > len(next(child.iter_children())) or (np.diff(ends) < 0).any()):
            raise _broken("a column of lists points outside its numbers")
    return list(child.iter_py())


def _texts(child: Any) -> list[Any]:
    ends = np.asarray(child.buffers[1])[child.offset : child.offset + len(child) + 1]
    data = bytes(child.buffers[2])
    if len(ends) and (ends[0] < 0 or ends[-1] > len(data) or (np.diff(ends) < 0).any()):
        raise _broken("a column of text points outside its bytes")
    cuts = pairwise(ends.tolist())
    if data.isascii():
        text = data.decode("ascii")
        values: list[Any] = [text[a:b] for a, b in cuts]
    else:
        values = [data[a:b].decode() for a, b in cuts]
    gone = _gone(child)
    return values if gone is None else [None if lost else value for value, lost in zip(values, gone, strict=True)]


def _gone(child: Any) -> NDArray[np.bool_] | None:
    bits = np.frombuffer(child.buffers[0], np.uint8) if child.buffers[0].size_bytes else np.empty(0, np.uint8)
    if not len(bits):
        return None
    there = np.unpackbits(bits, bitorder="little")[child.offset : child.offset + len(child)]
    return None if there.all() else there == 0


def _joined(parts: list[Any]) -> Any:
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts)
    return [value for part in parts for value in (part.tolist() if isinstance(part, np.ndarray) else part)]


def _refuse_compressed(stream: bytes) -> None:
    """Raises TableError where a batch says that it is compressed."""
    try:
        for head in _heads(stream):
            message = _u32(head, 0)
            kind = head[_slot(head, message, _KIND)]
            batch = _below(head, message, _HEADER)
            if kind == _DICTIONARY:
                batch = _below(head, batch, _DATA)
            if kind in {_DICTIONARY, _RECORDS} and _slot(head, batch, _COMPRESSION):
                raise _broken("it is compressed, which is not taken: write it without")
    except (struct.error, IndexError) as error:
        raise _broken("a message of it is broken") from error


_KIND, _HEADER, _BODY = 1, 2, 3
"""Fields of a Message in the format's flatbuffers; the next two lines are of the kinds, and of what they hold."""
_DICTIONARY, _RECORDS = 2, 3
_DATA, _COMPRESSION = 1, 3


def _heads(stream: bytes) -> Iterator[bytes]:
    """The flatbuffer of each message, to the end of the stream."""
    at = 0
    while at + 8 <= len(stream):
        mark, size = struct.unpack_from("<Ii", stream, at)
        start = at + 8
        if mark != 0xFFFFFFFF:  # streams of before 2020 have no mark
            size, start = struct.unpack_from("<i", stream, at)[0], at + 4
        if size <= 0 or start + size > len(stream):
            return
        head = stream[start : start + size]
        yield head
        body = _slot(head, _u32(head, 0), _BODY)
        length = struct.unpack_from("<q", head, body)[0] if body else 0
        if length < 0:
            return
        at = start + size + length


def _u32(head: bytes, at: int) -> int:
    value: int = struct.unpack_from("<I", head, at)[0]
    return value


def _slot(head: bytes, table: int, field: int) -> int:
    """Where a field of a table is, 0 where it has none."""
    names = table - struct.unpack_from("<i", head, table)[0]
    if names < 0 or 4 + 2 * field >= struct.unpack_from("<H", head, names)[0]:
        return 0
    offset: int = struct.unpack_from("<H", head, names + 4 + 2 * field)[0]
    return table + offset if offset else 0


def _below(head: bytes, table: int, field: int) -> int:
    """The table that a field points to."""
    at = _slot(head, table, field)
    return at + _u32(head, at)


def encoded(made: Predictions, more: Mapping[str, Sequence[object]]) -> bytes:
    """A stream of one batch, with the columns that `ninefold_runtime.write` gives CSV.

    Raises:
        TableError: NF-R223 nanoarrow is not installed.
    """
    arrow = library()
    told = _columns(made) | {name: _plain(values) for name, values in more.items()}
    types = {name: _type(arrow, values) for name, values in told.items()}
    children = [
        arrow.c_array(np.ascontiguousarray(values) if isinstance(values, np.ndarray) else values, types[name])
        for name, values in told.items()
    ]
    batch = arrow.c_array_from_buffers(arrow.struct(types), length=len(made), buffers=[None], children=children)
    text = io.BytesIO()
    with arrow.ipc.StreamWriter.from_writable(text) as writer:
        writer.write_stream(batch)
    return text.getvalue()


def _columns(made: Predictions) -> dict[str, Array | list[str]]:
    labels = made.predictions if made.parts else made.predictions[:, None]
    columns = dict(zip(headings(made), map(_of_one_kind, labels.T), strict=False))
    shares = made.probabilities if made.scores is None else made.scores[:, None]
    if shares is not None:
        columns |= dict(zip(headings(made)[len(columns) :], shares.T, strict=True))
    columns |= made.more
    return {name: values if values.dtype.kind in "fi" else values.tolist() for name, values in columns.items()}


def _type(arrow: Any, values: Array | list[str]) -> Any:
    if not isinstance(values, np.ndarray):
        return arrow.string()
    return arrow.int64() if values.dtype.kind == "i" else arrow.float64()


def _of_one_kind(column: Array) -> Array:
    """Numbers as such, also where labels stand in the columns beside them."""
    return column.astype(np.float64) if len(column) and isinstance(column[0], float) else column


def _plain(values: Sequence[object]) -> Array | list[str]:
    """Numbers, or lists as JSON text."""
    if values and isinstance(values[0], list):
        return [json.dumps(value, ensure_ascii=False) for value in values]
    return np.array(values, np.float64)
