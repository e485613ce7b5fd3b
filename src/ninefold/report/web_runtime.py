"""ONNX Runtime Web, as its npm package brings it: what a page needs to run a graph in a browser.

It is not part of Ninefold and never fetched by it: the user says where the package lies.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ninefold.core.errors import WishError

VERSION = "1.30.0"
"""The release that pages are tested with."""
ADDRESS = f"https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-{VERSION}.tgz"
SCRIPT, WASM, ABOUT = "dist/ort.wasm.bundle.min.mjs", "dist/ort-wasm-simd-threaded.wasm", "package.json"
TOP = "package/"
"""The folder that npm puts everything into."""


@dataclass(frozen=True)
class WebRuntime:
    """The release, the module that a page imports, and the machine code that the module loads."""

    version: str
    script: bytes
    wasm: bytes


def web_runtime(path: Path | None) -> WebRuntime:
    """The runtime in an unpacked package, or in the archive that ``npm pack`` makes.

    Raises:
        WishError: NF-E322 when no place is given, NF-E323 when there is no such package.
    """
    get = f"get it once: curl -LO {ADDRESS}; then give it with --runtime, or name it in NINEFOLD_ORT_WEB"
    if path is None:
        raise WishError(
            "NF-E322", "a page that runs the graph needs ONNX Runtime Web, which is not part of it", hint=get
        )
    try:
        if path.is_dir():
            return _read(lambda name: (path / name).read_bytes())
        with tarfile.open(path) as archive:
            return _read(lambda name: _member(archive, name))
    except (OSError, KeyError, TypeError, ValueError, EOFError, tarfile.TarError) as error:
        why = "it is no archive" if isinstance(error, tarfile.ReadError) else error
        message = f"{path} is not the npm package onnxruntime-web: {why}"
        raise WishError("NF-E323", message, hint=get, given=str(path)) from error


def _read(file: Callable[[str], bytes]) -> WebRuntime:
    return WebRuntime(str(json.loads(file(ABOUT))["version"]), file(SCRIPT), file(WASM))


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    held = archive.extractfile(TOP + name)
    if held is None:
        raise ValueError(f"{name} is no file in it")
    return held.read()
