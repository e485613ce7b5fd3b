"""What became of an answer, in words that help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

Network = Literal["none", "blocked"]
"""none: the process had none. blocked: Python refused connections, other programs might not."""


class Checked(msgspec.Struct, frozen=True):
    """One check; ``why`` and what follows are empty where it passed. ``line`` and ``code`` are the reader's."""

    name: str
    passed: bool
    why: str = ""
    line: int = 0
    code: str = ""
    hint: str = ""

    @property
    def title(self) -> str:
        """``check_sums_to_one`` as words."""
        return self.name.removeprefix("check_").replace("_", " ")


class Verdict(msgspec.Struct, frozen=True):
    """``printed`` is what the answer wrote, its beginning; ``seed`` that of the random inputs."""

    checks: tuple[Checked, ...]
    asked: int
    """How many checks there are; those after one that did not end were not asked."""
    printed: str
    network: Network
    seconds: float
    seed: int

    @property
    def passed(self) -> bool:
        return len(self.checks) == self.asked and all(check.passed for check in self.checks)


def read(lines: Iterable[dict[str, Any]], ended: str) -> tuple[Checked, ...]:
    """The checks that were begun, from what the runner wrote. ``ended`` says why the last one has no end, if it has
    none."""
    found: dict[str, Checked | None] = {}
    for line in lines:
        if "begun" in line:
            found[line["begun"]] = None
        elif "failed" in line:
            found[line["failed"]] = _failed(line)
        elif found.get(line["ended"]) is None:
            found[line["ended"]] = Checked(line["ended"], passed=True)
    own = found.pop("your code", None)
    if own is not None or not found:
        return (own or Checked("your code", passed=False, why=ended),)
    return tuple(check or Checked(name, passed=False, why=ended) for name, check in found.items())


def _failed(line: dict[str, Any]) -> Checked:
    error, said = line["error"], line["said"]
    hint = f'did you mean "{line["meant"]}"?' if line["meant"] else _HINTS.get(error, "")
    why = said if error in _IN_WORDS and said else f"{error}: {said}" if said else error
    if error == "AssertionError" and not said:
        why = f"this does not hold: {line['asked'].removeprefix('assert ')}"
    elif line["asked"] and error != "AssertionError":
        why += f"  in  {line['asked']}"
    return Checked(line["failed"], False, why, line["line"], line["code"], hint)


_IN_WORDS = {"AssertionError", "LookupError"}
_HINTS = {
    "MemoryError": "it asked for more memory than an exercise may have: is an array much larger than its inputs?",
    "RecursionError": "a function that calls itself needs a case in which it does not",
    "SystemExit": "leave out exit() and quit(): return the result instead",
    "ModuleNotFoundError": "only what the page imports is needed",
    "NotImplementedError": "the body is still to be written",
}
