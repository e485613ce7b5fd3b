"""A worker's loop by itself, over real sockets: slow clients are let go, and leaving drops no request."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ninefold_runtime.serve import listener_at
from ninefold_runtime.serving.plan import Limits
from ninefold_runtime.serving.server import Server

REQUEST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi"
GENEROUS = Limits()
SHORT = Limits(request=0.2, header=0.2, body=0.2, reading=0.2)


class Echo:
    """Answers with the body, many times over if asked for, once ``gate`` is open."""

    def __init__(self) -> None:
        self.ready = True
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        if message["type"] == "http.disconnect":
            return
        self.started += 1
        await self.gate.wait()
        times = int(scope["query_string"] or 1)
        body = message["body"] * times
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", str(len(body)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": body})


class Client:
    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setblocking(False)

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def heard(self) -> bytes:
        """What comes next; nothing once the other side has ended it."""
        try:
            return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 1 << 16), 10)
        except ConnectionError:
            return b""

    async def ask(self) -> bytes:
        await self.send(REQUEST)
        return await self.heard()

    def close(self) -> None:
        self.socket.close()


Story = Callable[[Server, Echo, Callable[[], Client]], Awaitable[None]]


def tell(story: Story, limits: Limits = GENEROUS) -> None:
    """Run a server and what happens to it."""

    async def run() -> None:
        listener = listener_at("127.0.0.1", 0)
        address = listener.getsockname()
        app = Echo()
        server = Server(app, listener, limits)
        running = asyncio.create_task(server.run())
        clients: list[Client] = []

        def client() -> Client:
            clients.append(Client(address))
            return clients[-1]

        try:
            await asyncio.wait_for(story(server, app, client), 30)
        finally:
            server.leave(0.1, last=True)
            app.gate.set()
            await running
            for one in clients:
                one.close()

    asyncio.run(run())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold_runtime.serving.server.TICK", 0.05)
    monkeypatch.setattr("ninefold_runtime.serving.server.QUIET", 0.3)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b"POST / HTTP/1.1\r\nhost:", b"HTTP/1.1 408"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhi", b"HTTP/1.1 408"),
    ],
    ids=["nothing", "empty lines", "half a header", "half a body"],
)
def test_who_does_not_go_on_is_let_go(quick: None, sent: bytes, answer: bytes) -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        slow = client()
        await slow.send(sent)
        heard = await slow.heard()
        assert heard.startswith(answer)
        assert heard == b"" or await slow.heard() == b""

    tell(story, SHORT)


def test_a_kept_connection_may_rest_and_a_drip_does_not_help(quick: None) -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        fast, slow = client(), client()
        for letter in b"POST / HTTP/1.1\r\nhost":
            await slow.send(bytes([letter]))
            await asyncio.sleep(0.05)
            assert (await fast.ask()).endswith(b"hi")
            if slow.socket.fileno() < 0 or b"408" in await _at_once(slow):
                break
        else:
            raise AssertionError("a byte now and then kept the connection open")

    tell(story, Limits(request=5, header=0.3, body=5, reading=5))


async def _at_once(client: Client) -> bytes:
    try:
        return client.socket.recv(1 << 10)
    except BlockingIOError:
        return b""


def test_who_reads_nothing_is_cut_off(quick: None) -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        deaf = client()
        await deaf.send(REQUEST.replace(b"POST /", b"POST /?20000000"))
        while server.connections:
            await asyncio.sleep(0.05)

    tell(story, SHORT)


def test_an_answer_may_take_longer_than_a_client(quick: None) -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        app.gate.clear()
        patient = client()
        await patient.send(REQUEST)
        await asyncio.sleep(0.6)
        app.gate.set()
        assert (await patient.heard()).endswith(b"hi")

    tell(story, SHORT)


def test_beyond_the_most_connections_the_longest_silent_one_goes() -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        silent = [client() for _ in range(6)]
        await asyncio.sleep(0.2)
        fast = client()
        for _ in range(3):
            assert (await fast.ask()).endswith(b"hi")
        assert server.connections <= 4
        assert await silent[0].heard() == b""
        app.gate.clear()
        busy = [client() for _ in range(4)]
        for one in busy:
            await one.send(REQUEST)
        while app.started < 3 + 4:
            await asyncio.sleep(0.01)
        assert (await client().heard()).startswith(b"HTTP/1.1 503")
        app.gate.set()
        assert [(await one.heard())[-2:] for one in busy] == [b"hi"] * 4

    tell(story, Limits(connections=4))


def test_leaving_answers_what_is_under_way_idle_or_waiting() -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        idle, busy = client(), client()
        assert b"connection: close" not in await idle.ask()
        app.gate.clear()
        await busy.send(REQUEST)
        while app.started < 2:
            await asyncio.sleep(0.01)
        waiting = client()  # the kernel has taken it; the loop has not run since
        server.leave(10, last=True)
        assert not app.ready
        app.gate.set()
        for one in (busy, waiting, idle):
            if one is not busy:
                await one.send(REQUEST)
            heard = await one.heard()
            assert heard.endswith(b"hi")
            assert b"connection: close" in heard
            assert await one.heard() == b""
        with pytest.raises(ConnectionRefusedError):
            client()

    tell(story)


def test_one_that_is_replaced_stays_ready_and_lets_go_of_who_rests(quick: None) -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        resting = client()
        await resting.ask()
        server.leave(10, last=False)
        assert app.ready
        assert await resting.heard() == b""

    tell(story)


def test_grace_ends() -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        app.gate.clear()
        stuck = client()
        await stuck.send(REQUEST)
        while not app.started:
            await asyncio.sleep(0.01)
        server.leave(0.2, last=True)
        assert await stuck.heard() == b""

    tell(story)


def test_a_lame_duck_still_takes_connections() -> None:
    async def story(server: Server, app: Echo, client: Callable[[], Client]) -> None:
        server.leave(10, last=True, lame=0.5)
        assert not app.ready
        heard = await client().ask()
        assert heard.endswith(b"hi")
        assert b"connection: close" in heard

    tell(story)
