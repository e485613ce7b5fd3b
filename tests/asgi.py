"""The service asked without a socket: requests into the application, answers out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ninefold_runtime.app import App
from ninefold_runtime.bundle import Bundle
from ninefold_runtime.served import Fleet, Served, name_of


def fleet_of(bundle: Bundle, name: str = "") -> Fleet:
    """One bundle, by its own name if none is given."""
    name = name or name_of(bundle)
    return Fleet({name: Served(bundle, name)}, name)


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Asker:
    app: App
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(self, path: str, body: object = None, *, method: str = "", query: str = "", **headers: str) -> Reply:
        """POST where there is a body. Bodies that are not bytes are sent as JSON."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"host": "localhost", "content-type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method or ("GET" if body is None else "POST"),
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        return self.runner.run(_asked(self.app, scope, data))


async def _asked(app: App, scope: dict[str, Any], data: bytes) -> Reply:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], headers, sent[1]["body"])


@contextmanager
def asker(app: App) -> Iterator[Asker]:
    made = Asker(app)
    with made.runner:
        yield made
