"""What `import ninefold as nf` offers besides the estimators: run the nine stages, and load what they shipped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ninefold.core.errors import WishError, nearest
from ninefold.core.events import Tell
from ninefold.core.problem import Budget, Wishes
from ninefold.runs import Run, silent
from ninefold.runs import run as run_wishes

if TYPE_CHECKING:
    from ninefold_runtime.model import Model


def run(
    data: Any = None,
    target: str | Sequence[str] | None = None,
    *,
    budget: str | float = "60s",
    work: int | None = None,
    query: str | None = None,
    resume: str | os.PathLike[str] | None = None,
    start: int = 1,
    runs: str | os.PathLike[str] = "runs",
    tell: Tell = silent,
    **wishes: Any,
) -> Run:
    """Take a table through the nine stages.

    Args:
        data: a path, a database URL (with ``query``), or any dataframe that narwhals reads.
        target: the column to predict, or a list of several; None looks for clusters.
        budget: wall-clock time for everything: ``"60s"``, ``"5m"``, ``"1h"`` or seconds.
        work: count learner fits instead of seconds, so that the same seed gives the same result bit for bit.
        resume: the folder of a run to go on with; it keeps its wishes. start: the first stage to do again in it.
        runs: where run folders are made.
        tell: hears each event (`ninefold.core.events`).
        wishes: further fields of `ninefold.core.problem.Wishes`, such as ``metric="roc_auc"`` or ``seed=1``.

    Raises:
        InputError: when the table, a column or a wish cannot be used; see `ninefold.core.errors`.
    """
    column = target if target is None or isinstance(target, str) else tuple(target)
    said = Wishes(target=column, budget=Budget.of(budget, work), **_known(wishes))
    folder = None if resume is None else Path(resume)
    return run_wishes(data, said, query=query, resume=folder, start=start, runs=Path(runs), tell=tell)


def _known(wishes: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(Wishes)}
    for name in wishes:
        if name not in names:
            close = nearest(name, names)
            hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(sorted(names))}"
            raise WishError("NF-E314", f'no wish is called "{name}"', hint=hint, given=name)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in wishes.items()}


def load(bundle: str | os.PathLike[str]) -> Model:
    """A bundle, verified and ready to predict; the same as `ninefold_runtime.model.load`.

    Raises:
        BundleError: when the bundle is damaged or not a bundle.
    """
    from ninefold_runtime.loaded import load as load_model

    return load_model(bundle)
