"""What the search found wrong with its trials, what it tried about it, and what came of that: before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.results import Leaderboard, Trial
from ninefold.core.section import Cell, Finding, Table
from ninefold.core.words import cell, counted
from ninefold.select.actions.curse import Curse, unanswered
from ninefold.select.advice import Action, actions


@dataclass(frozen=True)
class Answer:
    """A ``trial`` that an ``action`` led to, and the trial it varies. ``before`` and ``after`` are mean scores over the
    same folds: those that the answering trial was given."""

    action: Action
    before_trial: Trial
    trial: Trial
    before: float
    after: float
    weight: float

    @property
    def changed(self) -> str:
        """leaves 39 → 20, l2 1 → 5.6: what the trial does otherwise than the one before."""
        old, new = self.before_trial, self.trial
        pairs = [(name, old.settings.get(name), value) for name, value in new.settings.items()]
        others = [("view", old.view, new.view), ("made rows", old.augment or "none", new.augment or "none")]
        changes = [(name, one, two) for name, one, two in [*pairs, *others] if one != two]
        return ", ".join(f"{name} {cell(one)} → {cell(two)}" for name, one, two in changes)

    @property
    def kept(self) -> str:
        if self.weight:
            return f"yes, weight {self.weight:.2f}"
        return "no" if self.trial.state == "finished" else f"no, {self.trial.state} {self.trial.why}".rstrip()


def answers(board: Leaderboard) -> list[Answer]:
    """Trials that a finding led to and that were scored, in order."""
    known = {action.about.code: action for action in actions()}
    asked = [trial for trial in board.trials if trial.because in known and trial.parent is not None and trial.scores]
    return [_answer(board, trial, known[trial.because]) for trial in asked]


def _answer(board: Leaderboard, trial: Trial, action: Action) -> Answer:
    before = board.trial(trial.parent or 0)
    same = before.scores[: len(trial.scores)]
    means = float(np.mean(same)), float(np.mean(trial.scores))
    return Answer(action, before, trial, *means, board.weights.get(trial.id, 0.0))


def table(found: list[Answer], title: str) -> Table:
    """One row per answer; ``title`` is the metric's."""
    rows: list[tuple[Cell, ...]] = [
        (
            answer.action.about.title,
            f"{answer.before_trial.title} ({answer.before_trial.id})",
            f"{answer.action.answer}: {answer.changed}",
            answer.before,
            answer.after,
            answer.kept,
        )
        for answer in found
    ]
    headings = ("finding", "in", "action", f"{title} before", "after", "in the ensemble")
    return Table("What the diagnosis led to", headings, tuple(rows), wide=True, topic="diagnosis")


def findings(board: Leaderboard, found: list[Answer], title: str) -> tuple[Finding, ...]:
    """One finding per code: the evidence of the trial it was first found in, and the best of what was tried. The curse
    of dimensionality is told also where nothing was tried about it."""
    by_code: dict[str, list[Answer]] = {}
    for answer in found:
        by_code.setdefault(answer.action.about.code, []).append(answer)
    told = [_finding(board, by_code[code], title) for code in sorted(by_code)]
    if Curse.about.code not in by_code and (finding := unanswered(board.geometry)):
        told.append(finding)
    return tuple(told)


def _finding(board: Leaderboard, tried: list[Answer], title: str) -> Finding:
    sign = 1 if board.higher_is_better else -1
    best = max(tried, key=lambda answer: sign * (answer.after - answer.before))
    helped = sign * (best.after - best.before) > 0
    done = (
        f"The search tried to {best.action.answer} ({counted(len(tried), 'trial')}); best was trial {best.trial.id}: "
        f"{title} {best.before:.4f} before, {best.after:.4f} after. "
    )
    outcome = "It is in the ensemble." if best.weight else "It is not in the ensemble."
    return best.action.about.finding(
        _evidence(board, best.before_trial, title),
        done + (outcome if helped else "That did not help."),
        level="good" if helped else "info",
    )


def _evidence(board: Leaderboard, trial: Trial, title: str) -> str:
    base = board.trial(board.baseline).score
    train = f"{np.mean(trial.train_scores):.4f} on training rows, " if trial.train_scores else ""
    return f"{trial.title} (trial {trial.id}): {title} {train}{trial.score:.4f} in validation; baseline {base:.4f}"
