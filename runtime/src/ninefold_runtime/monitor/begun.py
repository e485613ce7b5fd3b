"""A monitor as the user wishes it."""

from __future__ import annotations

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.monitor.alerts import alerts_of
from ninefold_runtime.monitor.places import history_of
from ninefold_runtime.monitor.service import Monitor
from ninefold_runtime.monitor.wish import Monitoring
from ninefold_runtime.monitor.words import OFF


def monitor_of(bundle: Bundle, name: str, wish: Monitoring) -> Monitor | None:
    """None where none is wished for, or where the bundle has nothing to compare with.

    Raises:
        MonitorError: NF-R506 when the webhook is no address.
    """
    if wish.where == OFF or bundle.sketches is None:
        return None
    where = history_of(bundle.folder) if wish.where is None else wish.where
    return Monitor(bundle, where, alerts_of(wish), name)
