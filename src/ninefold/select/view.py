"""What the search has to say."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.findings import found
from ninefold.core.results import MOST_BYTES, Geometry, Leaderboard, Trial
from ninefold.core.section import Cell, Figure, Section, Series, Table
from ninefold.core.words import counted, duration, number, size
from ninefold.select import answered, front_view
from ninefold.select.clusters_view import clusters_view
from ninefold.select.geometry import LOW_CONTRAST, is_flat
from ninefold.select.speaking_view import speaking_view

SHOWN = 12
FINDINGS = "ninefold.select.findings"


def view(board: Leaderboard) -> Section:
    if board.spoken:
        return speaking_view(board)
    if board.why_chosen:
        return clusters_view(board)
    title = parts.find("ninefold.metrics", board.metric).title
    shown = _best_of_each(board)
    learned = [trial for trial in shown if trial.id != board.baseline] or shown
    members = len(board.weights)
    answers = answered.answers(board)
    told = (answered.table(answers, title),) if answers else ()
    return Section(
        title="Models",
        sentence=f"{counted(len(board.trials), 'trial')} · {title} {number(board.ensemble_score)} by "
        + (f"an ensemble of {members}" if members > 1 else board.trial(next(iter(board.weights))).title)
        + (front_view.sentence(board.front) if board.front else ""),
        questions=(4, 8, 9, 10, 11, 15, 16, 17, 18, 20, 21, 22),
        findings=(*found(FINDINGS, board), *answered.findings(board, answers, title)),
        tables=(
            _table(board, title),
            *_combinations(board, title),
            *((front_view.table(board.front),) if board.front else ()),
            *told,
            _everything(board, title),
        ),
        figures=(
            *((_figure(learned[:SHOWN], title),) if shown else ()),
            *((front_view.figure(board.front),) if board.front else ()),
        ),
        text=(
            f"The search ended: {board.why_stopped}. All learners share one split plan.",
            *_geometry(board.geometry),
            *(front_view.text(board.front) if board.front else ()),
        ),
    )


def _combinations(board: Leaderboard, title: str) -> tuple[Table, ...]:
    """How the members could be combined; each way judged on rows that it was not fitted on."""
    if not board.combinations:
        return ()
    taken = "stacking" if board.stacked else "weights"
    names = {"voting": "voting: the best three learners, equally", "weights": "weights, found greedily"}
    names["stacking"] = "stacking: a linear second layer"
    rows = tuple(
        (names[way.kind], len(way.trials), way.score, way.loss, "taken" if way.kind == taken else "")
        for way in board.combinations
    )
    return (Table("Ways to combine", ("way", "members", title, "loss", "note"), rows, wide=True),)


def _geometry(found: Geometry | None) -> tuple[str, ...]:
    """Do distances among the rows still mean something?"""
    if found is None or found.dimension is None or found.contrast is None:
        return ()
    return (
        f"The {found.numbers:,} numeric columns spread in about {found.dimension:.1f} directions (TwoNN). Distances "
        + ("hardly tell near rows from far ones" if is_flat(found) else "tell near rows from far ones")
        + f" (relative contrast {number(found.contrast)}; below {LOW_CONTRAST:.0f} they hardly do).",
    )


def _ranked(board: Leaderboard) -> list[Trial]:
    """Trials that saw a fold: those that saw all first, best score first."""
    sign = -1 if board.higher_is_better else 1
    scored = [trial for trial in board.trials if trial.score is not None]
    return sorted(scored, key=lambda t: (t.state != "finished", sign * (t.score or 0.0), t.id))


def _best_of_each(board: Leaderboard) -> list[Trial]:
    """Every member of the ensemble and the best trial of each learner; those that saw all folds come first."""
    ranked = _ranked(board)
    firsts = {trial.learner: trial.id for trial in reversed(ranked)}
    return [trial for trial in ranked if trial.id in board.weights or firsts[trial.learner] == trial.id]


def _table(board: Leaderboard, title: str) -> Table:
    fits = sum(board.trial(member).seconds for member in board.weights)
    whole = ("ensemble", board.ensemble_score, _spread(board.ensemble_scores), 1.0, duration(fits), "")
    rows: list[tuple[Cell, ...]] = [whole]
    rows += [
        (t.title, t.score, _spread(t.scores), board.weights.get(t.id), duration(t.seconds), _note(t))
        for t in _best_of_each(board)
    ]
    return Table("Leaderboard", ("model", title, "±", "weight", "fits", "note"), tuple(rows), starred=0)


def _note(trial: Trial) -> str:
    if trial.bytes > MOST_BYTES:
        return f"too large to ship ({size(trial.bytes)})"
    return "" if trial.state == "finished" else f"{trial.state} after {counted(len(trial.scores), 'fold')}"


def _spread(scores: tuple[float, ...]) -> float | None:
    """Half the 95 % interval of the mean over folds."""
    count = len(scores)
    if count < 2:
        return None
    mean = sum(scores) / count
    variance = sum((score - mean) ** 2 for score in scores) / (count - 1)
    return float(1.96 * (variance / count) ** 0.5)


def _everything(board: Leaderboard, title: str) -> Table:
    rows = tuple(
        (
            t.id,
            t.title,
            t.state,
            t.score,
            _settings(t),
            t.seconds,
            t.why,
        )
        for t in board.trials
    )
    headings = ("trial", "learner", "state", title, "settings", "seconds", "why")
    return Table("Every trial", headings, rows, wide=True)


def _settings(trial: Trial) -> str:
    return ", ".join(f"{k}={v:.3g}" if isinstance(v, float) else f"{k}={v}" for k, v in trial.settings.items())


def _figure(trials: list[Trial], title: str) -> Figure:
    spreads = [_spread(t.scores) or 0.0 for t in trials]
    scores = tuple(t.score or 0.0 for t in trials)
    series = Series(
        title,
        tuple(f"{t.title} ({t.id})" for t in trials),
        scores,
        tuple(s - d for s, d in zip(scores, spreads, strict=True)),
        tuple(s + d for s, d in zip(scores, spreads, strict=True)),
    )
    note = "Mean over the folds with its 95 % interval; intervals that overlap are no proof of a difference."
    return Figure("intervals", f"{trials[0].title} leads the single models.", (series,), x_label=title, note=note)
