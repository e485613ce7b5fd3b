"""What goes into an image that serves: the runtime, what it needs, and the lines that install both."""

from __future__ import annotations

import re
from pathlib import Path

from ninefold.core.errors import SourceError, WishError
from ninefold.export import wheel
from ninefold.export.destination import Subject
from ninefold.export.files import put

BASE = "python:3.13-slim"
"""Its Python is one that the runtime is tested with."""
USER = 65532
"""The user and group that distroless images call nonroot."""
SHORT = 12
"""Digits of the graph's digest that make a tag."""
_IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,254}")
_HEALTH = "import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/health/ready', timeout=2)"


def tagged(subject: Subject, name: str) -> str:
    """The image's name with the model's version as its tag."""
    return f"{name}:{subject.digest[:SHORT]}"


def checked_image(text: str, setting: str) -> str:
    """The reference of an image that a user gave, with tag or digest or neither.

    Raises:
        WishError: NF-E345 where it can be none.
    """
    if not _IMAGE.fullmatch(text):
        hint = f"for example {setting}=registry.example.com/team/name:1"
        raise WishError("NF-E345", f'{setting}: "{text}" is no name of an image', hint=hint, given=text)
    return text


def put_ingredients(folder: Path, lock: str, *, wheels: bool) -> list[str]:
    """Write requirements.txt and, with ``wheels``, the runtime's wheel; without, it comes from the package index.

    ``lock`` is a file of pinned requirements, as pip-compile or uv write it; where it is empty the runtime's own lower
    bounds are taken.

    Returns:
        The lines of the stage that installs it all into /app.

    Raises:
        SourceError: NF-E112 where the lock cannot be read.
    """
    locked = _locked(lock) if lock else ""
    own = () if wheels else (f"{wheel.DISTRIBUTION}=={wheel.version()}",)
    put(folder / "requirements.txt", locked or "\n".join((*own, *wheel.requirements(), "")))
    hashes = " --require-hashes" if "--hash=" in locked else ""
    lines = ["COPY requirements.txt /build/", f"RUN {_PIP}{hashes} --requirement /build/requirements.txt"]
    if wheels:
        name, data = wheel.runtime_wheel()
        (folder / "wheels").mkdir()
        (folder / "wheels" / name).write_bytes(data)
        lines += ["COPY wheels /build/wheels", f"RUN {_PIP} --no-deps /build/wheels/{name}"]
    return [*lines[:-1], f"{lines[-1]} && PYTHONPATH=/app python -c '{_LOADED}'"]


_PIP = "python -m pip install --no-cache-dir --no-compile --only-binary :all: --target /app"
_LOADED = "import onnxruntime, " + ", ".join(
    f"ninefold_runtime.{module}" for module in ("cli", "app", "serve", "serving.worker")
)
"""What the service loads: it is compiled, and nothing besides (all together are 22 MB); and it is there."""


def _locked(lock: str) -> str:
    try:
        return Path(lock).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "name a file of requirements, as uv pip compile --generate-hashes writes it"
        raise SourceError("NF-E112", f"the lock {lock} cannot be read: {error}", hint=hint, given=lock) from error


def health(port: int) -> list[str]:
    """A command that fails where the service is not ready."""
    return ["python", "-c", _HEALTH.format(port=port)]


def memory_for(subject: Subject) -> int:
    """MiB that a service of the bundle is given: more than twice what one of a small bundle takes (bench/image.py), for
    large requests, and five times the files, a guess at what graphs become in memory. The setting overrules it."""
    return 256 + 5 * (subject.bundle.manifest.bytes >> 20)
