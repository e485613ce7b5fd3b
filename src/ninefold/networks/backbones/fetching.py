"""Files fetched over HTTP: gone on with after a break, checked, and kept."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import msgspec

from ninefold.core.errors import NinefoldError, WishError

TRIES, SECONDS = 4, 30.0
"""Times that a file is asked for, each going on where the last one broke; seconds without a byte that end one."""
PIECE = 1 << 20
LARGEST = 8 << 30
"""Bytes."""
DIGEST = "X-Linked-Etag"
"""Where the hub tells the SHA-256 of a large file."""
LACKING = {401, 403, 404}
"""What servers answer for a file that they do not have; hubs do so for strangers, too."""
Tell = Callable[[int, int], None]
"""Hears how many bytes are there, and how many there will be (0: not known)."""


class _Beside(msgspec.Struct, frozen=True):
    """What is known of a part that lies there: where it is from, and which version."""

    url: str
    etag: str


@dataclass(frozen=True)
class _Part:
    """A file that is not whole yet, and what is known of it."""

    path: Path

    @property
    def _notes(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def there(self, url: str) -> tuple[int, str]:
        """Bytes that can be gone on from, and the version that they are of."""
        try:
            beside = msgspec.json.decode(self._notes.read_bytes(), type=_Beside)
            size = self.path.stat().st_size
        except (OSError, msgspec.DecodeError):
            return 0, ""
        return (size, beside.etag) if beside.url == url and beside.etag else (0, "")

    def begin(self, url: str, etag: str) -> None:
        self.path.write_bytes(b"")
        self._notes.write_bytes(msgspec.json.encode(_Beside(url, etag)))

    def finish(self, into: Path) -> None:
        self.path.replace(into)
        self._notes.unlink()

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)


def fetch(url: str, into: Path, *, sha256: str = "", tell: Tell | None = None, may_lack: bool = False) -> None:
    """The file at ``url`` as the file ``into``, unless that is there; whole and with that checksum, or not at all.
    With ``may_lack`` it is no error that the server has none.

    Raises:
        WishError: NF-E371 when it cannot be fetched; NF-E372 when it is another one.
    """
    if into.exists():
        _compare(into, sha256, url)
        return
    into.parent.mkdir(parents=True, exist_ok=True)
    part, last = _Part(into.with_name(f"{into.name}.part")), ""
    for _ in range(TRIES):
        try:
            told = _more(url, part, tell)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416:  # what lies here is not of that file
                part.drop()
                continue
            if may_lack and error.code in LACKING:
                return
            raise _unreached(url, f"the server answers {error.code} {error.reason}") from error
        except (OSError, HTTPException) as error:  # the line broke: what came is kept
            last = str(error) or type(error).__name__
            continue
        try:
            _compare(part.path, sha256 or told, url)
        except NinefoldError:
            part.drop()
            raise
        part.finish(into)
        return
    raise _unreached(url, last)


def _more(url: str, part: _Part, tell: Tell | None) -> str:
    """Go on with the part until it is whole; returns the checksum that the server tells, or nothing."""
    there, etag = part.there(url)
    request = urllib.request.Request(url, headers=_asking(there, etag))  # noqa: S310  the scheme was looked at
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        goes_on = answer.status == 206
        if not goes_on:
            there = 0
            part.begin(url, answer.headers.get("ETag", ""))
        whole = there + int(answer.headers.get("Content-Length") or 0)
        if whole > LARGEST:
            raise _unreached(url, f"it has more than {LARGEST >> 30} GB")
        _append(answer, part.path, there, whole, tell)
        return _sha256(answer.headers.get(DIGEST, ""))


def _asking(there: int, etag: str) -> dict[str, str]:
    asked = {"User-Agent": "ninefold", "Accept-Encoding": "identity"}
    return asked | ({"Range": f"bytes={there}-", "If-Range": etag} if there else {})


def _append(answer: Any, path: Path, there: int, whole: int, tell: Tell | None) -> None:
    with path.open("ab") as file:
        while piece := answer.read(PIECE):
            file.write(piece)
            there += len(piece)
            if there > LARGEST:
                raise _unreached(answer.url, f"it has more than {LARGEST >> 30} GB")
            if tell is not None:
                tell(there, whole)
    if there < whole:
        raise ConnectionError(f"it broke off after {there:,} of {whole:,} bytes")


def _sha256(told: str) -> str:
    plain = told.strip('"').lower()
    return plain if len(plain) == 64 and set(plain) <= set("0123456789abcdef") else ""


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compare(path: Path, sha256: str, url: str) -> None:
    if sha256 and digest_of(path) != sha256.lower():
        hint = f"compare the checksum with the publisher's; {path} is what was kept" if path.suffix != ".part" else ""
        raise WishError("NF-E372", f"{url} has not the SHA-256 {sha256}", hint=hint, given=url)


def _unreached(url: str, why: str) -> NinefoldError:
    return WishError("NF-E371", f"{url} could not be fetched: {why}", hint="what came so far is kept", given=url)
