"""Evidently's report on drift, in its own virtual environment (`evidently "pandas<3"`). Prints one JSON line.

python with_evidently.py BEFORE.parquet NOW.parquet
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import evidently
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main(before: str, now: str) -> None:
    begun = time.process_time()
    reference, current = pd.read_parquet(before), pd.read_parquet(now)
    start, reading = peak(), time.process_time() - begun
    begun = time.process_time()
    Report([DataDriftPreset()]).run(current, reference).dict()
    answer = {
        "seconds": time.process_time() - begun,
        "reading": reading,
        "megabytes": peak() - start,
        "version": evidently.__version__,
    }
    print(json.dumps(answer))


def peak() -> float:
    """The most memory that this process has ever held, in megabytes; what its parent held does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
