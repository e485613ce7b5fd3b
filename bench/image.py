"""What the image of ``ninefold export --to docker`` holds and how it starts: its recipe run by pip, without an engine.

The first stage's commands run as they stand, with this interpreter; the command of the last stage is then started as
its user, and asked. The base image comes on top.
"""

from __future__ import annotations

import resource
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import results
from ninefold.export.destination import Subject
from ninefold.export.exporting import export, made
from ninefold_runtime.bundle import read_bundle

if TYPE_CHECKING:
    import simulated

sys.path.append(str(results.ROOT / "tests"))
LARGEST, SLOWEST = 150.0, 1.5
"""Megabytes (10^6 bytes) installed, and CPU seconds from start to ready."""
STARTS = 5


def main() -> int:
    import bundles
    import simulated

    with tempfile.TemporaryDirectory() as scratch:
        folder, port = Path(scratch, "docker"), simulated.free_port()
        bundle = read_bundle(bundles.write(Path(scratch, "bundle"), sketched=1000))
        export(Subject(bundle), "docker", made("docker", [f"port={port}"]), folder)
        with simulated.image(folder, ("/app", "/models"), install=_install) as image:
            size, packages = image.size(compiled=True) / 1e6, len(list((image.place / "app").glob("*.dist-info")))
            starts = [_start(image, port) for _ in range(STARTS)]
    seconds, memory = (statistics.median(values) for values in zip(*starts, strict=True))
    kept = size <= LARGEST and seconds <= SLOWEST
    rows = [[packages, f"{size:.0f}", f"{seconds:.2f}", f"{memory:.0f}"]]
    heads = ["packages", "MB installed", "CPU s to ready", "MB of memory"]
    told = f"Held to {LARGEST:.0f} MB and {SLOWEST} s: {'kept' if kept else 'MISSED'}. Median of {STARTS} starts."
    results.write("image", f"{results.table(heads, rows)}\n\n{told}")
    return int(not kept)


def _install(folder: Path, command: list[str], app: Path) -> None:
    """A line of the recipe, by this interpreter's pip, with the paths that it has here."""
    from simulated import moved

    places = {"/build": str(folder), "/app": str(app)}
    words = [moved(word, places) for word in command[1:]]
    quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
    subprocess.run([sys.executable, *words, *quiet], check=True)


def _start(image: simulated.Image, port: int) -> tuple[float, float]:
    """CPU seconds to the first answer of /health/ready, and MB of memory then, of the whole family of processes."""
    from simulated import serving

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with serving(image, port, NINEFOLD_TOKEN=secrets.token_hex(16)) as process:
        memory = sum(_resident(pid) for pid in _family(process.pid)) / 1e6
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
