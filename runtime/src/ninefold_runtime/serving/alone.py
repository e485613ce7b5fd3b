"""One process that serves, where there is no supervisor: on Windows, which cannot hand a socket on by its number."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType

from ninefold_runtime.serving.loading import app_of, facts_of
from ninefold_runtime.serving.plan import Facts, Order
from ninefold_runtime.serving.server import Server


def serve_alone(
    listener: socket.socket, order: Order, grace: float, greet: Callable[[tuple[Facts, ...]], None]
) -> None:
    """Until SIGTERM or Ctrl-C, and everything under way is answered. No reload, no restart after a crash.

    Raises:
        BundleError: a bundle cannot be used. ServeError: bundles that do not go together.
    """
    app = app_of(order)
    server = Server(app, listener, order.limits)

    async def work() -> None:
        loop = asyncio.get_running_loop()

        def leave(_: int, __: FrameType | None) -> None:
            loop.call_soon_threadsafe(lambda: server.leave(grace, last=True))

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, leave)
        greet(facts_of(app.fleet))
        await server.run()

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(work())
    for served in app.fleet.everyone():
        served.close()
