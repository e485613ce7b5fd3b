"""The service under load while it is restarted, killed, given other bundles and stopped: no answer lost, none wrong."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

import bundles
from ninefold_runtime import cli
from ninefold_runtime.bundle import GRAPH
from ninefold_runtime.files import put_folder
from ninefold_runtime.serving.kept import Kept, look
from ninefold_runtime.serving.totals import Totals

BENCH = Path(__file__).parents[2] / "bench"
ROWS = [
    {"age": age, "fare paid": "12,5", "member": True, "port": "Cherbourg", "joined": "2024-05-01", "remark": "good"}
    for age in range(20, 60, 5)
]
CLIENTS = 6


@pytest.fixture(scope="module")
def load() -> ModuleType:
    """`bench/service_load.py`."""
    spec = importlib.util.spec_from_file_location("service_load", BENCH / "service_load.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["service_load"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Bundles of the same columns that say different things."""
    at = tmp_path_factory.mktemp("two")
    return bundles.write(at / "flat"), bundles.write(at / "steep", slope=3.0)


@dataclass
class Live:
    """A service with two workers on one folder, and what each of the two bundles answers."""

    load: ModuleType
    service: Any
    folder: Path
    answers: list[dict[bytes, set[bytes]]]

    def clients(self, *which: int) -> Any:
        wanted = {
            request: set[bytes]().union(*(self.answers[one][request] for one in which)) for request in self.answers[0]
        }
        return self.load.Load(self.service.address, wanted, CLIENTS)

    def says(self, which: int) -> bool:
        """Whether bundle ``which`` answers now."""
        request = next(iter(self.answers[which]))
        return self.load.ask(self.service.address, request).body in self.answers[which][request]


def settled(service: Any) -> set[int]:
    """The workers, once there are two and nobody else."""
    end = time.monotonic() + 20
    while len(service.workers) != 2 and time.monotonic() < end:
        time.sleep(0.05)
    return set(service.workers)


def put(bundle: Path, place: Path) -> None:
    """Exchange the folder at ``place`` for a copy of ``bundle``, in one step."""
    fresh = place.with_name("fresh")
    shutil.copytree(bundle, fresh)
    put_folder(fresh, place)


@pytest.fixture(scope="module")
def live(load: ModuleType, two: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    if sys.platform == "win32":
        pytest.skip("there is no supervisor on Windows")
    folder = tmp_path_factory.mktemp("live") / "model"
    put(two[0], folder)
    requests = [load.request_of(msgspec.json.encode(row)) for row in ROWS]
    answers: list[dict[bytes, set[bytes]]] = []
    with load.Service(folder, "--workers", "2") as service:
        for bundle in (two[1], two[0]):
            put(bundle, folder)
            service.send(signal.SIGHUP, "reloaded")
            settled(service)
            answers.insert(0, {request: {load.ask(service.address, request).body} for request in requests})
        assert not any(answers[0][request] & answers[1][request] for request in requests)
        yield Live(load, service, folder, answers)
        assert service.stop() == 0
        assert service.said[-2] == "stopped"


def lost(tally: Any) -> tuple[list[str], list[str]]:
    return tally.failed[:3], tally.wrong[:3]


def test_a_rolling_restart_loses_nothing(live: Live) -> None:
    before = settled(live.service)
    with live.clients(0) as clients:
        clients.wait(50)
        live.service.send(signal.SIGHUP, "reloaded")
        after = settled(live.service)
        clients.wait(50)
    tally = clients.tally()
    assert lost(tally) == ([], [])
    assert tally.refused == 0
    assert not before & after


def test_another_bundle_takes_over_and_goes_back(live: Live, two: tuple[Path, Path]) -> None:
    with live.clients(0, 1) as clients:
        for which in (1, 0):
            put(two[which], live.folder)
            live.service.send(signal.SIGHUP, "reloaded")
            settled(live.service)
            clients.wait(30)
            assert live.says(which)
    assert lost(clients.tally()) == ([], [])


def test_a_damaged_bundle_changes_nothing_not_even_after_a_crash(live: Live, two: tuple[Path, Path]) -> None:
    settled(live.service)
    with (live.folder / GRAPH).open("r+b") as graph:
        graph.write(b"damage")
    with live.clients(0) as clients:
        live.service.send(signal.SIGHUP, "NF-R105")
        assert "served on" in live.service.said[-1]
        clients.wait(30)
    assert lost(clients.tally()) == ([], [])
    for worker in live.service.workers:
        live.service.kill_worker(worker)
    assert live.says(0)
    put(two[0], live.folder)


def test_a_killed_worker_loses_what_it_was_answering_and_is_replaced(live: Live) -> None:
    settled(live.service)
    with live.clients(0) as clients:
        clients.wait(50)
        live.service.kill_worker(live.service.workers[0])
        clients.wait(50)
    tally = clients.tally()
    assert len(tally.failed) <= CLIENTS
    assert tally.wrong == []
    assert len(live.service.workers) == 2


def test_a_crowd_that_never_finishes_its_requests_stops_nobody(live: Live) -> None:
    request = next(iter(live.answers[0]))
    begun = (request[:20], request[:-20], b"")
    crowd = [socket.create_connection(live.service.address) for _ in range(300)]
    for place, client in enumerate(crowd):
        client.sendall(begun[place % 3])
    with live.clients(0) as clients:
        clients.wait(100)
    assert lost(clients.tally()) == ([], [])
    for client in crowd:
        client.close()


def test_counters_are_those_of_all_workers(live: Live) -> None:
    settled(live.service)

    def rows() -> int:
        text = live.load.ask(live.service.address, b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n").body.decode()
        return int(re.search(r"^ninefold_rows_total\S* (\d+)$", text, re.MULTILINE)[1])  # type: ignore[index]

    def agreed() -> int:
        """The sum once whoever is asked gives the same: a worker knows the others' counts up to a second late."""
        count, same, end = rows(), 0, time.monotonic() + 30
        while same < 12 and time.monotonic() < end:
            time.sleep(0.25)
            last, count = count, rows()
            same = same + 1 if count == last else 0
        return count

    before = agreed()
    assert before > 100
    request = next(iter(live.answers[0]))
    for _ in range(40):
        live.load.ask(live.service.address, request)
    assert agreed() == before + 40


def test_counts_of_the_dead_stay_and_their_gauges_go(tmp_path: Path) -> None:
    def text(count: int, level: float) -> str:
        return (
            "# HELP rows_total Rows.\n# TYPE rows_total counter\n"
            f'rows_total{{model="a b"}} {count}\n'
            f"# HELP level Level.\n# TYPE level gauge\nlevel {level}\n"
            f'# HELP s Seconds.\n# TYPE s histogram\ns_bucket{{le="+Inf"}} {count}\ns_sum 0.5\ns_count {count}\n'
        )

    one, other, dead = (Totals(tmp_path) for _ in range(3))
    for totals, count, level in ((one, 1, 0.5), (other, 10, 0.25), (dead, 100, 9)):
        totals.publish(text(count, level))
    os.utime(max(tmp_path.iterdir()), (1, 1))
    made = one.together(text(2, 0.5))
    assert made == text(112, 0.5).replace("s_sum 0.5", "s_sum 1.5")


def test_stopping_under_load_loses_nothing(load: ModuleType, two: tuple[Path, Path], live: Live) -> None:
    with load.Service(two[0]) as service, load.Load(service.address, live.answers[0], CLIENTS) as clients:
        clients.wait(50)
        assert service.stop() == 0
        time.sleep(0.2)
    tally = clients.tally()
    assert lost(tally) == ([], [])
    assert tally.refused > 0


def test_workers_leave_when_their_supervisor_is_killed(load: ModuleType, two: tuple[Path, Path]) -> None:
    with load.Service(two[0]) as service:
        service.process.kill()
        service.process.wait()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(service.address).close()
            except ConnectionRefusedError:
                return
            time.sleep(0.05)
    raise AssertionError("an orphan went on serving")


def test_what_cannot_be_served_is_said_at_once(
    two: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = bundles.write(tmp_path / "other", task="regression")
    taken = socket.create_server(("127.0.0.1", 0))
    with taken:
        port = str(taken.getsockname()[1])
        for arguments, code in (
            ([str(tmp_path)], "NF-R101"),
            ([f"a={two[0]}", f"a={two[1]}"], "NF-R313"),
            ([str(two[0]), "--challenger", str(other)], "NF-R315"),
            ([str(two[0]), "--share", "2"], "NF-R312"),
            ([str(two[0]), "--workers", "0"], "NF-R312"),
            ([f"a={two[0]}", f"b={two[1]}", "--shadow", str(two[1])], "NF-R314"),
            ([f"a={two[0]}", "--shadow", f"b={two[1]}"], "NF-R314"),
            ([str(two[0]), "--port", port], "NF-R302"),
        ):
            where = [] if "--port" in arguments else ["--port", "0"]
            assert cli.main(["serve", *arguments, *where]) == 2
            assert capfd.readouterr().err.startswith(f"error: {code}: ")


def test_copies_are_of_bundles_alone_and_go(two: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / GRAPH).symlink_to(two[0] / GRAPH)
    with Kept() as kept:
        copies = kept.copies(
            [str(two[0]), str(two[0]), str(tmp_path), str(tmp_path / "linked"), str(tmp_path / "none")]
        )
        (copy,) = copies.values()
        assert (Path(copy) / GRAPH).read_bytes() == (two[0] / GRAPH).read_bytes()
        kept.forget([copy])
        assert not Path(copy).exists()
        place = Path(copy).parents[1]
    assert not place.exists()


@pytest.mark.parametrize(
    ("given", "most", "asked", "room"),
    [
        (256, 4096, 1088, 1024),
        (256, 512, 512, 448),
        (256, 256, None, 192),
        (4096, 4096, None, 1024),
        (256, -1, 1088, 1024),
    ],
)
def test_a_worker_holds_as_many_connections_as_the_system_lets_it(
    monkeypatch: pytest.MonkeyPatch, given: int, most: int, asked: int | None, room: int
) -> None:
    resource = pytest.importorskip("resource")
    from ninefold_runtime.serving.worker import room_for

    told = []
    monkeypatch.setattr(resource, "RLIM_INFINITY", -1)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (given, most))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: told.append(limits))
    assert room_for(1024) == room
    assert told == ([] if asked is None else [(asked, most)])


def test_a_look_tells_an_exchange(two: tuple[Path, Path], tmp_path: Path) -> None:
    place = tmp_path / "model"
    put(two[0], place)
    seen = look([place])
    assert look([place]) == seen
    put(two[0], place)
    assert look([place]) != seen
    assert look([tmp_path / "none"]) == look([tmp_path / "none"])
