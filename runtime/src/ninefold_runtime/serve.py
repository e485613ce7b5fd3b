"""Serve bundles over HTTP: on this machine only, unless a token guards them.

Neither NumPy nor ONNX Runtime is loaded here: the process that owns the socket stays small.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable

from ninefold_runtime.errors import ServeError
from ninefold_runtime.serving.plan import Access, Facts, Order, Plan, Settings

PORT = 8000
SHORTEST_TOKEN = 16
DEFAULTS = Settings()
GUARDED_BY = "NINEFOLD_GUARDED_BY"


def serve(
    read: Callable[[], Plan],
    host: str = "127.0.0.1",
    port: int = PORT,
    token: str | None = None,
    *,
    settings: Settings = DEFAULTS,
    tell: Callable[[str], None] = print,
    watched: tuple[str, ...] = (),
) -> None:
    """Serve what ``read`` tells until SIGTERM or Ctrl-C, then finish the requests under way.

    ``read`` is asked again for each reload: on SIGHUP, and where the settings say so when a bundle, or a file of
    ``watched``, has changed. ``port`` 0 takes a free one.

    Raises:
        BundleError: a bundle cannot be used. ServeError: NF-R301 no token, NF-R302 address not available, NF-R311 a
            worker ends before it can answer, NF-R312 no workers, NF-R315 bundles do not go together.
    """
    check_guard(host, token)
    if settings.workers < 1:
        raise ServeError("NF-R312", f"{settings.workers} workers answer nothing", hint="give --workers 1 or more")
    listener = listener_at(host, port)
    place = listener.getsockname()[1]
    access = Access(token, is_loopback(host))

    def greet(facts: tuple[Facts, ...]) -> None:
        tell(greeting(facts, host, place, guarded=token is not None))

    with listener:
        if sys.platform == "win32":
            from ninefold_runtime.serving.alone import serve_alone

            order = Order(
                read(),
                access=access,
                limits=settings.limits,
                monitoring=settings.monitoring,
                trusted=settings.trusted,
            )
            serve_alone(listener, order, settings.grace, greet)
        else:
            from ninefold_runtime.serving.kept import Kept
            from ninefold_runtime.serving.supervisor import Supervisor

            with Kept() as kept:
                Supervisor(listener, read, kept, settings, access, tell, greet, watched).run()
    tell("stopped")


def check_guard(host: str, token: str | None) -> None:
    """Raises ServeError (NF-R301) where others could reach the service and no token, or a short one, guards it; unless
    the environment names in GUARDED_BY what asks callers who they are before a request comes here."""
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise ServeError("NF-R301", f"the token is shorter than {SHORTEST_TOKEN} characters", hint=_ADVICE)
    if token is None and not is_loopback(host) and not os.environ.get(GUARDED_BY):
        raise ServeError("NF-R301", f"{host} can be reached by others and there is no token", hint=_ADVICE)


_ADVICE = 'give one: --token "$(openssl rand -hex 16)"'


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listener_at(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises ServeError (NF-R302) where the address is not to be had."""
    # The protocol is named because asyncio turns Nagle's algorithm off only where it is; left on, every answer
    # waits 40 ms for the client's delayed acknowledgement of its header.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        hint = "choose another with --port, or 0 for any free one"
        raise ServeError("NF-R302", f"cannot listen on {host}:{port}: {error}", hint=hint) from error


def greeting(facts: tuple[Facts, ...], host: str, port: int, *, guarded: bool) -> str:
    """What is told at the start: what is served where, and a request to copy."""
    at = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    guard = " -H 'authorization: Bearer …'" if guarded else ""
    served = "\n".join(f"Serving {fact.folder} → {fact.target} · {_size(fact.bytes)}" for fact in facts)
    others = "".join(f"\n  {fact.name:10} POST {at}/models/{fact.name}/predict" for fact in facts[1:])
    return (
        f"{served}\n\n"
        f"  try it     {at}\n"
        f"  predict    POST {at}/predict{others}\n"
        f"  explain    POST {at}/explain\n"
        f"  also       /openapi.json  /schema  /models  /monitor  /health/live  /health/ready  /metrics\n\n"
        f"  curl -s {at}/predict -H 'content-type: application/json'{guard} -d @{facts[0].folder}/example.json\n\n"
        f"Rows are not stored. Ctrl-C stops."
    )


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
