"""What the search for a speaker has to say."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.findings import found
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.section import Cell, Figure, Section, Series, Table
from ninefold.core.words import counted, duration, number, size

FINDINGS = "ninefold.select.findings"


def speaking_view(board: Leaderboard) -> Section:
    title = parts.find("ninefold.metrics", board.metric).title
    kept = board.trial(next(iter(board.weights)))
    return Section(
        title="Models",
        sentence=f"{counted(len(board.trials), 'speaker')} · {kept.title} is best, {title} {number(kept.score or 0.0)}",
        questions=(36,),
        findings=found(FINDINGS, board),
        tables=(_table(board, kept, title), _everything(board, title)),
        figures=(_figure(board, title),),
        text=(
            f"The search ended: {board.why_stopped}.",
            "Each speaker is fitted on most of the rows and judged by what its graph says of others. The one that is "
            "kept is not fitted anew: it ships as it was judged.",
        ),
    )


def _ranked(board: Leaderboard) -> list[Trial]:
    sign = -1 if board.higher_is_better else 1
    return sorted((t for t in board.trials if t.score is not None), key=lambda t: (sign * (t.score or 0.0), t.id))


def _table(board: Leaderboard, kept: Trial, title: str) -> Table:
    ranked = _ranked(board)
    names = tuple(dict.fromkeys(name for trial in ranked for name in trial.measures if name != "graph_difference"))
    rows = tuple(_row(trial, names) for trial in ranked)
    heads = ("speaker", title, *(name.replace("_", " ") for name in names), "rounds", "weighs", "fit")
    return Table("Leaderboard", heads, rows, starred=ranked.index(kept))


def _row(trial: Trial, names: tuple[str, ...]) -> tuple[Cell, ...]:
    rounds = trial.rounds[0] if trial.rounds else None
    found = (trial.measures.get(name) for name in names)
    return (trial.title, trial.score, *found, rounds, size(trial.bytes), duration(trial.seconds))


def _everything(board: Leaderboard, title: str) -> Table:
    rows = tuple((t.id, t.title, t.state, t.score, str(t.settings), t.seconds, t.why) for t in board.trials)
    return Table("Every trial", ("trial", "speaker", "state", title, "settings", "seconds", "why"), rows, wide=True)


def _figure(board: Leaderboard, title: str) -> Figure:
    ranked = _ranked(board)
    series = Series(title, tuple(f"{t.title} ({t.id})" for t in ranked), tuple(t.score or 0.0 for t in ranked))
    return Figure("bars", f"{ranked[0].title} leads.", (series,), x_label=title)
