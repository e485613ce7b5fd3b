"""The monitor's history: two first writers, several at once, one that is killed, and stores that do not work."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor import history as module
from ninefold_runtime.monitor.history import Answer, History, Window
from ninefold_runtime.monitor.places import history_of

WRITER = """
import sys
from ninefold_runtime.monitor.history import History, Window
where, name = sys.argv[1:]
print("up", flush=True)
sys.stdin.readline()
history = History(where)
for turn in range(1, 100_000):
    history.put_window("b", Window(0.0, name, turn, float(turn), b"counts"))
    print(turn, flush=True)
    if name != "killed" and turn == 20:
        break
"""
PROGRAMS = next(
    (path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (path / "initdb").exists()), None
)


@contextmanager
def writer(where: str, name: str) -> Iterator[subprocess.Popen[str]]:
    """A process that writes when it is told to."""
    command = [sys.executable, "-c", WRITER, where, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@contextmanager
def opened(where: str) -> Iterator[History]:
    history = History(where)
    try:
        yield history
    finally:
        history.close()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of its own, on a socket in a folder, by a user who is not root: PostgreSQL refuses to be."""
    if PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed")
    pytest.importorskip("psycopg")
    home = Path("/tmp") / f"nf-pg-{os.getpid()}"  # a socket's path must be short, and its owner must reach it
    home.mkdir()
    as_user: dict[str, object] = {}
    if os.getuid() == 0:
        as_user = {"user": "postgres"}
        shutil.chown(home, "postgres")
    make = [str(PROGRAMS / "initdb"), "-D", str(home / "data"), "-A", "trust", "-U", "tester", "-N"]
    subprocess.run(make, check=True, capture_output=True, cwd=home, **as_user)  # type: ignore[call-overload]
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
    control = [str(PROGRAMS / "pg_ctl"), "-D", str(home / "data"), "-w"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **as_user}
    start = [*control, "-o", options, "-l", str(home / "log"), "start"]
    subprocess.run(start, check=True, **quiet)  # type: ignore[call-overload]
    yield f"postgresql://tester@/postgres?host={home}"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)  # type: ignore[call-overload]
    shutil.rmtree(home)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "h.sqlite") if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


def test_two_first_writers_make_the_tables_together_and_lose_nothing(where: str) -> None:
    with writer(where, "one") as one, writer(where, "two") as two:
        for process in (one, two):
            go(process)
        for process in (one, two):
            process.communicate(timeout=60)
        assert (one.returncode, two.returncode) == (0, 0)
    with opened(where) as history:
        written = {window.writer: window.rows for window in history.windows("b")}
    assert written["one"] == written["two"] == 20


def test_a_killed_writer_loses_what_it_had_not_written(where: str) -> None:
    with writer(where, "killed") as process:
        go(process)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    last = int([line for line in told if line.endswith("\n")][-1])
    with opened(where) as history:
        (window,) = [window for window in history.windows("b") if window.writer == "killed"]
    assert last <= window.rows <= last + 1


def test_what_is_put_is_got(where: str) -> None:
    history = History(where)
    history.put_window("x", Window(3600.0, "w", 7, 3601.0, b"\x00new"))
    history.put_window("x", Window(0.0, "w", 5, 5.0, b"old"))
    assert [window.rows for window in history.windows("x")] == [5, 7]
    assert [window.counts for window in history.windows("x", since=1.0)] == [b"\x00new"]
    assert history.windows("x", written=10.0)[0].start == 3600.0
    assert [window.start for window in history.windows("x", whole=1.0)] == [3600.0]
    history.put_window("x", Window(0.0, "w", 5, 5.0, b"old", labels=2))
    assert [window.labels for window in history.windows("x", whole=1.0)] == [2, 0]
    assert history.state("x") is None
    history.put_state("x", b"1")
    history.put_state("x", b"2")
    assert history.state("x") == b"2"
    history.forget(module.KEPT_WINDOWS + 10.0)
    assert [window.start for window in history.windows("x")] == [3600.0]
    history.close()


def test_answers_wait_for_their_labels_and_no_longer(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    history, now = History(where), time.time()
    history.put_answers("a", [("old", Answer(1.0))], now - (module.KEPT_DAYS + 1) * 86_400)
    history.put_answers("a", [("1", Answer("yes", (0.2, 0.8))), ("2", Answer(3.5))], now)
    assert history.take_answers("a", ["1", "nobody", "old"]) == {"1": Answer("yes", (0.2, 0.8))}
    assert history.take_answers("a", ["1"]) == {}
    assert history.waiting("a") == 1
    monkeypatch.setattr(module, "MOST_ANSWERS", 3)
    history.put_answers("a", [(f"n{i}", Answer(0.0)) for i in range(6)], now + 1)
    history.put_answers("a", [("last", Answer(0.0))], now + 2)
    assert history.waiting("a") <= 3
    history.close()


def test_stores_that_do_not_work_are_named(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"this is no database" * 100)
    (tmp_path / "folder.sqlite").mkdir()
    for name in ("no.sqlite", "folder.sqlite"):
        with pytest.raises(MonitorError, match=name) as refused:
            History(str(tmp_path / name))
        assert refused.value.code == "NF-R501"
    pytest.importorskip("psycopg")
    with pytest.raises(MonitorError) as secret:
        History(f"postgresql://someone:secret@/x?host={tmp_path}")
    assert "secret" not in str(secret.value)


def test_a_store_that_breaks_is_told_and_taken_up_again(tmp_path: Path) -> None:
    file = tmp_path / "h.sqlite"
    history = History(str(file))
    history.put_state("b", b"1")
    history._connection.execute("DROP TABLE ninefold_states")
    history._connection.commit()
    with pytest.raises(MonitorError) as broken:
        history.put_state("b", b"2")
    assert broken.value.code == "NF-R502"
    history.put_state("b", b"3")
    assert history.state("b") == b"3"
    history.close()


def test_the_history_lies_beside_the_bundle_or_where_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run" / "bundle"
    folder.mkdir(parents=True)
    assert history_of(folder) == str(tmp_path / "run" / "bundle.monitor.sqlite")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert history_of(folder).startswith(str(tmp_path / "state" / "ninefold" / "bundle-"))


def test_a_user_without_a_home_has_a_history_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(Path, "home", homeless)
    assert history_of(tmp_path / "bundle").startswith(f"{tempfile.gettempdir()}/ninefold/bundle-")
