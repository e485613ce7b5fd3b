"""Schemathesis over the description that a running service gives of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RULES = """
# What JSON Schema cannot say is answered 400 or 422: columns of one length, a tensor of its shape, lines of CSV.
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "422", "501"]
"""


def fuzzed(
    address: str, folder: Path, examples: int, *options: str, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """All checks, with so many random examples for each operation beside those that cover the schema.

    Raises subprocess.TimeoutExpired after so many seconds.
    """
    rules = folder / "schemathesis.toml"
    rules.write_text(RULES)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", rules, "run", f"{address}/openapi.json"]
    how = ["--checks", "all", "--continue-on-failure", "--warnings", "off", "--seed", "1", "-n", str(examples)]
    how += ["--request-timeout", "30", "--generation-database", "none"]
    return subprocess.run(
        [*command, *how, *options], capture_output=True, text=True, check=False, cwd=folder, timeout=seconds
    )
