"""The search: asks the crew for one fold after another until the time, the work or the hope is used up."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

import numpy as np

from ninefold.core.book import Context
from ninefold.core.events import TrialFinished
from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.protocols import TABLES, FitDone, FitJob, base_of
from ninefold.core.recipe import Features
from ninefold.core.shipping import may_ship
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop
from ninefold.select.advice import Situation, advised
from ninefold.select.allowance import Allowance
from ninefold.select.candidates import Candidate, eligible, mitigates, needed, seeing
from ninefold.select.ensemble import Ensemble
from ninefold.select.geometry import geometry
from ninefold.select.logbook import Logbook
from ninefold.select.mitigating import mitigating
from ninefold.select.students import students
from ninefold.select.trials import Entry, best_first
from ninefold.select.turns import Turns, Wider

GENERATION = 4
"""Trials that are decided on together when the search must be reproducible, whatever the number of workers."""
PATIENCE, PATIENT_SHARE = 40, 0.4
"""The search ends after this many trials, and this share of the budget, that brought the ensemble nothing."""
TICK = 0.5
TELLING, TRIALS, VALIDATED = 0.4, 100, 2_000
"""Seconds on the card of a learner whose first fold tells how many folds a trial can have; trials that are to fit in;
rows that a trial is validated on at least."""
FIRST_FIT = 2.0
"""Seconds that a fit gets, whatever the time, while no learner has seen a fold."""
CLEARLY = 0.97
"""A trial that saw some folds outdoes one that saw all when its loss there is smaller by this factor."""
LATE = 2.0
"""Seconds by which the stages after the search may be short of time, as their share was taken with caution."""
PATIENT_SECONDS = 0.5
"""How long running fits may take to notice that the search is over."""
NETWORK = 0.25
"""Of the time left, what a fold of a network gets, which plans its training by that: another fold, a fit on all rows
and learners beside it need the rest."""


class Search:
    """``entries`` are the trials in order; ``ensemble`` weighs those that are complete."""

    def __init__(
        self,
        problem: Problem,
        dataset: Dataset,
        features: Features,
        plan: Plan,
        logbook: Logbook,
        *,
        context: Context,
    ) -> None:
        self._problem, self._plan, self._logbook, self._context = problem, plan, logbook, context
        self._dataset, self._features = dataset, features
        self.geometry = geometry(dataset)
        self._cells = dataset.train_rows * len(dataset.columns) * len(problem.targets)
        self._crew = context.crew()
        self.allowance = Allowance(problem, context.clock, self._crew.size, dataset.train_rows)
        self.learners = seeing(eligible(problem), features)
        self.entries = logbook.entries
        self.ensemble = Ensemble(problem, dataset.rows.target, plan, Workshop(context.run), self._may_ship)
        self.why_stopped = ""
        self._turns = Turns(
            self.learners,
            self._cells,
            timed=self.allowance.work is None,
            allow_rows=problem.allow_rows,
            wider=Wider.of(dataset.columns, problem.outputs),
            needed=needed(problem),
            planned=students(problem, self.learners),
        )
        self._folds = len(plan.folds)
        self._settled = self.allowance.work is not None or not problem.validation.shorten
        self._ended = {entry.id for entry in self.entries if entry.state}
        self._last_gain, self._gained = 0, context.clock.spent
        self._decided = max(len(self.entries) - 1, 0) // GENERATION * GENERATION

    def run(self) -> None:
        for entry in self._finished_anywhere():
            self.ensemble.take(entry)
        self._weigh()
        self._take_up()
        while not self._over():
            self._ask()
            if not self._running():
                self.why_stopped = "what was left to try would not have been done in time"
                if self.allowance.work is not None:
                    self.why_stopped = "the work was done"
                break
            for answer in self._crew.wait(min(TICK, max(0.0, self._seconds()))):
                self._take(answer)
        self._let_end()
        self._weigh_unfinished()

    def shippable(self) -> list[Entry]:
        """Finished trials that may be in the graph, best first."""
        return [entry for entry in best_first(self.entries) if self._may_ship(entry)]

    def _take_up(self) -> None:
        """Decide on open trials of an interrupted search as would have been done after their last fold."""
        whole = [entry for entry in self.entries if entry.next_fold in {None, len(entry.losses)}]
        for entry in [entry for entry in whole if not entry.state and entry.losses]:
            self._prune(entry)
            if entry.state:
                self._end(entry)

    def _let_end(self) -> None:
        """Running fits see the same deadline and end by themselves, which keeps their workers warm for training."""
        until = time.monotonic() + (0.0 if self._context.stop.is_set() else PATIENT_SECONDS)
        while self._running() and time.monotonic() < until:
            for answer in self._crew.wait(0.1):
                self._take(answer)
        self._crew.drop()

    # What to ask for

    def _over(self) -> bool:
        if self._context.stop.is_set() and not self._empty_handed():
            self.why_stopped = "stopped by the user"
        elif self._seconds() <= 0:
            self.why_stopped = "the time was up"
        elif self.allowance.work is None and self._hopeless():
            self.why_stopped = f"{len(self.entries) - self._last_gain} trials in a row brought nothing"
        return bool(self.why_stopped)

    def _hopeless(self) -> bool:
        clock = self._context.clock
        waited = clock.spent - self._gained > PATIENT_SHARE * clock.seconds
        return waited and len(self.entries) - self._last_gain > PATIENCE

    def _seconds(self) -> float:
        """What is left; until a first fold is fitted, always enough for one, so that a run ends with a model."""
        return max(self.allowance.seconds, FIRST_FIT if self._empty_handed() else 0.0)

    def _empty_handed(self) -> bool:
        return not any(entry.losses for entry in self.entries)

    def _running(self) -> int:
        return sum(entry.running for entry in self.entries)

    def _ask(self) -> None:
        while self._running() < self._crew.size:
            job = self._next_job()
            if job is None:
                return
            self.entries[job.trial].asked.add(job.fold or 0)
            self._crew.submit(job)

    def _next_job(self) -> FitJob | None:
        """The next fold of the oldest open trial that has none running, else a new trial's first."""
        for entry in self.entries:
            if not entry.state and not entry.running and entry.next_fold is not None:
                return self._job(entry, entry.next_fold)
        if any(entry.mending for entry in self.entries) or not self._may_begin():
            return None
        candidate = self._next_candidate()
        if candidate is None:
            return None
        entry = Entry(len(self.entries), candidate, self._folds)
        self.entries.append(entry)
        self._logbook.begin(entry)
        return self._job(entry, 0)

    def _may_begin(self) -> bool:
        """In work mode a generation begins when the one before is over, if its folds are within the work left."""
        if self.allowance.work is None:
            return True
        used = sum(entry.folds if not entry.state else len(entry.asked) for entry in self.entries)
        if used + len(self._plan.folds) > self.allowance.work and self.entries:
            return False
        begun = len(self.entries)
        if begun % GENERATION == 0 and any(not entry.state for entry in self.entries):
            return False
        if begun % GENERATION == 0:
            self._decided = begun
        return True

    def _next_candidate(self) -> Candidate | None:
        """The first for the learner whose turn it is: what is advised for it, else what it has planned."""
        known, advice = self._known(), self._advised()
        rng = np.random.default_rng([self._problem.seed, 50, len(self.entries)])
        for candidate in mitigating(self._problem, self.entries, self._finished(), self.learners):
            if not self._tried(candidate) and self._affordable(candidate):
                return candidate
        for name in self._turns.order(known):
            planned = self._turns.candidate(name, known, rng)
            wanted = [candidate for candidate in advice if candidate.learner == name]
            for candidate in wanted + ([planned] if planned else []):
                if self._affordable(candidate):
                    return candidate
        return None

    def _advised(self) -> list[Candidate]:
        finished = self._finished()
        if not finished or self._problem.teaching is not None:
            return []
        situation = Situation(self._problem, self._dataset, self._features, self.learners, finished, self.geometry)
        return [candidate for candidate in advised(situation) if not self._tried(candidate)]

    def _affordable(self, candidate: Candidate) -> bool:
        """Whether a trial can still come to something, by what the learner's folds took before, else by its card."""
        own = [e for e in self._visible() if e.candidate.learner == candidate.learner]
        ended = [e for e in own if e.state]
        if ended and all(e.state == "failed" for e in ended):
            return False
        if self.allowance.work is not None:
            return True
        fold, finished = self._turns.expected(candidate.learner, own), any(e.state == "finished" for e in own)
        # The seconds on a card are rough, and a trial cut short may still count: one fold must fit in for sure.
        return fold * (self._folds if finished else 1) < (1.0 if finished else 0.6) * self._seconds()

    def _tried(self, candidate: Candidate) -> bool:
        return any(entry.candidate == candidate for entry in self.entries)

    def _job(self, entry: Entry, fold: int) -> FitJob:
        chosen = entry.candidate
        share = 1.0 if base_of(chosen.view) in TABLES else NETWORK
        seconds, seed, how = share * self._seconds(), self._problem.seed, chosen.augment
        return FitJob(entry.id, chosen.learner, chosen.settings, chosen.view, fold, seconds, seed, augment=how)

    # What came of it

    def _take(self, answer: FitDone) -> None:
        entry = self.entries[answer.trial]
        self._logbook.fitted(answer)
        entry.record(answer)
        if entry.state == "" and answer.state == "ok":
            self._prune(entry)
        self._settle_folds(entry, answer)
        for ended in [e for e in self.entries if e.state and e.id not in self._ended]:
            self._end(ended)
        self._keep_time()

    def _prune(self, entry: Entry) -> None:
        """A small student may be what is left when the limits have refused the larger ones."""
        if self._problem.teaching is None and not entry.mending and not self._gains_by(entry):
            entry.prune(self._to_beat(entry))

    def _to_beat(self, entry: Entry) -> Entry | None:
        """What a trial that brings the ensemble nothing must not fall behind; fairness costs loss, and may."""
        return None if mitigates(entry.candidate, self.learners) else next(iter(self._finished()), None)

    def _gains_by(self, entry: Entry) -> bool:
        """In work mode the ensemble of the moment depends on which trial ended first, so that it has no say."""
        return self.allowance.work is None and self.ensemble.gains_by(entry)

    def _end(self, entry: Entry) -> None:
        self._ended.add(entry.id)
        self._logbook.end(entry)
        if entry.state == "finished":
            self.ensemble.take(entry)
            self._weigh()
        self._tell(entry)

    def _settle_folds(self, entry: Entry, answer: FitDone) -> None:
        """Once the first larger fit tells how fast they go: as many folds a trial as leave time for enough trials."""
        card = self.learners[entry.candidate.learner].card
        if self._settled or answer.state != "ok" or card.seconds < TELLING:
            return
        self._settled = True
        fits = self._crew.size * self._seconds() / max(answer.seconds, 1e-3)
        least = math.ceil(VALIDATED / max(1, len(self._plan.folds[0].valid)))
        self._folds = min(len(self._plan.folds), max(int(fits / TRIALS), least))
        for each in self.entries:
            each.shorten(self._folds)

    def _weigh(self) -> None:
        """Members that could no longer be fitted on all rows and compiled in time are not taken up."""
        ranked = sorted((e for e in self.entries if e.losses), key=lambda entry: (entry.mean_loss, entry.id))
        before = self.ensemble.weights
        better = self.ensemble.weigh(ranked)
        late = self._late(self.ensemble.weights)
        if before and late:
            self._settle_for(before, ranked)
        elif better:
            self._last_gain, self._gained = len(self.entries), self._context.clock.spent

    def _keep_time(self) -> None:
        """A trial that is clearly ahead before its last fold is expected to be the model: the search goes on no longer
        than leaves time to fit it on all rows, whether or not it has seen all folds by then."""
        best = next(iter(self._finished_anywhere()), None)
        ahead = [entry for entry in self.entries if not entry.state and self._outdoes(entry, best)]
        if best is not None and ahead:
            first = min(ahead, key=lambda entry: entry.mean_loss)
            self.allowance.expect([self.entries[i] for i in self.ensemble.weights], [first])

    def _settle_for(self, before: dict[int, float], ranked: Sequence[Entry]) -> None:
        """The best single trial that there is time for, if it outdoes all that were weighed before; else those."""
        bar = min(self.entries[i].mean_loss for i in before)
        known = [e for e in ranked if e.id in self.ensemble.out_of_fold and self._may_ship(e) and e.mean_loss < bar]
        for weights in (*({entry.id: 1.0} for entry in known), before):
            self.ensemble.weights = weights
            if not self._late(weights):
                return

    def _late(self, weights: Mapping[int, float]) -> bool:
        """Whether these trials could no longer be fitted on all rows in time."""
        self.allowance.expect([self.entries[i] for i in weights])
        return self.allowance.seconds < -LATE

    def _may_ship(self, entry: Entry) -> bool:
        return may_ship(self._problem, entry.candidate.learner, entry.bytes, entry.candidate.augment)

    def _weigh_unfinished(self) -> None:
        """Where time allowed few trials, one that the deadline cut short may be the best by far; it then competes on
        the rows it has seen."""
        best = next(iter(self._finished_anywhere()), None)
        cut = [entry for entry in self.entries if entry.state in ("", "unfinished") and self._outdoes(entry, best)]
        for entry in cut:
            self.ensemble.take(entry)
        self._weigh()

    def _outdoes(self, entry: Entry, best: Entry | None) -> bool:
        if best is None:
            return bool(entry.scored)
        if self.allowance.work is not None or len(entry.scored) < 2:
            return False
        ahead = entry.mean_loss < CLEARLY * best.loss_on(entry.scored)
        return ahead and self.ensemble.tells_apart(entry, best)

    def _visible(self) -> list[Entry]:
        """Trials that decisions may look at: all, or those of earlier generations."""
        return self.entries if self.allowance.work is None else self.entries[: self._decided]

    def _known(self) -> list[Entry]:
        """All trials, those that decisions must not look at yet as if nothing had come of them so far."""
        visible = self._visible()
        return [*visible, *(entry.ordered() for entry in self.entries[len(visible) :])]

    def _finished(self) -> list[Entry]:
        return best_first(self._visible())

    def _finished_anywhere(self) -> list[Entry]:
        return best_first(self.entries)

    def _tell(self, entry: Entry) -> None:
        trial = entry.trial(self.learners)
        best = self._finished_anywhere()
        score = best[0].trial(self.learners).score if best else None
        ended = sum(bool(e.state) for e in self.entries)
        metric = self._problem.metric
        self._context.tell(
            TrialFinished(
                trial.id, trial.title, trial.state, trial.score, score, metric, ended, self._context.clock.spent
            )
        )
