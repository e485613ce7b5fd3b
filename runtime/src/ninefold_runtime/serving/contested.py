"""A bundle that is served beside others: a challenger that answers some of its rows, a shadow that answers none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.errors import ServeError
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.asking import asked_of
from ninefold_runtime.model import Model
from ninefold_runtime.schema import SPOKEN, Schema
from ninefold_runtime.served import Served
from ninefold_runtime.serving.shadow import Shadow
from ninefold_runtime.serving.split import Split
from ninefold_runtime.telemetry import Telemetry, head

Array = NDArray[Any]


@dataclass
class Contested(Served):
    """Explanations are the champion's.

    Raises:
        BundleError: a graph cannot be used. ServeError: NF-R315 the others want other rows, or say other things.
    """

    challenger: Bundle | None = None
    share: float = 0.0
    shadow: Bundle | None = None

    def __post_init__(self) -> None:
        self._split, self._shadow = self._challenged(), self._shadowed()
        super().__post_init__()
        self._compared = Compared(self, self._split, self._shadow)
        self.telemetry = self._compared

    def _loaded(self) -> Model:
        return Several(self.bundle, self._split, self._shadow)

    def _challenged(self) -> Split | None:
        if self.challenger is None:
            return None
        check_fits(self.bundle, self.challenger)
        ours, theirs = (bundle.manifest.files[GRAPH].sha256 for bundle in (self.bundle, self.challenger))
        return Split(Model(self.challenger.graph, self.challenger.schema), self.share, self.name, (ours, theirs))

    def _shadowed(self) -> Shadow | None:
        if self.shadow is None:
            return None
        check_fits(self.bundle, self.shadow)
        return Shadow(Model(self.shadow.graph, self.shadow.schema))

    @cached_property
    def asked(self) -> Asked:
        return asked_of(self.bundle, Model(self.bundle.graph, self.bundle.schema))

    def beside(self) -> dict[str, Any]:
        return self._compared.state()


class Several(Model):
    """The model of a bundle, some of whose rows another one answers, or which one looks at over its shoulder."""

    def __init__(self, bundle: Bundle, split: Split | None, shadow: Shadow | None) -> None:
        super().__init__(bundle.graph, bundle.schema)
        self._split, self._shadow = split, shadow

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        champion = super().run
        outputs = champion(feed) if self._split is None else self._split.run(champion, self.schema, feed)
        if self._shadow is not None:
            self._shadow.see(feed, outputs)
        return outputs


class Compared(Telemetry):
    """The counters of a model with those of what stands beside it."""

    def __init__(self, served: Served, split: Split | None, shadow: Shadow | None) -> None:
        super().__init__(served.name, served.version, served.bundle.schema.names)
        self._split, self._shadow = split, shadow

    def lines(self) -> Iterable[str]:
        yield from super().lines()
        if self._split is not None:
            yield from head("ninefold_split_rows_total", "counter", "Rows answered, by the digest of the graph.")
            for version, rows in zip(self._split.versions, self._split.rows, strict=True):
                yield f'ninefold_split_rows_total{{{self._model},sha256="{version}"}} {rows}'
            yield from self._family("challenger_failures_total", "Rows that fell back.", self._split.failures)
        if self._shadow is not None:
            yield from self._family("shadow_rows_total", "Rows predicted in the shadow.", self._shadow.rows)
            yield from self._family("shadow_agreed_total", "Rows with the same label.", self._shadow.agreed)
            yield from self._family("shadow_missed_total", "Rows that the shadow had no time for.", self._shadow.missed)
            yield from self._family("shadow_failures_total", "Rows that it cannot predict.", self._shadow.failures)
            yield from self._family("shadow_difference_total", "Of the absolute differences.", self._shadow.total)

    def _family(self, name: str, text: str, value: float) -> Iterable[str]:
        yield from head(f"ninefold_{name}", "counter", text)
        yield f"ninefold_{name}{{{self._model}}} {value:g}"

    def state(self) -> dict[str, Any]:
        """What stands beside the model, for ``GET /monitor``."""
        state: dict[str, Any] = {}
        if self._split is not None:
            rows = dict(zip(self._split.versions, self._split.rows, strict=True))
            state["split"] = {"share": self._split.share, "rows": rows, "failures": self._split.failures}
        if self._shadow is not None:
            state["shadow"] = self._shadow.state()
        return state


def check_fits(champion: Bundle, other: Bundle) -> None:
    """Raises ServeError (NF-R315) unless ``other`` can predict the champion's rows, and says the same kind of thing."""
    ours, theirs = champion.schema, other.schema
    if ours.target.task in SPOKEN:
        hint = "serve each under a name of its own: NAME=BUNDLE"
        raise ServeError("NF-R315", f"a {ours.target.task} bundle is not served with others beside it", hint=hint)
    odd = _differences(ours, theirs)
    if odd:
        hint = "compare bundles of the same target that were trained on the same columns"
        message = f"{other.folder} does not go with {champion.folder}: {'; '.join(odd[:3])}"
        raise ServeError("NF-R315", message, hint=hint)


def _differences(ours: Schema, theirs: Schema) -> list[str]:
    odd = []
    for what in ("task", "columns", "classes", "parts", "labels", "choices"):
        one, other = getattr(ours.target, what), getattr(theirs.target, what)
        if one != other:
            odd.append(f"its target has {what} {_shown(other)}, not {_shown(one)}")
    known = {column.name: column for column in ours.columns}
    for column in theirs.columns:
        if column.name not in known:
            odd.append(f'it needs a column "{column.name}" that the other does not read')
        elif (column.wire, column.format) != (known[column.name].wire, known[column.name].format):
            odd.append(f'it reads "{column.name}" as {column.kind}, not {known[column.name].kind}')
    return odd


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
