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

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    media: str = "application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Refused(Exception):
    """A request that is answered with a problem document (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}

    @classmethod
    def of(cls, status: int, title: str, fault: BundleFault) -> Refused:
        """What the error says, with its code and, where it has one, its hint."""
        told = {key: value for key, value in fault.as_dict().items() if key != "message" and value != ""}
        return cls(status, title, fault.message, **told)

    def response(self) -> Response:
        ask = ((b"www-authenticate", b'Bearer, Basic realm="ninefold"'),) if self.status == 401 else ()
        return Response(self.status, msgspec.json.encode(self.document), "application/problem+json", ask)


def as_json(value: object) -> Response:
    return Response(200, msgspec.json.encode(value))


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body.

    Raises:
        Refused: 413 when it is, or says it is, larger than ``limit`` bytes; 400 when the client went away.
    """
    said = header(scope, b"content-length")
    if said.isdigit() and int(said) > limit:
        raise _too_large(limit)
    data = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "Incomplete request", "the connection closed before the body ended")
        data += message.get("body", b"")
        if len(data) > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return bytes(data)


def _too_large(limit: int) -> Refused:
    return Refused(413, "Body too large", f"a request may have {limit} bytes; send the rows in several requests")


def check_token(scope: Scope, token: str | None) -> None:
    """Accepts ``Authorization: Bearer TOKEN``, or Basic with the token as password, which browsers can ask for.

    Raises:
        Refused: 401.
    """
    if token is None:
        return
    scheme, _, given = header(scope, b"authorization").partition(" ")
    if scheme.lower() == "basic":
        given = _password(given)
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Refused(401, "Not authorised", "send the header Authorization: Bearer TOKEN")


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def respond(send: Send, response: Response, *, head: bool = False) -> None:
    headers = [
        (b"content-type", response.media.encode()),
        (b"content-length", str(len(response.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        *response.headers,
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else response.body})
