"""Where experiments happen: a scratch folder with a small table, and whole runs of the command in processes of their
own, each with its own process group.

Libraries are imported once, here; a run is a fork of this process that goes through the command's own `main`, which
spares two seconds of imports each time. It must be made before this process has started a thread.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

MARK = "NINEFOLD_BREAKING"
"""An environment variable that tells processes of an experiment from all others."""
HEAVY = ("ninefold.cli.main", "ninefold.cli.live", "ninefold.cli.summary", "ninefold.flow", "ninefold.report.render")
LEARNERS = ("logistic_regression", "naive_bayes", "decision_tree", "rules")
WORK = ("--work", "24", "--folds", "2")
LONGEST = 600.0


@dataclass(frozen=True)
class Ended:
    """A command that is over. ``code`` is negative where a signal ended it, None where it had to be killed."""

    code: int | None
    out: str
    err: str
    seconds: float

    @property
    def trouble(self) -> str:
        """What no command may ever do; empty where it did not."""
        if self.code is None:
            return f"it did not end within {LONGEST:.0f} s"
        if "Traceback" in self.err or "NF-E999" in self.err or self.code == 3:
            return f"it broke: {self.err.strip()[-300:]}"
        return ""

    @property
    def refusal(self) -> str:
        """The code of its message."""
        found = re.search(r"\[(NF-[A-Z]\d+)\]", self.err)
        return found[1] if found else ""


@dataclass
class Running:
    """A command in the making; ``folder`` is where it was started."""

    pid: int
    folder: Path
    started: float = field(default_factory=time.monotonic)

    def strike(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def over(self) -> bool:
        """Whether it has ended; its status is kept for `end`."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self, within: float = LONGEST) -> Ended:
        until = self.started + within
        while not self.over() and time.monotonic() < until:
            time.sleep(0.01)
        late = not self.over()
        if late:
            self.strike()
        _, status = os.waitpid(self.pid, 0)
        seconds = time.monotonic() - self.started
        out, err = (
            (self.folder / f"{self.pid}.{name}").read_text("utf-8", errors="replace") for name in ("out", "err")
        )
        return Ended(None if late else os.waitstatus_to_exitcode(status), out, err, seconds)


class Room:
    """``folder``: a scratch folder of this room alone. ``data``: tables that some experiments read."""

    def __init__(self, folder: Path, data: Path, seed: int = 0) -> None:
        self.folder, self.data = folder, data
        self.random = random.Random(seed)
        self._places = 0
        for heavy in HEAVY:
            import_module(heavy)
        self.table = folder / "table.csv"
        self.table.write_text(_table(), "utf-8")

    @property
    def words(self) -> tuple[str, ...]:
        """A small run that counts work, so that it ends alike every time."""
        learners = [word for name in LEARNERS for word in ("--learner", name)]
        return ("run", str(self.table), "--target", "y", *WORK, *learners, "-q")

    def place(self) -> Path:
        """A new empty folder."""
        self._places += 1
        place = self.folder / f"{self._places}"
        place.mkdir()
        return place

    def start(
        self,
        words: tuple[str, ...],
        place: Path,
        env: Mapping[str, str] | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> Running:
        """The command in a fork of this process, in a group of its own. ``prepare`` is called in it before."""
        pid = os.fork()
        if pid:
            return Running(pid, place)
        try:
            _become(words, place, dict(env or {}), prepare)
        finally:
            os._exit(99)

    def run(self, words: tuple[str, ...], place: Path, **how: Any) -> Ended:
        return self.start(words, place, **how).end()

    def resume(self, run: Path) -> Ended:
        return self.run(("run", "--resume", str(run), "-q"), run.parent.parent)

    @property
    def reference(self) -> Path:
        """The folder of an uninterrupted run."""
        return self._whole[0]

    @property
    def length(self) -> float:
        """Seconds that an uninterrupted run takes."""
        return self._whole[1]

    @cached_property
    def _whole(self) -> tuple[Path, float]:
        place = self.place()
        ended = self.run(self.words, place)
        if ended.code:
            raise RuntimeError(f"the run to compare with failed: {ended.err}")
        return only_run(place), ended.seconds

    def difference(self, run: Path) -> str:
        """How a finished run differs from the uninterrupted one; empty where it does not."""
        if not (run / "bundle" / "MANIFEST.json").is_file():
            return f"{run.name} has no bundle"
        for what, of in (("bundle", bundle), ("leaderboard", leaderboard)):
            ours, theirs = of(run), of(self.reference)
            if ours != theirs:
                which = sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))
                return f"{run}: {what} differs in {', '.join(which[:4])}"
        return ""

    def taken_up(self, run: Path) -> str:
        """Resume a stopped run and compare it; what went wrong, or nothing."""
        before = finished(run)
        ended = self.resume(run)
        if ended.trouble or ended.code:
            return ended.trouble or f"resume ended with {ended.code}: {ended.err.strip()[-300:]}"
        lost = {number for number, what in before.items() if finished(run).get(number) != what}
        return f"{run}: trials {sorted(lost)} were lost" if lost else self.difference(run)

    def leave(self, place: Path) -> None:
        """Remove a folder whose experiment kept all promises."""
        shutil.rmtree(place, ignore_errors=True)


def _become(words: tuple[str, ...], place: Path, env: dict[str, str], prepare: Callable[[], None] | None) -> None:
    """Turn this fork into the command; never returns."""
    os.setsid()
    os.chdir(place)
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(f"{os.getpid()}.{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update({"NO_COLOR": "1", MARK: str(place)} | env)
    sys.argv = ["ninefold", *words]
    if prepare:
        prepare()
    from ninefold.cli import start
    from ninefold.cli.main import main

    start.STARTED = time.monotonic()
    code: object = 0
    try:
        main()
    except SystemExit as left:
        code = left.code
    except BaseException:  # noqa: BLE001  what escapes a command shows as a traceback, which is what is looked for
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def real(words: tuple[str, ...], place: Path, before: tuple[str, ...] = (), **env: str) -> Ended:
    """The command as users start it, or under another command such as strace."""
    started = time.monotonic()
    command = [*before, sys.executable, str(Path(sys.executable).with_name("ninefold")), *words]
    done = subprocess.run(
        command,
        cwd=place,
        env=os.environ | {"NO_COLOR": "1", MARK: str(place)} | env,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LONGEST,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def only_run(place: Path) -> Path:
    """The one run folder below a place.

    Raises:
        ValueError: when there is none, or several.
    """
    (run,) = runs_in(place)
    return run


def runs_in(place: Path) -> list[Path]:
    return sorted(path for path in (place / "runs").glob("*") if path.is_dir())


def finished(run: Path) -> dict[int, str]:
    """Trials whose end is in the journal: state, learner and settings by number."""
    from ninefold.core.journal import Journal

    journal = Journal(run / "journal.log")
    begun = {record["id"]: record["candidate"] for record in journal.read("begun", dict)}
    ended = {record["id"]: record["state"] for record in journal.read("ended", dict)}
    return {number: f"{state} {json.dumps(begun.get(number), sort_keys=True)}" for number, state in ended.items()}


def leaderboard(run: Path) -> dict[str, str]:
    """Trials and weights, without what was measured in seconds."""
    board = json.loads((run / "5-leaderboard.json").read_text("utf-8"))["noun"]
    trials = {
        f"trial {trial['id']}": json.dumps({key: value for key, value in trial.items() if key != "seconds"})
        for trial in board["trials"]
    }
    return trials | {"weights": json.dumps(board["weights"]), "trials": str(len(board["trials"]))}


def bundle(run: Path) -> dict[str, str]:
    """Digests by file name; of the card without the run's name and the measured time, of the manifest nothing, as it
    holds the card's digest."""
    files = {path.name: path.read_bytes() for path in (run / "bundle").iterdir() if path.name != "MANIFEST.json"}
    card = files["card.md"].replace(run.name.encode(), b"RUN")
    files["card.md"] = re.sub(rb"takes [\d.,]+ .s", b"takes", card.replace("µ".encode(), b"u"))
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def left_over(place: Path) -> list[int]:
    """Processes of an experiment that still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{MARK}={place}\0".encode() in (process / "environ").read_bytes() and int(process.name) != os.getpid():
                found.append(int(process.name))
    return found


def _table() -> str:
    draw = random.Random(0)
    lines = ["a,b,c,y"]
    for _ in range(160):
        a, b, c = draw.gauss(0, 1), draw.random(), draw.choice("uvw")
        lines.append(f"{a:.3f},{b:.3f},{c},{'yes' if a + b * (c == 'u') + draw.gauss(0, 0.7) > 0.3 else 'no'}")
    return "\n".join(lines) + "\n"
