"""Serve the app until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import uvicorn

from ninefold.web.app import application
from ninefold.web.desk import Desk
from ninefold_runtime.errors import ServeError
from ninefold_runtime.serve import is_loopback, listener_at

PORT = 8010
GRACE = 1
"""Seconds that requests under way have when the app ends."""
_ANY = {"0.0.0.0", "::"}  # noqa: S104  compared with, not listened on


def serve(folder: Path, runs: Path, host: str, port: int | None, *, show: bool, tell: Callable[[str], None]) -> None:
    """Listen at ``port``; where none is named, at PORT or any free one. Beyond this machine a token is asked for.

    Raises:
        ServeError: NF-R302 when the address is not to be had.
    """
    desk = replace(desk_of(folder, runs, host), tell=tell)
    listener = _listener(host, port)
    address = address_of(desk, host, listener.getsockname()[1])
    tell(f"Ninefold is at {address}  (Ctrl-C ends it; runs go on)")
    if show and _has_screen():
        webbrowser.open(address)
    config = uvicorn.Config(
        application(desk),
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _Server(config, desk).run(sockets=[listener])
    except KeyboardInterrupt:
        tell("ended")


def desk_of(folder: Path, runs: Path, host: str) -> Desk:
    """A desk with fresh secrets, for the address that it listens at."""
    names = {"localhost", "127.0.0.1", "::1"} | ({socket.gethostname().lower()} if host in _ANY else {host.lower()})
    return Desk(
        folder=folder.resolve(),
        runs=runs.resolve(),
        form_key=secrets.token_urlsafe(24),
        token=None if is_loopback(host) else secrets.token_urlsafe(24),
        names=frozenset(names),
        any_address=host in _ANY,
    )


def address_of(desk: Desk, host: str, port: int) -> str:
    """What is opened in a browser, with the token where there is one."""
    shown = socket.gethostname() if host in _ANY else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/" + (f"?token={desk.token}" if desk.token else "")


def _listener(host: str, port: int | None) -> socket.socket:
    if port is not None:
        return listener_at(host, port)
    try:
        return listener_at(host, PORT)
    except ServeError:
        return listener_at(host, 0)


def _has_screen() -> bool:
    """Where there is none, `webbrowser` would start a text browser in the terminal of the app."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Server(uvicorn.Server):
    """uvicorn that ends the streams when it stops, so that nobody waits for them."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._desk.ending.append(True)
        await super().shutdown(sockets=sockets)
