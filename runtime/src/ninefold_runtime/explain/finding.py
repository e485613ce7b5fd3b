"""Methods of explanation by name: a method is found by its file."""

from __future__ import annotations

import dataclasses
import inspect
import pkgutil
from importlib import import_module
from typing import cast

from ninefold_runtime.errors import ExplainError, nearest
from ninefold_runtime.explain import methods
from ninefold_runtime.explain.explanation import Method


def names() -> tuple[str, ...]:
    """The methods there are, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(methods.__path__) if not m.name.startswith("_")))


def find(name: str) -> type[Method]:
    """The method in the file of that name.

    Raises:
        ExplainError: NF-R401 when there is none.
    """
    if name not in names():
        close = nearest(name, names())
        hint = f'did you mean "{close[0]}"?' if close else f"choose from: {', '.join(names())}"
        raise ExplainError("NF-R401", f'there is no method "{name}"', hint=hint, given=name, suggestions=close)
    module = import_module(f"{methods.__name__}.{name}")
    own = (value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__)
    return cast("type[Method]", next(c for c in own if dataclasses.is_dataclass(c) and not c.__name__.startswith("_")))
