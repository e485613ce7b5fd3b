"""GitHub Actions: a workflow that tests the data, trains, gates on the champion, and uploads the bundle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold.core.parts import setting
from ninefold.export import yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import put
from ninefold.export.gate import KEPT, REQUIREMENTS, STEPS, Gated, Pipeline, script

WORKFLOW = ".github/workflows/ninefold.yml"
PINS = {
    "actions/checkout": ("08c6903cd8c0fde910a37f88322edcfb5dd907a8", "v5.0.0"),
    "actions/setup-python": ("e797f83bcb11b83ae66e0230d6156d7c80228e7c", "v6.0.0"),
    "actions/upload-artifact": ("b7c566a772e6b6bfb58ed0dc250532a479d7789f", "v6.0.0"),
}
"""Commits, since a tag can be moved."""


@dataclass(frozen=True)
class GitHubActions(Gated):
    """The workflow, with no more than the right to read, and what it works on."""

    about: ClassVar[str] = "a workflow: tests the data, trains, gates on the champion, uploads the bundle"

    branch: str = setting("main", "The branch whose changes train.")
    python: str = setting("3.13", "Version of Python.")

    def write(self, subject: Subject, folder: Path) -> Told:
        made = self.pipeline(subject, folder, "GitHub Actions")
        text = yaml.text(_workflow(made, self.branch, self.python))
        put(folder / WORKFLOW, _with_versions(text))
        return self.told()


def _workflow(made: Pipeline, branch: str, python: str) -> dict[str, Any]:
    when = {"paths": [*made.watched, WORKFLOW]}
    job = {
        "name": "Train and gate",
        "runs-on": "ubuntu-latest",
        "timeout-minutes": math.ceil(made.seconds / 60),
        "permissions": {"contents": "read"},
        "env": made.variables,
        "steps": [*_before(python), *_steps(), _upload()],
    }
    return {
        "name": "Train by Ninefold",
        "on": {"push": {"branches": [branch]} | when, "pull_request": when, "workflow_dispatch": None},
        "permissions": {},
        "concurrency": {"group": "ninefold-${{ github.ref }}", "cancel-in-progress": True},
        "jobs": {"ninefold": job},
    }


def _before(python: str) -> list[dict[str, Any]]:
    return [
        {"name": "Check out", "uses": _pinned("actions/checkout"), "with": {"persist-credentials": False}},
        {"name": "Set up Python", "uses": _pinned("actions/setup-python"), "with": {"python-version": python}},
        {"name": "Install Ninefold", "run": f"python -m pip install --requirement {REQUIREMENTS}"},
    ]


def _steps() -> list[dict[str, str]]:
    return [{"name": step.title, "run": script(step.commands)} for step in STEPS]


def _upload() -> dict[str, Any]:
    kept = {"name": "ninefold", "path": script(KEPT), "if-no-files-found": "error"}
    return {"name": "Upload the bundle", "uses": _pinned("actions/upload-artifact"), "with": kept}


def _pinned(action: str) -> str:
    return f"{action}@{PINS[action][0]}"


def _with_versions(text: str) -> str:
    """Name the version behind each commit, where people and update robots look for it."""
    for commit, version in PINS.values():
        text = text.replace(commit, f"{commit} # {version}")
    return text
