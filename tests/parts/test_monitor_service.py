"""The monitor inside a service: what it counts, where it goes on, what it tells, and that nothing stops it."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import bundles
from ninefold_runtime.bundle import MANIFEST, SKETCHES, Bundle, read_bundle, seal
from ninefold_runtime.errors import MonitorError
from ninefold_runtime.files import write_whole
from ninefold_runtime.intake import wired
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.monitor import alerts, buffer
from ninefold_runtime.monitor.alerts import Alerts
from ninefold_runtime.monitor.counted import Counted, digest_of, stream_of
from ninefold_runtime.monitor.herald import Herald
from ninefold_runtime.monitor.history import History
from ninefold_runtime.monitor.outcomes import of_classes, questions
from ninefold_runtime.monitor.report import Alarm
from ninefold_runtime.monitor.service import Monitor
from ninefold_runtime.monitor.shown import lines, shown, ticks
from ninefold_runtime.monitor.status import COOL_SECONDS, Found, Status, found_in
from ninefold_runtime.performance import Performance, calibrated
from ninefold_runtime.sketch import Grouped, Sketches, sketch_columns
from ninefold_runtime.wire import from_columns

ROWS = 2000


def truth_of(made: Predictions, seed: int = 0) -> np.ndarray:
    """Labels as probable as the graph says."""
    assert made.probabilities is not None
    yes = np.random.default_rng(seed).random(len(made)) < made.probabilities[:, 1]
    return np.where(yes, "yes", "no")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = bundles.write(tmp_path_factory.mktemp("served") / "bundle", sketched=ROWS)
    schema = bundles.schema("binary")
    arrays = from_columns(schema, bundles.table(ROWS), ROWS).arrays
    made = Model(bundles.graph("binary"), schema).predict_arrays(arrays)
    said, truth = made.predictions.astype(str), truth_of(made)
    asked = questions(schema.target, made.probabilities, said, truth)
    counts = of_classes(schema.target, made.probabilities, said, truth)
    inside = {port: arrays["port"] == port for port in bundles.PORTS[:2]}
    parts = {
        port: Sketches(rows=int(rows.sum()), columns=sketch_columns(schema, {n: a[rows] for n, a in arrays.items()}))
        for port, rows in inside.items()
    }
    names = (*bundles.PORTS, "other", "missing")
    port = next(column for column in schema.columns if column.name == "port")
    sketches = Sketches(
        rows=ROWS,
        columns=sketch_columns(schema, arrays),
        performance=Performance(
            rows=ROWS,
            wrong=counts.wrong,
            scores={"accuracy": 1 - counts.wrong / ROWS},
            questions=tuple(calibrated(chance, yes) for chance, _, yes in asked if yes is not None),
        ),
        weights={"age": 0.6, "fare paid": 0.39, "remark": 0.01},
        groups=(Grouped(column=port, names=names, levels=bundles.PORTS, parts=parts),),
    )
    (folder / MANIFEST).unlink()
    write_whole(folder / SKETCHES, msgspec.json.encode(sketches))
    seal(folder)
    return read_bundle(folder)


def batch(bundle: Bundle, rows: int, seed: int, older: float = 0.0) -> tuple[dict[str, np.ndarray], Predictions]:
    table = bundles.table(rows, seed)
    table["age"] = [None if age is None else age + older for age in table["age"]]  # type: ignore[operator]
    arrays, _, _ = wired(bundle.schema, table)
    return arrays, Model(bundle.graph, bundle.schema).predict_arrays(arrays)


def test_rows_are_counted_told_and_gone_on_with_after_a_restart(bundle: Bundle, tmp_path: Path) -> None:
    where = str(tmp_path / "h.sqlite")
    for turn in (1, 2):
        monitor = Monitor(bundle, where, model="m")
        monitor.observe(*batch(bundle, 300, turn))
        monitor.observe(*batch(bundle, 1, 10 + turn))
        monitor.turn(time.time())
        told = monitor.state()
        assert (told["rows"], told["level"], told["errors"]) == (301 * turn, "ok", 0)
        monitor.close()
    assert {column["name"] for column in told["columns"]} == set(bundle.schema.names)
    assert told["columns"][0]["name"] == "age"  # what matters most comes first
    assert {score["metric"] for score in told["estimated"]} == {"accuracy", "f1", "roc_auc", "log_loss"}
    assert "only labels can tell" in told["assumed"]
    assert set(told["groups"]) == {f"port {port}" for port in bundles.PORTS[:2]}
    text = "\n".join(monitor.metrics())
    assert 'ninefold_monitor_rows{model="m"} 602' in text
    assert 'ninefold_drift_effect{model="m",column="age"}' in text
    assert 'ninefold_estimated_metric{model="m",metric="accuracy"}' in text
    told_history = shown(bundle, History(where))
    assert sum(look.rows for look in told_history.windows) == 602
    assert any("rows" in line for line in lines(told_history))


def test_no_row_is_in_the_history(bundle: Bundle, tmp_path: Path) -> None:
    monitor = Monitor(bundle, str(tmp_path / "h.sqlite"))
    table = bundles.table(50, 1)
    table["remark"][3] = "Jane Doe, 4 Mill Lane"
    table["port"][4] = "Jane Doe's port"
    arrays, _, _ = wired(bundle.schema, table)
    monitor.observe(arrays, Model(bundle.graph, bundle.schema).predict_arrays(arrays))
    monitor.turn(time.time())
    monitor.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"ninefold_windows" in stored
    assert b"Jane Doe" not in stored


def test_two_workers_add_up(bundle: Bundle, tmp_path: Path) -> None:
    where, now = str(tmp_path / "h.sqlite"), time.time()
    workers = [Monitor(bundle, where) for _ in range(2)]
    for seed, worker in enumerate(workers):
        worker.observe(*batch(bundle, 200, seed))
        worker.turn(now)
    workers[0].observe(*batch(bundle, 100, 7))
    workers[0].turn(now + 10)
    assert workers[0].state()["rows"] == 500
    for worker in workers:
        worker.close()


def test_hours_follow_each_other_and_nothing_of_the_last_one_is_lost(bundle: Bundle, tmp_path: Path) -> None:
    where, hour = str(tmp_path / "h.sqlite"), time.time() // 3600 * 3600
    monitor = Monitor(bundle, where)
    for seed, at in enumerate((hour + 3599.0, hour + 3599.5, hour + 3601.0, hour + 3700.0)):
        monitor.observe(*batch(bundle, 50, seed))
        monitor.turn(at)
    monitor.close()
    opened = History(where)
    assert sum(window.rows for window in opened.windows(digest_of(bundle))) == 200
    assert len({window.start for window in opened.windows(digest_of(bundle))}) == 2
    opened.close()
    idle = Monitor(bundle, where)
    assert idle.state()["rows"] == 200
    idle.close()


def test_old_hours_are_no_longer_told_but_their_labels_count(bundle: Bundle, tmp_path: Path) -> None:
    where, now = str(tmp_path / "h.sqlite"), time.time()
    monitor = Monitor(bundle, where)
    arrays, made = batch(bundle, 200, 1)
    monitor.observe(arrays, made)
    monitor.remember([str(i) for i in range(200)], made)
    monitor.label({str(i): str(label) for i, label in enumerate(truth_of(made))})
    monitor.turn(now)
    assert (monitor.state()["rows"], monitor.state()["labelled"]["rows"]) == (200, 200)
    for days, rows in ((3, 30), (5, 20)):
        monitor.turn(now + days * 86_400)
        monitor.observe(*batch(bundle, rows, days))
        monitor.turn(now + days * 86_400 + 10)
    assert (monitor.state()["rows"], monitor.state()["labelled"]["rows"]) == (20, 200)
    monitor.close()


def test_a_store_that_fails_is_counted_and_rows_go_on(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monitor = Monitor(bundle, str(tmp_path))
    monitor.observe(*batch(bundle, 120, 1))
    monitor.turn(time.time())
    state = monitor.state()
    assert state["errors"] > 0
    assert state["rows"] == 120
    assert capsys.readouterr().err.count("ninefold monitor:") == 1
    with pytest.raises(MonitorError):
        monitor.label({"1": "yes"})
    monitor.close()


@pytest.mark.parametrize("trouble", ["full", "damaged", "gone"])
def test_a_store_that_breaks_under_way_costs_no_count_once_it_is_back(
    bundle: Bundle, tmp_path: Path, trouble: str
) -> None:
    where, now = tmp_path / "h.sqlite", time.time() // 3600 * 3600 + 100
    monitor = Monitor(bundle, str(where))
    monitor.observe(*batch(bundle, 100, 1))
    monitor.turn(now)
    assert monitor._history is not None
    if trouble == "full":
        monitor._history._connection.execute("PRAGMA max_page_count = 1")  # it cannot grow beyond what it has
    elif trouble == "damaged":
        monitor._history.close()
        where.write_bytes(b"no database" * 1000)
    else:
        monitor._history.close()
        where.unlink()
        where.mkdir()
    before = monitor.state()["errors"]
    for turn in range(1, 4):
        monitor.remember([f"{turn}-{i}" for i in range(300)], batch(bundle, 300, turn)[1])
        monitor.observe(*batch(bundle, 100, 1 + turn))
        monitor.turn(now + 10 * turn)
    state = monitor.state()
    assert state["errors"] > before
    assert state["rows"] == 400
    if trouble == "full":
        monitor._history._connection = None  # room again: a new connection has no such limit
    elif trouble == "gone":
        where.rmdir()
    else:
        for file in tmp_path.glob("h.sqlite*"):
            file.unlink()
    monitor.turn(now + 60)
    assert monitor.state()["errors"] == state["errors"]
    opened = History(str(where))
    assert sum(window.rows for window in opened.windows(digest_of(bundle))) == 400
    assert opened.waiting(digest_of(bundle)) == 900
    opened.close()
    monitor.close()


def test_what_cannot_be_counted_in_time_is_dropped_and_counted(bundle: Bundle) -> None:
    held = buffer.Buffer()
    arrays, made = batch(bundle, 500, 1)
    for _ in range(buffer.MOST // 500):
        held.put(arrays, made)
    held.put(arrays, made)
    assert held.dropped == 500
    taken = held.take()
    assert taken is not None
    assert len(taken[1]) == len(taken[0]["age"]) == buffer.MOST
    assert held.take() is None


def test_labels_find_their_answers_once_and_are_held_against_what_was_said(bundle: Bundle, tmp_path: Path) -> None:
    monitor = Monitor(bundle, str(tmp_path / "h.sqlite"))
    arrays, made = batch(bundle, 400, 3)
    ids = [f"row-{i}" for i in range(400)]
    monitor.remember(ids, made)
    monitor.observe(arrays, made)
    truth = truth_of(made, 4)
    answered = monitor.label({name: str(label) for name, label in zip(ids[:300], truth, strict=False)} | {"x": "no"})
    assert answered == {"taken": 300, "unreadable": 0, "unknown": ["x"]}
    assert monitor.label({"row-0": "no"})["unknown"] == ["row-0"]
    assert monitor.label({"row-301": "perhaps"})["unreadable"] == 1
    monitor.turn(time.time())
    told = monitor.state()
    (accuracy,) = [score for score in told["labelled"]["scores"] if score["metric"] == "accuracy"]
    assert accuracy["value"] == pytest.approx((made.predictions[:300] == truth[:300]).mean())
    assert told["labelled"]["rows"] == 300
    assert told["labelled"]["evidence"] < 100
    assert told["level"] == "ok"
    assert told["waiting"] == 100
    monitor.close()


def test_labels_that_speak_against_the_model_degrade_it_and_are_told_once(bundle: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "told.json"
    script = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(os.environ['NINEFOLD_ALERT'])"
    monitor = Monitor(bundle, str(tmp_path / "h.sqlite"), Alerts(command=(sys.executable, "-c", script, str(out))))
    arrays, made = batch(bundle, 300, 5)
    ids = [str(i) for i in range(300)]
    monitor.remember(ids, made)
    monitor.observe(arrays, made)
    monitor.label({name: "no" if label == "yes" else "yes" for name, label in zip(ids, made.predictions, strict=True)})
    for turn in range(3):
        monitor.turn(time.time() + 100 * turn)
        monitor.observe(*batch(bundle, 10, 60 + turn))
    assert monitor.state()["level"] == "degraded"
    until = time.monotonic() + 30
    while not (out.exists() and out.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    told = json.loads(out.read_text())
    assert told["level"] == "degraded"
    assert "labels" in told["why"][0]
    out.unlink()
    monitor.turn(time.time() + 500)
    time.sleep(0.2)
    assert not out.exists()
    monitor.close()


def test_drift_takes_two_looks_and_what_hardly_matters_is_watched(bundle: Bundle) -> None:
    monitor = Monitor(bundle, None)
    now = time.time()
    levels = []
    for turn in range(2):
        monitor.observe(*batch(bundle, 1000, 20 + turn, older=20.0))
        monitor.turn(now + 100 * turn)
        levels.append(monitor.state()["level"])
    assert levels[-1] == "drift"
    monitor.close()
    counted = Counted(bundle)
    arrays, made = batch(bundle, 1000, 30)
    arrays["remark"] = np.array(["much longer than any remark in training was"] * 1000, object)
    counted.add(arrays, made)
    assert found_in(counted, 0.0).level == "watch"


def test_a_level_rises_after_two_looks_falls_after_three_and_is_told_when_it_is_news() -> None:
    status = Status(since=0.0)
    up, down = Found("drift", ("age",)), Found("ok")
    assert status.after(up, 1.0).level == "ok"
    assert status.after(up, 1.0).after(down, 2.0).after(up, 3.0).level == "ok"
    risen = status.after(up, 1.0).after(up, 2.0)
    assert (risen.level, risen.since, risen.why) == ("drift", 2.0, ("age",))
    assert status.after(Found("degraded", sure=True), 1.0).level == "degraded"
    assert risen.must_tell(2.0)
    told = risen.once_told(2.0)
    assert not told.must_tell(3.0)
    assert told.must_tell(3.0 + COOL_SECONDS)
    assert told.after(Found("degraded", sure=True), 3.0).must_tell(3.0)
    falling = told.after(down, 3.0).after(down, 4.0)
    assert falling.level == "drift"
    assert falling.after(down, 5.0).level == "ok"
    assert not falling.after(down, 5.0).must_tell(5.0 + 2 * COOL_SECONDS)


@pytest.fixture
def hook() -> Iterator[tuple[str, list[tuple[bytes, str | None]], list[int]]]:
    """A server that answers with the statuses in its list, then 200; and what it was sent."""
    heard: list[tuple[bytes, str | None]] = []
    statuses: list[int] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.rfile.read(int(self.headers["content-length"])), self.headers.get(alerts.SIGNATURE)))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", heard, statuses
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_is_signed_and_tried_again_where_that_may_help(
    hook: tuple[str, list[tuple[bytes, str | None]], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, heard, statuses = hook
    monkeypatch.setattr(alerts, "FIRST_PAUSE", 0.01)
    statuses += [503, 500]
    assert Alerts(url, "key").tell({"level": "drift"}) == []
    assert len(heard) == 3
    body, signature = heard[-1]
    assert json.loads(body) == {"level": "drift"}
    assert signature == "sha256=" + hmac.new(b"key", body, hashlib.sha256).hexdigest()
    heard.clear()
    statuses += [404]
    assert "404" in Alerts(url).tell({})[0]
    assert len(heard) == 1
    assert heard[0][1] is None
    statuses += [503] * alerts.TRIES
    assert "503" in Alerts(url).tell({})[0]
    assert "did not take" in Alerts("http://127.0.0.1:9/nobody").tell({})[0]
    assert "could not be started" in Alerts(command=("/no/such/program",)).tell({})[0]
    with pytest.raises(MonitorError, match="no address"):
        Alerts("file:///etc/passwd")


def test_alarms_of_followed_rows_are_told_once_each(
    hook: tuple[str, list[tuple[bytes, str | None]], list[int]], bundle: Bundle
) -> None:
    url, heard, _ = hook
    stream = stream_of(bundle)
    stream.add(*batch(bundle, 50, 1))
    report = stream.report()
    herald = Herald(Alerts(url), "here")
    assert herald.hear(report) == []
    for count in (1, 1, 2):
        alarms = tuple(Alarm("age", "distribution", 100 * i, 90 * i, 1e5) for i in range(1, count + 1))
        assert herald.hear(msgspec.structs.replace(report, alarms=alarms)) == []
    assert [json.loads(body)["why"] for body, _ in heard] == [
        ["alarm: age, distribution, after 100 rows"],
        ["alarm: age, distribution, after 200 rows"],
    ]


def test_counting_stays_cheap_for_those_who_are_answered(bundle: Bundle) -> None:
    """`observe` is on the way of an answer; counting is not."""
    monitor = Monitor(bundle, None)
    arrays, made = batch(bundle, 1, 1)
    monitor.observe(arrays, made)
    started = time.thread_time()
    for _ in range(500):
        monitor.observe(arrays, made)
    assert (time.thread_time() - started) / 500 < 50e-6
    monitor.close()


def test_ticks_are_as_high_as_their_values() -> None:
    assert ticks([0.0, None, 1.0]) == "▁ █"
    assert ticks([2.0, 2.0]) == "▁▁"
    assert ticks([]) == ""
