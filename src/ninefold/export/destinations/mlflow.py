"""MLflow: a model folder that it serves, and the run with its metrics and files in its tracking store."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from ninefold import __version__
from ninefold.core.parts import setting
from ninefold.export import yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import copy_bundle, put, put_json
from ninefold.export.tracking import track
from ninefold.report.document import without_password
from ninefold_runtime.model import SCORED
from ninefold_runtime.schema import WORDED, Schema

LOCAL = "sqlite:///mlflow.db"
"""Where runs are logged when nothing is said: a file here, as MLflow itself does."""


@dataclass(frozen=True)
class MLflow:
    """``MLmodel`` by hand: MLflow's own ONNX flavour cannot feed a graph over raw columns. No pickle, no code."""

    about: ClassVar[str] = "a model that mlflow models serve serves; a run is logged with its metrics and files"

    uri: str = setting("", "Tracking URI; else MLFLOW_TRACKING_URI, else sqlite:///mlflow.db.")
    experiment: str = setting("", "Experiment to log to; else named after the target.")
    log: str = setting("auto", "Log the run: auto does so where MLflow is installed.", choices=("auto", "yes", "no"))

    def write(self, subject: Subject, folder: Path) -> Told:
        copy_bundle(subject.bundle, folder / "bundle")
        put(folder / "MLmodel", yaml.text(_model(subject.bundle.schema)))
        put(folder / "requirements.txt", f"mlflow>=3.4\nninefold-runtime=={__version__}\n")
        put(folder / "python_env.yaml", yaml.text({"dependencies": ["-r requirements.txt"]}))
        put_json(folder / "serving_input_example.json", {"dataframe_records": [subject.bundle.schema.example]})
        notes = self._noted(subject, folder)
        return Told(("mlflow models serve --model-uri . --env-manager local --port 5001",), notes)

    def _noted(self, subject: Subject, folder: Path) -> tuple[str, ...]:
        """Log the run, if that is wished for and can be. A bundle without its run has nothing to log."""
        if self.log == "no" or (self.log == "auto" and subject.run is None):
            return ()
        if self.log == "auto" and find_spec("mlflow") is None:
            return ("the run is not logged, as MLflow is not installed here: pip install 'ninefold[mlflow]'",)
        return (self._logged(subject, folder),)

    def _logged(self, subject: Subject, folder: Path) -> str:
        uri = self.uri or os.environ.get("MLFLOW_TRACKING_URI") or LOCAL
        logged = track(subject, folder, uri, self.experiment or subject.name)
        return f"logged to {without_password(uri)} as run {logged.run}, its model as models:/{logged.model}"


def _model(schema: Schema) -> dict[str, object]:
    flavour = {
        "loader_module": "ninefold_runtime.pyfunc",
        "data": "bundle",
        "env": {"virtualenv": "python_env.yaml"},
        "python_version": "3.11",
    }
    return {
        "flavors": {"python_function": flavour},
        "signature": {"inputs": _text(_inputs(schema)), "outputs": _text(_outputs(schema))},
    }


def _inputs(schema: Schema) -> list[dict[str, object]]:
    """Any type, and none required: MLflow refuses a whole number for a float, where the bundle reads whatever comes."""
    return [{"type": "any", "name": column.name, "required": False} for column in schema.columns]


def _outputs(schema: Schema) -> list[dict[str, object]]:
    target = schema.target
    kind = "string" if target.classes or target.labels or target.task in WORDED else "double"
    parts = [f"prediction:{name}" for name in target.parts] or ["prediction"]
    decided = dict.fromkeys(parts, kind)
    decided |= {part: "string" for part, classes in zip(parts, target.choices, strict=False) if classes}
    shares = ["score"] if target.task in SCORED else [f"probability:{name}" for name in _shared(schema)]
    told = decided | dict.fromkeys(shares, "double")
    return [{"type": of, "name": name} for name, of in told.items()]


def _shared(schema: Schema) -> tuple[str, ...]:
    target = schema.target
    return target.parts if target.labels else target.shares or target.classes


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
