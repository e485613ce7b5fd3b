"""GitLab: a pipeline that tests the data, trains, gates on the champion, and keeps the bundle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold.core.parts import setting
from ninefold.export import yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import put
from ninefold.export.gate import KEPT, REQUIREMENTS, RUN, STEPS, Gated, Pipeline, Step
from ninefold.export.image import TRAINING

FILE = ".gitlab-ci.yml"
_TWICE = {"if": '$CI_PIPELINE_SOURCE == "push" && $CI_OPEN_MERGE_REQUESTS', "when": "never"}
"""A push to a branch that is being merged: the merge request has a pipeline of its own."""


@dataclass(frozen=True)
class GitLab(Gated):
    """One job for each step; the run folder passes from job to job as an artifact."""

    about: ClassVar[str] = "a pipeline: tests the data, trains, gates on the champion, keeps the bundle"

    image: str = setting(TRAINING, "Image of the jobs; name it by digest to be sure of it.")

    def write(self, subject: Subject, folder: Path) -> Told:
        made = self.pipeline(subject, folder, "GitLab")
        put(folder / FILE, yaml.text(_pipeline(made, self.image)))
        return self.told()


def _pipeline(made: Pipeline, image: str) -> dict[str, Any]:
    return {
        "stages": [step.id for step in STEPS],
        "variables": made.variables,
        "default": {
            "image": image,
            "interruptible": True,
            "before_script": [f"python -m pip install --requirement {REQUIREMENTS}"],
        },
        "workflow": {"rules": [_TWICE, {"changes": [*made.watched, FILE]}, {"if": '$CI_PIPELINE_SOURCE == "web"'}]},
        **{step.id: _job(step, made) for step in STEPS},
    }


def _job(step: Step, made: Pipeline) -> dict[str, Any]:
    job: dict[str, Any] = {"stage": step.id, "script": list(step.commands), "timeout": _minutes(made.seconds)}
    if step is STEPS[-1]:
        return job | {"artifacts": {"paths": list(KEPT)}}
    return job | ({"artifacts": {"paths": [f"{RUN}/"], "expire_in": "1 day"}} if step.writes else {})


def _minutes(seconds: float) -> str:
    return f"{math.ceil(seconds / 60)} minutes"
