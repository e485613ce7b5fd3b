"""DVC: a project in which ``dvc repro`` does the nine stages, each when what it was made from has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold.core.book import NAMES, STAGES
from ninefold.core.parts import setting
from ninefold.core.results import Curve
from ninefold.export import yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import put
from ninefold.export.project import ORDER, Project, project
from ninefold.report.measures import CURVES, METRICS, axes, curve_name

RUN = "run"
CHAPTERS = {name: f"{RUN}/{number}-{noun}" for number, (name, noun) in enumerate(zip(STAGES, NAMES, strict=True), 1)}
"""The paths of the chapters without their endings, by stage."""
TRAINING, SEALED = "train.parquet", "sealed.parquet"
NEEDS: Mapping[str, tuple[str, ...]] = {
    "problem": (),
    "collect": ("problem",),
    "prepare": ("problem", "collect"),
    "features": ("problem", "collect", "prepare"),
    "select": ("problem", "collect", "features"),
    "train": ("problem", "collect", "select"),
    "evaluate": ("problem", "collect", "select", "train"),
    "deploy": ("problem", "collect", "train", "evaluate"),
    "monitor": ("collect", "train", "deploy"),
}
"""Whose chapters a stage reads, as in `ninefold.flow`."""
TOLD = ("report.html", "report.json", "datasheet.md")
UNTRACKED = ("/.lock", "/events.jsonl", "/journal.log", "/workers.log", "/2-dataset/sealed.opened")


@dataclass(frozen=True)
class DVC:
    """``dvc.yaml``, the order as its parameters, the table with its digest."""

    about: ClassVar[str] = "a project in which dvc repro does the nine stages, with parameters, metrics and plots"

    data: str = setting("", "Where the table lies in the project; else it is copied to data/.")

    def write(self, subject: Subject, folder: Path) -> Told:
        made = project(subject, "DVC", self.data)
        made.put_order(folder / RUN)
        put(folder / RUN / ".gitignore", "".join(f"{name}\n" for name in UNTRACKED))
        put(folder / "dvc.yaml", yaml.text({"stages": {name: _stage(name, made) for name in STAGES}}))
        first = ("git init", "dvc init")
        if self.data:
            return Told((*first, "dvc repro"))
        made.put_table(folder)
        put(folder / f"{made.path}.dvc", yaml.text(_tracked(made)))
        put(folder / "data" / ".gitignore", f"/{made.table.name}\n")
        return Told((*first, f"dvc commit {made.path}.dvc", "dvc repro"))


def _tracked(made: Project) -> dict[str, Any]:
    """The table's digest, as ``dvc add`` writes it."""
    with made.table.open("rb") as file:
        md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    size = made.table.stat().st_size
    return {"outs": [{"md5": md5, "size": size, "hash": "md5", "path": made.table.name}]}


def _stage(name: str, made: Project) -> dict[str, Any]:
    told: dict[str, Any] = {"cmd": f"ninefold stage {name} {RUN}"}
    if name == "problem":
        told |= {"params": [{f"{RUN}/{ORDER}": ["source", "wishes"]}]}
    told |= {"deps": [*_source(name, made), *(path for need in NEEDS[name] for path in _read(need, name))]}
    told |= {"outs": list(_written(name))}
    if name == "evaluate":
        told |= {"metrics": [{f"{RUN}/{METRICS}": {"cache": False}}]}
        told |= {"plots": [_plot(curve) for curve in made.evaluation.curves]}
    return {key: value for key, value in told.items() if value}


def _source(name: str, made: Project) -> tuple[str, ...]:
    """The first two stages read the table, and no other does."""
    return (made.path,) if name in STAGES[:2] else ()


def _read(need: str, by: str) -> tuple[str, ...]:
    """The paths of a chapter that a stage reads. Evaluation alone reads the sealed rows."""
    chapter = CHAPTERS[need]
    if need == "collect":
        sealed = (f"{chapter}/{SEALED}",) if by == "evaluate" else ()
        return (f"{chapter}.json", f"{chapter}/{TRAINING}", *sealed)
    if need in {"select", "train"}:
        return (f"{chapter}.json", chapter)
    return (f"{chapter}.json",)


def _written(name: str) -> tuple[str | dict[str, Any], ...]:
    """The paths that a stage writes. Monitoring adds to the bundle that deployment made, so the bundle is its own, and
    is left in place for it."""
    chapter = CHAPTERS[name]
    beside: dict[str, tuple[str | dict[str, Any], ...]] = {
        "collect": (f"{chapter}/{TRAINING}", f"{chapter}/{SEALED}"),
        "select": (chapter,),
        "train": (chapter,),
        "monitor": ({f"{RUN}/bundle": {"persist": True}}, *(f"{RUN}/{name}" for name in TOLD)),
    }
    return (f"{chapter}.json", *beside.get(name, ()))


def _plot(curve: Curve) -> dict[str, Any]:
    x, y = axes(curve)
    return {f"{RUN}/{CURVES}/{curve_name(curve)}": {"cache": False, "x": x, "y": y}}
