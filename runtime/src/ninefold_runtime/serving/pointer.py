"""A file of names and what serves them: to put another bundle in a name's place, and to go back, is to write it anew.

``models.json``, beside the runs: ``{"format": 1, "models": {"titanic": {"bundle": "runs/7f3c2a/bundle", …}}}``. Paths
are relative to the file. A service that is started on it looks at it again when it is told to reload.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ninefold_runtime.errors import ServeError, nearest
from ninefold_runtime.files import write_whole
from ninefold_runtime.serving.plan import Place, Plan

FORMAT = 1
_REMEMBERED = 20
_LARGEST = 1 << 20


class Past(msgspec.Struct, frozen=True):
    """A bundle that had the name until then (UTC)."""

    bundle: str
    until: str


class Entry(Place, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    before: tuple[Past, ...] = ()
    """What had the name before, the latest first."""

    def told(self, name: str) -> str:
        return f"{name} is served by {self.bundle}" + (f", before by {self.before[0].bundle}" if self.before else "")


class Models(msgspec.Struct, frozen=True):
    format: int
    models: dict[str, Entry]


def is_pointer(path: str) -> bool:
    return path.endswith(".json") and Path(path).is_file()


def read_models(file: Path) -> Models:
    """Raises ServeError (NF-R316) where the file is not such a file."""
    try:
        with file.open("rb") as opened:
            models = msgspec.json.decode(opened.read(_LARGEST), type=Models)
    except OSError as error:
        raise ServeError("NF-R316", f"{file} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ServeError("NF-R316", f"{file} is not as expected: {error}", hint=_ADVICE) from error
    if models.format != FORMAT or not models.models:
        raise ServeError("NF-R316", f"{file} names no models, or has a format that is not known", hint=_ADVICE)
    return models


_ADVICE = "write it with: ninefold promote models.json NAME=BUNDLE"


def plan_in(file: Path) -> Plan:
    """What the file says is to be served, its paths made whole. Raises ServeError (NF-R316)."""

    def whole(path: str | None) -> str | None:
        return None if path is None else str(file.parent / path)

    return {
        name: Place(str(file.parent / entry.bundle), whole(entry.challenger), entry.share, whole(entry.shadow))
        for name, entry in read_models(file).models.items()
    }


def promote(file: Path, name: str, bundle: Path) -> Entry:
    """Give ``name`` to ``bundle``, in a new file if there is none. It ends its time as challenger or shadow.

    Raises:
        BundleError: the bundle cannot be used. ServeError: NF-R316 the file cannot.
    """
    from ninefold_runtime.bundle import read_bundle

    read_bundle(bundle)
    models = read_models(file) if file.exists() else Models(FORMAT, {})
    entry = models.models.get(name)
    if entry is None:
        entry = Entry(_relative(bundle, file))
    elif not _means(entry.bundle, bundle, file):
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = msgspec.structs.replace(
            entry,
            bundle=_relative(bundle, file),
            challenger=None if _means(entry.challenger, bundle, file) else entry.challenger,
            shadow=None if _means(entry.shadow, bundle, file) else entry.shadow,
            before=(Past(entry.bundle, now), *entry.before)[:_REMEMBERED],
        )
    _write(file, models, name, entry)
    return entry


def _means(path: str | None, bundle: Path, file: Path) -> bool:
    return path is not None and (file.parent / path).resolve() == bundle.resolve()


def rollback(file: Path, name: str = "") -> tuple[str, Entry]:
    """Give ``name`` back to the bundle that had it before; it may be left out where there is one alone.

    Raises:
        BundleError: the bundle cannot be used. ServeError: NF-R316 the file cannot be used, NF-R314 no such name,
            NF-R317 nothing had it before.
    """
    from ninefold_runtime.bundle import read_bundle

    models = read_models(file)
    if not name and len(models.models) == 1:
        name = next(iter(models.models))
    if name not in models.models:
        hint = f"there are {', '.join(models.models)}"
        raise ServeError("NF-R314", f'{file} has no name "{name}"', hint=hint, suggestions=nearest(name, models.models))
    entry = models.models[name]
    if not entry.before:
        raise ServeError("NF-R317", f'nothing had the name "{name}" before', hint=_ADVICE)
    read_bundle(file.parent / entry.before[0].bundle)
    entry = msgspec.structs.replace(entry, bundle=entry.before[0].bundle, before=entry.before[1:])
    _write(file, models, name, entry)
    return name, entry


def _write(file: Path, models: Models, name: str, entry: Entry) -> None:
    changed = Models(FORMAT, models.models | {name: entry})
    write_whole(file, msgspec.json.format(msgspec.json.encode(changed)) + b"\n")


def _relative(bundle: Path, file: Path) -> str:
    try:
        return Path(os.path.relpath(bundle.resolve(), file.parent.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return str(bundle.resolve())
