"""Read the text format of protocol buffers, as far as schemas of TensorFlow Metadata use it."""

from __future__ import annotations

import re
from collections.abc import Iterator

Entry = tuple[str, "str | list[Entry]"]
"""A field's name with its value: a word or text as it reads, or the entries of a message."""
_TOKEN = re.compile(r"""\s+|\#[^\n]*|([\w.+-]+)|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|([{}<>:\[\],;])""")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)")
_NAMED = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_CLOSING = {"{": "}", "<": ">"}
_END = ("end", "")


def parse(text: str) -> list[Entry]:
    """The entries of a message, in order; a repeated field is several entries, also where it is written as a list.

    Raises:
        ValueError: when it is not in the text format.
    """
    tokens = _Tokens(text)
    entries = list(_entries(tokens, _END))
    tokens.take("end", "")
    return entries


class _Tokens:
    """The tokens of a text, one looked ahead. A token is its kind (word, text, mark, end) and what it says."""

    def __init__(self, text: str) -> None:
        self._all = _tokens(text)
        self.next = next(self._all, _END)

    def take(self, kind: str, said: str | None = None) -> str:
        found = self.next
        if found[0] != kind or said not in {None, found[1]}:
            raise ValueError(f'"{found[1] or "the end"}" where {said or f"a {kind}"} was expected')
        self.next = next(self._all, _END)
        return found[1]

    def skip(self, *marks: str) -> bool:
        """Take one of these marks, if one is next."""
        if self.next[0] != "mark" or self.next[1] not in marks:
            return False
        self.take("mark")
        return True


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"{text[at : at + 10]!r} at character {at}")
        word, double, single, mark = found.groups()
        quoted = double if double is not None else single
        if word is not None or mark is not None:
            yield ("word", word) if word is not None else ("mark", mark)
        elif quoted is not None:
            yield "text", _unescaped(quoted)
        at = found.end()


def _unescaped(quoted: str) -> str:
    def plain(found: re.Match[bytes]) -> bytes:
        said = found[1]
        if said[:1].isdigit():
            return bytes([int(said, 8) & 255])
        if said[:1] == b"x" and len(said) > 1:
            return bytes([int(said[1:], 16)])
        return _NAMED.get(said, said)

    return _ESCAPE.sub(plain, quoted.encode()).decode("utf-8", "replace")


def _entries(tokens: _Tokens, end: tuple[str, str]) -> Iterator[Entry]:
    while tokens.next not in {end, _END}:
        name = tokens.take("word")
        tokens.skip(":")
        if tokens.skip("["):
            while not tokens.skip("]"):
                yield name, _value(tokens)
                tokens.skip(",")
        else:
            yield name, _value(tokens)
        tokens.skip(",", ";")


def _value(tokens: _Tokens) -> str | list[Entry]:
    for opening, closing in _CLOSING.items():
        if tokens.skip(opening):
            entries = list(_entries(tokens, ("mark", closing)))
            tokens.take("mark", closing)
            return entries
    if tokens.next[0] == "word":
        return tokens.take("word")
    said = [tokens.take("text")]
    while tokens.next[0] == "text":
        said.append(tokens.take("text"))
    return "".join(said)
