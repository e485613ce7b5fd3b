"""Who is let in: the host name, the token, and where a form came from. Headers that keep pages to themselves."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ninefold.core.words import size
from ninefold.web.desk import Desk
from ninefold.web.pages import problem

COOKIE = "ninefold"
LARGEST_FORM = 20_000_000
"""Bytes; a photo for the playground may be among them."""
POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
UPLOADS = ("/uploads", "/watch")
"""Where files are sent."""


class Guard:
    """Around the whole app. What is refused here reaches no handler."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        answer = self._refused(scope, headers) or self._unknown(scope, headers)
        if answer is not None:
            await answer(scope, receive, _sending(send))
            return
        await self._app(scope, _counting(receive, self._limit(scope)), _sending(send))

    def _refused(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        if not self._is_ours(headers.get("host", "")):
            told = "This app answers to its own address alone. Open the one that ninefold ui printed."
            return problem(HTTPStatus.MISDIRECTED_REQUEST, "Not this app's address", told)
        if scope["method"] in {"GET", "HEAD"}:
            return None
        if scope["method"] != "POST" or not _from_here(headers):
            told = "A form of another page was sent here. Nothing was done."
            return problem(HTTPStatus.FORBIDDEN, "Not from this app", told)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limit(scope):
            return too_large(self._limit(scope))
        return None

    def _is_ours(self, host: str) -> bool:
        """DNS rebinding gives a stranger's name our address; names must be known ones, digits are no names."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._desk.names or (self._desk.any_address and _is_address(name))

    def _unknown(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Where a token is needed: its holder gets a cookie, and everyone else a page that says so."""
        token = self._desk.token
        if token is None or _same(_cookie(headers.get("cookie", "")), token):
            return None
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["method"] == "GET" and _same(query.pop("token", ""), token):
            place = f"{scope['path']}?{urlencode(query)}" if query else scope["path"]
            answer = RedirectResponse(f"/{place.lstrip('/')}", HTTPStatus.SEE_OTHER)
            answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/")
            return answer
        told = "Open the address with the token that ninefold ui printed; this browser then stays known."
        return problem(HTTPStatus.UNAUTHORIZED, "A token is needed", told)

    def _limit(self, scope: Scope) -> int:
        return self._desk.largest_upload if scope["path"] in UPLOADS else LARGEST_FORM


class TooLarge(Exception):
    """More came than was announced or allowed."""


def too_large(limit: int) -> Response:
    told = f"At most {size(limit)} can be sent. Put the file into the folder of this app and name its path instead."
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large to send", told)


def _from_here(headers: Mapping[str, str]) -> bool:
    """Browsers tell where a form comes from, in one of two headers or both; what tells neither is no browser."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    return site in {None, "same-origin"} and (origin is None or urlsplit(origin).netloc == headers.get("host"))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie(sent: str) -> str:
    try:
        found = SimpleCookie(sent).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _counting(receive: Receive, limit: int) -> Receive:
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > limit:
            raise TooLarge
        return message

    return counted


def _sending(send: Send) -> Send:
    """Every answer carries HEADERS; one that has its own policy keeps it."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent
