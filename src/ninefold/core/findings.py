"""Findings: what each of them is, said once, beside the rule that finds it.

A rule is a part: one file in a stage's folder of findings, one frozen dataclass, one code. Its `About` is the source
of the finding's level and title, of ``ninefold findings`` and of the pages in ``docs/findings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ninefold.core import parts
from ninefold.core.section import Finding, Level

PACKAGES = (
    "ninefold.collect.findings",
    "ninefold.prepare.audits",
    "ninefold.prepare.findings",
    "ninefold.select.actions",
    "ninefold.select.findings",
    "ninefold.train.findings",
    "ninefold.evaluate.findings",
    "ninefold.evaluate.cluster_findings",
)
"""Where rules lie."""


@dataclass(frozen=True)
class About:
    """What there is to know of a finding, whatever the run. ``code`` is stable: NF, stage digit, two digits."""

    code: str
    title: str
    """The finding in a few words."""
    means: str
    how: str
    """The statistic, the threshold and the source."""
    action: str
    """What the user can do, and what the search does by itself."""
    mistaken: str
    """When it is a false alarm, and what it cannot see."""
    level: Level = "warning"
    questions: tuple[int, ...] = ()
    """Numbers of the questions about machine learning that it belongs to."""

    def finding(
        self,
        evidence: str,
        action: str,
        *,
        title: str | None = None,
        level: Level | None = None,
        columns: tuple[str, ...] = (),
    ) -> Finding:
        """The finding in one run."""
        return Finding(self.code, level or self.level, title or self.title, evidence, action, columns)


class Told(Protocol):
    """All that rules of every kind have in common."""

    about: ClassVar[About]


class Rule(Told, Protocol):
    """A rule that looks at one thing, most often the noun of its stage."""

    def find(self, seen: Any) -> Finding | None:
        """The finding where it is due."""
        ...


def found(package: str, seen: Any) -> tuple[Finding, ...]:
    """All findings of a package that are due, by code."""
    rules: list[Rule] = [parts.make(package, name) for name in parts.names(package)]
    due = [finding for rule in rules if (finding := rule.find(seen))]
    return tuple(sorted(due, key=lambda finding: finding.code))


def catalogue() -> tuple[About, ...]:
    """What there is to know of every finding, by code; plug-ins included."""
    every: list[About] = [parts.find(package, name).about for package in PACKAGES for name in parts.names(package)]
    return tuple(sorted(every, key=lambda about: about.code))
