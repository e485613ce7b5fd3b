"""A bundle is a flat folder whose MANIFEST.json lists every file with size and SHA-256.

It is verified before anything in it is parsed: each file is read once, its bytes are compared with the manifest,
and those same bytes are used, so that nothing can change in between. This guards against damage and mix-ups, not
against someone who may rewrite the manifest too.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ninefold_runtime.background import Prototypes
from ninefold_runtime.conformal import Conformal
from ninefold_runtime.errors import BundleError
from ninefold_runtime.files import write_whole
from ninefold_runtime.schema import Schema
from ninefold_runtime.sketch import Sketches

FORMAT = 1
MANIFEST, GRAPH, SCHEMA, SKETCHES = "MANIFEST.json", "model.onnx", "schema.json", "sketches.json"
BACKGROUND, CONFORMAL, CONTRIBUTIONS = "background.json", "conformal.json", "contributions.onnx"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LARGEST_MANIFEST = 1 << 20
T = TypeVar("T")


class File(msgspec.Struct, frozen=True):
    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True):
    format: int
    files: dict[str, File]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())


@dataclass(frozen=True)
class Bundle:
    """The verified contents of a bundle."""

    folder: Path
    manifest: Manifest
    schema: Schema
    graph: bytes
    sketches: Sketches | None
    background: Prototypes | None = None
    conformal: Conformal | None = None
    """What intervals or sets are made from, where there are any."""
    contributions: bytes | None = None
    """A second graph: what each raw column adds to what the first says."""


def seal(folder: Path) -> Manifest:
    """Write MANIFEST.json over all files of ``folder``, atomically.

    Raises:
        BundleError: when the folder holds anything but plain files with plain names.
    """
    files = {}
    for name in sorted(_names(folder)):
        data = _read(folder, _checked(name))
        files[name] = File(hashlib.sha256(data).hexdigest(), len(data))
    manifest = Manifest(FORMAT, files)
    write_whole(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def read_bundle(path: str | os.PathLike[str]) -> Bundle:
    """Verify a bundle, then parse it. Nothing is executed and ONNX Runtime is not loaded.

    Raises:
        BundleError: NF-R101 no bundle, R102 manifest, R103 missing file, R104 unknown file, R105 altered file,
            R106 not a plain file, R107 the graph, R108 a file that cannot be parsed.
    """
    folder = Path(path)
    manifest = _manifest(folder)
    _same_names(folder, manifest)
    contents = {name: _verified(folder, name, file) for name, file in manifest.files.items()}
    for needed in (GRAPH, SCHEMA):
        if needed not in contents:
            raise BundleError("NF-R103", f"{folder} has no {needed}", hint="make the bundle again")
    sketches = _parsed(contents[SKETCHES], SKETCHES, Sketches) if SKETCHES in contents else None
    background = _parsed(contents[BACKGROUND], BACKGROUND, Prototypes) if BACKGROUND in contents else None
    promise = _parsed(contents[CONFORMAL], CONFORMAL, Conformal) if CONFORMAL in contents else None
    schema = _parsed(contents[SCHEMA], SCHEMA, Schema)
    split = contents.get(CONTRIBUTIONS)
    return Bundle(folder, manifest, schema, contents[GRAPH], sketches, background, promise, split)


def _manifest(folder: Path) -> Manifest:
    if not (folder / MANIFEST).is_file():
        inner = folder / "bundle"
        hint = f"did you mean {inner}?" if (inner / MANIFEST).is_file() else "a bundle is a folder with a MANIFEST.json"
        raise BundleError("NF-R101", f"{folder} is not a bundle", hint=hint)
    manifest = _parsed(_read(folder, MANIFEST, _LARGEST_MANIFEST), MANIFEST, Manifest, code="NF-R102")
    if manifest.format != FORMAT:
        hint = "update ninefold-runtime"
        raise BundleError("NF-R102", f"bundle format {manifest.format} is not known; this reads {FORMAT}", hint=hint)
    for name in manifest.files:
        _checked(name)
    return manifest


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name == MANIFEST:
        raise BundleError("NF-R102", f"{name!r} is not a plain file name", hint="a bundle has no folders or paths")
    return name


def _same_names(folder: Path, manifest: Manifest) -> None:
    present = _names(folder)
    if missing := sorted(set(manifest.files) - present):
        raise BundleError("NF-R103", f"{folder} lacks {', '.join(missing)}", hint="copy the whole folder again")
    if unknown := sorted(present - set(manifest.files)):
        hint = "remove what does not belong to the bundle"
        raise BundleError("NF-R104", f"{folder} holds files that were not sealed: {', '.join(unknown)}", hint=hint)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {MANIFEST}


def _verified(folder: Path, name: str, file: File) -> bytes:
    data = _read(folder, name, file.bytes)
    if len(data) != file.bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        hint = "copy the bundle again from where it was made"
        raise BundleError("NF-R105", f"{folder / name} is not the file that was sealed", hint=hint)
    return data


def _read(folder: Path, name: str, limit: int | None = None) -> bytes:
    """The bytes of a plain file, at most one more than ``limit``; links and special files are refused unopened."""
    path = folder / name
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise BundleError("NF-R106", f"{path} is not a plain file", hint="a bundle has no links and no folders")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read() if limit is None else file.read(limit + 1)
    except OSError as error:
        raise BundleError("NF-R106", f"{path} cannot be read: {error.strerror}") from error


def _parsed(data: bytes, name: str, kind: type[T], code: str = "NF-R108") -> T:
    try:
        parsed: Any = msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleError(code, f"{name} is not as expected: {error}", hint="make the bundle again") from error
    return parsed  # type: ignore[no-any-return]
