"""Telling people: a webhook, and a command of the user's own. Neither is waited for by an answer."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any

import msgspec

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor.wish import Monitoring

TRIES, PATIENCE, FIRST_PAUSE = 4, 5.0, 0.5
"""Tries, seconds that each may take, and the pause before the second, doubled before each later one."""
SIGNATURE = "x-ninefold-signature"


@dataclass(frozen=True)
class Alerts:
    """``webhook`` takes a POST of the alert as JSON; with a ``secret`` it is signed. ``command``: an argument list that
    is started, never a shell's line; the alert is in its environment as NINEFOLD_ALERT."""

    webhook: str | None = None
    secret: str | None = None
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.webhook is not None and not self.webhook.startswith(("http://", "https://")):
            message = f"--webhook {self.webhook[:80]} is no address"
            raise MonitorError("NF-R506", message, hint="give one that begins with https:// or http://")

    def tell(self, alert: dict[str, Any]) -> list[str]:
        """Send the alert; what failed, in words."""
        body = msgspec.json.encode(alert)
        failed = [] if self.webhook is None else _sent(self.webhook, body, self.secret)
        return failed + (_started(self.command, body) if self.command else [])


SILENT = Alerts()


def alerts_of(wish: Monitoring) -> Alerts:
    """Raises MonitorError (NF-R506) when the webhook is no address."""
    return Alerts(wish.webhook, wish.secret, wish.command)


def signed(body: bytes, secret: str) -> str:
    """What the header ``x-ninefold-signature`` must say: HMAC-SHA256 of the body, as hexadecimal digits."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _sent(url: str, body: bytes, secret: str | None) -> list[str]:
    import urllib.error
    import urllib.request

    headers = {"content-type": "application/json"} | ({} if secret is None else {SIGNATURE: signed(body, secret)})
    why = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
        try:
            asked = urllib.request.Request(url, body, headers)  # noqa: S310  the scheme was looked at
            with urllib.request.urlopen(asked, timeout=PATIENCE):  # noqa: S310
                return []
        except urllib.error.HTTPError as error:
            why = f"{error.code} {error.reason}"
            if error.code < 500 and error.code not in {408, 429}:
                break
        except (OSError, ValueError) as error:
            why = str(error)
    return [f"the webhook did not take the alert: {why}"]


def _started(command: Sequence[str], alert: bytes) -> list[str]:
    """Started on its own: it may take as long as a run, and outlives the service."""
    try:
        process = subprocess.Popen(
            list(command),
            env=os.environ | {"NINEFOLD_ALERT": alert.decode()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        Thread(target=process.wait, daemon=True).start()  # so that it leaves no zombie when it ends
    except (OSError, ValueError) as error:
        return [f"the command could not be started: {error}"]
    return []
