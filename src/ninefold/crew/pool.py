"""The main process's side of the crew: starts workers, hands out jobs, and stops what runs over time or memory."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from ninefold.core.protocols import FitDone, FitJob

GRACE = 2.0
"""Seconds beyond a job's own before its worker is killed: learners watch the clock, but native code may not."""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "LOKY_MAX_CPU_COUNT"), "1"
)
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Pool:
    """``size`` workers for one run. A worker that dies, hangs or grows too large costs its job and is replaced.

    ``memory`` is the resident bytes one worker may use.
    """

    def __init__(self, run: Path, size: int, memory: int) -> None:
        self._run, self._memory = run, memory
        self._queue: deque[FitJob] = deque()
        self._workers = [_Worker(run) for _ in range(size)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        return len(self._workers)

    def submit(self, job: FitJob) -> None:
        self._queue.append(job)
        self._hand_out()

    def wait(self, seconds: float) -> list[FitDone]:
        """Answers that came, or were given for killed jobs, within ``seconds``; returns at the first."""
        until = time.monotonic() + seconds
        while True:
            done = self._collect(min(0.25, max(0.0, until - time.monotonic())))
            done += [answer for answer in map(self._killed, range(self.size)) if answer]
            self._hand_out()
            if done or time.monotonic() >= until:
                return done

    def drop(self) -> None:
        """Forget queued jobs; workers in the middle of one are replaced."""
        self._queue.clear()
        for i, worker in enumerate(self._workers):
            if worker.job:
                self._replace(i)

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()

    def _hand_out(self) -> None:
        for worker in self._workers:
            if worker.job is None and self._queue:
                worker.give(self._queue.popleft())

    def _collect(self, seconds: float) -> list[FitDone]:
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
            ready = [key.data for key, _ in selector.select(seconds)]
        return [answer for worker in ready for answer in worker.read()]

    def _killed(self, i: int) -> FitDone | None:
        """The answer for a job whose worker died or had to be killed."""
        worker = self._workers[i]
        why = worker.trouble(self._memory)
        if not why:
            return None
        job = worker.job
        self._replace(i)
        return FitDone(job.trial, job.fold, "killed", why) if job else None

    def _replace(self, i: int) -> None:
        self._workers[i].kill()
        self._workers[i] = _Worker(self._run)


class _Worker:
    """One process, its pipe of answers, and the job it has."""

    def __init__(self, run: Path) -> None:
        self.job: FitJob | None = None
        self.answers, theirs = os.pipe()
        os.set_blocking(self.answers, False)
        self._buffer = b""
        self._started = 0.0
        self._closed = False
        with (run / "workers.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ninefold.crew.worker", str(run), str(theirs)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(theirs,),
                start_new_session=True,
                env=os.environ | ONE_THREAD,
            )
        os.close(theirs)

    def give(self, job: FitJob) -> None:
        self.job, self._started = job, time.monotonic()
        with suppress(BrokenPipeError):  # it died; `trouble` will tell
            assert self._process.stdin
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()

    def read(self) -> list[FitDone]:
        """Whole answers that have arrived."""
        chunk = os.read(self.answers, 1 << 20)
        self._closed = not chunk
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        if lines:
            self.job = None
        return [msgspec.json.decode(line, type=FitDone) for line in lines]

    def trouble(self, memory: int) -> str:
        """Why this worker cannot go on; empty when it can."""
        if self._closed or self._process.poll() is not None:
            return f"the worker process died (exit code {self._process.wait()})"
        if self.job and time.monotonic() - self._started > self.job.seconds + GRACE:
            return f"it ran {GRACE:.0f} s over its {self.job.seconds:.0f} s"
        if self.job and self._resident() > memory:
            return f"it used more than {memory / 1e9:.1f} GB of memory"
        return ""

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        with suppress(OSError):
            os.close(self.answers)

    def _resident(self) -> int:
        try:
            return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * _PAGE
        except (FileNotFoundError, ProcessLookupError):
            return 0
