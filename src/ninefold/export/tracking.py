"""A finished run in MLflow's tracking store: parameters, metrics, files and the model, by MLflow's client."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ninefold import __version__
from ninefold.core.errors import MissingExtra, RunError
from ninefold.report.document import without_password
from ninefold.report.measures import CURVES, METRICS, metrics
from ninefold.runs import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ninefold.export.destination import Subject

FILES = ("report.html", "report.json", "datasheet.md", METRICS, CURVES)
MOST_TEXT = 250
"""Letters of a parameter: some of MLflow's stores refuse more."""
MOST_DIGEST = 36
"""Letters of a data set's digest, likewise."""
MOST_METRICS = 1000
"""Numbers that MLflow takes in one call."""


@dataclass(frozen=True)
class Logged:
    """What MLflow calls the run and the model."""

    run: str
    model: str


def track(subject: Subject, model: Path, uri: str, experiment: str) -> Logged:
    """Log the run of ``subject``, and the MLflow model in the folder ``model`` as its model.

    Raises:
        MissingExtra: NF-E401 without MLflow. RunError: NF-E350 when the store cannot be written.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # Ninefold makes no library call home
    try:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ModuleNotFoundError as error:
        raise MissingExtra.of("logging to MLflow", "mlflow") from error
    run = Run(subject.must_have_run("logging to MLflow"))
    try:
        client = MlflowClient(uri)
        found = client.get_experiment_by_name(experiment)
        place = found.experiment_id if found else client.create_experiment(experiment)
        return _logged(client, place, run, subject, model)
    except (MlflowException, OSError) as error:
        hint = "check the tracking URI, or leave logging out with --set log=no"
        raise RunError("NF-E350", f"MLflow at {without_password(uri)} took no run: {error}", hint=hint) from error


def _logged(client: MlflowClient, experiment: str, run: Run, subject: Subject, model: Path) -> Logged:
    from mlflow.entities import Param

    digest = subject.digest
    tags = {"ninefold.version": __version__, "ninefold.run": run.id, "ninefold.graph": digest}
    made = client.create_run(experiment, tags=tags, run_name=run.id).info.run_id
    client.log_batch(made, params=[Param(name, value[:MOST_TEXT]) for name, value in _parameters(run)])
    numbers = list(_numbers(run))
    for start in range(0, len(numbers), MOST_METRICS):
        client.log_batch(made, metrics=[_metric(*each) for each in numbers[start : start + MOST_METRICS]])
    _log_data(client, made, run)
    for name in FILES:
        if (run.folder / name).exists():  # earlier releases left fewer files
            client.log_artifact(made, str(run.folder / name))
    logged = client.create_logged_model(experiment, name=subject.name, source_run_id=made, tags=tags)
    client.log_model_artifacts(logged.model_id, str(model))
    client.finalize_logged_model(logged.model_id, "READY")
    client.set_terminated(made)
    return Logged(made, logged.model_id)


def _parameters(run: Run) -> Iterator[tuple[str, str]]:
    problem, model = run.problem, run.model
    plan, budget = problem.validation, problem.budget
    yield from {"target": problem.sought, "task": problem.task, "metric": problem.metric}.items()
    yield "validation", f"{plan.scheme}, {plan.folds} folds × {plan.repeats}"
    yield "holdout", f"{problem.holdout:g}"
    yield "budget", f"{budget.work} fits" if budget.work is not None else f"{budget.seconds:g} s"
    yield "seed", str(problem.seed)
    yield "members", ", ".join(f"{member.title} {member.weight:.3f}" for member in model.members)


def _numbers(run: Run) -> Iterator[tuple[str, float, int]]:
    """Name, value and step: scores on the sealed rows, seconds of the stages, and the score of every trial."""
    for name, measured in metrics(run.evaluation).items():
        if isinstance(measured, dict):
            yield name, measured.pop("value"), 0
            yield from ((f"{name}.{bound}", value, 0) for bound, value in measured.items())
        else:
            yield name, measured, 0
    for number, _, seconds in run.sections():
        yield "stage.seconds", seconds, number
    for trial in run.leaderboard.trials:
        if trial.score is not None:
            yield f"trial.{run.problem.metric}", trial.score, trial.id


def _metric(name: str, value: float, step: int) -> object:
    from mlflow.entities import Metric

    return Metric(name, value, int(1000 * time.time()), step)


def _log_data(client: MlflowClient, made: str, run: Run) -> None:
    from mlflow.entities import Dataset, DatasetInput

    data = run.dataset
    source, name = without_password(data.origin), without_password(data.origin).rsplit("/", 1)[-1]
    profile = json.dumps({"rows": data.train_rows, "sealed rows": data.sealed.rows, "sha256": data.digest})
    table = Dataset(name, data.digest[:MOST_DIGEST], "local", json.dumps({"uri": source}), profile=profile)
    client.log_inputs(made, [DatasetInput(table)])
