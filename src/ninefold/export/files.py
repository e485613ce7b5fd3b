"""Files of an export: texts with Unix line ends, copies of bundles, and the record of what was written."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import msgspec

from ninefold_runtime.bundle import MANIFEST, Bundle, read_bundle
from ninefold_runtime.files import write_whole


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What an export wrote, by which a later one knows what it may take away. ``files`` are SHA-256 by relative path
    with forward slashes. Settings are not in it: they may be paths of one machine or hold a password."""

    to: str
    ninefold: str
    graph: str
    files: dict[str, str]


def put(path: Path, text: str) -> None:
    """Write a text; folders above it are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def put_json(path: Path, value: object) -> None:
    """Write plain data as JSON of several lines, keys in the order that they have."""
    put(path, msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")


def copy_bundle(bundle: Bundle, folder: Path) -> None:
    """The files that the manifest names and no other, verified again where they have arrived.

    Raises:
        BundleError: when a file has changed since it was read.
    """
    folder.mkdir(parents=True)
    for name in (MANIFEST, *bundle.manifest.files):
        shutil.copyfile(bundle.folder / name, folder / name)
    read_bundle(folder)


def listed(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below ``folder``, by relative path, sorted."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in paths}


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record_name(to: str) -> str:
    return f".ninefold-{to}.json"


def read_record(folder: Path, to: str) -> Record | None:
    """What an earlier export to the same destination left there; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / record_name(to)).read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None


def merge(fresh: Path, place: Path, earlier: Record | None) -> None:
    """Put the files of ``fresh`` over those of ``place``, each whole; take away what an earlier export wrote, nobody
    changed since and this one has not. All else stays."""
    now = listed(fresh)
    for name, digest in (earlier.files if earlier else {}).items():
        path = place / name
        if name not in now and _is_below(path, place) and path.is_file() and digest_of(path) == digest:
            path.unlink()
    for name in now:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(place / name, (fresh / name).read_bytes())


def _is_below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
