"""Bundles loaded in children of a small process, one each, under limits; what each took and did is told.

Run as a script it reads one JSON object a line (``{"bundle": …, "trust": […]}``) and answers with one. A child is a
fork of this process, which has loaded the runtime and nothing else, so that a thousand bundles take seconds. The child
reads, verifies and loads the bundle, asks it one row, and its background and split, as the commands do.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

LIMIT_MB, LIMIT_S = 256, 2.0
SECONDS = 20
"""After which a child is stopped by the system."""
TELLING = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pickle.find_class", "socket.connect"}
"""Events of Python's auditing that loading a bundle has no business with."""

_LOADED_ONCE = ("beside", "explain.contributed", "model", "safety.signing", "watch")


class Confined:
    """The small process, from outside."""

    def __init__(self) -> None:
        command = [sys.executable, __file__]
        calm = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=calm)

    def load(self, bundle: Path, trust: list[Path] | None = None) -> dict[str, Any]:
        """``code`` and ``refused`` of the error, or ``crash``; ``mb`` and ``cpu`` of the child; ``events``; whether
        ONNX Runtime was given a graph (``asked``)."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(
            json.dumps({"bundle": str(bundle), "trust": [str(key) for key in trust or ()]}) + "\n"
        )
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        self._process.communicate()


def _serve() -> None:
    for module in _LOADED_ONCE:
        import_module(f"ninefold_runtime.{module}")
    for line in sys.stdin:
        print(json.dumps(_child(json.loads(line))), flush=True)


def _child(order: dict[str, Any]) -> dict[str, Any]:
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ear)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        told = _loaded(order)
        os.write(mouth, json.dumps(told).encode())
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ear, "rb") as pipe:
        said = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    told = json.loads(said) if said else {"code": None, "refused": None, "crash": "", "events": [], "asked": True}
    if os.WIFSIGNALED(status):
        told["crash"] = signal.Signals(os.WTERMSIG(status)).name
    return told | {"mb": usage.ru_maxrss / 1024, "cpu": usage.ru_utime + usage.ru_stime}


def _loaded(order: dict[str, Any]) -> dict[str, Any]:
    import onnxruntime

    from ninefold_runtime.errors import BundleFault

    events: list[str] = []
    asked: list[bool] = []
    place = str(Path(order["bundle"]).resolve())

    class Session(onnxruntime.InferenceSession):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            asked.append(True)
            super().__init__(*arguments, **more)

    onnxruntime.InferenceSession = Session
    sys.addaudithook(hearing(events, place, order["trust"]))
    told: dict[str, Any] = {"code": None, "refused": None, "crash": ""}
    try:
        _used(place, [Path(key) for key in order["trust"]])
    except BundleFault as fault:
        told = {"code": fault.code, "refused": fault.details.get("refused"), "crash": "", "message": fault.message}
    except BaseException as error:  # noqa: BLE001  whatever it is, it is told
        told["crash"] = f"{type(error).__name__}: {error}"[:300]
    return told | {"events": events, "asked": bool(asked)}


def hearing(events: list[str], place: str, keys: list[str]) -> Callable[[str, tuple[Any, ...]], None]:
    """A hook for Python's auditing that writes down what a bundle at ``place`` has no business with."""

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in TELLING:
            events.append(event)
        touched = {"open": lambda: arguments[0], "exec": lambda: arguments[0].co_filename}
        if event in touched and _elsewhere(touched[event](), place, keys):
            events.append(f"{event} {touched[event]()}")

    return hear


def _elsewhere(path: Any, place: str, keys: list[str]) -> bool:
    """Whether a file is neither of the bundle nor of Python."""
    if not isinstance(path, str) or path.startswith("<frozen "):
        return False
    homes = (place, sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]), "/proc/", "/sys/", "/dev/", *keys)
    return not str(Path(path).absolute()).startswith(homes)


def _used(place: str, trust: list[Path]) -> None:
    """A bundle put to all its uses, with rows that are typical, missing and new."""
    from ninefold_runtime.beside import beside
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.explain.contributed import Contributed
    from ninefold_runtime.model import Model
    from ninefold_runtime.monitor.report import lines
    from ninefold_runtime.watch import watch_table

    bundle = read_bundle(place, trust)
    model = Model(bundle.graph, bundle.schema)
    model.predict_one(bundle.schema.example)
    made = model.predict([bundle.schema.example, {}, dict.fromkeys(bundle.schema.names, "never seen")])
    if bundle.conformal is not None and bundle.conformal.levels:
        beside(made, bundle.conformal, bundle.conformal.levels[0])
    if bundle.sketches is not None:
        lines(watch_table(bundle, {name: [cell] * 30 for name, cell in bundle.schema.example.items()}))
    if bundle.background is not None:
        arrays, _ = bundle.background.wired(bundle.schema)
        model.predict_arrays(arrays)
        if bundle.contributions is not None:
            Contributed(bundle.contributions, bundle.schema)(arrays)


if __name__ == "__main__":
    _serve()
