"""One export: the settings are read, the destination writes beside the place, and then its files are put there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ninefold import __version__
from ninefold.core import parts
from ninefold.core.errors import WishError, nearest
from ninefold.core.parts import Value
from ninefold.export.destination import Destination, Subject, Told
from ninefold.export.files import Record, listed, merge, put_json, read_record, record_name
from ninefold_runtime.files import put_folder

DESTINATIONS = "ninefold.export.destinations"


@dataclass(frozen=True)
class Exported:
    """Where it is, the files with their record (relative paths, sorted), and what to do next."""

    to: str
    folder: Path
    files: tuple[str, ...]
    told: Told


def names() -> tuple[str, ...]:
    """The destinations as users write them: ``github-actions`` lies in ``github_actions.py``."""
    return tuple(name.replace("_", "-") for name in parts.names(DESTINATIONS))


def made(to: str, pairs: Iterable[str] = ()) -> Destination:
    """The destination with settings ``NAME=VALUE``.

    Raises:
        WishError: NF-E301 unknown destination, NF-E302 unknown setting, NF-E303 outside its space, NF-E340 no value of
            its type.
    """
    module = to.replace("-", "_")
    kind = parts.find(DESTINATIONS, module)
    values = dict(_parsed(to, kind, pair) for pair in pairs)
    destination: Destination = parts.make(DESTINATIONS, module, values)
    return destination


def export(subject: Subject, to: str, destination: Destination, place: Path, *, force: bool = False) -> Exported:
    """Write to ``place``: a folder that is new or empty, or with ``force`` one that has files.

    Raises:
        WishError: NF-E341 where there are files and no force. NinefoldError: what the destination refuses.
    """
    _check_place(place, force=force)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        fresh.chmod(0o755)  # mkdtemp's is for its owner alone
        told = destination.write(subject, fresh)
        files = listed(fresh)
        record = Record(to=to, ninefold=__version__, graph=subject.digest, files=files)
        put_json(fresh / record_name(to), record)
        if _is_empty(place):
            put_folder(fresh, place)
        else:
            merge(fresh, place, read_record(place, to))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Exported(to, place, (record_name(to), *files), told)


def _check_place(place: Path, *, force: bool) -> None:
    if place.exists() and not place.is_dir():
        raise WishError("NF-E341", f"{place} is a file", hint="name a folder with --output", given=str(place))
    if not (force or _is_empty(place)):
        hint = "name another with --output, or let --force replace files of the same names"
        raise WishError("NF-E341", f"{place} has files in it", hint=hint, given=str(place))


def _is_empty(place: Path) -> bool:
    return not place.exists() or not any(place.iterdir())


def _parsed(to: str, kind: type[Any], pair: str) -> tuple[str, Value]:
    name, equals, text = pair.partition("=")
    spaces = parts.spaces(kind)
    if not equals:
        raise WishError("NF-E340", f'"{pair}" sets nothing', hint="write --set NAME=VALUE", given=pair)
    if name not in spaces:
        close = nearest(name, spaces)
        hint = f'did you mean "{close[0]}"?' if close else f"it has: {', '.join(spaces) or 'none'}"
        raise WishError("NF-E302", f'{to} has no setting "{name}"', hint=hint, given=name, suggestions=close)
    default = getattr(kind, name)
    try:
        return name, _READ[type(default)](text)
    except (ValueError, KeyError) as error:
        message = f'{to}: {name}="{text}" is not a {_WORDS[type(default)]}'
        raise WishError("NF-E340", message, hint=spaces[name].help, given=text) from error


_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_READ: dict[type, Any] = {str: str, int: int, float: float, bool: lambda text: _BOOLEANS[text.lower()]}
_WORDS = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
