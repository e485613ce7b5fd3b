"""Images without a Docker engine: the last stage of a Dockerfile is laid out in a folder, and its command is run there.

What the first stage would install is linked from this environment, requirement by requirement, so that what the recipe
forgets is missing here as well; wheels of our own are installed by pip. The command runs as the recipe's user, who may
write to no file of the image, with no variables but those that the recipe and the caller set.
"""

from __future__ import annotations

import http.client
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

PATIENCE = 60
PYTHON = [getattr(sys, "_base_executable", sys.executable), "-S"]
"""The interpreter without the packages of this environment, as an image's has none."""


@dataclass(frozen=True)
class Image:
    """``place`` is the root here; ``moved`` says what else is called otherwise; ``user`` None is root."""

    place: Path
    moved: Mapping[str, str]
    environment: dict[str, str]
    command: list[str]
    health: list[str]
    user: int | None

    def size(self, *, compiled: bool) -> int:
        """Bytes of all that is installed, links followed, with or without compiled modules."""
        walked = os.walk(self.place / "app", followlinks=True)
        files = [Path(folder, name) for folder, _, names in walked for name in names]
        return sum(file.stat().st_size for file in files if compiled or "__pycache__" not in file.parts)

    def started(self, command: list[str], **variables: str) -> subprocess.Popen[str]:
        words = [moved(word, self.moved) for word in command]
        words[:1] = PYTHON if words[0] == "python" else words[:1]
        environment = {name: moved(value, self.moved) for name, value in (self.environment | variables).items()}
        return subprocess.Popen(
            [*_as(self.user), *words],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(self.place / "tmp")} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ended(self, command: list[str]) -> tuple[int, str]:
        """Exit code and output of a command that ends by itself."""
        with self.started(command) as process:
            text = process.communicate(timeout=PATIENCE)[0]
        return process.returncode, text


def moved(text: str, places: Mapping[str, str]) -> str:
    for old, new in places.items():
        text = text.replace(old, new)
    return text


def _as(user: int | None) -> list[str]:
    """To be another user takes root. It keeps the right to read, as the interpreter of tests may lie in root's home."""
    if user is None or os.geteuid() != 0:
        return []
    reading = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    return ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups", *reading]


Install = Callable[[Path, list[str], Path], None]
"""Of the folder, a command of the recipe, and where it is to install to."""


@contextmanager
def image(
    folder: Path, paths: tuple[str, ...], ports: Mapping[str, str] | None = None, install: Install | None = None
) -> Iterator[Image]:
    """The image of ``folder``, whose files lie at ``paths``; ``ports`` are those that are others here."""
    place = Path(tempfile.mkdtemp(prefix="image-"))  # not below pytest's folders, which none but their owner may enter
    try:
        place.chmod(0o755)
        (place / "tmp").mkdir()
        (place / "tmp").chmod(0o777)
        places = {path: f"{place}{path}" for path in ("/tmp", *paths)} | dict(ports or {})  # the place may lie in /tmp
        yield _laid_out(folder, place, places, install or _install)
    finally:
        shutil.rmtree(place)


def _laid_out(folder: Path, place: Path, places: Mapping[str, str], install: Install) -> Image:
    stages = _stages((folder / "Dockerfile").read_text("utf-8"))
    assert len(stages) == 2
    (place / "app").mkdir()
    for instruction, words in stages[0]:
        for command in words.split(" && ") if instruction == "RUN" else ():
            if " pip " in command:
                install(folder, shlex.split(command), place / "app")
            else:
                _load(shlex.split(command), place / "app", compiling=install is not _install)
    said = {instruction: words for instruction, words in stages[1] if instruction != "COPY"}
    for instruction, words in stages[1]:
        if instruction == "COPY" and not words.startswith("--from="):
            _copy(folder, *words.split(), place=place, places=places)
    environment = dict(pair.split("=", 1) for pair in said["ENV"].split())
    command = json.loads(said["ENTRYPOINT"]) + json.loads(said.get("CMD", "[]"))
    health = json.loads(said["HEALTHCHECK"].split("CMD ")[1]) if "HEALTHCHECK" in said else []
    user = int(said["USER"].split(":")[0]) if "USER" in said else None
    return Image(place, places, environment, command, health, user)


def _stages(recipe: str) -> list[list[tuple[str, str]]]:
    """Instructions and their words, stage by stage."""
    stages: list[list[tuple[str, str]]] = []
    for line in recipe.splitlines():
        if line and not line.startswith("#"):
            instruction, _, words = line.partition(" ")
            stages += [[]] if instruction == "FROM" else []
            stages[-1].append((instruction, words))
    return stages


def _copy(folder: Path, source: str, path: str, *, place: Path, places: Mapping[str, str]) -> None:
    target = place / path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if (folder / source).is_dir():
        shutil.copytree(folder / source, target)
    else:
        target.write_text(moved((folder / source).read_text("utf-8"), places), "utf-8")


def _install(folder: Path, command: list[str], app: Path) -> None:
    """What ``pip install`` of the recipe brings, from here: no test asks a network."""
    assert command[:4] == ["python", "-m", "pip", "install"]
    if "--requirement" in command:
        listed = Path(command[command.index("--requirement") + 1])
        for line in (folder / listed.name).read_text("utf-8").split():
            _link(Requirement(line), app)
    else:
        wheel = folder / "wheels" / Path(command[-1]).name
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", app, wheel]
        subprocess.run([*pip, "--disable-pip-version-check", "--root-user-action=ignore"], check=True)


def _load(command: list[str], app: Path, *, compiling: bool) -> None:
    """The line that loads what was installed; it compiles where that is not this environment's own."""
    variable, python, *rest = command
    assert (variable, python) == ("PYTHONPATH=/app", "python")
    flags = [] if compiling else ["-B"]
    subprocess.run([*PYTHON, *flags, *rest], env={"PYTHONPATH": str(app)}, check=True)


def _link(wanted: Requirement, app: Path) -> None:
    if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
        return
    found = distribution(wanted.name)
    assert wanted.specifier.contains(found.version), f"{found.version} is not {wanted}"
    tops = {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in tops:
        if not (app / top).exists():
            (app / top).symlink_to(Path(str(found.locate_file(top))))
            for each in found.requires or ():
                _link(Requirement(each), app)


@contextmanager
def serving(image: Image, port: int, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The image's command until it is ready, and stopped at the end if nobody has."""
    process = image.started(image.command, **variables)
    try:
        _wait(process, port)
        yield process
    finally:
        process.kill()
        process.communicate()


def _wait(process: subprocess.Popen[str], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            if ask(port, "GET", "/health/ready")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("it does not become ready")


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    """Status and text of one answer."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    client.request(method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()})
    reply = client.getresponse()
    answer = reply.status, reply.read().decode()
    client.close()
    return answer


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
