"""What can go wrong for a user of a bundle. Each text says what came, where, and what to do.

BundleFault
├── BundleError   NF-R1xx  the bundle: altered, incomplete, foreign
├── TableError    NF-R2xx  the rows: file, columns, values
├── ServeError    NF-R3xx  the service: address, token
├── ExplainError  NF-R4xx  the question: method, output, row
├── MonitorError  NF-R5xx  the monitor: its history, labels, alerts
└── SpeechError   NF-R6xx  the text to be made: the bundle's task, a setting
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BundleFault(Exception):
    """Base of all errors meant for users of the runtime."""

    exit_code = 2

    def __init__(self, code: str, message: str, *, hint: str = "", **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "message": self.message, "hint": self.hint, **self.details}


class BundleError(BundleFault): ...


class TableError(BundleFault): ...


class ServeError(BundleFault): ...


class ExplainError(BundleFault): ...


class MonitorError(BundleFault): ...


class SpeechError(BundleFault): ...


def nearest(word: str, choices: Iterable[str]) -> list[str]:
    """The choices that look most like ``word``, best first, at most 3."""
    by_lower = {choice.lower(): choice for choice in choices}
    return [by_lower[match] for match in difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.6)]
