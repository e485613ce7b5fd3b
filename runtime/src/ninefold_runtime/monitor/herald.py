"""Alarms of rows that are followed, told as they go off, each once."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ninefold_runtime.monitor.alerts import Alerts
from ninefold_runtime.monitor.report import WatchReport


@dataclass
class Herald:
    """``bundle`` is the folder's path, which an alert names."""

    alerts: Alerts
    bundle: str
    told: int = 0

    def hear(self, report: WatchReport) -> list[str]:
        """Tell of the alarms that are new; what failed, in words."""
        fresh, self.told = report.alarms[self.told :], len(report.alarms)
        if not fresh:
            return []
        why = [f"alarm: {alarm.column}, {alarm.test}, after {alarm.row:,} rows" for alarm in fresh]
        told = {"level": "drift", "why": why, "rows": report.rows, "sentence": report.sentence}
        return self.alerts.tell(told | {"at": time.time(), "bundle": self.bundle})
