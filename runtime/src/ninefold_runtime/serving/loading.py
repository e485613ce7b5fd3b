"""From an order to what answers: every bundle of the plan is read, checked and loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.errors import BundleError, BundleFault, ServeError
from ninefold_runtime.monitor.begun import monitor_of
from ninefold_runtime.served import Fleet, Served, name_of
from ninefold_runtime.serving.plan import Facts, Order, Place


def fleet_of(order: Order) -> Fleet:
    """Raises:
    BundleError: a bundle cannot be used. ServeError: NF-R313 two have one name, NF-R314 models do not go together.
    """
    serving: dict[str, Served] = {}
    for name, place in order.plan.items():
        served = _served(name, place, order.copies)
        served.observer = monitor_of(served.bundle, served.name, order.monitoring)
        if served.name in serving:
            hint = "give each a name of its own: NAME=BUNDLE"
            raise ServeError("NF-R313", f'two bundles are called "{served.name}"', hint=hint)
        serving[served.name] = served
    return Fleet(serving, next(iter(serving)))


def _served(name: str, place: Place, copies: dict[str, str]) -> Served:
    bundle = _bundle(place.bundle, copies)
    return Served(bundle, name or name_of(bundle))


def _bundle(path: str, copies: dict[str, str]) -> Bundle:
    """Read from the copy, where there is one, but called by the name that the user knows."""
    copy = copies.get(path, path)
    try:
        return replace(read_bundle(copy), folder=Path(path))
    except BundleFault as fault:
        raise BundleError(fault.code, fault.message.replace(copy, path), hint=fault.hint, **fault.details) from fault


def facts_of(fleet: Fleet) -> tuple[Facts, ...]:
    return tuple(
        Facts(
            served.name,
            str(served.bundle.folder),
            served.bundle.schema.target.name,
            served.bundle.manifest.bytes,
            served.version,
        )
        for served in fleet.everyone()
    )
