"""What answers: bundles that are loaded once, by name, each with its counters and whoever watches its answers."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ninefold_runtime import intake
from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.decode import Table, Typed, loose
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.asking import asked_of
from ninefold_runtime.limits import LIMITS, Limits
from ninefold_runtime.loaded import model_of
from ninefold_runtime.model import Model, Prediction, Predictions
from ninefold_runtime.singles import Singles
from ninefold_runtime.telemetry import Telemetry
from ninefold_runtime.watching import Observer, Watching

SHORT = 12
"""Letters of a version that stand for all of them."""
SHOWN = 5.0
"""Seconds that a row waits at most, while others come, until the observer sees it."""


@dataclass
class Served:
    """One bundle, loaded. ``version`` is the digest of its graph. ``observer`` sees every answer.

    Raises:
        BundleError: NF-R107 when the graph cannot be used.
    """

    bundle: Bundle
    name: str
    observer: Observer | None = None
    version: str = field(init=False)
    model: Model = field(init=False)
    telemetry: Telemetry = field(init=False)

    def __post_init__(self) -> None:
        self.version = self.bundle.manifest.files[GRAPH].sha256
        self.model = self._loaded()
        self.telemetry = Telemetry(self.name, self.version, self.bundle.schema.names)
        self._watching: Watching | None = None
        self._typed = Typed(self.bundle.schema)
        self._singles = Singles(self.model)
        self._shown = time.monotonic()

    def _loaded(self) -> Model:
        return model_of(self.bundle)

    @property
    def short(self) -> str:
        """The version as it stands in addresses."""
        return self.version[:SHORT]

    @property
    def watching(self) -> Watching | None:
        if self.observer is not None and self._watching is None:
            self._watching = Watching(self.observer)
        return self._watching

    @cached_property
    def decodes(self) -> bool:
        """Whether it takes images: even a small body may then be long work."""
        return any(column.kind == "image" for column in self.bundle.schema.columns)

    @cached_property
    def asked(self) -> Asked:
        """Made at the first question and kept: loading the graph of contributions takes as long as many answers.

        Raises:
            ExplainError: the bundle holds no background rows.
        """
        return asked_of(self.bundle, self.model)

    def table(self, body: bytes) -> Table:
        """The columns of JSON.

        Raises:
            Refused: 400 it is no table.
        """
        sent = self._typed.read(body)
        return sent if isinstance(sent, dict) else loose(body, self.bundle.schema)

    def predict_single(self, body: bytes) -> Prediction | None:
        """Of JSON that is one row and fits; None where it is not: `table` and `predict` say why. Called in the thread
        of the loop."""
        if self.model.slow:
            return None
        row = self._typed.read(body)
        made = self._singles.predict(row) if isinstance(row, tuple) else None
        if made is not None and (self._singles.full or time.monotonic() - self._shown > SHOWN):
            self.show()
        return made

    def show(self) -> None:
        """Let the observer see the single rows that were answered. Called in the thread of the loop."""
        self._shown = time.monotonic()
        if self.watching is None:
            self._singles.forgotten()
        elif len(self._singles):
            self.watching.show(*self._singles.taken())

    def predict(self, columns: Table, limits: Limits = LIMITS, until: float = math.inf) -> Predictions:
        """Columns as they came, read strictly. May be called in any thread.

        Raises:
            TableError: what does not fit the schema. TimeoutError: `time.monotonic` passed ``until``.
        """
        intake.refuse_large(self.bundle.schema, columns, limits)
        arrays, _, notes = intake.wired(self.bundle.schema, columns)
        intake.refuse_misfits(self.bundle.schema, columns, arrays)
        made = self.model.predict_arrays(arrays, tuple(notes), until=until)
        if self.watching is not None and len(made):
            self.watching.show(arrays, made)
        return made

    def beside(self) -> dict[str, Any]:
        """What ``GET /monitor`` tells of models that stand beside this one: nothing, where there are none."""
        return {}

    def close(self) -> None:
        """The observer sees the rest."""
        self.show()
        if self.watching is not None:
            self.watching.close()


@dataclass
class Fleet:
    """Names and what serves them. ``default`` is the name that answers where a request gives none."""

    serving: dict[str, Served]
    default: str

    def of(self, name: str = "") -> Served:
        """Who answers the next request for ``name``; asked once for each request.

        Raises:
            KeyError: nobody has that name.
        """
        return self.serving[name or self.default]

    def everyone(self) -> Iterable[Served]:
        """All that is loaded, also what answers nobody at the moment."""
        return self.serving.values()


def name_of(bundle: Bundle) -> str:
    """The folder's name, or the run's, whose folder ``bundle`` it is; in letters that need no escapes in addresses."""
    folder = bundle.folder.resolve()
    named = folder.parent.name if folder.name == "bundle" else folder.name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", named).strip("-.") or "model"
