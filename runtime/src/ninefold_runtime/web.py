"""The least of HTTP that the service needs, over plain ASGI: a request's body, a response, a problem document."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ninefold_runtime.errors import BundleFault
from ninefold_runtime.limits import Limits

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]
JSON = "application/json"
_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_JSON = (b"content-type", JSON.encode())
LOOPBACK = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    media: str = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Refused(Exception):
    """A request that is answered with a problem document (RFC 9457). ``reason`` is what the metrics call it."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = str(more.get("code") or title.lower().replace(" ", "-"))
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}

    @classmethod
    def of(cls, status: int, title: str, fault: BundleFault) -> Refused:
        """What the error says, with its code and, where it has one, its hint."""
        told = {key: value for key, value in fault.as_dict().items() if key != "message" and value != ""}
        return cls(status, title, fault.message, **told)

    def having(self, name: bytes, value: bytes) -> Refused:
        """The same with a header more."""
        self.headers = (*self.headers, (name, value))
        return self

    def response(self) -> Response:
        return Response(self.status, msgspec.json.encode(self.document), "application/problem+json", self.headers)


def busy(detail: str) -> Refused:
    """503, to be asked again in a second."""
    return Refused(503, "Busy", detail).having(b"retry-after", b"1")


def as_json(value: object) -> Response:
    return Response(200, msgspec.json.encode(value))


def text_of(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def media_of(headers: Headers) -> str:
    return text_of(headers, b"content-type").partition(";")[0].strip().lower()


class Bodies:
    """Reads bodies, and knows how many bytes of unfinished ones it holds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0

    async def read(self, headers: Headers, receive: Receive) -> bytes:
        """The whole body.

        Raises:
            Refused: 413 when it is, or says it is, too large; 400 when the client went away; 503 when too much of
                other bodies is held already.
        """
        said = headers.get(b"content-length", b"")
        if said and (not said.isdigit() or int(said) > self._limits.body):
            raise _too_large(self._limits.body)
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            data: bytes = message.get("body", b"")
            if len(data) > self._limits.body:
                raise _too_large(self._limits.body)
            return data
        return await self._gathered(message, receive)

    async def _gathered(self, message: Mapping[str, Any], receive: Receive) -> bytes:
        parts = bytearray()
        try:
            while True:
                if message["type"] == "http.disconnect":
                    raise Refused(400, "Incomplete request", "the connection closed before the body ended")
                part = message.get("body", b"")
                parts += part
                self._held += len(part)
                if len(parts) > self._limits.body:
                    raise _too_large(self._limits.body).having(b"connection", b"close")
                if self._held > self._limits.held:
                    raise busy("too many large requests are being sent").having(b"connection", b"close")
                if not message.get("more_body", False):
                    return bytes(parts)
                message = await receive()
        finally:
            self._held -= len(parts)


def _too_large(limit: int) -> Refused:
    return Refused(413, "Body too large", f"a request may have {limit:,} bytes; send the rows in several requests")


def check_origin(headers: Headers, hosts: frozenset[bytes]) -> None:
    """Guards a service without a token against pages of other sites: ``hosts`` are the names by which it may be
    called (any, where empty), and a browser must come from the page that the service itself gave.

    Raises:
        Refused: 421 another name, as DNS rebinding brings it; 403 another origin.
    """
    host = headers.get(b"host", b"")
    if hosts and _name(host.lower()) not in hosts:
        detail = f"this service is called {', '.join(sorted(map(bytes.decode, hosts)))}, not {_shown(host)}"
        raise Refused(421, "Not this host", detail)
    origin = headers.get(b"origin")
    if origin is not None and origin.partition(b"://")[2] != host:
        raise Refused(403, "Another origin", f"pages of {_shown(origin)} may not ask this service")


def _name(host: bytes) -> bytes:
    """Without the port."""
    if host.startswith(b"["):
        return host.partition(b"]")[0] + b"]"
    return host.partition(b":")[0]


def _shown(value: bytes) -> str:
    return repr(value[:80].decode("latin-1"))


def check_token(headers: Headers, token: str) -> None:
    """Accepts ``Authorization: Bearer TOKEN``, or Basic with the token as password, which browsers can ask for.

    Raises:
        Refused: 401.
    """
    scheme, _, given = text_of(headers, b"authorization").partition(" ")
    if scheme.lower() == "basic":
        given = _password(given)
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        ask = b'Bearer, Basic realm="ninefold"'
        raise Refused(401, "Not authorised", "send the header Authorization: Bearer TOKEN").having(
            b"www-authenticate", ask
        )


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def respond(send: Send, response: Response, *, head: bool = False) -> None:
    media = _JSON if response.media == JSON else (b"content-type", response.media.encode())
    length = (b"content-length", b"%d" % len(response.body))
    headers = (media, length, *_ALWAYS, *response.headers)
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else response.body})
