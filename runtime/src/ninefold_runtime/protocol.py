"""uvicorn's HTTP protocol with a limit for how much comes before a body."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ninefold_runtime.limits import LIMITS, Limits

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Guarded(HttpToolsProtocol):
    """A connection. How long things may take is looked after by `ninefold_runtime.serving.connection`."""

    limits: Limits = LIMITS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._heading = True
        self._head = self._chunk = 0

    def data_received(self, data: bytes) -> None:
        self._chunk = len(data)
        super().data_received(data)
        if not self._heading:
            return
        self._head += len(data)
        if self._head > self.limits.head:
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self._heading = True
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self._head + self._chunk > self.limits.head:
            self._head += sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
            if self._head > self.limits.head:
                raise ValueError("the head is too large")
        self._heading = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if self._head <= self.limits.head:
            super().send_400_response(msg)
            return
        self.transport.write(_TOO_LARGE)
        self.transport.close()
