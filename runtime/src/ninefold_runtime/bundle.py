"""A bundle is a flat folder, or one zip file, whose MANIFEST.json lists every file with size and SHA-256.

It is verified before anything in it is parsed: each file is read once, its bytes are compared with the manifest,
and those same bytes are used, so that nothing can change in between. This guards against damage and mix-ups; against
someone who may rewrite the manifest too there are signatures (`ninefold_runtime.safety.signing`), and whatever the
files hold has bounds (`ninefold_runtime.safety`).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from ninefold_runtime.agreement import refuse_contradictions
from ninefold_runtime.background import Prototypes
from ninefold_runtime.conformal import Conformal
from ninefold_runtime.errors import BundleError
from ninefold_runtime.files import write_whole
from ninefold_runtime.reading import DOCUMENTS, READER, Documents, Reading
from ninefold_runtime.safety import packed
from ninefold_runtime.safety.folder import Folder
from ninefold_runtime.safety.limits import (
    LARGEST_ALL,
    LARGEST_FILE,
    LARGEST_JSON,
    LARGEST_MANIFEST,
    LARGEST_SIGNATURE,
    MOST_ELEMENTS,
    MOST_FILES,
)
from ninefold_runtime.safety.signing import SIGNATURE, refuse_unsigned, signed
from ninefold_runtime.schema import Schema
from ninefold_runtime.sketch import Sketches
from ninefold_runtime.speech import ENCODER, SPEECH, TOKENIZER, Speech
from ninefold_runtime.tokenizer import Tokens

FORMAT = 1
MANIFEST, GRAPH, SCHEMA, SKETCHES = "MANIFEST.json", "model.onnx", "schema.json", "sketches.json"
BACKGROUND, CONFORMAL, CONTRIBUTIONS = "background.json", "conformal.json", "contributions.onnx"
MAPS = "maps.onnx"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_UNLISTED = {MANIFEST, SIGNATURE}
T = TypeVar("T")


class Files(Protocol):
    """What a bundle is read from."""

    @property
    def path(self) -> Path: ...

    def names(self) -> set[str]:
        """Of all files; of very many, some."""

    def read(self, name: str, limit: int) -> bytes:
        """At most one byte more than ``limit``."""


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
    maps: bytes | None = None
    """Another one: what each place of an image gives to what the first says."""
    tokens: Tokens | None = None
    speech: Speech | None = None
    """How texts become numbers and numbers texts, where the bundle speaks."""
    encoder: bytes | None = None
    """A second graph: what a source means, for the first to speak about."""
    reading: Reading | None = None
    documents: Documents | None = None
    """How questions are read, where the bundle answers them, and what it searches."""


def seal(folder: Path) -> Manifest:
    """Write MANIFEST.json over all files of ``folder``, atomically. A signature of what was there before is removed.

    Raises:
        BundleError: when the folder holds anything but plain files with plain names.
    """
    files, within = {}, Folder(folder)
    for name in sorted(within.names() - _UNLISTED):
        data = within.read(_checked(name), LARGEST_FILE)
        files[name] = File(hashlib.sha256(data).hexdigest(), len(data))
    manifest = _bounded(Manifest(FORMAT, files))
    (folder / SIGNATURE).unlink(missing_ok=True)
    write_whole(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def sign(folder: Path, key: Path) -> None:
    """Verify the bundle, then write SIGNATURE.json over its manifest.

    Raises:
        BundleError: the bundle cannot be used, or NF-R119 there is no such key.
    """
    read_bundle(folder)
    write_whole(folder / SIGNATURE, signed(Folder(folder).read(MANIFEST, LARGEST_MANIFEST), key))


def pack(bundle: Path, into: Path) -> int:
    """Verify the bundle, then write it as one zip file; returns its size in bytes. The same files give the same bytes.

    Raises:
        BundleError: the bundle cannot be used. OSError: the file cannot be written.
    """
    files = files_at(bundle)
    names = {MANIFEST, *read_bundle(bundle).manifest.files, *(files.names() & {SIGNATURE})}
    data = packed.pack({name: files.read(name, LARGEST_FILE) for name in names})
    write_whole(into, data)
    return len(data)


def files_at(path: Path) -> Files:
    """The files of a folder or of a zip file."""
    return packed.packed(path) if path.is_file() else Folder(path)


def read_bundle(path: str | os.PathLike[str], trusted: Sequence[Path] = ()) -> Bundle:
    """Verify a bundle, then parse it. Nothing is executed and ONNX Runtime is not loaded.

    ``trusted`` are files of public keys, one of which must have signed the manifest; with none nobody needs to.

    Raises:
        BundleError: NF-R101 no bundle, R102 manifest, R103 missing file, R104 unknown file, R105 altered file,
            R106 not a plain file, R108 a file that cannot be parsed, R116 too many or too large, R117 the packing,
            R118 the signature, R119 a key.
    """
    place = Path(path)
    files = files_at(place)
    manifest = _manifest(files, trusted)
    _same_names(files, manifest)
    contents = {name: _verified(files, name, file) for name, file in manifest.files.items()}
    for needed in (GRAPH, SCHEMA):
        if needed not in contents:
            raise BundleError("NF-R103", f"{place} has no {needed}", hint="make the bundle again")
    sketches = _parsed(contents[SKETCHES], SKETCHES, Sketches) if SKETCHES in contents else None
    background = _parsed(contents[BACKGROUND], BACKGROUND, Prototypes) if BACKGROUND in contents else None
    promise = _parsed(contents[CONFORMAL], CONFORMAL, Conformal) if CONFORMAL in contents else None
    schema = _parsed(contents[SCHEMA], SCHEMA, Schema)
    tokens = _parsed(contents[TOKENIZER], TOKENIZER, Tokens) if TOKENIZER in contents else None
    speech = _parsed(contents[SPEECH], SPEECH, Speech) if SPEECH in contents else None
    reading = _parsed(contents[READER], READER, Reading) if READER in contents else None
    documents = _parsed(contents[DOCUMENTS], DOCUMENTS, Documents) if DOCUMENTS in contents else None
    refuse_contradictions(schema, sketches, promise, tokens=tokens, speech=speech, reading=reading, documents=documents)
    return Bundle(
        place,
        manifest,
        schema,
        contents[GRAPH],
        sketches,
        background,
        promise,
        contributions=contents.get(CONTRIBUTIONS),
        maps=contents.get(MAPS),
        tokens=tokens,
        speech=speech,
        encoder=contents.get(ENCODER),
        reading=reading,
        documents=documents,
    )


def _manifest(files: Files, trusted: Sequence[Path]) -> Manifest:
    place, names = files.path, files.names() if files.path.is_dir() or files.path.is_file() else set()
    if MANIFEST not in names:
        inner = place / "bundle"
        hint = f"did you mean {inner}?" if (inner / MANIFEST).is_file() else "a bundle is a folder with a MANIFEST.json"
        raise BundleError("NF-R101", f"{place} is not a bundle", hint=hint)
    data = files.read(MANIFEST, LARGEST_MANIFEST)
    if len(data) > LARGEST_MANIFEST:
        raise BundleError("NF-R102", f"{MANIFEST} is larger than {LARGEST_MANIFEST} bytes", refused="manifest-large")
    if trusted:
        refuse_unsigned(data, files.read(SIGNATURE, LARGEST_SIGNATURE) if SIGNATURE in names else None, trusted)
    manifest = _parsed(data, MANIFEST, Manifest, code="NF-R102")
    if manifest.format != FORMAT:
        hint = "update ninefold-runtime"
        raise BundleError("NF-R102", f"bundle format {manifest.format} is not known; this reads {FORMAT}", hint=hint)
    for name in manifest.files:
        _checked(name)
    return _bounded(manifest)


def _bounded(manifest: Manifest) -> Manifest:
    """The manifest, unless there is too much of anything, or files that some disks take for one."""
    sizes = [file.bytes for file in manifest.files.values()]
    why = ""
    if len(sizes) > MOST_FILES:
        name, why = "files-many", f"more than {MOST_FILES} files"
    elif min(sizes, default=0) < 0 or max(sizes, default=0) > LARGEST_FILE or sum(sizes) > LARGEST_ALL:
        name, why = "files-large", f"files of more than {LARGEST_FILE >> 20} MB, or of {LARGEST_ALL >> 20} MB in all"
    elif len({each.lower() for each in manifest.files}) < len(sizes):
        name, why = "files-case", "files whose names differ in case alone"
    if why:
        raise _too_much(name, why)
    return manifest


def _too_much(name: str, why: str) -> BundleError:
    return BundleError("NF-R116", f"the bundle holds {why}", hint="make the bundle again", refused=name)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name in _UNLISTED:
        hint = "a bundle has no folders or paths"
        raise BundleError("NF-R102", f"{name[:120]!r} is not a plain file name", hint=hint, refused="file-name")
    return name


def _same_names(files: Files, manifest: Manifest) -> None:
    present = files.names() - _UNLISTED
    if len(present) > MOST_FILES:
        raise _too_much("files-many", f"more than {MOST_FILES} files")
    if missing := sorted(set(manifest.files) - present):
        raise BundleError("NF-R103", f"{files.path} lacks {', '.join(missing)}", hint="copy the whole folder again")
    if unknown := sorted(present - set(manifest.files)):
        hint = "remove what does not belong to the bundle"
        named = ", ".join(unknown)[:300]
        raise BundleError("NF-R104", f"{files.path} holds files that were not sealed: {named}", hint=hint)


def _verified(files: Files, name: str, file: File) -> bytes:
    data = files.read(name, file.bytes)
    if len(data) != file.bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        hint = "copy the bundle again from where it was made"
        raise BundleError("NF-R105", f"{files.path / name} is not the file that was sealed", hint=hint)
    return data


def _parsed(data: bytes, name: str, kind: type[T], code: str = "NF-R108") -> T:
    if len(data) > LARGEST_JSON or data.count(b",") > MOST_ELEMENTS:
        message = f"{name} has more than {LARGEST_JSON >> 20} MB or {MOST_ELEMENTS:,} elements"
        raise BundleError("NF-R116", message, hint="make the bundle again", refused="json-large")
    try:
        parsed: Any = msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(code, f"{name} is not as expected: {error}", hint="make the bundle again") from error
    return parsed  # type: ignore[no-any-return]
