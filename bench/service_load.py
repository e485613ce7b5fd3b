"""A service in a process of its own and clients that load it: real sockets, kept connections, every answer checked."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path


class Service:
    """``ninefold-runtime serve`` with some arguments; what it says is kept in ``said``."""

    def __init__(self, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", "ninefold_runtime.cli", "serve", *map(str, arguments), "--port", "0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.said: list[str] = []
        self._told = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        found = re.search(r"http://([\d.]+):(\d+)", self.wait_for("http://", 120))
        assert found is not None
        self.address = (found[1], int(found[2]))

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                with self._told:
                    self.said.append(line.rstrip())
                    self._told.notify_all()
        with self._told:
            self.said.append("")
            self._told.notify_all()

    def wait_for(self, words: str, seconds: float = 60, since: int = 0) -> str:
        """The first line with these words after the first ``since`` ones.

        Raises:
            TimeoutError: it did not say so in time, or ended.
        """
        end = time.monotonic() + seconds
        with self._told:
            while True:
                for line in self.said[since:]:
                    if words in line:
                        return line
                if time.monotonic() > end or (self.process.poll() is not None and not self._reader.is_alive()):
                    raise TimeoutError(f"no {words!r} in {self.said}")
                self._told.wait(0.2)

    def send(self, number: int, words: str, seconds: float = 60) -> None:
        """Send a signal and wait until the service says ``words``."""
        since = len(self.said)
        self.process.send_signal(number)
        self.wait_for(words, seconds, since)

    def kill_worker(self, worker: int) -> float:
        """``kill -9``; the seconds until another answers in its place."""
        since, started = len(self.said), time.monotonic()
        os.kill(worker, signal.SIGKILL)
        self.wait_for(" answers", since=since)
        return time.monotonic() - started

    @property
    def workers(self) -> list[int]:
        """Processes that answer (Linux)."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()


def request_of(body: bytes, path: str = "/predict", headers: str = "") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n{headers}\r\n".encode() + body


@dataclass
class Answer:
    status: int
    head: bytes
    body: bytes

    @property
    def closes(self) -> bool:
        return b"connection: close" in self.head.lower()


def answer_from(connection: socket.socket) -> Answer:
    """Raises ConnectionError when it ends before a whole answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    assert length is not None, head
    while len(body) < int(length[1]):
        body += _more(connection)
    return Answer(int(head.split(maxsplit=2)[1]), head, body)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise ConnectionError("closed before the whole answer")
    return data


def ask(address: tuple[str, int], request: bytes) -> Answer:
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(request)
        return answer_from(connection)


@dataclass
class Tally:
    """``refused``: connections that were not taken, of which nothing is lost."""

    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    refused: int = 0
    seconds: list[float] = field(default_factory=list)

    def late(self, share: float = 0.99) -> float:
        """Seconds within which that share of the requests was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Load:
    """Clients that ask one after the other, on kept connections, until told to stop.

    ``wanted`` has the answers that are right by request. A client whose connection is not taken waits and tries
    again; one whose request gets no answer counts as failed.
    """

    def __init__(
        self, address: tuple[str, int], wanted: Mapping[bytes, AbstractSet[bytes]], clients: int, pause: float = 0.0
    ) -> None:
        self._address, self._wanted, self._pause = address, wanted, pause
        self._stop = threading.Event()
        self._tallies = [Tally() for _ in range(clients)]
        self._threads = [threading.Thread(target=self._ask, args=(tally,), daemon=True) for tally in self._tallies]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def answered(self) -> int:
        return sum(tally.answered for tally in self._tallies)

    def wait(self, more: int, seconds: float = 120) -> None:
        """Until so many more requests are answered. Raises TimeoutError."""
        goal, end = self.answered + more, time.monotonic() + seconds
        while self.answered < goal:
            if time.monotonic() > end:
                raise TimeoutError(f"{goal - self.answered} of {more} requests are not answered")
            time.sleep(0.01)

    def tally(self) -> Tally:
        parts = self._tallies
        return Tally(
            self.answered,
            [text for part in parts for text in part.wrong],
            [text for part in parts for text in part.failed],
            sum(part.refused for part in parts),
            [taken for part in parts for taken in part.seconds],
        )

    def _ask(self, tally: Tally) -> None:
        requests: Sequence[bytes] = list(self._wanted)
        connection: socket.socket | None = None
        turn = 0
        while not self._stop.is_set():
            if connection is None and (connection := self._connected(tally)) is None:
                continue
            request, turn = requests[turn % len(requests)], turn + 1
            started = time.perf_counter()
            try:
                connection.sendall(request)
                answer = answer_from(connection)
            except OSError as error:
                tally.failed.append(repr(error))
                connection.close()
                connection = None
                continue
            tally.seconds.append(time.perf_counter() - started)
            tally.answered += 1
            if answer.status != 200 or answer.body not in self._wanted[request]:
                tally.wrong.append(f"{answer.status} {answer.body[:200]!r}")
            if answer.closes:
                connection.close()
                connection = None
            if self._pause:
                self._stop.wait(self._pause)
        if connection is not None:
            connection.close()

    def _connected(self, tally: Tally) -> socket.socket | None:
        try:
            connection = socket.create_connection(self._address, timeout=30)
        except OSError:  # nothing was sent yet
            tally.refused += 1
            self._stop.wait(0.01)
            return None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
