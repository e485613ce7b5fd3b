"""Markdown documents of a run: headings and lines, and text from users that cannot break them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

OWNER = "To be written by the owner."
"""What nothing in the data tells."""
NOT_MEASURED = "Not measured."


def page(title: str, parts: Mapping[str, Iterable[str]]) -> str:
    """One heading per part over its blocks: paragraphs, lists and tables, parted by empty lines."""
    text = "\n\n".join("\n\n".join((f"## {heading}", *filter(None, blocks))) for heading, blocks in parts.items())
    return f"# {title}\n\n{text}\n"


def named(name: str, *sentences: str) -> str:
    """A paragraph with a name of its own."""
    return f"**{name}.** {' '.join(filter(None, sentences))}"


def listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are to be plain already."""
    heads = list(headings)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def plain(text: str) -> str:
    """Text from a table or a user on one line, so that it cannot break the structure of the document."""
    flat = " ".join(text.split()).rstrip(".").replace("\\", "\\\\")
    for mark in "|[]*":
        flat = flat.replace(mark, f"\\{mark}")
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace("`", "'")


def code(text: str) -> str:
    """A name from a table or a user as it is written, in a span of code; nothing in it can end the span."""
    flat = " ".join(text.split()).replace("`", "'")
    return f"`{flat}`" if flat else "` `"
