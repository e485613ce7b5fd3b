"""What answers: bundles that are loaded once, by name, each with its counters and whoever watches its answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, Protocol

from numpy.typing import NDArray

from ninefold_runtime import intake
from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.asking import asked_of
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.telemetry import Telemetry

Array = NDArray[Any]


class Observer(Protocol):
    """Whoever watches what a model is asked and answers. Never called by two threads at once."""

    def observe(self, arrays: Mapping[str, Array], predictions: Predictions) -> None:
        """Wired columns [N] and what was predicted of them; both may be used again once this returns."""

    def metrics(self) -> Iterable[str]:
        """Whole families in the Prometheus text format, each led by its HELP and TYPE."""

    def state(self) -> dict[str, Any]:
        """What ``GET /monitor`` answers."""


@dataclass
class Served:
    """One bundle, loaded. ``version`` is the digest of its graph.

    Raises:
        BundleError: NF-R107 when the graph cannot be used.
    """

    bundle: Bundle
    name: str
    observer: Observer | None = None
    version: str = field(init=False)
    model: Model = field(init=False)
    telemetry: Telemetry = field(init=False)
    _watching: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        self.version = self.bundle.manifest.files[GRAPH].sha256
        self.model = Model(self.bundle.graph, self.bundle.schema)
        self.telemetry = Telemetry(self.name, self.version)

    @cached_property
    def asked(self) -> Asked:
        """Made at the first question and kept: loading the graph of contributions takes as long as many answers.

        Raises:
            ExplainError: the bundle holds no background rows.
        """
        return asked_of(self.bundle, self.model)

    def predict(self, columns: Mapping[str, Sequence[object]]) -> Predictions:
        """Columns as they came, read strictly. May be called from several threads.

        Raises:
            TableError: what does not fit the schema.
        """
        arrays, _, notes = intake.wired(self.bundle.schema, columns)
        intake.refuse_misfits(self.bundle.schema, columns, arrays)
        made = self.model.predict_arrays(arrays, tuple(notes))
        if self.observer is not None:
            with self._watching:
                self.observer.observe(arrays, made)
        return made

    def state(self) -> dict[str, Any] | None:
        """What ``GET /monitor`` answers; None where nobody watches."""
        return None if self.observer is None else self.observer.state()


@dataclass
class Fleet:
    """Names and what serves them. ``default`` is the name that answers where a request gives none."""

    serving: dict[str, Served]
    default: str

    @classmethod
    def of_one(cls, bundle: Bundle, name: str = "") -> Fleet:
        name = name or name_of(bundle)
        return cls({name: Served(bundle, name)}, name)

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
