"""NF501: learners that could not be fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Leaderboard
from ninefold.core.section import Finding
from ninefold.core.words import counted


@dataclass(frozen=True)
class Failed:
    about: ClassVar[About] = About(
        "NF501",
        "Learners failed",
        means="A trial ended with an error on some fold. It takes no part in what ships; the other trials are not "
        "touched.",
        how="The worker that fitted it reported the error, or was stopped for its memory.",
        action="The reason is in workers.log in the run folder. Leave the learner out (--learners names those to "
        "use), or report the error.",
        mistaken="None as an event. Whether the learner would have been good is not known.",
        questions=(18,),
    )

    def find(self, seen: Leaderboard) -> Finding | None:
        failed = {trial.title: trial.why for trial in seen.trials if trial.state == "failed"}
        if not failed:
            return None
        evidence = "; ".join(f"{title}: {why}" for title, why in failed.items())
        title = f"{next(iter(failed))} failed" if len(failed) == 1 else f"{counted(len(failed), 'learner')} failed"
        return self.about.finding(evidence, "See workers.log in the run folder.", title=title)
