"""Documents to be searched for answers: a folder of text files, a text file, or a table with a column of texts.

They travel in the bundle, which no other rows do; so they are read only where they are asked for by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ninefold.collect.source import open_source
from ninefold.collect.values import texts
from ninefold.core.errors import SourceError
from ninefold_runtime.files import write_whole
from ninefold_runtime.reading import MOST_DOCUMENTS, Documents
from ninefold_runtime.safety.limits import LARGEST_JSON, MOST_ELEMENTS

if TYPE_CHECKING:
    from polars import DataFrame

ENDINGS = {".txt", ".md", ".rst", ".text"}
LONGEST = 150
"""Words of a passage, which is one paragraph of a file, or several short ones."""
NAMES = ("title", "name", "id", "url")
"""Columns that name a document, the first that there is."""


def documents_of(place: str, column: str) -> Documents:
    """The passages of ``place``, each once; of a table those of ``column``, else of its longest column of texts.

    Raises:
        SourceError: NF-E101 nothing is there, NF-E114 it has no texts, or too many, or as `open_source` does.
    """
    path = Path(place)
    if path.is_dir() or (path.suffix.lower() in ENDINGS and path.is_file()):
        pairs = _of_files(path)
    else:
        pairs = _of_table(open_source(place).frame, column)
    found: dict[str, str] = {}
    for text, name in pairs:
        found.setdefault(text, name)
    if not 0 < len(found) <= MOST_DOCUMENTS:
        message = f"{place} has {len(found):,} passages to search"
        hint = f"give text files, or a table with a column of texts: 1 to {MOST_DOCUMENTS:,} passages"
        raise SourceError("NF-E114", message, hint=hint)
    return Documents(names=tuple(found.values()), texts=tuple(found))


def write(documents: Documents, path: Path) -> Path:
    """Raises SourceError (NF-E114) when a bundle cannot hold so much."""
    data = msgspec.json.encode(documents)
    if len(data) > LARGEST_JSON or data.count(b",") > MOST_ELEMENTS:
        message = f"the documents have {len(data) / 1e6:,.0f} MB; a bundle holds {LARGEST_JSON / 1e6:,.0f} MB of them"
        raise SourceError("NF-E114", message, hint="search fewer, or cut them into several bundles")
    write_whole(path, data)
    return path


def _of_files(place: Path) -> Iterator[tuple[str, str]]:
    """Passage and name: that of the file, and the number of the passage where there are several."""
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError as error:
            message = f"{path} is not written in UTF-8"
            raise SourceError("NF-E114", message, hint="convert it, for example with iconv") from error
        parts, name = list(passages_of(text)), path.name if path == place else path.relative_to(place).as_posix()
        for number, part in enumerate(parts, 1):
            yield part, name if len(parts) == 1 else f"{name}#{number}"


def passages_of(text: str) -> Iterator[str]:
    """Paragraphs, which empty lines part: long ones are cut, short ones joined with those that follow."""
    held: list[str] = []
    for paragraph in text.split("\n\n"):
        words = paragraph.split()
        if held and len(held) + len(words) > LONGEST:
            yield " ".join(held)
            held = []
        held += words
        while len(held) > LONGEST:
            yield " ".join(held[:LONGEST])
            held = held[LONGEST:]
    if held:
        yield " ".join(held)


def _of_table(frame: DataFrame, column: str) -> Iterator[tuple[str, str]]:
    import polars as pl

    worded = [name for name in frame.columns if frame[name].dtype == pl.String]
    if not worded:
        return
    lengths = {name: texts(frame[name]).str.len_chars().mean() or 0.0 for name in worded}
    chosen = column if column in worded else max(worded, key=lambda name: float(lengths[name]))  # type: ignore[arg-type]
    named = next((name for name in frame.columns if name.lower() in NAMES and name != chosen), None)
    names = map(str, range(1, frame.height + 1)) if named is None else iter(texts(frame[named]))
    yield from ((text, name) for text, name in zip(texts(frame[chosen]), names, strict=True) if text)
