"""Evidently's report on drift, in its own virtual environment (`evidently "pandas<3"`). Prints one JSON line.

python with_evidently.py BEFORE.parquet NOW.parquet
"""

from __future__ import annotations

import json
import resource
import sys
import time

import evidently
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main(before: str, now: str) -> None:
    reference, current = pd.read_parquet(before), pd.read_parquet(now)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    Report([DataDriftPreset()]).run(current, reference).dict()
    answer = {
        "seconds": time.process_time() - begun,
        "megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 1024,
        "version": evidently.__version__,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
