"""Forecasts of real series against the seasonal naive forecast, ETS and Theta: airline, ETTh1 and M4 hourly.

The last H values of each series are kept away; a run learns from the rest, its bundle says the next H, and so do the
other methods, fitted to the whole of each series before. MASE is the official one: in units of the mean error of the
seasonal naive forecast within the series that was learned from (Hyndman and Koehler 2006). The claim is a MASE below
those of the seasonal naive forecast and of ETS on each set.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

import ninefold as nf
from ninefold.core.table import Array
from ninefold.forms.forecasters import METHODS
from ninefold.runs import read_columns
from ninefold_runtime import load
from ninefold_runtime.folding import folded
from results import table, write

ASKED = ("seasonal naive", "ETS")


@dataclass(frozen=True)
class Series:
    name: str
    values: Array


@dataclass(frozen=True)
class Asked:
    """A set of series, its season, and how far is looked ahead."""

    read: Callable[[Path], Iterator[Series]]
    season: int
    horizon: int
    monthly: bool = False


def airline(data: Path) -> Iterator[Series]:
    lines = csv.DictReader((data / "small-series" / "Airline.csv").open())
    yield Series("airline", np.array([float(line["Passengers"]) for line in lines]))


def transformer(data: Path) -> Iterator[Series]:
    """ETTh1: six loads and the oil's temperature, the months of training and validation, and the first day after."""
    with gzip.open(data / "ett" / "ETTh1.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))[: 8_640 + 2_880 + 24]
    for name in [name for name in rows[0] if name != "date"]:
        yield Series(name, np.array([float(row[name]) for row in rows]))


def hourly(data: Path) -> Iterator[Series]:
    """M4 hourly, each with the 48 values that were to be forecast behind it."""
    known, wanted = (_wide(data / "m4" / f"Hourly-{part}.csv.gz") for part in ("train", "test"))
    for name, values in known.items():
        yield Series(name, np.concatenate([values, wanted[name]]))


def _wide(path: Path) -> dict[str, Array]:
    with gzip.open(path, "rt") as file:
        lines = list(csv.reader(file))[1:]
    return {line[0]: np.array([float(cell) for cell in line[1:] if cell]) for line in lines}


SETS = {
    "airline": Asked(airline, 12, 12, monthly=True),
    "ETTh1": Asked(transformer, 24, 24),
    "M4 hourly": Asked(hourly, 24, 48),
}


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="networks.py forecast", description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder with ett, m4 and small-series")
    options.add_argument("--budget", default="5m", help="of each run")
    options.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    options.add_argument("--write", action="store_true", help="into RESULTS.md")
    chosen = options.parse_args(arguments)
    rows = [(name, *measured(SETS[name], chosen.data, chosen.budget)) for name in chosen.sets]
    headings = ("set", "series", "horizon", "Ninefold", *METHODS)
    shown = [(name, count, horizon, *(f"{mase[m]:.3f}" for m in headings[3:])) for name, count, horizon, mase in rows]
    body = f"{__doc__}\n\nBudget {chosen.budget} for each run.\n\n{table(headings, shown)}\n"
    write("Forecasts", body) if chosen.write else print(body)
    return int(any(mase["Ninefold"] >= mase[other] for *_, mase in rows for other in ASKED))


def measured(asked: Asked, data: Path, budget: str) -> tuple[int, int, dict[str, float]]:
    """Number of series, horizon, and the mean MASE of each method."""
    series = list(asked.read(data))
    known = {each.name: each.values[: -asked.horizon] for each in series}
    with tempfile.TemporaryDirectory() as place:
        made = _ours(asked, known, Path(place), budget)
    errors: dict[str, list[float]] = {name: [] for name in ("Ninefold", *METHODS)}
    for each in series:
        past, truth = known[each.name], each.values[-asked.horizon :]
        unit = np.abs(past[asked.season :] - past[: -asked.season]).mean()
        said = {name: method(past[None], asked.season, asked.horizon)[0] for name, method in METHODS.items()}
        for name, values in {"Ninefold": made[each.name], **said}.items():
            errors[name].append(float(np.abs(truth - values).mean() / unit))
    return len(series), asked.horizon, {name: float(np.mean(found)) for name, found in errors.items()}


def _ours(asked: Asked, known: dict[str, Array], place: Path, budget: str) -> dict[str, Array]:
    """What the bundle of a run says of each series."""
    path = place / "known.csv"
    path.write_text(_long(asked, known))
    run = nf.run(
        str(path), "value", series="series", time="time", forecast=asked.horizon, budget=budget, runs=place / "runs"
    )
    model = load(run.bundle)
    columns = folded(model.schema, read_columns(path))
    said = model.predict(columns).predictions
    return {str(name): values for name, values in zip(columns["series"], said, strict=True)}


def _long(asked: Asked, known: dict[str, Array]) -> str:
    text = io.StringIO()
    text.write("series,time,value\n")
    for name, values in known.items():
        for number, value in enumerate(values):
            text.write(f"{name},{_moment(number, monthly=asked.monthly)},{value}\n")
    return text.getvalue()


def _moment(number: int, *, monthly: bool) -> str:
    if monthly:
        return f"{1949 + number // 12}-{number % 12 + 1:02d}-01"
    return str(datetime(2020, 1, 1) + timedelta(hours=number))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
