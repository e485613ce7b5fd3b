"""How long Ninefold takes to start: CPU seconds (user + system) of a fresh process, median of eleven."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import results

REPEATS = 11
LIMIT = 0.3
"""CPU seconds that `ninefold --help` may take."""
SCRIPT = str(Path(sys.executable).with_name("ninefold"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import ninefold": [sys.executable, "-c", "import ninefold"],
    "ninefold --help": [SCRIPT, "--help"],
    "ninefold.run (import only)": [sys.executable, "-c", "import ninefold; ninefold.run"],
    "ninefold.Classifier (import only)": [sys.executable, "-c", "import ninefold; ninefold.Classifier"],
    "import ninefold_runtime.model": [sys.executable, "-c", "import ninefold_runtime.model"],
}


def cpu_seconds(command: list[str]) -> float:
    """User and system seconds of one run of ``command``.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    measured = {name: [cpu_seconds(command) for _ in range(REPEATS)] for name, command in COMMANDS.items()}
    medians = {name: statistics.median(times) for name, times in measured.items()}
    rows = [[f"`{name}`", f"{medians[name]:.3f}", f"{min(times):.3f}"] for name, times in measured.items()]
    help_time = medians["ninefold --help"]
    verdict = f"`ninefold --help` is held to {LIMIT} s: {'kept' if help_time < LIMIT else 'MISSED'}."
    results.write("startup", results.table(["command", "CPU s, median", "least"], rows) + f"\n\n{verdict}")
    return int(help_time >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
