"""The application where there is a split: a request may bring a key, and its answer tells which model made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninefold_runtime.app import App
from ninefold_runtime.serving.split import ASKED, Asked
from ninefold_runtime.web import Receive, Scope, Send

KEY, ANSWERED = b"ninefold-key", b"ninefold-answered-by"


class Keyed(App):
    """All rows of requests with the same ``Ninefold-Key``, a customer's number for instance, go to the same model.

    ``Ninefold-Answered-By`` has the first letters of the graph's digest and, where two models answered, their rows.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        key = dict(scope["headers"]).get(KEY, b"")
        asked = Asked(key.decode("latin-1"))
        ASKED.set(asked)  # each request is a task of its own, with a context of its own

        async def tell(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and asked.answered:
                message = {**message, "headers": [*message["headers"], (ANSWERED, _told(asked.answered))]}
            await send(message)

        await super().__call__(scope, receive, tell)


def _told(answered: Mapping[str, int]) -> bytes:
    if len(answered) == 1:
        return next(iter(answered))[:12].encode()
    return ", ".join(f"{version[:12]};rows={rows}" for version, rows in answered.items()).encode()
