"""Trials of a base view, tried again on a variant of that view."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ninefold.core.protocols import View, base_of
from ninefold.select.advice import Situation
from ninefold.select.candidates import Candidate


def on_variants(situation: Situation, bases: Collection[str], variant: str, because: str) -> list[Candidate]:
    """For each recipe that is such a variant of one of ``bases``: the best trial that learned from the base as it is,
    with the variant's view. Where that paid, the best trials of other learners as well; where not, no more."""
    views = [recipe.view for recipe in situation.features.recipes]
    wanted = [view for view in views if base_of(view) in bases and view == f"{base_of(view)}+{variant}"]
    return [candidate for view in wanted for candidate in _on(situation, view, because)]


def _on(situation: Situation, view: View, because: str) -> list[Candidate]:
    base = base_of(view)
    both = [e for e in situation.finished if e.candidate.view in (base, view) and e.candidate.settings]
    tried = {e.candidate.learner for e in both if e.candidate.view == view}
    firsts = {e.candidate.learner: e for e in reversed(both) if e.candidate.view == base}
    ranked = [e for e in both if firsts.get(e.candidate.learner) is e and e.candidate.learner not in tried]
    paid = bool(tried) and both[0].candidate.view == view
    chosen = ranked if paid else [] if tried else ranked[:1]
    return [replace(e.candidate, view=view, because=because, parent=e.id) for e in chosen]
