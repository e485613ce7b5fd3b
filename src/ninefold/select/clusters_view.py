"""What the search for clusters has to say."""

from __future__ import annotations

from ninefold.core.findings import found
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.section import Cell, Figure, Section, Series, Table
from ninefold.core.words import counted

FEWEST_POINTS = 3
FINDINGS = "ninefold.select.findings"


def clusters_view(board: Leaderboard) -> Section:
    kept = board.trial(next(iter(board.weights)))
    return Section(
        title="Models",
        sentence=f"{counted(len(board.trials), 'clustering')} · {_number(kept)} by {kept.title}, "
        f"silhouette {kept.score or 0.0:.3f}",
        questions=(23, 24),
        findings=found(FINDINGS, board),
        tables=(_best(board, kept), _everything(board)),
        figures=_curves(board, kept),
        text=(
            f"Chosen: {board.why_chosen}. The search ended: {board.why_stopped}.",
            "Each clustering is fitted on some rows and judged on others. The silhouette compares the distance to the "
            "own cluster with that to the next; one cloud is what the same method reaches where there are no clusters: "
            "numbers from one normal distribution with the same covariance. Stability is the adjusted Rand index "
            "between fits on different folds, about the same rows.",
        ),
    )


def _number(trial: Trial) -> str:
    return counted(round(trial.measures.get("clusters", 1.0)), "cluster")


def _ranked(board: Leaderboard) -> list[Trial]:
    return sorted((t for t in board.trials if t.scores), key=lambda t: (-(t.score or 0.0), t.id))


def _best(board: Leaderboard, kept: Trial) -> Table:
    """The one that was chosen, then the best of every other clusterer."""
    shown = {kept.learner: kept}
    for trial in _ranked(board):
        shown.setdefault(trial.learner, trial)
    rows = tuple(
        (t.title, round(t.measures.get("clusters", 1.0)), t.score, _measure(t, "reference"), _measure(t, "stability"))
        for t in shown.values()
    )
    return Table("Clusterings", ("model", "clusters", "silhouette", "one cloud", "stability"), rows, starred=0)


def _measure(trial: Trial, name: str) -> float | None:
    """Nothing is to be said of one cluster."""
    return trial.measures.get(name) if trial.measures.get("clusters", 1.0) > 1 else None


_MEASURES = ("davies_bouldin", "calinski_harabasz", "reference", "stability", "inertia", "smallest", "differs")


def _everything(board: Leaderboard) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (t.id, t.title, t.measures.get("clusters"), t.state, t.score, *(_measure(t, name) for name in _MEASURES), t.why)
        for t in board.trials
    ]
    headings = (
        *("trial", "learner", "clusters", "state", "silhouette", "Davies-Bouldin", "Calinski-Harabasz", "one cloud"),
        *("stability", "inertia", "smallest share", "assigned otherwise", "why"),
    )
    return Table("Every clustering", headings, tuple(rows), wide=True)


def _curves(board: Leaderboard, kept: Trial) -> tuple[Figure, ...]:
    """Silhouette and inertia by number of clusters, of the chosen method, or of k-means where that takes no number."""
    learner = kept.learner if len(_by_number(board, kept.learner)) >= FEWEST_POINTS else "k_means"
    trials = _by_number(board, learner)
    if len(trials) < FEWEST_POINTS:
        return ()
    numbers = tuple(float(number) for number in trials)
    best = max(trials, key=lambda number: trials[number].score or 0.0)
    title = next(iter(trials.values())).title
    scores = tuple(trial.score or 0.0 for trial in trials.values())
    silhouette = Series(title, numbers, scores)
    cloud = Series("one cloud", numbers, tuple(trial.measures["reference"] for trial in trials.values()))
    inertia = Series(title, numbers, tuple(trial.measures["inertia"] for trial in trials.values()))
    told = f"{_number(kept)} kept" if kept.id in {trial.id for trial in trials.values()} else f"highest with {best}"
    highest = f"Silhouette of {title} by number of clusters: {told}"
    bend = "Inertia falls with every cluster more: where it bends, further clusters tell little"
    return (
        Figure("lines", highest, (silhouette, cloud), "clusters", "silhouette"),
        Figure("lines", bend, (inertia,), "clusters", "mean squared distance to the own mean"),
    )


def _by_number(board: Leaderboard, learner: str) -> dict[int, Trial]:
    """The best trial of a learner for each number of clusters, by number."""
    found: dict[int, Trial] = {}
    for trial in _ranked(board):
        number = trial.settings.get("clusters")
        if trial.learner == learner and isinstance(number, int):
            found.setdefault(number, trial)
    return dict(sorted(found.items()))
