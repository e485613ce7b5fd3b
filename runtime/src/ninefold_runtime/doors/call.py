"""A request that has been let in, and what every door does with one: the body, the model, the work in a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from ninefold_runtime import web
from ninefold_runtime.errors import TableError
from ninefold_runtime.limits import LIMITS, Limits
from ninefold_runtime.model import Predictions
from ninefold_runtime.patience import Patience
from ninefold_runtime.served import Fleet, Served
from ninefold_runtime.telemetry import Traffic
from ninefold_runtime.web import Headers, Receive, Refused, Response, Scope

T = TypeVar("T")
Work = Callable[[float], tuple[Response, Predictions]]
INLINE_BYTES = 1 << 15
"""Larger requests are read, computed and written in a thread, so that the loop goes on answering small ones."""
THREADS = 2


@dataclass
class Desk:
    """What the doors share."""

    fleet: Fleet
    limits: Limits = LIMITS
    ready: bool = True
    traffic: Traffic = field(default_factory=Traffic)
    patience: Patience = field(default_factory=Patience)
    together: Callable[[str], str] = str
    """What the counters of this process are with those of others."""
    waiting: int = 0

    def __post_init__(self) -> None:
        self.bodies = web.Bodies(self.limits)
        self.explaining = asyncio.Lock()
        self._pool = ThreadPoolExecutor(THREADS, "predict")

    async def threaded(self, work: Callable[[], T]) -> T:
        """Raises Refused (503) where too much waits already."""
        if self.waiting >= self.limits.waiting + THREADS:
            raise web.busy("many large requests wait already")
        self.waiting += 1
        loop = asyncio.get_running_loop()
        future = self._pool.submit(copy_context().run, work)
        # A request may be given up while its work goes on: it leaves when the work does.
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._left))
        return await asyncio.wrap_future(future)

    def _left(self) -> None:
        self.waiting -= 1


@dataclass
class Call:
    """``names`` are the parts of the path that its template leaves open."""

    desk: Desk
    scope: Scope
    headers: Headers
    receive: Receive
    names: dict[str, str]

    @property
    def served(self) -> Served:
        """Who answers.

        Raises:
            Refused: 404.
        """
        name = self.names.get("model", "")
        try:
            return self.desk.fleet.of(name)
        except KeyError as error:
            there = ", ".join(served.name for served in self.desk.fleet.everyone())[:200]
            raise Refused(404, "No such model", f'there is no model "{name[:80]}" here; there are: {there}') from error

    def check_ready(self) -> None:
        """Raises Refused (503) where the service is about to end."""
        if not self.desk.ready:
            raise Refused(503, "Shutting down", "the service takes no more requests")

    async def body(self, seconds: float | None = None) -> bytes:
        """After it the time for the answer runs: ``seconds``, or what the limits say."""
        body = await self.desk.bodies.read(self.headers, self.receive)
        task = asyncio.current_task()
        assert task is not None
        self.desk.patience.wait(task, seconds or self.desk.limits.seconds)
        return body

    async def answered(self, served: Served, body: bytes, work: Work) -> Response:
        """The answer that ``work`` makes until a time of `time.monotonic`, counted; in a thread if the body is large
        or the model slow.

        Raises:
            Refused: what does not fit, or takes too long.
        """
        started = time.perf_counter()
        long = served.model.slow or len(body) > INLINE_BYTES or served.decodes
        doing = partial(work, time.monotonic() + self.desk.limits.seconds)
        try:
            response, made = await self.desk.threaded(doing) if long else doing()
        except TableError as error:
            raise refused(error) from error
        except TimeoutError as error:
            raise web.busy(str(error)) from error
        served.telemetry.predicted(len(made), time.perf_counter() - started, made.notes)
        return response


@dataclass(frozen=True)
class Route:
    """``path`` with ``{names}``; ``methods`` that it knows; ``answer`` what it does. ``free`` asks for no token."""

    path: str
    methods: tuple[str, ...]
    answer: Callable[[Call], Awaitable[Response]]
    free: bool = False


GET = ("GET", "HEAD")
POST = ("POST",)


def refused(error: TableError) -> Refused:
    """A table that cannot be used: 400 it cannot be read, 501 by this service, 422 it does not fit."""
    status = {"NF-R207": 400, "NF-R223": 501}.get(error.code, 422)
    return Refused.of(status, "Rows refused", error)
