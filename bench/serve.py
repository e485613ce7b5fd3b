"""What the service costs: one row as JSON next to the leanest handler, FastAPI and MLflow; a large batch; its start.

All answer with the same graph of ten columns and some hundred trees, each by one process, and take turns. Batches are
held to their limit with a linear graph, since of trees nearly all the time is the graph's own, which is told beside.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import install
import load
import results
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.intake import wired
from ninefold_runtime.model import Model

LEAN, FAST, MLFLOW = 1.6, 2.0, 50.0
"""At most so many times the lean handler; FastAPI and MLflow cost at least so many times as much."""
TAIL, COLD, MEMORY, ROWS_A_SECOND, SIZE = 5.0, 1.5, 120.0, 300_000, 150.0
ROWS = 100_000
PEERS = Path(__file__).with_name("peers")
ARROW = "application/vnd.apache.arrow.stream"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, help="a bundle of a binary task; without one it is trained")
    parser.add_argument("--linear", type=Path, help="another of the same columns, for batches; as above")
    parser.add_argument("--mlflow", type=Path, help="the interpreter of an environment that has mlflow and onnxruntime")
    parser.add_argument("--requests", type=int, default=3000, help="requests in each of the turns")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument(
        "--stacks", nargs="*", default=["uvloop"], help="more ways to serve the lean handler, if installed"
    )
    parser.add_argument("--no-size", action="store_true", help="do not install the runtime to weigh it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        held = measure(chosen, Path(scratch))
    return int(not held)


def measure(chosen: argparse.Namespace, scratch: Path) -> bool:
    table = people(ROWS)
    bundle = chosen.bundle or trained(table, scratch, "lightgbm")
    columns = table.select([column.name for column in read_bundle(bundle).schema.columns])
    row = columns.row(7, named=True)
    ours = load.request("/predict", json.dumps(row).encode())
    asked = {"ours": ours, "lean": ours, "lean, uvloop": ours, "lean, granian": ours, "FastAPI": ours}
    servers: dict[str, load.Server] = {}
    try:
        for name, line in commands(bundle, chosen.stacks).items():
            servers[name] = load.started(line, scratch / f"{name}.log", ours)
        if chosen.mlflow:
            records = json.dumps({"dataframe_records": [row]}).encode()
            asked["MLflow"] = load.request("/invocations", records)
            servers["MLflow"] = mlflow(chosen.mlflow, bundle, asked["MLflow"], scratch)
        spent = microseconds(servers, asked, chosen.requests, chosen.turns)
        resident = servers["ours"].resident
        rate = half(servers["ours"].port, ours)
        taken = sorted(load.opened(servers["ours"].port, ours, rate, 10.0))
        sent = bodies(columns)
        trees = {name: batch(servers["ours"], body) for name, body in sent.items()}
        cold = servers["ours"].cold
    finally:
        for server in servers.values():
            server.stop()
    linear = chosen.linear or trained(table, scratch, "logistic_regression")
    batches = {name: (rate, trees[name]) for name, rate in of_linear(linear, sent, scratch).items()}
    batches["the graph alone, no service"] = (alone(linear, columns), alone(bundle, columns))
    size = None if chosen.no_size else weighed(scratch)
    return told(spent, taken, rate, batches, cold, resident, size)


def people(rows: int) -> pl.DataFrame:
    """Seven numbers, three categories and a target that depends on most of them."""
    rng = np.random.default_rng(0)
    numbers = {f"x{i}": rng.normal(size=rows).round(3) for i in range(7)}
    places = rng.choice(["north", "south", "east", "west"], rows)
    kinds = rng.choice([f"kind {i}" for i in range(12)], rows)
    plans = rng.choice(["basic", "plus"], rows)
    score = numbers["x0"] + numbers["x1"] * numbers["x2"] + (places == "north") - np.abs(numbers["x3"])
    happens = rng.random(rows) < 1 / (1 + np.exp(-score))
    return pl.DataFrame(
        {**numbers, "place": places, "kind": kinds, "plan": plans, "left": np.where(happens, "yes", "no")}
    )


def trained(table: pl.DataFrame, scratch: Path, learner: str) -> Path:
    from ninefold.core.problem import Budget, Wishes
    from ninefold.runs import run

    file = scratch / "people.csv"
    table.head(5000).write_csv(file)
    wishes = Wishes(target="left", learners=(learner,), budget=Budget(None, 12))
    return Path(run(str(file), wishes, runs=scratch / "runs").bundle)


def commands(bundle: Path, stacks: list[str]) -> dict[str, list[Any]]:
    python = sys.executable
    lean = [python, PEERS / "lean_asgi.py", bundle]
    usual: dict[str, list[Any]] = {
        "ours": [python, "-m", "ninefold_runtime.cli", "serve", bundle, "--port", "0"],
        "lean": [*lean, "asyncio"],
        "FastAPI": [python, PEERS / "fastapi_app.py", bundle],
    }
    return usual | {f"lean, {name}": [*lean, name] for name in stacks if there(name)}


def there(module: str) -> bool:
    return (
        subprocess.run([sys.executable, "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


def mlflow(python: Path, bundle: Path, first: bytes, scratch: Path) -> load.Server:
    folder = scratch / "mlflow"
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    alone["PATH"] = f"{python.parent}:{alone['PATH']}"  # it starts uvicorn by that name
    quiet = subprocess.DEVNULL
    subprocess.run(
        [python, PEERS / "mlflow_model.py", bundle, folder], check=True, env=alone, stdout=quiet, stderr=quiet
    )
    command = [python, "-m", "mlflow", "models", "serve", "-m", folder, "--env-manager", "local", "-p", "5123"]
    return load.started(command, scratch / "mlflow.log", first, port=5123, environment=alone)


def microseconds(
    servers: dict[str, load.Server], asked: dict[str, bytes], requests: int, turns: int
) -> dict[str, float]:
    """CPU of the server per request: the median over the turns, after one to warm up."""
    spent: dict[str, list[float]] = {name: [] for name in servers}
    for turn in range(turns + 1):
        for name, server in servers.items():
            count = requests // (10 if name == "MLflow" else 1)
            before = server.spent
            load.closed(server.port, asked[name], count, 32)
            if turn:
                spent[name].append((server.spent - before) / count * 1e6)
    return {name: statistics.median(values) for name, values in spent.items()}


def half(port: int, sent: bytes) -> float:
    """Half of the requests a second that it can answer."""
    return 2000 / load.closed(port, sent, 2000) / 2


def bodies(columns: pl.DataFrame) -> dict[str, bytes]:
    """The whole table in one request."""
    stream = io.BytesIO()
    columns.write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())
    as_json = json.dumps({"columns": columns.to_dict(as_series=False)}).encode()
    return {
        "Arrow in and out": load.request("/predict", stream.getvalue(), ARROW, ARROW),
        "Arrow in, JSON out": load.request("/predict", stream.getvalue(), ARROW),
        "JSON columns in, Arrow out": load.request("/predict", as_json, accept=ARROW),
        "JSON columns in, JSON out": load.request("/predict", as_json),
        "JSON rows in, JSON out": load.request("/predict", json.dumps({"rows": columns.to_dicts()}).encode()),
        "CSV in and out": load.request("/predict", columns.write_csv().encode(), "text/csv", "text/csv"),
    }


def batch(server: load.Server, sent: bytes) -> float:
    """Rows per second of CPU: the median of five."""
    rates = []
    for _ in range(5):
        before = server.spent
        reply = load.once(server.port, sent)
        assert reply.startswith(b"HTTP/1.1 200"), reply[:500]
        rates.append(ROWS / (server.spent - before))
    return statistics.median(rates)


def of_linear(bundle: Path, sent: dict[str, bytes], scratch: Path) -> dict[str, float]:
    """Rows per second of CPU by what was sent."""
    command = commands(bundle, [])["ours"]
    server = load.started(command, scratch / "linear.log", sent["CSV in and out"])
    try:
        return {name: batch(server, body) for name, body in sent.items()}
    finally:
        server.stop()


def alone(bundle: Path, columns: pl.DataFrame) -> float:
    """Rows per second of CPU of the graph, its arrays made ready."""
    read = read_bundle(bundle)
    model = Model(read.graph, read.schema)
    arrays, *_ = wired(read.schema, columns.to_dict(as_series=False))
    begun = time.process_time()
    model.predict_arrays(arrays)
    return ROWS / (time.process_time() - begun)


def weighed(scratch: Path) -> float:
    """Megabytes of the runtime with its dependencies and nanoarrow, as ``pip install --no-compile`` leaves them."""
    sizes = install.installed([Path(f"{results.ROOT / 'runtime'}[arrow]")], scratch / "weighed")
    compiled = (scratch / "weighed" / "lib").glob("python*/site-packages/*/**/*.pyc")
    ours = sum(file.stat().st_size for file in compiled if not {"pip", "setuptools"} & set(file.parts))
    return (sum(sizes.values()) - ours) / 1e6


def told(
    spent: dict[str, float],
    taken: list[float],
    rate: float,
    batches: dict[str, tuple[float, float]],
    cold: float,
    resident: float,
    size: float | None,
) -> bool:
    """Write the section; whether all that is claimed held."""
    ours, lean = spent["ours"], min(value for name, value in spent.items() if name.startswith("lean"))
    p50, p99 = taken[len(taken) // 2] * 1e3, taken[len(taken) * 99 // 100] * 1e3
    best = max(rate for name, (rate, _) in batches.items() if "alone" not in name)
    claims = [
        ("CPU of a row, times the leanest handler", ours / lean, f"≤ {LEAN}", ours / lean <= LEAN),
        ("FastAPI, times ours", spent["FastAPI"] / ours, f"≥ {FAST}", spent["FastAPI"] / ours >= FAST),
        ("p99 over p50 at half load", p99 / p50, f"≤ {TAIL}", p99 <= TAIL * p50),
        ("cold start to the first answer, CPU s", cold, f"≤ {COLD}", cold <= COLD),
        ("memory after the load, MB", resident, f"≤ {MEMORY}", resident <= MEMORY),
        (
            f"rows per second of CPU, {ROWS:,} in one request, a linear graph",
            best,
            f"≥ {ROWS_A_SECOND:,}",
            best >= ROWS_A_SECOND,
        ),
    ]
    if "MLflow" in spent:
        claims.insert(
            2, ("MLflow, times ours", spent["MLflow"] / ours, f"≥ {MLFLOW}", spent["MLflow"] / ours >= MLFLOW)
        )
    if size is not None:
        claims.append(("installed, with nanoarrow, without bytecode, MB", size, f"≤ {SIZE}", size <= SIZE))
    lines = [[name, f"{value:,.2f}", limit, "kept" if held else "MISSED"] for name, value, limit, held in claims]
    costs = [[name, f"{value:.0f}", f"{value / lean:.2f}"] for name, value in spent.items()]
    rates = [[name, f"{linear:,.0f}", f"{trees:,.0f}"] for name, (linear, trees) in batches.items()]
    body = [
        results.table(["claim", "measured", "limit", ""], lines),
        "One row of JSON, validation and counters on:",
        results.table(["server", "CPU µs per request", "times the leanest"], costs),
        f"At half load, {rate:.0f} requests a second: p50 {p50:.2f} ms, p99 {p99:.2f} ms.",
        f"{ROWS:,} rows in one request, rows per second of CPU:",
        results.table(["format", "a linear graph", "the graph of trees"], rates),
    ]
    results.write("serve", "\n\n".join(body))
    return all(held for *_, held in claims)


if __name__ == "__main__":
    sys.exit(main())
