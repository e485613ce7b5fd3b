"""What the monitor promises: false alarms, power, delays and speed; see the files in monitoring/."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

import results
from monitoring.batches import false_alarms, power
from monitoring.small_tables import small_tables
from monitoring.speed import speed
from monitoring.streams import changes, in_order, stationary


def main() -> int:
    asked = _asked()
    data = Path(asked.data) / "drift" / "elec.csv.gz"
    parts: dict[str, tuple[str, Callable[[np.random.Generator], tuple[str, bool]]]] = {
        "batches": ("Batches without drift", lambda rng: false_alarms(asked.batches, rng)),
        "power": ("Small shifts", lambda rng: power(max(10, asked.batches // 5), rng)),
        "small": ("Predictions on small tables", lambda rng: small_tables(asked.batches // 2, rng)),
        "stationary": ("Streams without change", lambda rng: stationary(max(1, asked.batches // 20), rng)),
        "changes": ("Streams with a change", lambda rng: changes(max(5, asked.batches // 20), rng)),
        "order": ("Streams in order", lambda rng: (in_order(max(5, asked.batches // 50), rng, data), True)),
        "speed": ("Speed", lambda rng: speed(asked.rows, asked.evidently, rng)),
    }
    said, kept = [], True
    for name in asked.only or parts:
        title, measure = parts[name]
        text, held = measure(np.random.default_rng(sorted(parts).index(name)))
        print(f"### {title}\n\n{text}\n", flush=True)
        said.append(f"### {title}\n\n{text}")
        kept &= held
    if asked.write:
        results.write("monitor", "\n\n".join(said))
    return int(not kept)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evidently", metavar="PYTHON", help="interpreter of an environment with evidently")
    parser.add_argument("--batches", type=int, default=1000, help="batches of each size; fewer are quicker")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the timed pass, a multiple of a million")
    parser.add_argument("--only", action="append", metavar="PART", help="batches, power, small, stationary, changes …")
    parser.add_argument("--data", default=os.environ.get("NINEFOLD_DATA", results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
