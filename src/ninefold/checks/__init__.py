"""The common checks: one file, one promise that every learner keeps, plug-ins included.

A check passes, does not apply (and says why), or raises `CheckFailed`; nothing is passed over in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ninefold.checks._bench import CheckFailed
from ninefold.core import parts
from ninefold.core.protocols import Learner

__all__ = ["Check", "CheckFailed", "Result", "examine", "run"]


class Check(Protocol):
    def examine(self, learner: Learner) -> str | None:
        """None when the promise is kept, or the reason why it does not apply.

        Raises:
            CheckFailed: when it is broken.
        """
        ...


@dataclass(frozen=True)
class Result:
    """``not_applicable`` is the reason why the check does not apply; None when the part passed it."""

    check: str
    not_applicable: str | None


def examine(learner: Learner, check: str) -> Result:
    """One learner under one check.

    Raises:
        CheckFailed: when the promise is broken.
    """
    found: Check = parts.make("ninefold.checks", check)
    return Result(check, found.examine(learner))


def run(learner: Learner) -> tuple[Result, ...]:
    """One learner under all checks, in the order of their names.

    Raises:
        CheckFailed: at the first promise that is broken.
    """
    return tuple(examine(learner, check) for check in parts.names("ninefold.checks"))
