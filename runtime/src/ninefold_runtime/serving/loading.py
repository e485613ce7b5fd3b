"""From an order to what answers: every bundle of the plan is read, checked and loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ninefold_runtime.app import App
from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.errors import BundleError, BundleFault
from ninefold_runtime.monitor.begun import monitor_of
from ninefold_runtime.served import Fleet, Served
from ninefold_runtime.serving.contested import Contested
from ninefold_runtime.serving.keyed import Keyed
from ninefold_runtime.serving.plan import Facts, Order, Place
from ninefold_runtime.web import LOOPBACK


def app_of(order: Order) -> App:
    """The application that serves the plan. Raises what `fleet_of` raises."""
    kind = Keyed if any(place.challenger for place in order.plan.values()) else App
    return kind(fleet_of(order), order.access.token, LOOPBACK if order.access.local else frozenset())


def fleet_of(order: Order) -> Fleet:
    """Raises:
    BundleError: a bundle cannot be used. ServeError: NF-R315 bundles do not go together.
    """
    serving = {name: _served(name, place, order.copies) for name, place in order.plan.items()}
    for name, served in serving.items():
        served.observer = monitor_of(served.bundle, name, order.monitoring)
    return Fleet(serving, next(iter(serving)))


def _served(name: str, place: Place, copies: dict[str, str]) -> Served:
    bundle = _bundle(place.bundle, copies)
    if place.challenger is None and place.shadow is None:
        return Served(bundle, name)
    challenger, shadow = (None if path is None else _bundle(path, copies) for path in (place.challenger, place.shadow))
    return Contested(bundle, name, challenger=challenger, share=place.share, shadow=shadow)


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
