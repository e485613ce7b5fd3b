"""A function that the reader writes or mends, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass, field

from ninefold.practice.sandbox.limits import Limits


@dataclass(frozen=True)
class Exercise:
    """Every text but ``told`` is a whole Python file. Each of ``wrong`` must fail a check, ``reference`` none."""

    function: str
    told: str
    """What is asked for, in Markdown."""
    begin: str
    """What the reader begins with."""
    reference: str
    checks: str
    """The checks, functions of the function and a NumPy ``Generator`` that assert a property on random inputs."""
    names: tuple[str, ...]
    """Of the checks, in their order."""
    wrong: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
