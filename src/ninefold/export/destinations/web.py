"""Web: a folder for any web server, whose page runs the graph in the browser."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ninefold.core.parts import setting
from ninefold.export.destination import Subject, Told
from ninefold.report.live import live_folder
from ninefold.report.web_runtime import web_runtime


@dataclass(frozen=True)
class Web:
    """The what-if page, with runtime and graphs as files beside it; no server computes anything."""

    about: ClassVar[str] = "static files for a web server: a page whose form asks the graph in the browser"
    runtime: str = setting("", "the npm package onnxruntime-web, a folder or a .tgz; $NINEFOLD_ORT_WEB where empty")

    def write(self, subject: Subject, folder: Path) -> Told:
        named = self.runtime or os.environ.get("NINEFOLD_ORT_WEB", "")
        for name, data in live_folder(subject.bundle, web_runtime(Path(named) if named else None)).items():
            (folder / name).write_bytes(data)
        return Told(
            ("python -m http.server --bind 127.0.0.1 8000",),
            ("who can open the page has the model, and the ranges and levels of the training table",),
        )
