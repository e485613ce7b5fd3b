"""Trials of a base view, tried again on a variant of that view."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ninefold.core.protocols import View, base_of
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate
from ninefold.select.trials import Entry


def on_variants(situation: Situation, bases: Collection[str], variant: str, because: str) -> list[Candidate]:
    """For each recipe that is such a variant of one of ``bases``: the best trial that learned from the base as it is,
    with the variant's view. Where that paid, the best trial of every learner, also when a better one comes; where it
    did not, no more."""
    views = [recipe.view for recipe in situation.features.recipes]
    wanted = [view for view in views if base_of(view) in bases and view == f"{base_of(view)}+{variant}"]
    return [candidate for view in wanted for candidate in _on(situation, view, because)]


def _on(situation: Situation, view: View, because: str) -> list[Candidate]:
    known = {entry.id: entry for entry in situation.finished}
    plain = [e for e in situation.finished if e.candidate.view == base_of(view) and e.candidate.settings]
    gains = [_gain(entry, known) for entry in situation.finished if entry.candidate.view == view]
    firsts = [e for e in plain if next(o for o in plain if o.candidate.learner == e.candidate.learner) is e]
    if gains and sum(gains) <= 0:
        return []
    chosen = firsts if gains else firsts[:1]
    return [replace(e.candidate, view=view, because=because, parent=e.id) for e in chosen]


def _gain(entry: Entry, known: Mapping[int, Entry]) -> float:
    """By which share of it the loss of the trial it varies fell, on the folds that both have seen; 0 without one."""
    parent = known.get(-1 if entry.candidate.parent is None else entry.candidate.parent)
    if parent is None:
        return 0.0
    both = [fold for fold in entry.scored if fold in parent.scored]
    before = parent.loss_on(both) if both else 0.0
    return 1 - entry.loss_on(both) / before if before > 0 else 0.0
