"""One client's connection: uvicorn's HTTP, with limits on the time that a client may take for its part.

uvicorn gives idle connections an end, but waits for ever for a header, a body, or a client that reads nothing. Here a
connection knows since when it waits for what; the server asks now and then, which costs a request two looks at a clock.
"""

from __future__ import annotations

from typing import Any

from uvicorn.server import ServerState

from ninefold_runtime.protocol import Guarded
from ninefold_runtime.serving.plan import Waiting


class State(ServerState):
    """What the connections of a worker share. ``leaving``: each answer is the last on its connection."""

    def __init__(self) -> None:
        super().__init__()
        self.leaving = False


class Connection(Guarded):
    server_state: State

    def __init__(self, config: Any, server_state: State, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self.since = self.loop.time()
        self._in_header = False

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_header = True
        self.since = self.loop.time()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_header = False
        self.since = self.loop.time()
        if self.server_state.leaving:
            self.cycle.keep_alive = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.since = self.loop.time()

    def pause_writing(self) -> None:
        """The client has more of its answer to read than fits between us; what came before was our time."""
        super().pause_writing()
        self.since = self.loop.time()

    @property
    def waiting(self) -> Waiting | None:
        """What the client has to do next; None while it waits for us."""
        if self.flow.write_paused or self.transport.is_closing():
            return "reading"
        if self.pipeline:
            return None
        if self.cycle is None or self.cycle.response_complete:
            return "header" if self._in_header else "request"
        return "body" if self.cycle.more_body else None

    def leave(self) -> None:
        """The answer under way is the last; what is idle may send one more request."""
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def cut(self) -> None:
        """End it; who was sending a request is told so where it can be."""
        waiting = self.waiting
        begun = self.cycle is not None and self.cycle.response_started
        if waiting == "header" or (waiting == "body" and not begun):
            self.transport.write(_TOO_SLOW)
            self.transport.close()
        elif waiting == "request":
            self.transport.close()
        else:
            self.transport.abort()


_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
