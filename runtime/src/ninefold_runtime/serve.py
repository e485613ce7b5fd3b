"""Serve a bundle over HTTP with uvicorn: on this machine only, unless a token guards it."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from ninefold_runtime.app import App
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.errors import ServeError

PORT = 8000
GRACE = 10
"""Seconds that requests under way have when the service is asked to stop."""
SHORTEST_TOKEN = 16


def serve(  # noqa: PLR0917  both command lines call it so
    bundle: str | os.PathLike[str],
    host: str = "127.0.0.1",
    port: int = PORT,
    token: str | None = None,
    tell: Callable[[str], None] = print,
    trusted: Sequence[Path] = (),
) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish the requests under way. ``port`` 0 takes a free one.
    ``trusted`` as `read_bundle` takes them.

    Raises:
        BundleError: the bundle cannot be used. ServeError: NF-R301 no token, NF-R302 address not available.
    """
    check_guard(host, token)
    app = App(read_bundle(bundle, trusted), token)
    listener = listener_at(host, port)
    config = uvicorn.Config(
        app, http="httptools", lifespan="off", log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )
    tell(greeting(app, host, listener.getsockname()[1]))
    # uvicorn raises the signal again once it has shut down; a service that was told to stop has not failed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _Server(config, app).run(sockets=[listener])
    except KeyboardInterrupt:
        tell("stopped")


class _Server(uvicorn.Server):
    """uvicorn that says so when it stops taking requests."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.ready = False
        await super().shutdown(sockets=sockets)


def check_guard(host: str, token: str | None) -> None:
    """Raises ServeError (NF-R301) where others could reach the service and no token, or a short one, guards it."""
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise ServeError("NF-R301", f"the token is shorter than {SHORTEST_TOKEN} characters", hint=_ADVICE)
    if token is None and not is_loopback(host):
        raise ServeError("NF-R301", f"{host} can be reached by others and there is no token", hint=_ADVICE)


_ADVICE = 'give one: --token "$(openssl rand -hex 16)"'


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listener_at(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises ServeError (NF-R302) where the address is not to be had."""
    # The protocol is named because asyncio turns Nagle's algorithm off only where it is; left on, every answer
    # waits 40 ms for the client's delayed acknowledgement of its header.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        hint = "choose another with --port, or 0 for any free one"
        raise ServeError("NF-R302", f"cannot listen on {host}:{port}: {error}", hint=hint) from error


def greeting(app: App, host: str, port: int) -> str:
    """What is told at the start: the address, what is there, and a request to copy."""
    at = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    guard = "" if app.token is None else " -H 'authorization: Bearer …'"
    size = app.bundle.manifest.bytes / 1e6
    return (
        f"Serving {app.bundle.folder} → {app.bundle.schema.target.name} · {size:.1f} MB\n\n"
        f"  try it     {at}\n"
        f"  predict    POST {at}/predict\n"
        f"  explain    POST {at}/explain\n"
        f"  also       /openapi.json  /schema  /health/live  /health/ready  /metrics\n\n"
        f"  curl -s {at}/predict -H 'content-type: application/json'{guard} -d @{app.bundle.folder}/example.json\n\n"
        f"Rows are not stored. Ctrl-C stops."
    )
