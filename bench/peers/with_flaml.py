"""FLAML on one split, in its own virtual environment. Prints one JSON line.

python with_flaml.py TRAIN.csv TEST.csv TARGET TASK SECONDS PRESET FOLDER
"""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
from flaml import AutoML

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
ROWS = 30


def main(train: str, test: str, target: str, task: str, seconds: str, preset: str, folder: str) -> None:
    del preset, folder
    learned, asked = pd.read_csv(train), pd.read_csv(test)
    y = learned[target] if task == "regression" else learned[target].astype(str)
    started = time.monotonic()
    automl = AutoML()
    kind = "regression" if task == "regression" else "classification"
    automl.fit(
        learned.drop(columns=[target]), y, task=kind, metric=METRICS[task], time_budget=float(seconds), n_jobs=2, seed=0
    )
    fitted = time.monotonic() - started
    columns = asked.drop(columns=[target])
    predict = automl.predict if task == "regression" else automl.predict_proba
    said = predict(columns)
    latencies = []
    for i in range(ROWS):
        begun = time.perf_counter()
        predict(columns.iloc[[i % len(columns)]])
        latencies.append(time.perf_counter() - begun)
    answer = {
        "predictions": said.reshape(len(columns), -1).tolist(),
        "classes": [] if task == "regression" else [str(name) for name in automl.classes_],
        "fitted": fitted,
        "latency_ms": sorted(latencies)[ROWS // 2] * 1e3,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
