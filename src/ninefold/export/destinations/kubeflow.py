"""Kubeflow Pipelines: the nine stages, each a task of its own, as a script for the kfp SDK."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from ninefold.core.errors import RunError
from ninefold.core.parts import setting
from ninefold.export.destination import Subject, Told
from ninefold.export.destinations._kubeflow_script import TEXT
from ninefold.export.files import put
from ninefold.export.image import TRAINING
from ninefold.export.project import PACKAGE, project

SCRIPT, COMPILED = "pipeline.py", "pipeline.yaml"
PATIENCE = 300.0
"""Seconds after which compiling has failed."""


@dataclass(frozen=True)
class Kubeflow:
    """``pipeline.py``, the order and the table; ``pipeline.yaml`` as well where kfp is installed."""

    about: ClassVar[str] = "a pipeline of the nine stages, as a script for the kfp SDK and compiled"

    image: str = setting(TRAINING, "Image of the tasks; Ninefold is installed into it if it is not there.")

    def write(self, subject: Subject, folder: Path) -> Told:
        made = project(subject, "Kubeflow")
        made.put_order(folder)
        made.put_table(folder)
        script = TEXT
        words = {"IMAGE": self.image, "PACKAGES": [PACKAGE], "NAME": subject.name}
        for word, value in words.items():
            script = script.replace(f"@{word}@", repr(value))
        put(folder / SCRIPT, script)
        then = f"python {SCRIPT} run {made.path}"
        if find_spec("kfp") is None:
            return Told((f"python {SCRIPT}", then), (f"kfp is not installed here: {SCRIPT} compiles where it is",))
        _compile(folder)
        return Told((then,))


def _compile(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if done.returncode:
        said = done.stderr.strip().rsplit("\n", 1)[-1]
        raise RunError("NF-E353", f"kfp did not compile the pipeline: {said}", hint="update kfp, or export without it")
