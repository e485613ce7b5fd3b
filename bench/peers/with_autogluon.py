"""AutoGluon on one split, in its own virtual environment. Prints one JSON line.

python with_autogluon.py TRAIN.csv TEST.csv TARGET TASK SECONDS PRESET FOLDER
"""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
from autogluon.tabular import TabularPredictor

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}
ROWS = 30
"""Single rows that the latency is the median of."""


def main(train: str, test: str, target: str, task: str, seconds: str, preset: str, folder: str) -> None:
    learned, asked = pd.read_csv(train), pd.read_csv(test)
    started = time.monotonic()
    predictor = TabularPredictor(target, problem_type=task, eval_metric=METRICS[task], path=folder, verbosity=2)
    predictor.fit(learned, presets=preset, time_limit=float(seconds), num_cpus=2, num_gpus=0)
    fitted = time.monotonic() - started
    columns = asked.drop(columns=[target])
    said = predictor.predict(columns) if task == "regression" else predictor.predict_proba(columns)
    classes = [] if task == "regression" else [str(name) for name in said.columns]
    latencies = []
    for i in range(ROWS):
        row = columns.iloc[[i % len(columns)]]
        begun = time.perf_counter()
        _ = predictor.predict(row) if task == "regression" else predictor.predict_proba(row)
        latencies.append(time.perf_counter() - begun)
    answer = {
        "predictions": said.to_numpy().reshape(len(columns), -1).tolist(),
        "classes": classes,
        "fitted": fitted,
        "latency_ms": sorted(latencies)[ROWS // 2] * 1e3,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
