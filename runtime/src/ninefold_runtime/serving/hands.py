"""Worker processes as the supervisor sees them: one end of a channel, and what is known of the other."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import msgspec

from ninefold_runtime.errors import BundleFault
from ninefold_runtime.serving.plan import Leave, Order, Word

_START_LIMIT = 120.0
"""Seconds after which a worker that has not said anything is given up."""
_SLACK = 2.0
"""Seconds beyond its grace after which a worker is killed."""
_LAST_WORDS = 1.0
"""Seconds that one has to end after it let go of its end: what stopped it is told on stderr first."""
_STEADY = 5.0
"""A worker that lived so long is replaced at once when it ends; others after a growing pause."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


@dataclass(eq=False)
class Hand:
    """One worker process, started for ``order``. ``dies``: when it is killed, if it is still there."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    order: Order
    born: float
    dies: float | None
    fault: BundleFault | None = None
    closed: bool = False
    """Whether it takes no more connections."""
    _heard: bytes = b""

    def hear(self) -> Word | None:
        """What it says, once that is complete.

        Raises:
            EOFError: it has let go of its end, which it only does by ending.
        """
        try:
            more = self.channel.recv(1 << 16)
        except OSError:
            more = b""
        if not more:
            raise EOFError
        self._heard += more
        if not self._heard.endswith(b"\n"):
            return None
        line, self._heard = self._heard, b""
        return msgspec.json.decode(line, type=Word)

    def dismiss(self, leave: Leave) -> None:
        self.dies = time.monotonic() + leave.lame + leave.grace + _SLACK
        with contextlib.suppress(OSError):  # it has ended already, which its channel tells
            self.channel.sendall(msgspec.json.encode(leave) + b"\n")

    def bury(self) -> int:
        """Its exit code, once it has said its last words; what does not end then is ended."""
        self.channel.close()
        try:
            return self.process.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@dataclass(eq=False)
class Slot:
    """The place of one worker: who serves, who is being started, and when to start one."""

    serving: Hand | None = None
    coming: Hand | None = None
    due: float | None = None
    _failures: int = 0

    def lost(self, hand: Hand) -> None:
        """``hand`` has served and ended: another is due at once, or slowly where that goes on."""
        if time.monotonic() - hand.born > _STEADY:
            self._failures = 0
        self._postpone()

    def failed(self) -> None:
        """One that was to serve cannot: another is due after a pause."""
        self._failures = max(1, self._failures)
        self._postpone()

    def _postpone(self) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (self._failures - 1)) if self._failures else 0.0
        self.due = time.monotonic() + pause
        self._failures += 1


def started(listener: socket.socket, order: Order) -> Hand:
    """Raises OSError where there is no room for another process."""
    ours, theirs = socket.socketpair()
    with theirs:
        passed = (listener.fileno(), theirs.fileno())
        # -P: what lies in the folder that the user happens to be in is not imported.
        command = [sys.executable, "-P", "-m", "ninefold_runtime.serving.worker", *map(str, passed)]
        try:
            process = subprocess.Popen(command, pass_fds=passed, stdin=subprocess.DEVNULL, process_group=0)
        except OSError:
            ours.close()
            raise
    now = time.monotonic()
    hand = Hand(process, ours, order, now, now + _START_LIMIT)
    with contextlib.suppress(OSError):
        ours.sendall(msgspec.json.encode(order) + b"\n")
    return hand


def end_of(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
