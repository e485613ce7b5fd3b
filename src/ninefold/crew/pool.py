"""The main process's side of the crew: starts workers, hands out jobs, and stops what runs over time or memory."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

import msgspec

from ninefold.core.protocols import FitDone, FitJob
from ninefold.crew.worker import end

GRACE = 2.0
"""Seconds beyond a job's own before its worker is killed: learners watch the clock, but native code may not."""
CLOSING = 0.5
"""Seconds that the nursery may take to kill its workers before it is killed."""
MOST_SAID = 1 << 20
"""Bytes of what workers write to stdout and stderr that are kept for one run."""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "LOKY_MAX_CPU_COUNT"), "1"
)
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Pool:
    """``size`` workers for one run. A worker that dies, hangs or grows too large costs its job and is replaced.

    ``memory`` is the resident bytes one worker may use.
    """

    def __init__(self, run: Path, size: int, memory: int) -> None:
        self._memory = memory
        self._nursery = _Nursery(run, memory)
        self._queue: deque[FitJob] = deque()
        self._workers = [self._nursery.hatch() for _ in range(size)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        return len(self._workers)

    def submit(self, job: FitJob) -> None:
        """Queue a job; an idle worker gets it at once."""
        self._queue.append(job)
        self._hand_out()

    def wait(self, seconds: float) -> list[FitDone]:
        """Answers that came, or were given for killed jobs, within ``seconds``; returns at the first.

        Raises:
            OSError: when a worker could not write what it made: the trial is to be made again, not to be failed.
        """
        until = time.monotonic() + seconds
        while True:
            done = self._collect(min(0.25, max(0.0, until - time.monotonic())))
            done += [answer for answer in map(self._killed, range(self.size)) if answer]
            self._hand_out()
            for answer in done:
                if answer.state == "unwritten":
                    raise OSError(errno.ENOSPC, answer.why)
            if done or time.monotonic() >= until:
                return done

    def drop(self) -> None:
        """Forget queued jobs; workers in the middle of one are replaced."""
        self._queue.clear()
        for i, worker in enumerate(self._workers):
            if worker.job:
                self._replace(i)

    def close(self) -> None:
        """Kill all workers and the nursery."""
        for worker in self._workers:
            worker.kill()
        self._nursery.close()

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
        self._workers[i] = self._nursery.hatch()


class _Nursery:
    """The process that forks workers; started again if it dies."""

    def __init__(self, run: Path, memory: int) -> None:
        self._run, self._memory = run, memory
        self._start()

    def _start(self) -> None:
        self._door, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ninefold.crew.nursery", str(self._run), str(theirs.fileno()), str(self._memory)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            env=os.environ | ONE_THREAD,
        )
        theirs.close()
        log = (self._run / "workers.log").open("ab")
        assert self._process.stdout is not None
        threading.Thread(target=_keep, args=(self._process.stdout, log), daemon=True).start()

    def hatch(self) -> _Worker:
        """A new worker; it answers once the nursery has imported everything."""
        if self._process.poll() is not None:
            self._door.close()
            self._start()
        jobs_from, jobs_to = os.pipe()
        answers_from, answers_to = os.pipe()
        with suppress(BrokenPipeError):  # it died this moment: the worker's pipe closes, and that tells
            socket.send_fds(self._door, [b"w"], [jobs_from, answers_to])
        os.close(jobs_from)
        os.close(answers_to)
        return _Worker(jobs_to, answers_from)

    def close(self) -> None:
        """It kills its workers when the door is closed; it may still be importing, and has none then."""
        self._door.close()
        try:
            self._process.wait(CLOSING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _keep(said: IO[bytes], log: IO[bytes]) -> None:
    """Keep the first `MOST_SAID` bytes of what workers say, and hear out the rest, so that nobody fills the disk."""
    left = MOST_SAID
    with said, log, suppress(OSError):
        while heard := os.read(said.fileno(), 1 << 16):
            log.write(heard[:left])
            log.flush()
            left -= len(heard[:left])


class _Worker:
    """One worker's pipes, its process id once known, and the job it has."""

    def __init__(self, jobs: int, answers: int) -> None:
        self.job: FitJob | None = None
        self.answers = answers
        os.set_blocking(answers, False)
        self._jobs = jobs
        self._pid: int | None = None
        self._buffer = b""
        self._started = 0.0
        self._closed = False

    def give(self, job: FitJob) -> None:
        self.job, self._started = job, time.monotonic()
        with suppress(BrokenPipeError):  # it died; `trouble` will tell
            os.write(self._jobs, msgspec.json.encode(job) + b"\n")

    def read(self) -> list[FitDone]:
        """Whole answers that have arrived; the first line of all is the process id."""
        chunk = os.read(self.answers, 1 << 20)
        self._closed = not chunk
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        if self._pid is None and lines:
            self._pid = int(lines.pop(0))
            self._started = time.monotonic()
        if lines:
            self.job = None
        return [msgspec.json.decode(line, type=FitDone) for line in lines]

    def trouble(self, memory: int) -> str:
        """Why this worker cannot go on; empty when it can."""
        if self._closed:
            return "the worker process died (see workers.log)"
        if self.job is None or self._pid is None:
            return ""
        if time.monotonic() - self._started > self.job.seconds + GRACE:
            return overrun(self.job.seconds)
        if _resident(self._pid) > memory:
            return f"it used more than {memory / 1e9:.1f} GB of memory"
        return ""

    def kill(self) -> None:
        if self._pid is not None and not self._closed:
            end(self._pid)
        os.close(self._jobs)
        os.close(self.answers)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


def overrun(seconds: float) -> str:
    """Why a fit was stopped that had so many seconds."""
    if seconds < 1:
        return f"the time had run out when it began; it was stopped {GRACE:.0f} s later"
    return f"it ran {GRACE:.0f} s over its {seconds:.0f} s"
