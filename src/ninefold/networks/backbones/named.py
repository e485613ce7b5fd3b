"""A backbone as users name it: a path, an address, or a name at a hub."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from ninefold.core.errors import WishError
from ninefold.networks.backbones.fetching import fetch
from ninefold.networks.backbones.found import CONFIG, MODEL, PREPROCESSOR

HUB, CACHE = "NINEFOLD_HUB", "NINEFOLD_CACHE"
"""Environment variables: the address of the hub, and where fetched files are kept."""
PUBLIC_HUB = "https://huggingface.co"
PREFIX = "hub:"
_NAME = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w.-]+))?")
Told = Callable[[str], None]


def local(named: str, tell: Told | None = None) -> Path:
    """Where the backbone lies on this disk; it is fetched if it has a remote name, and only then.

    ``named`` is a path; ``https://…/model.safetensors``, with ``#sha256=…`` where its checksum is known; or
    ``hub:OWNER/NAME``, ``@REVISION`` after it where it is not the newest.

    Raises:
        WishError: NF-E370 when there is no such path, NF-E371 and NF-E372 as in `fetch`.
    """
    if named.startswith(PREFIX):
        return _of_hub(named.removeprefix(PREFIX), tell)
    if "://" in named:
        return _of_address(named, tell)
    path = Path(named).expanduser()
    if not path.exists():
        hint = f"for one of a hub write {PREFIX}{named}" if _NAME.fullmatch(named) else "name a folder or a file"
        raise WishError("NF-E370", f"there is no {named}", hint=hint, given=named)
    return path.resolve()


def is_remote(named: str) -> bool:
    """Whether `local` would have to ask another machine, unless it has before."""
    return named.startswith(PREFIX) or "://" in named


def _of_hub(name: str, tell: Told | None) -> Path:
    found = _NAME.fullmatch(name)
    if found is None:
        raise WishError("NF-E370", f"{name} is no name at a hub", hint=f"write {PREFIX}OWNER/NAME", given=name)
    hub = os.environ.get(HUB, PUBLIC_HUB).rstrip("/")
    base = f"{hub}/{quote(found[1])}/resolve/{quote(found[2] or 'main')}"
    return _fetched(base, MODEL, "", tell).parent


def _of_address(named: str, tell: Told | None) -> Path:
    address = urlsplit(named)
    if address.scheme not in {"http", "https"} or not address.path.endswith(".safetensors"):
        hint = "https://…/NAME.safetensors, nothing that can run code"
        raise WishError("NF-E370", f"{named} is no address of weights", hint=hint, given=named)
    sha256 = address.fragment.removeprefix("sha256=") if address.fragment.startswith("sha256=") else ""
    base, _, file = address._replace(fragment="").geturl().rpartition("/")
    return _fetched(base, file, sha256, tell)


def _fetched(base: str, file: str, sha256: str, tell: Told | None) -> Path:
    """The weights ``file`` below ``base``, and beside them what tells of them. They come last: where they are, nobody
    is asked again."""
    url, into = f"{base}/{file}", _cache(base) / file

    def hear(there: int, whole: int) -> None:
        if tell is not None:
            tell(f"{url}: {there >> 20:,} MB" + (f" of {whole >> 20:,}" if whole else ""))

    if not into.exists():
        for beside in (CONFIG, PREPROCESSOR):
            fetch(f"{base}/{beside}", into.with_name(beside), may_lack=True)
    fetch(url, into, sha256=sha256, tell=hear)
    return into


def _cache(base: str) -> Path:
    """A folder of its own for each address."""
    told = os.environ.get(CACHE)
    root = Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ninefold"
    plain = re.sub(r"[^\w.-]+", "_", base.partition("://")[2])
    return root / "backbones" / plain
