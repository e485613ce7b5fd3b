"""Settings of a method of explanation: its fields, as users and requests give them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ninefold_runtime.errors import ExplainError, nearest
from ninefold_runtime.explain.explanation import Method
from ninefold_runtime.explain.finding import find


def made(name: str, settings: Mapping[str, Any]) -> Method:
    """The method with these settings.

    Raises:
        ExplainError: NF-R401 unknown method, NF-R413 unknown setting, or a value that it cannot have.
    """
    kind: Any = find(name)
    _check(name, settings)
    try:
        method: Method = msgspec.convert(dict(settings), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ExplainError("NF-R413", f"{name}: {error}", hint=f"settings: {_told(_defaults(name))}") from error
    for key, default in _defaults(name).items():
        if type(default) is int and getattr(method, key) < 1:
            message, given = f"{name}: {key} must be at least 1", str(getattr(method, key))
            raise ExplainError("NF-R413", message, hint=f"{default:,} where nothing is said", given=given)
    return method


def parsed(name: str, pairs: Iterable[str]) -> dict[str, Any]:
    """``NAME=VALUE`` as users write it, given again for each further value where a setting takes several.

    Raises:
        ExplainError: NF-R401 unknown method, NF-R413 unknown setting.
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        _check(name, (key,))
        several = isinstance(_defaults(name)[key], tuple)
        settings[key] = [*settings.get(key, []), value] if several else value
    return settings


def refuse_sizes(name: str, settings: Iterable[str]) -> None:
    """A request may say what is asked, and not how much work the answer takes.

    Raises:
        ExplainError: NF-R401 unknown method, NF-R413 a setting that is a number of things.
    """
    defaults = _defaults(name)
    sizes = [key for key in settings if isinstance(defaults.get(key), int)]
    if sizes:
        raise ExplainError("NF-R413", f"{name}: the service sets {', '.join(sizes)} itself", hint="leave it out")


def _check(name: str, settings: Iterable[str]) -> None:
    defaults = _defaults(name)
    for key in settings:
        if key not in defaults:
            close = nearest(key, defaults)
            hint = f'did you mean "{close[0]}"?' if close else f"settings: {_told(defaults)}"
            raise ExplainError("NF-R413", f'{name} has no setting "{key}"', hint=hint, given=key, suggestions=close)


def _defaults(name: str) -> dict[str, Any]:
    kind: Any = find(name)
    return {field.name: field.default for field in dataclasses.fields(kind)}


def _told(defaults: Mapping[str, Any]) -> str:
    return ", ".join(defaults) or "none"
