"""The loop of a worker: it accepts, holds connections to their limits, and leaves without dropping a request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from email.utils import formatdate
from functools import partial
from typing import Any, Protocol, cast

import uvicorn

from ninefold_runtime.serving.connection import Connection, State
from ninefold_runtime.serving.plan import Limits

TICK = 1.0
"""Seconds between two looks at who is late."""
QUIET = 1.5
"""Seconds that an idle connection has, once we leave, for the request that its client may be sending just now."""
_PAUSE = 0.02
_FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\nretry-after: 1\r\n\r\n"


class Application(Protocol):
    """An ASGI application; ``ready`` turns False when the whole service, not only this worker, stops."""

    ready: bool

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Server:
    """Serves ``app`` on a socket that listens and that other processes may hold as well."""

    def __init__(self, app: Application, listener: socket.socket, limits: Limits) -> None:
        self._app = app
        self._listener = listener
        self._limits = limits
        self._config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_keep_alive=int(limits.request),
        )
        self._state = State()
        self._arriving: set[asyncio.Task[Any]] = set()
        self._told = asyncio.Event()
        self._ends = self._lame = 0.0
        self._last = False

    @property
    def _held(self) -> set[Connection]:
        return cast("set[Connection]", self._state.connections)

    @property
    def connections(self) -> int:
        """Connections that are held."""
        return len(self._held) + len(self._arriving)

    def leave(self, grace: float, *, last: bool, lame: float = 0.0) -> None:
        """Finish what is under way within ``grace`` seconds. Call it in the loop; only the first call counts.

        ``last``: nobody takes over, so that readiness ends at once and who waits to be accepted is still accepted;
        ``lame`` are the seconds for which new connections are taken all the same, for those who have not noticed yet.
        """
        if self._told.is_set():
            return
        self._last = last
        self._app.ready = not last
        self._lame = lame if last else 0.0
        self._ends = time.monotonic() + self._lame + grace
        self._told.set()
        self._state.leaving = True
        for connection in self._held:
            connection.leave()
        if not last:
            self._stop_accepting()

    async def run(self) -> None:
        """Until told to leave and gone."""
        self._config.load()
        self._listener.setblocking(False)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._listener, self._accept)
        while not self._told.is_set():
            self._look()
            await self._pause(TICK)
        await asyncio.sleep(self._lame)
        if self._last:
            self._stop_accepting()
        await self._empty()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._told.wait(), seconds)

    def _look(self) -> None:
        """Set the date of answers and cut off who takes too long."""
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._held):
            waiting = connection.waiting
            if waiting is not None and now - connection.since > self._limits.of(waiting):
                connection.cut()

    def _accept(self) -> bool:
        """Take one connection that waits; whether there was one. One at a time, so that workers share them."""
        try:
            accepted, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError:  # out of descriptors or memory: rest, or the loop would turn at full speed
            self._rest()
            return False
        if not self._room():
            with accepted, contextlib.suppress(OSError):
                accepted.send(_FULL)
            return True
        accepted.setblocking(False)
        loop = asyncio.get_running_loop()
        made = partial(Connection, self._config, self._state, {})
        task = loop.create_task(self._welcome(made, accepted))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)
        return True

    async def _welcome(self, made: Any, accepted: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(made, accepted)
        except OSError:  # the client has gone already
            accepted.close()

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listener)
        loop.call_later(0.1, self._resume)

    def _resume(self) -> None:
        if self._listener.fileno() >= 0:
            asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def _room(self) -> bool:
        """Whether one more can be held, for which who has kept us waiting longest is let go."""
        if self.connections < self._limits.connections:
            return True
        idle = [connection for connection in self._held if connection.waiting is not None]
        if not idle:
            return False
        min(idle, key=lambda connection: connection.since).transport.abort()
        return True

    def _stop_accepting(self) -> None:
        """Leave the socket to the others; the last one takes all who wait, and closes it before another can come."""
        asyncio.get_running_loop().remove_reader(self._listener)
        while self._last and self._accept():
            pass
        self._listener.close()

    async def _empty(self) -> None:
        """Wait for the answers under way, then for the idle ones, at last for nobody."""
        quiet = time.monotonic() + QUIET
        while self.connections and time.monotonic() < self._ends:
            self._look()
            if time.monotonic() > quiet:
                for connection in tuple(self._held):
                    if connection.waiting == "request":
                        connection.transport.close()
            await asyncio.sleep(_PAUSE)
        for connection in tuple(self._held):
            connection.transport.abort()
