"""Hugging Face: the folder of a model repository, with its card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ninefold.export import yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import copy_bundle, put


@dataclass(frozen=True)
class HuggingFace:
    """The bundle as it is, and README.md: what the hub reads, and the bundle's own card."""

    about: ClassVar[str] = "a model repository for the Hugging Face hub: the bundle's files and a model card"

    def write(self, subject: Subject, folder: Path) -> Told:
        copy_bundle(subject.bundle, folder / "bundle")
        put(folder / "README.md", f"---\n{yaml.text({'tags': ['ninefold', 'onnx']})}---\n")
        return Told((f"hf upload YOUR-NAME/{subject.name} .",))
