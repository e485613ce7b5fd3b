"""What runs inside: ``python -I -B runner.py order.json``. It needs the standard library and NumPy alone.

It gives itself its limits, loads the answer, holds it against the checks one by one, and writes a line of JSON for
each.
"""

from __future__ import annotations

import builtins
import difflib
import json
import resource
import runpy
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

ANSWER, CHECKS, VERDICT = "answer.py", "checks.py", "verdict.jsonl"
LONGEST = 600
"""Letters of a message that are kept."""
INTERNET = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def main(order: dict[str, Any]) -> None:
    _limit(order["limits"])
    sys.path[:] = order["path"]
    if not order["apart"]:
        sys.addaudithook(_no_network)
    with Path(VERDICT).open("a", encoding="utf-8") as file:

        def tell(**told: Any) -> None:
            file.write(json.dumps(told) + "\n")
            file.flush()

        _examine(order, tell)


def _limit(limits: dict[str, int]) -> None:
    """What a system does not limit (macOS knows no address space) is left to the parent's clock."""
    for name, most in limits.items():
        with suppress(OSError, ValueError, AttributeError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections, where the system gave us no network of our own to be without."""
    reaches = event in {"socket.connect", "socket.bind", "socket.sendto"} and isinstance(arguments[1], tuple)
    if event in INTERNET or reaches:
        raise OSError("there is no network in an exercise")


def _examine(order: dict[str, Any], tell: Callable[..., None]) -> None:
    import numpy as np

    tell(begun="your code")
    function = _attempt(lambda: _loaded(order["function"]), tell, "your code")
    if function is None:
        return
    checks = runpy.run_path(CHECKS)
    for index, name in enumerate(order["checks"]):
        check, rng = checks[name], np.random.default_rng([order["seed"], index])
        tell(begun=name)
        since = time.perf_counter()
        _attempt(lambda check=check, rng=rng: check(function, rng) or True, tell, name)  # type: ignore[misc]
        tell(ended=name, seconds=time.perf_counter() - since)


def _loaded(name: str) -> Callable[..., Any]:
    """The function of the answer.

    Raises:
        LookupError: when the answer does not define it.
    """
    found = runpy.run_path(ANSWER)
    if callable(found.get(name)):
        return found[name]  # type: ignore[no-any-return]
    close = difflib.get_close_matches(name, [key for key, value in found.items() if callable(value)], n=1)
    meant = f'; is "{close[0]}" meant to be it?' if close else ""
    raise LookupError(f'your code defines no function "{name}"{meant}')


def _attempt(work: Callable[[], Any], tell: Callable[..., None], name: str) -> Any:
    """What ``work`` gives; None where it failed, which is told."""
    try:
        return work()
    except (Exception, SystemExit) as error:  # noqa: BLE001  the reader's code: whatever it raises is told
        tell(failed=name, **_told(error))
        return None


def _told(error: BaseException) -> dict[str, Any]:
    frames = list(traceback.walk_tb(error.__traceback__))
    line, code = _line_in(ANSWER, error.__traceback__)
    asked = "" if line else _line_in(CHECKS, error.__traceback__)[1]
    if isinstance(error, SyntaxError) and str(error.filename).endswith(ANSWER):
        line, code = error.lineno or 0, (error.text or "").strip()
    said = str(error.msg if isinstance(error, SyntaxError) else error).strip()[:LONGEST]
    meant = _meant(error, frames[-1][0]) if frames else ""
    return {"error": type(error).__name__, "said": said, "line": line, "code": code, "asked": asked, "meant": meant}


def _line_in(name: str, trace: TracebackType | None) -> tuple[int, str]:
    """Number and text of the last line of a file that an error went through; 0 where there is none."""
    for frame in reversed(traceback.extract_tb(trace)):
        if Path(frame.filename).name == name:
            return frame.lineno or 0, (frame.line or "").strip()
    return 0, ""


def _meant(error: BaseException, frame: FrameType) -> str:
    """The known name that looks most like a misspelt one."""
    if isinstance(error, NameError):
        known = {*frame.f_locals, *frame.f_globals, *dir(builtins)}
    elif isinstance(error, AttributeError) and error.obj is not None:
        known = set(dir(error.obj))
    else:
        return ""
    return next(iter(difflib.get_close_matches(str(error.name), sorted(known), n=1)), "")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
