"""The graph of a bundle as a pyfunc of MLflow, in MLflow's own virtual environment, for ``mlflow models serve``.

python mlflow_model.py BUNDLE FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import onnxruntime as ort
import pandas as pd


class Graph(mlflow.pyfunc.PythonModel):
    def load_context(self, context: Any) -> None:
        folder = Path(context.artifacts["bundle"])
        self.columns = [(c["name"], c["kind"]) for c in json.loads((folder / "schema.json").read_text())["columns"]]
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        feed = {
            name: model_input[name].to_numpy(np.float64 if kind == "number" else object) for name, kind in self.columns
        }
        return self.session.run(["label"], feed)[0].tolist()


if __name__ == "__main__":
    mlflow.pyfunc.save_model(sys.argv[2], python_model=Graph(), artifacts={"bundle": sys.argv[1]}, pip_requirements=[])
