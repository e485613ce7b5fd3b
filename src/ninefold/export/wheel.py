"""A wheel of the runtime that is installed here, so that an image serves by the very code that wrote it.

The layout is that of the binary distribution format (PyPA specifications). Times are the zip format's first, so that
the same code gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import ninefold_runtime
from ninefold.core.errors import MissingExtra

DISTRIBUTION = "ninefold-runtime"
_TAG = "py3-none-any"
_WHEEL = f"Wheel-Version: 1.0\nGenerator: ninefold\nRoot-Is-Purelib: true\nTag: {_TAG}\n"


def runtime_wheel() -> tuple[str, bytes]:
    """File name and content.

    Raises:
        MissingExtra: NF-E402 where the runtime lies on the path without having been installed.
    """
    found = _installed()
    stem = f"{DISTRIBUTION.replace('-', '_')}-{found.version}"
    held = _package() | _described(found, f"{stem}.dist-info")
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{name},{_digest(data)},{len(data)}" for name, data in held.items()]
    held[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return f"{stem}-{_TAG}.whl", _zipped(held)


def requirements() -> tuple[str, ...]:
    """What the runtime needs, each with its lower bound, sorted.

    Raises:
        MissingExtra: as `runtime_wheel`.
    """
    return tuple(sorted(need for need in _installed().requires or () if "extra ==" not in need))


def version() -> str:
    """The runtime's release. Raises MissingExtra as `runtime_wheel`."""
    return _installed().version


def _installed() -> Distribution:
    try:
        return distribution(DISTRIBUTION)
    except PackageNotFoundError as error:
        message = f"{DISTRIBUTION} is on the path, and not installed: its version and needs are not known"
        raise MissingExtra("NF-E402", message, hint=f"pip install {DISTRIBUTION}") from error


def _package() -> dict[str, bytes]:
    folder = Path(ninefold_runtime.__file__).parent
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in paths}


def _described(found: Distribution, folder: str) -> dict[str, bytes]:
    """What its installation says of it, without what is true of that installation alone."""
    kept = {"METADATA", "entry_points.txt"}
    files = [file for file in found.files or () if file.parent.name.endswith(".dist-info") and file.name in kept]
    licences = [file for file in found.files or () if "licenses" in file.parts]
    described = {f"{folder}/{file.name}": Path(str(file.locate())).read_bytes() for file in files}
    described |= {f"{folder}/licenses/{file.name}": Path(str(file.locate())).read_bytes() for file in licences}
    return dict(sorted(described.items())) | {f"{folder}/WHEEL": _WHEEL.encode()}


def _digest(data: bytes) -> str:
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')}"


def _zipped(held: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in held.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()
