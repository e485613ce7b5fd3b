"""Tools of others that exports are tried with, in the environment that `make test` installs beside the main one."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from journey import CLEAN, ROOT

HOW_TO = ROOT / "docs" / "how-to"
TOOLED = ("dvc", "github-actions", "gitlab", "kubeflow", "mlflow", "tfx")
"""Destinations whose pages need the tool they are about."""
BIN = ROOT / ".venv-interop" / "bin"
RUN = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOLD = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SOURCES = (ROOT / "src", ROOT / "runtime" / "src")
"""Named first, so that what is tried is the code beside these tests, wherever the environment was made."""
ENV = CLEAN | {
    "PATH": f"{BIN}{os.pathsep}{CLEAN['PATH']}",
    "PYTHONPATH": os.pathsep.join(map(str, SOURCES)),
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
PATIENCE = 600.0


def commands(to: str, blocks: re.Pattern[str] = RUN) -> str:
    """What the page on a destination says to type."""
    return "\n".join(blocks.findall((HOW_TO / f"export-{to}.md").read_text("utf-8")))


def shell(script: str, cwd: Path, **env: str) -> str:
    """What commands say, each of which must succeed, with the tools of others first in the path."""
    assert BIN.is_dir(), f"{BIN} is missing: make .venv-interop/.installed makes it"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=cwd,
        env=ENV | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def yaml(path: Path) -> Any:
    """A YAML file, as a tool reads it."""
    read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))"
    return json.loads(shell(f'python -c "{read}" "$FILE"', path.parent, FILE=str(path)))
