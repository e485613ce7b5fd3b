"""What the user writes at the command line, as a plan: bundles with or without names, challengers, shadows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from ninefold_runtime.errors import ServeError, nearest
from ninefold_runtime.serving.plan import SHARE, Place, Plan
from ninefold_runtime.serving.pointer import is_pointer, plan_in

_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)", re.DOTALL)


def read_by(
    bundles: Sequence[str], challengers: Sequence[str] = (), share: float = SHARE, shadows: Sequence[str] = ()
) -> tuple[Callable[[], Plan], tuple[str, ...]]:
    """How to find out what to serve, at any time, and the files besides the bundles that tell it.

    ``bundles`` are as in `plan_of`, or a file of names and bundles alone.

    Raises:
        ServeError: see `plan_of`.
    """
    if len(bundles) == 1 and not challengers and not shadows and is_pointer(bundles[0]):
        return partial(plan_in, Path(bundles[0])), (bundles[0],)
    plan = plan_of(bundles, challengers, share, shadows)
    return lambda: plan, ()


def plan_of(
    bundles: Sequence[str], challengers: Sequence[str] = (), share: float = SHARE, shadows: Sequence[str] = ()
) -> Plan:
    """The plan of ``[NAME=]BUNDLE`` arguments; a challenger or shadow without a name belongs to the only bundle.

    Raises:
        ServeError: NF-R313 two bundles of one name, NF-R312 a share that is none, NF-R314 a name that is not served.
    """
    if not 0.0 <= share <= 1.0:
        raise ServeError("NF-R312", f"a share of {share:g} is none", hint="give a number from 0 to 1: --share 0.1")
    plan: Plan = {}
    for given in bundles:
        name, path = named(given)
        name = name or folder_name(path)
        if name in plan:
            hint = "give each a name of its own: NAME=BUNDLE"
            raise ServeError("NF-R313", f'two bundles are called "{name}"', hint=hint)
        plan[name] = Place(path)
    for given in challengers:
        name, path = _beside(plan, given)
        plan[name] = msgspec.structs.replace(plan[name], challenger=path, share=share)
    for given in shadows:
        name, path = _beside(plan, given)
        plan[name] = msgspec.structs.replace(plan[name], shadow=path)
    return plan


def named(given: str) -> tuple[str, str]:
    """Name and path of ``NAME=PATH``; no name where that is a path itself."""
    found = None if Path(given).exists() else _NAMED.fullmatch(given)
    return (found[1], found[2]) if found else ("", given)


def folder_name(path: str) -> str:
    """The folder's name, or the run's, whose folder ``bundle`` it is; in letters that need no escapes in addresses."""
    folder = Path(path).resolve()
    name = folder.parent.name if folder.name == "bundle" else folder.name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "model"


def named_strictly(given: str) -> tuple[str, str]:
    """Name and path of ``NAME=PATH``. Raises ServeError (NF-R314) where there is no name."""
    name, path = named(given)
    if not name:
        before, sign, path = given.partition("=")
        if sign:
            hint = f"begin a name with a letter or digit; go on with letters, digits, . _ -; 64 at most: NAME={path}"
            raise ServeError("NF-R314", f'"{before}" is no name that an address can hold', hint=hint)
        raise ServeError("NF-R314", f'"{given}" has no name', hint=f"write NAME={given}")
    return name, path


def _beside(plan: Plan, given: str) -> tuple[str, str]:
    name, path = named(given)
    if not name and len(plan) == 1:
        return next(iter(plan)), path
    if name not in plan:
        hint = f"served are {', '.join(plan)}; write NAME={path}"
        message = f'no bundle called "{name}" is served' if name else f"{path} needs the name of what it goes with"
        raise ServeError("NF-R314", message, hint=hint, suggestions=nearest(name, plan))
    return name, path
