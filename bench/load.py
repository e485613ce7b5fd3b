"""Load on a server by raw sockets, and what the server spends, read from /proc."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):(\d+)")


def request(path: str, body: bytes, media: str = "application/json", accept: str = "*/*") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\ncontent-type: {media}\r\n"
    return head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body


@dataclass
class Server:
    """``cold`` is what it had spent, in CPU seconds, when it gave its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    cold: float = 0.0

    @property
    def spent(self) -> float:
        """CPU seconds of the process and all below it, since their start."""
        return sum(_spent(pid) for pid in _family(self.process.pid))

    @property
    def resident(self) -> float:
        """Megabytes of memory, now."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in _family(self.process.pid))
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self.process.pid, how)
                self.process.wait(15)


def started(
    command: Sequence[str | Path],
    log: Path,
    first: bytes,
    port: int = 0,
    seconds: float = 180.0,
    environment: Mapping[str, str] | None = None,
) -> Server:
    """A server that has answered ``first`` once, in a process group of its own; its port is read from what it says."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, env=environment)
    server = Server(process, port)
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        said = ADDRESS.search(log.read_text(errors="replace"))
        server.port = server.port or (int(said[1]) if said else 0)
        if server.port and _answers(server.port, first):
            server.cold = server.spent
            return server
        time.sleep(0.02)
    server.stop()
    raise SystemExit(f"{command[0]} did not answer:\n{log.read_text(errors='replace')[-2000:]}")


def _answers(port: int, first: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            return _reply(connection, first).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _reply(connection: socket.socket, sent: bytes) -> bytes:
    connection.sendall(sent)
    data = bytearray()
    while not _complete(data):
        part = connection.recv(1 << 20)
        if not part:
            raise ConnectionError("closed within an answer")
        data += part
    return bytes(data)


def _complete(data: bytearray) -> bool:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = re.search(rb"(?i)content-length: *(\d+)", data[:end])
    return data.endswith(b"0\r\n\r\n") if length is None else len(data) >= end + 4 + int(length[1])


def once(port: int, sent: bytes) -> bytes:
    """The answer to one request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
        return _reply(connection, sent)


def closed(port: int, sent: bytes, requests: int, connections: int = 8) -> float:
    """Seconds for so many requests, each connection asking again as soon as it is answered."""
    begun = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        for _ in range(connections):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(sent)
            waiting.register(connection, selectors.EVENT_READ, bytearray())
        asked, answered = connections, 0
        while answered < requests:
            ready = waiting.select(60)
            if not ready:
                raise TimeoutError(f"{answered} of {requests} requests were answered, then none for a minute")
            for key, _ in ready:
                data, connection = key.data, key.fileobj
                data += connection.recv(1 << 16)  # type: ignore[union-attr]
                if _complete(data):
                    assert data.startswith(b"HTTP/1.1 200"), data[:300]
                    data.clear()
                    answered += 1
                    if asked < requests:
                        connection.sendall(sent)  # type: ignore[union-attr]
                        asked += 1
        for key in list(waiting.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
    return time.perf_counter() - begun


def opened(port: int, sent: bytes, rate: float, seconds: float, connections: int = 4) -> list[float]:
    """Latencies, seconds, at a fixed rate: from when a request was due, so that waiting in a queue counts."""
    free = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    taken: list[float] = []
    begun = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        due = begun
        while due < begun + seconds or len(free) < connections:
            now = time.perf_counter()
            if now > begun + 3 * seconds:  # it cannot keep up
                due = begun + seconds
            while free and due <= now and due < begun + seconds:
                connection = free.pop()
                connection.sendall(sent)
                waiting.register(connection, selectors.EVENT_READ, (due, bytearray()))
                due += 1 / rate
            pause = max(0.0, due - time.perf_counter()) if due < begun + seconds and free else 1.0
            if not waiting.get_map():
                time.sleep(pause)
                continue
            for key, _ in waiting.select(pause):
                asked, data = key.data
                data += key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                if _complete(data):
                    taken.append(time.perf_counter() - asked)
                    waiting.unregister(key.fileobj)
                    free.append(key.fileobj)  # type: ignore[arg-type]
    for connection in free:
        connection.close()
    return taken


def _family(pid: int) -> list[int]:
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(one for child in below for one in _family(int(child)))]


def _spent(pid: int) -> float:
    """By the clock that the kernel keeps for each process, to the nanosecond; threads that have ended count."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0
