"""What is served under which name, and what supervisor and worker say to each other about it: one JSON line each."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ninefold_runtime.monitor.wish import Monitoring

SHARE = 0.1
Waiting = Literal["request", "header", "body", "reading"]
"""For a request to begin, for the rest of a header or a body, for the client to read its answer."""


class Place(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What answers under a name: a bundle; one that shares its rows; one that predicts them beside it in silence."""

    bundle: str
    challenger: str | None = None
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = SHARE
    """Share of the rows, 0 to 1, that the challenger answers."""
    shadow: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(path for path in (self.bundle, self.challenger, self.shadow) if path is not None)


Plan = dict[str, Place]
"""By name; the first is the default."""


def paths_of(plan: Plan) -> list[str]:
    return [path for place in plan.values() for path in place.paths]


class Limits(msgspec.Struct, frozen=True):
    """Seconds that a client may take for its part, and how many connections a worker holds."""

    request: float = 75.0
    """Longer than load balancers keep theirs, so that they and not we end an idle connection."""
    header: float = 5.0
    body: float = 30.0
    """The application gives up before that, and says so."""
    reading: float = 60.0
    connections: int = 1024

    def of(self, waiting: Waiting) -> float:
        seconds: float = getattr(self, waiting)
        return seconds


class Settings(msgspec.Struct, frozen=True):
    """How the service runs. ``reload``: changes of the bundles are looked for. ``grace``: seconds that requests under
    way have at the end. ``lame``: seconds for which requests are still taken while it is said that none should come.
    ``trusted``: files of public keys, one of which must have signed each bundle; with none nobody needs to.
    """

    workers: int = 1
    reload: bool = False
    grace: float = 25.0
    lame: float = 0.0
    limits: Limits = Limits()
    monitoring: Monitoring = Monitoring()
    trusted: tuple[str, ...] = ()


class Access(msgspec.Struct, frozen=True):
    """Who may ask. ``local``: only this machine can reach the service."""

    token: str | None = None
    local: bool = True


class Order(msgspec.Struct, frozen=True):
    """What a worker is started with. ``copies``: where to read a path of the plan from."""

    plan: Plan
    copies: dict[str, str] = {}
    access: Access = Access()
    limits: Limits = Limits()
    shared: str | None = None
    """A folder in which workers tell each other their counters; None where there is one alone."""
    monitoring: Monitoring = Monitoring()
    trusted: tuple[str, ...] = ()


class Facts(msgspec.Struct, frozen=True):
    """A bundle that a worker has loaded."""

    name: str
    folder: str
    target: str
    bytes: int
    version: str


class Refusal(msgspec.Struct, frozen=True):
    code: str
    message: str
    hint: str = ""


class Word(msgspec.Struct, frozen=True):
    """What a worker says: at first that it answers, or why it cannot; in the end that it takes no more connections."""

    ready: tuple[Facts, ...] = ()
    refused: Refusal | None = None
    closed: bool = False


class Leave(msgspec.Struct, frozen=True):
    """Finish what is under way and end. ``last``: nobody takes over."""

    grace: float
    last: bool = False
    lame: float = 0.0
