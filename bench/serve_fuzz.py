"""What strangers do to the service: Schemathesis over its description, all checks, and random bytes on its socket."""

from __future__ import annotations

import argparse
import contextlib
import re
import socket
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import load
import results

sys.path.insert(0, str(results.ROOT / "tests"))

import bundles
from fuzzing import fuzzed

GROWTH = 20.0
"""Megabytes that the service may grow by."""
ROW = b'{"age": 40, "fare paid": "12,5", "member": true, "port": "Cherbourg", "joined": "2024-05-01", "remark": "good"}'
SENT = load.request("/predict", ROW)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="random examples for each operation")
    parser.add_argument("--seconds", type=float, default=600.0, help="of random bytes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        return int(not measure(chosen, Path(scratch)))


def measure(chosen: argparse.Namespace, scratch: Path) -> bool:
    """Write the section; whether nothing was found."""
    folder = bundles.write(scratch / "bundle", sketched=1000, background=3)
    command = [sys.executable, "-m", "ninefold_runtime.cli", "serve", str(folder), "--port", "0"]
    server = load.started(command, scratch / "log", SENT)
    try:
        done = fuzzed(f"http://127.0.0.1:{server.port}", scratch, chosen.examples)
        before = server.resident
        connections, faults = mean(server.port, chosen.seconds)
        grown = server.resident - before
        alive = load.once(server.port, SENT).startswith(b"HTTP/1.1 200")
    finally:
        server.stop()
    cases = re.search(r"(\d+) generated", done.stdout)
    failures = re.findall(r"❌ (ST\d+ .*)", done.stdout)
    rows = [
        [
            "Schemathesis, all checks",
            f"{int(cases[1]) if cases else 0:,} requests",
            "; ".join(failures) or "nothing found",
        ],
        [f"random bytes, {chosen.seconds:.0f} s", f"{connections:,} connections", f"{faults} answers of 5xx"],
        ["memory", f"grew by {grown:.1f} MB", f"at most {GROWTH:.0f} MB"],
        ["afterwards", "a row is answered" if alive else "no answer", ""],
    ]
    results.write("serve_fuzz", results.table(["what", "how much", "found"], rows))
    print(done.stdout[-3000:] if done.returncode else "", file=sys.stderr)
    return done.returncode == 0 and not faults and alive and grown <= GROWTH


def mean(port: int, seconds: float) -> tuple[int, int]:
    """Connections with noise, or with a request that has some bytes changed; how many, and how often it was 5xx."""
    rng = np.random.default_rng(0)
    connections = faults = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sent = bytearray(SENT) if connections % 3 else bytearray(rng.bytes(int(rng.integers(1, 2000))))
        for at in rng.integers(0, len(sent), int(rng.integers(1, 6))):
            sent[at] = rng.integers(0, 256)
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.02)
            faults += connection.recv(4096).startswith(b"HTTP/1.1 5")
        connections += 1
    return connections, faults


if __name__ == "__main__":
    sys.exit(main())
