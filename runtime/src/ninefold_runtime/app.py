"""The service as an ASGI application: a request is let in, taken to its door, and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from ninefold_runtime import web
from ninefold_runtime.doors import generating, native, oip, sagemaker
from ninefold_runtime.doors.call import Call, Desk, Route
from ninefold_runtime.limits import LIMITS, Limits
from ninefold_runtime.served import Fleet
from ninefold_runtime.web import Receive, Refused, Response, Scope, Send

ROUTES = (*native.ROUTES, *generating.ROUTES, *oip.ROUTES, *sagemaker.ROUTES)
_NOWHERE = "other"
_EXACT = {route.path: route for route in ROUTES if "{" not in route.path}
_OPEN = [(route, route.path.split("/")) for route in ROUTES if "{" in route.path]


@dataclass
class App:
    """Serves a fleet. ``token`` None asks for none; then ``hosts`` are the names that a request may call the service
    by, any where empty."""

    fleet: Fleet
    token: str | None = None
    hosts: frozenset[bytes] = frozenset()
    limits: Limits = LIMITS
    _desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self._desk = Desk(self.fleet, self.limits)

    @property
    def ready(self) -> bool:
        """Turn it False when the service is about to end."""
        return self._desk.ready

    @ready.setter
    def ready(self, ready: bool) -> None:
        self._desk.ready = ready

    async def counters(self) -> str:
        """Those of this process, in the Prometheus text format."""
        return await native.exposed(self._desk)

    def add_up(self, together: Callable[[str], str]) -> None:
        """Let ``/metrics`` answer what ``together`` makes of `counters`."""
        self._desk.together = together

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        task = asyncio.current_task()
        assert task is not None
        route, names = found(scope["path"])
        patience, traffic = self._desk.patience, self._desk.traffic
        patience.wait(task, self.limits.body_seconds)
        try:
            response = await self._answer(route, names, scope, receive)
        except Refused as refused:
            traffic.rejected(refused.reason)
            response = refused.response()
        except asyncio.CancelledError:
            if not patience.done(task):
                raise
            response = _too_slow()
        finally:
            patience.done(task)
        traffic.answered(route.path if route else _NOWHERE, response.status)
        await web.respond(send, response, head=scope["method"] == "HEAD")

    async def _answer(self, route: Route | None, names: dict[str, str], scope: Scope, receive: Receive) -> Response:
        headers = dict(scope["headers"])
        web.check_origin(headers, frozenset() if self.token else self.hosts)
        if self.token is not None and not (route and route.free):
            web.check_token(headers, self.token)
        if route is None:
            raise Refused(404, "Not found", f"there is no {scope['path'][:80]}; see /openapi.json")
        if scope["method"] not in route.methods:
            allowed = ", ".join(route.methods)
            raise Refused(405, "Method not allowed", f"use {allowed}").having(b"allow", allowed.encode())
        return await route.answer(Call(self._desk, scope, headers, receive, names))


def found(path: str) -> tuple[Route | None, dict[str, str]]:
    """The route of a path, and the parts that its template leaves open."""
    route = _EXACT.get(path)
    if route is not None:
        return route, {}
    parts = path.split("/")
    for other, template in _OPEN:
        if len(template) == len(parts) and all(
            want == part or want[:1] == "{" for want, part in zip(template, parts, strict=True)
        ):
            return other, {want[1:-1]: part for want, part in zip(template, parts, strict=True) if want[:1] == "{"}
    return (_EXACT.get(path[:-1]), {}) if len(path) > 1 and path[-1] == "/" else (None, {})


def _too_slow() -> Response:
    return (
        Refused(408, "Too slow", "the body did not arrive, or the answer was not there, in time")
        .having(b"connection", b"close")
        .response()
    )
