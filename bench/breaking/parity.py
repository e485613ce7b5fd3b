"""F14: graph and fitted Python on rows that hypothesis makes: gaps, unseen codes, zeros of both signs, extremes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from breaking.outcome import Experiment, Outcome
from breaking.room import Room

AT_ONCE = 200
"""Rows of one example."""
FLIP = 1e-6
"""Margin between the two best classes within which rounding may decide the label."""


def parity(room: Room, times: int) -> Outcome:
    """Every learner on every task it solves; ``times`` thousand rows each."""
    from ninefold.core import parts

    outcome, rows = Outcome(), 0
    for name in parts.names("ninefold.learners"):
        learner = parts.make("ninefold.learners", name)
        for task in learner.card.solves:
            apart, flips = _apart(learner, task, times * 1000)
            rows += times * 1000
            wrong = apart > learner.card.tolerance or flips
            told = f"{name} on {task}: differs by {apart:.3g}, {flips} labels flipped"
            outcome.note("learners and tasks", told if wrong else "")
    outcome.figures.append(f"{rows:,} rows")
    return outcome


def _apart(learner: object, task: str, rows: int) -> tuple[float, int]:
    """Largest difference, in the task's units, and labels that flip."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import arrays

    from ninefold.checks._bench import mixed, tried
    from ninefold.core.tasks import difference
    from ninefold.forms.onnx import Session, form_graph

    data = mixed(task, learner.card.view)  # type: ignore[attr-defined,arg-type]
    form = tried(learner, data)  # type: ignore[arg-type]
    session = Session(form_graph(form, data.x.shape[1]))
    worst, flips = 0.0, 0
    free = learner.card.view != "scaled"  # type: ignore[attr-defined]
    number = st.floats(-1e6, 1e6) if not free else st.floats(allow_nan=True, allow_infinity=True, width=64)
    usual = st.floats(-4, 4)
    code = st.one_of(st.integers(0, 12).map(float), st.just(np.nan))

    @settings(max_examples=max(1, rows // AT_ONCE), deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(arrays(np.float64, (AT_ONCE, data.x.shape[1]), elements=st.one_of(usual, number)),
           arrays(np.float64, (AT_ONCE, max(1, len(data.categorical))), elements=code))  # fmt: skip
    def examined(x: NDArray[np.float64], codes: NDArray[np.float64]) -> None:
        nonlocal worst, flips
        x[:, data.categorical] = codes[:, : len(data.categorical)]
        python, graph = form.predict(x), session.run({"x": x})["y"]
        known = np.isfinite(python).all(axis=1) | np.isfinite(graph).all(axis=1)
        if known.any():
            worst = max(worst, difference(data.task, python[known], graph[known]))
            best = np.sort(python[known], axis=1)
            clear = best[:, -1] - best[:, -2] > FLIP if python.shape[1] > 1 else np.zeros(known.sum(), bool)
            flips += int((clear & (python[known].argmax(axis=1) != graph[known].argmax(axis=1))).sum())

    examined()
    return (float("inf") if np.isnan(worst) else worst), flips


EXPERIMENTS = (
    Experiment(
        "F14",
        "graph against fitted Python on made rows (times 1,000 rows)",
        "the card's tolerance; no label",
        10,
        parity,
    ),
)
