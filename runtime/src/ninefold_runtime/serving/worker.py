"""A worker: loads what it is told to, answers on the socket it is given, and leaves when told.

Started as ``python -m ninefold_runtime.serving.worker LISTENER CHANNEL``, two descriptors: the socket that listens, and
one end of a pair on whose other end sits the supervisor. When that end closes, the worker leaves as if it were told.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
import signal
import socket
import sys
from pathlib import Path

import msgspec

from ninefold_runtime.app import App
from ninefold_runtime.errors import BundleFault
from ninefold_runtime.serving.loading import app_of, facts_of
from ninefold_runtime.serving.plan import Leave, Order, Refusal, Word
from ninefold_runtime.serving.server import Server
from ninefold_runtime.serving.totals import EVERY, Totals

_SPARE = 64
"""Descriptors for all that is not a connection."""
_ORPHANED = Leave(grace=10.0, last=True)


def main(descriptors: list[str]) -> int:
    listening, channel = (int(descriptor) for descriptor in descriptors)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # These go to all processes of a terminal or a unit at once; the supervisor alone decides what they mean.
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=channel) as supervisor:
        order = msgspec.json.decode(supervisor.makefile("rb").readline(), type=Order)
        try:
            app = app_of(order)
        except BundleFault as fault:
            _say(supervisor, Word(refused=Refusal(fault.code, fault.message, fault.hint)))
            return fault.exit_code
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector need not look at it again
        limits = msgspec.structs.replace(order.limits, connections=room_for(order.limits.connections))
        asyncio.run(_work(Server(app, listener_of(listening), limits), app, supervisor, order.shared))
    return 0


def room_for(connections: int) -> int:
    """As many connections as the system gives descriptors for, which it is asked to do: some give 256 at first.

    With more, accepting would fail when they are used up, instead of letting go of whoever is slowest.
    """
    given, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE
    if given < wanted and (most == resource.RLIM_INFINITY or most > given):
        given = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (given, most))
    return max(1, min(connections, given - _SPARE))


def listener_of(descriptor: int) -> socket.socket:
    """The socket behind a descriptor. Its protocol is named: macOS does not tell it, and asyncio turns Nagle's
    algorithm off only where it is known."""
    found = socket.socket(fileno=descriptor)
    return socket.socket(found.family, found.type, socket.IPPROTO_TCP, fileno=found.detach())


async def _work(server: Server, app: App, supervisor: socket.socket, shared: str | None) -> None:
    supervisor.setblocking(False)
    running = asyncio.get_running_loop()
    running.add_reader(supervisor, _hear, server, supervisor)
    working = asyncio.create_task(server.run())
    await asyncio.sleep(0)  # it accepts now
    _say(supervisor, Word(ready=facts_of(app.fleet)))
    if shared is None:
        await working
    else:
        await _publishing(app, Totals(Path(shared)), working)
    for served in app.fleet.everyone():
        served.close()
    running.remove_reader(supervisor)


async def _publishing(app: App, totals: Totals, working: asyncio.Task[None]) -> None:
    """Let the other workers know our counters, until the end and once more."""
    app.add_up(totals.together)
    while not working.done():
        await asyncio.wait([working], timeout=EVERY)
        with contextlib.suppress(OSError):  # a full disk: counters are late, answers are not
            totals.publish(await app.counters())
    await working


def _hear(server: Server, supervisor: socket.socket) -> None:
    try:
        line = supervisor.recv(1 << 16)
    except (BlockingIOError, InterruptedError):
        return
    except ConnectionError:
        line = b""
    leave = msgspec.json.decode(line, type=Leave) if line else _ORPHANED
    if not line:
        asyncio.get_running_loop().remove_reader(supervisor)
    server.leave(leave.grace, last=leave.last, lame=leave.lame)
    if not leave.last:
        _say(supervisor, Word(closed=True))


def _say(supervisor: socket.socket, word: Word) -> None:
    supervisor.sendall(msgspec.json.encode(word) + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
