"""The trial that an action answers, tried again with something changed."""

from __future__ import annotations

import dataclasses

from ninefold.core import parts
from ninefold.core.parts import Value
from ninefold.core.protocols import TABLES, View, base_of
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate
from ninefold.select.trials import Entry

STEP = 0.1
"""Share of each setting's interval that one answer moves: leaves 39 become 25, a penalty of 1 becomes 3.2."""


def with_settings(entry: Entry, changed: dict[str, Value], because: str) -> list[Candidate]:
    """One candidate, or none where nothing would change."""
    old = entry.candidate
    made = dataclasses.replace(old, settings=old.settings | changed, because=because, parent=entry.id)
    return [] if made == old else [made]


def with_view(entry: Entry, view: View, because: str) -> Candidate:
    """The same learner with the same settings on another view."""
    return dataclasses.replace(entry.candidate, view=view, because=because, parent=entry.id)


def simplified(entry: Entry, situation: Situation, share: float, because: str) -> list[Candidate]:
    """The same learner held down more (less where ``share`` is negative), by every setting that does so."""
    learner = situation.learners[entry.candidate.learner]
    return with_settings(entry, parts.simplified(learner, entry.candidate.settings, share), because)


def with_made_rows(situation: Situation, how: str, because: str) -> list[Candidate]:
    """The best trial on true rows with made rows as well, unless a trial with such rows has finished: once is enough to
    see whether they help."""
    if any(entry.candidate.augment == how for entry in situation.finished):
        return []
    plain = (entry for entry in situation.leaders if not entry.candidate.augment)
    best = next((entry for entry in plain if base_of(entry.candidate.view) in TABLES), None)
    return [] if best is None else [dataclasses.replace(best.candidate, augment=how, because=because, parent=best.id)]
