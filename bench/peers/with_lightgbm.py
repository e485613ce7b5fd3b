"""LightGBM as it comes, with early stopping on a tenth of the rows. Prints one JSON line.

python with_lightgbm.py TRAIN.csv TEST.csv TARGET TASK SECONDS PRESET FOLDER
"""

from __future__ import annotations

import json
import sys
import time

import lightgbm as lgb
import numpy as np
import pandas as pd

OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
ROWS = 30


def main(train: str, test: str, target: str, task: str, seconds: str, preset: str, folder: str) -> None:
    del seconds, preset, folder
    learned, asked = pd.read_csv(train), pd.read_csv(test)
    started = time.monotonic()
    columns, new = _categories(learned.drop(columns=[target]), asked.drop(columns=[target]))
    classes = [] if task == "regression" else sorted(learned[target].astype(str).unique())
    y = (
        learned[target].to_numpy(float)
        if task == "regression"
        else np.searchsorted(classes, learned[target].astype(str))
    )
    held = np.random.default_rng(0).random(len(y)) < 0.1
    settings = {"objective": OBJECTIVES[task], "verbosity": -1, "num_threads": 2}
    settings |= {"num_class": len(classes)} if task == "multiclass" else {}
    table = lgb.Dataset(columns[~held], y[~held])
    stop = lgb.Dataset(columns[held], y[held], reference=table)
    booster = lgb.train(settings, table, 2000, valid_sets=[stop], callbacks=[lgb.early_stopping(50, verbose=False)])
    fitted = time.monotonic() - started
    said = booster.predict(new)
    if task == "binary":
        said = np.column_stack([1 - said, said])
    latencies = []
    for i in range(ROWS):
        begun = time.perf_counter()
        booster.predict(new.iloc[[i % len(new)]])
        latencies.append(time.perf_counter() - begun)
    answer = {
        "predictions": said.reshape(len(new), -1).tolist(),
        "classes": classes,
        "fitted": fitted,
        "latency_ms": sorted(latencies)[ROWS // 2] * 1e3,
    }
    print(json.dumps(answer))


def _categories(learned: pd.DataFrame, asked: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns of words as categories, numbered over the training rows."""
    words = [name for name in learned if not pd.api.types.is_numeric_dtype(learned[name])]
    kinds = {name: pd.CategoricalDtype(sorted(learned[name].dropna().astype(str).unique())) for name in words}
    return learned.astype(kinds), asked.astype(kinds)


if __name__ == "__main__":
    main(*sys.argv[1:])
