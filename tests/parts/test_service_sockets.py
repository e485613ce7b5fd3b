"""A real service and clients that are slow, large, broken or mean."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import bundles
from service import Service, start, stop

ROW = {"age": 40, "fare paid": "12,5", "member": True, "port": "Cherbourg", "joined": "2024-05-01", "remark": "good"}
BODY = json.dumps(ROW).encode()
HEAD = b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = start(bundles.write(tmp_path_factory.mktemp("sockets") / "bundle"))
    yield running
    assert stop(running) == 0


def connected(service: Service) -> socket.socket:
    host, port = service.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def said(service: Service, sent: bytes) -> bytes:
    """All that comes back until the service closes or is silent."""
    with connected(service) as connection:
        connection.sendall(sent)
        connection.settimeout(1.0)
        data = b""
        with suppress(TimeoutError, ConnectionResetError):
            while part := connection.recv(1 << 16):
                data += part
        return data


def status(data: bytes) -> int:
    return int(data.split(b" ", 2)[1]) if data.startswith(b"HTTP/1.1 ") else 0


def test_heads_are_limited(service: Service) -> None:
    large = b"x-large: " + b"y" * 20_000 + b"\r\n"
    assert status(said(service, HEAD + large + b"content-length: 2\r\n\r\n{}")) == 431
    assert status(said(service, HEAD + large * 3)) == 431
    assert status(said(service, b"GET /" + b"a" * 30_000)) == 431
    usual = b"x-usual: " + b"y" * 8000 + b"\r\n"
    assert b"200 OK" in said(
        service, HEAD + usual + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY
    )


def test_several_requests_on_a_connection(service: Service) -> None:
    one = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY
    assert said(service, one * 3).count(b"HTTP/1.1 200") == 3
    chunked = HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"
    assert status(said(service, chunked)) == 200


def test_who_is_slow_is_shown_the_door(service: Service) -> None:
    """A head that does not end, while somebody else is answered."""
    with connected(service) as slow:
        begun = time.monotonic()
        slow.sendall(HEAD)
        assert service.ask("/predict", ROW).status == 200
        assert status(slow.recv(100)) == 408
        assert 3 < time.monotonic() - begun < 12


def test_random_bytes_get_an_answer_or_none(service: Service) -> None:
    rng = np.random.default_rng(0)
    whole = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY
    for turn in range(150):
        if turn % 3:
            broken = bytearray(whole)
            for at in rng.integers(0, len(whole), 1 + turn % 5):
                broken[at] = rng.integers(0, 256)
            sent = bytes(broken)
        else:
            sent = rng.bytes(int(rng.integers(1, 400)))
        with connected(service) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.05)
            with suppress(TimeoutError, ConnectionResetError):
                assert status(connection.recv(4096)) < 500
    assert service.ask("/predict", ROW).status == 200


def test_a_body_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    """In the application itself, since fifteen seconds are long for a test."""
    import asyncio
    from typing import Any

    from asgi import fleet_of
    from ninefold_runtime.app import App
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.limits import Limits

    app = App(fleet_of(read_bundle(bundles.write(tmp_path / "bundle"))), limits=Limits(body_seconds=0.2))
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408
