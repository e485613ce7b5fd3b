"""What a destination promises, what it is given, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Protocol

from ninefold.core.errors import RunError
from ninefold.export.names import label
from ninefold_runtime.bundle import GRAPH, Bundle


@dataclass(frozen=True)
class Subject:
    """What is exported: a verified bundle, and the folder of the run that made it, where there is one."""

    bundle: Bundle
    run: Path | None = None

    @cached_property
    def name(self) -> str:
        """What the model is called where nothing is said: its target, as a DNS label."""
        return label(self.bundle.schema.target.name)

    @property
    def digest(self) -> str:
        """SHA-256 of the graph, as 64 hexadecimal digits: the model's version."""
        return self.bundle.manifest.files[GRAPH].sha256

    def must_have_run(self, to: str) -> Path:
        """The run's folder.

        Raises:
            RunError: NF-E342 where only a bundle was given.
        """
        if self.run is None:
            hint = "give the run folder or its id, and not the bundle"
            raise RunError("NF-E342", f"{to} needs the run that made {self.bundle.folder}", hint=hint)
        return self.run


@dataclass(frozen=True)
class Told:
    """What to do with the folder: commands to give inside it, in order, and what one should know."""

    then: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Destination(Protocol):
    """One file in `destinations`, one frozen dataclass: its fields are settings, declared with `parts.setting`.

    Settings may be texts, whole numbers, numbers or booleans; a text whose default is empty may be left out.
    """

    about: ClassVar[str]
    """One sentence: what is in the folder and who takes it."""

    def write(self, subject: Subject, folder: Path) -> Told:
        """Write files into ``folder``, which exists and is empty. The same subject and settings give the same bytes.

        Raises:
            NinefoldError: where the subject lacks what this destination needs.
        """
        ...
