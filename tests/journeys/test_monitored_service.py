"""A real service with two workers that is watched: ids, labels, one history for all, and a kill that costs seconds."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from journey import CLEAN

import bundles
import shipping
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.monitor.history import History
from ninefold_runtime.monitor.shown import shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = shipping.run(tmp_path_factory.mktemp("watched") / "7f3c2a")
    run.deploy()
    run.watch()
    return run.folder / "bundle"


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """The address of a service and its process id, which is told to end when it is no longer needed."""
    command = [sys.executable, "-m", "ninefold_runtime.cli", "serve", str(folder), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=CLEAN) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"try it\s+(http://\S+)", line):
                break
        else:
            raise AssertionError("the service did not start")
        try:
            yield found[1], process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            process.wait(60)


def asked(address: str, sent: object = None) -> Any:
    body = None if sent is None else json.dumps(sent).encode()
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def refusal(address: str, sent: object) -> int:
    """The status that says no."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(address, sent)
    refused.value.close()
    return refused.value.code


def rows(count: int, seed: int) -> list[dict[str, object]]:
    table = bundles.table(count, seed)
    return [{name: values[i] for name, values in table.items()} for i in range(count)]


def soon(told: Any, what: str) -> None:
    until = time.monotonic() + 60
    while not told():
        assert time.monotonic() < until, what
        time.sleep(0.3)


def test_two_workers_are_watched_as_one_and_labels_find_their_answers(folder: Path, tmp_path: Path) -> None:
    history = str(tmp_path / "h.sqlite")
    with served(folder, "--workers", "2", "--monitor", history) as (address, _):
        ids, said = [], []
        for seed in range(6):
            answer = asked(f"{address}/predict?id=*", {"rows": rows(40, seed)})["predictions"]
            ids += [each["id"] for each in answer]
            said += [each["prediction"] for each in answer]
        asked(f"{address}/predict", {"rows": rows(60, 9)})
        own = asked(f"{address}/predict?id=ticket", {"rows": [{**rows(1, 11)[0], "ticket": 17}]})
        assert own["predictions"][0]["id"] == "17"
        soon(lambda: asked(f"{address}/monitor")["rows"] == 301, "all rows are counted, whoever answered")
        labels = [{"id": name, "label": label} for name, label in zip(ids, said, strict=True)]
        soon(lambda: waits(history, folder) == 241, "answers are kept")
        answer = asked(f"{address}/labels", {"labels": [*labels[:100], {"id": "nobody", "label": "no"}]})
        assert answer == {"taken": 100, "unreadable": 0, "unknown": ["nobody"]}
        soon(lambda: (asked(f"{address}/monitor")["labelled"] or {}).get("rows") == 100, "labels are told")
        with urllib.request.urlopen(f"{address}/metrics", timeout=60) as answer:
            names = [line.partition(" ")[0] for line in answer.read().decode().splitlines() if line[:1] != "#"]
        assert len(names) == len(set(names))
        assert any(name.startswith("ninefold_estimated_metric") for name in names)
        assert any(name.startswith("ninefold_monitor_errors_total") for name in names)
        assert refusal(f"{address}/labels", {"labels": "none"}) == 400
        assert refusal(f"{address}/predict?id=nothing", {"rows": rows(1, 1)}) == 422
    opened = History(history)
    told = shown(read_bundle(folder), opened)
    opened.close()
    assert sum(look.rows for look in told.windows) == 301
    assert told.told.waiting == 141


def waits(history: str, folder: Path) -> int:
    opened = History(history)
    try:
        return opened.waiting(read_bundle(folder).manifest.files["sketches.json"].sha256)
    finally:
        opened.close()


def test_killed_it_goes_on_where_it_was_written(folder: Path, tmp_path: Path) -> None:
    history = str(tmp_path / "h.sqlite")
    with served(folder, "--monitor", history) as (address, _):
        asked(f"{address}/predict", {"rows": rows(200, 1)})
        soon(lambda: asked(f"{address}/monitor")["rows"] == 200, "rows are written")
        for worker in children(os.getpid(), "serving.worker"):
            os.kill(worker, signal.SIGKILL)
        soon(lambda: up(address), "another worker answers")
        asked(f"{address}/predict", {"rows": rows(50, 2)})
        soon(lambda: asked(f"{address}/monitor")["rows"] == 250, "the next worker goes on")


def up(address: str) -> bool:
    try:
        return bool(asked(f"{address}/health/ready"))
    except OSError:
        return False


def children(parent: int, words: str) -> list[int]:
    """Processes below ``parent`` whose command has these words."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in told.splitlines()[1:]]
    below = {parent}
    for pid, ppid, _ in sorted(lines, key=lambda line: int(line[0])):
        if int(ppid) in below:
            below.add(int(pid))
    return [int(pid) for pid, _, args in lines if int(pid) in below and words in args]


def test_without_a_monitor_ids_and_labels_are_refused(folder: Path) -> None:
    with served(folder, "--monitor", "off") as (address, _):
        assert len(asked(f"{address}/predict", {"rows": rows(2, 1)})["predictions"]) == 2
        for where, sent in (("predict?id=*", {"rows": rows(1, 1)}), ("labels", {"labels": []})):
            assert refusal(f"{address}/{where}", sent) == 409
