"""What to say of learners that failed."""

from __future__ import annotations

from ninefold.core.results import Leaderboard
from ninefold.core.section import Finding


def failures(board: Leaderboard) -> tuple[Finding, ...]:
    """One finding for each learner with a trial that failed."""
    failed = {t.title: t.why for t in board.trials if t.state == "failed"}
    return tuple(
        Finding("NF501", "warning", f"{title} failed", why, "See workers.log in the run folder.")
        for title, why in failed.items()
    )
