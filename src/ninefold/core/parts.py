"""Parts: one file, one frozen dataclass, found by its file name or by the entry point group ``ninefold.parts``.

A part's settings are its dataclass fields, declared with `setting`: the default, the search space, the help text,
the small value for checks and the validation all come from that one place.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal

import numpy as np

from ninefold.core.errors import WishError, nearest

Value = float | int | str | bool | None
End = Literal["low", "high"]


@dataclasses.dataclass(frozen=True)
class Space:
    """Where a setting may lie: an interval (``log`` scale or not) or a few choices. ``grows`` marks the one setting
    whose growth costs time and buys fit (trees, epochs): early pruning and early stopping act on it. ``simpler`` is
    the end of the interval that makes a simpler fit, where the setting holds complexity down or lets it up."""

    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()
    log: bool = False
    tiny: Value = None
    grows: bool = False
    simpler: End | None = None

    def draw(self, like: Value, rng: np.random.Generator) -> Value:
        """A value drawn uniformly (on the log scale where ``log``), of the same type as ``like``."""
        if self.choices:
            return self.choices[int(rng.integers(len(self.choices)))]
        if self.low is None or self.high is None:
            return like
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        drawn = rng.uniform(low, high)
        drawn = math.exp(drawn) if self.log else drawn
        return min(max(round(drawn), int(self.low)), int(self.high)) if isinstance(like, int) else float(drawn)

    def simplified(self, value: Value, share: float) -> Value:
        """``value`` moved by a share of the interval (on the log scale where ``log``) to the simpler end; to the other
        where ``share`` is negative. Settings that do not say which end is simpler stay."""
        if self.simpler is None or self.low is None or self.high is None or not isinstance(value, (int, float)):
            return value
        up = share if self.simpler == "high" else -share
        moved = value * (self.high / self.low) ** up if self.log else value + up * (self.high - self.low)
        kept = min(max(moved, self.low), self.high)
        return round(kept) if isinstance(value, int) else float(kept)

    def admits(self, value: Value) -> bool:
        if self.choices:
            return value in self.choices
        if self.low is None or self.high is None or not isinstance(value, (int, float)):
            return True
        return self.low <= value <= self.high


def setting(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Value, ...] = (),
    log: bool = False,
    tiny: Value = None,
    grows: bool = False,
    simpler: End | None = None,
) -> Any:
    """Declare a field of a part: its default, its `Space`, its one sentence."""
    space = Space(help, low, high, choices, log, tiny, grows, simpler)
    return dataclasses.field(default=default, metadata={"space": space})


def spaces(part: object) -> dict[str, Space]:
    """The declared settings of a part or of its class, by field name."""
    return {f.name: f.metadata["space"] for f in dataclasses.fields(part) if "space" in f.metadata}  # type: ignore[arg-type]


def settings(part: object) -> dict[str, Value]:
    """The values of a part's declared settings: what is written in a run folder to make the part again."""
    return {name: getattr(part, name) for name in spaces(part)}


def growth(part: object) -> str | None:
    """The name of the setting that grows, if the part has one."""
    return next((name for name, space in spaces(part).items() if space.grows), None)


def simplified(part: object, values: Mapping[str, Value], share: float) -> dict[str, Value]:
    """The settings ``values`` of a part, each that holds complexity moved by ``share`` (see `Space.simplified`)."""
    return {name: space.simplified(values[name], share) for name, space in spaces(part).items()}


def tiny(part: Any) -> Any:
    """The part with the small settings that checks use."""
    return dataclasses.replace(part, **{n: s.tiny for n, s in spaces(part).items() if s.tiny is not None})


def names(package: str) -> tuple[str, ...]:
    """The parts of a package such as ``"ninefold.learners"``: its public modules, and plug-ins, sorted."""
    own = {m.name for m in pkgutil.iter_modules(import_module(package).__path__) if not m.name.startswith("_")}
    return tuple(sorted(own | set(_plugins(package))))


def find(package: str, name: str) -> type[Any]:
    """The class of one part.

    Raises:
        WishError: when the package has no such part.
    """
    plugins = _plugins(package)
    if name in plugins:
        part: type[Any] = plugins[name].load()
        return part
    if name not in names(package):
        close = nearest(name, names(package))
        kind = package.rsplit(".", 1)[-1].replace("_", " ").removesuffix("s")
        raise WishError(
            "NF-E301",
            f'there is no {kind} "{name}"',
            hint=f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(names(package))}",
            suggestions=close,
        )
    return _only_part(f"{package}.{name}")


def make(package: str, name: str, values: Mapping[str, Value] | None = None) -> Any:
    """A part by name with the given settings, each checked against its space.

    Raises:
        WishError: unknown part, unknown setting, or a value outside the space.
    """
    part = find(package, name)
    known = spaces(part)
    for key, value in (values or {}).items():
        if key not in known:
            raise WishError("NF-E302", f'{name} has no setting "{key}"', hint=f"it has: {', '.join(known) or 'none'}")
        if not known[key].admits(value):
            bounds = known[key].choices or (known[key].low, known[key].high)
            raise WishError("NF-E303", f"{name}: {key}={value!r} lies outside {bounds}", hint=known[key].help)
    return part(**(values or {}))


@cache
def _plugins(package: str) -> dict[str, Any]:
    """Entry points of group ``ninefold.parts`` named ``learners.mine`` for the package ``ninefold.learners``."""
    prefix = package.removeprefix("ninefold.") + "."
    found = entry_points(group="ninefold.parts")
    return {e.name.removeprefix(prefix): e for e in found if e.name.startswith(prefix)}


@cache
def _only_part(module_name: str) -> type[Any]:
    module = import_module(module_name)
    found = [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and value.__module__ == module_name
        and dataclasses.is_dataclass(value)
        and not name.startswith("_")
    ]
    if len(found) != 1:
        raise TypeError(f"{module_name} must hold exactly one public dataclass, the part; it holds {len(found)}")
    return found[0]
