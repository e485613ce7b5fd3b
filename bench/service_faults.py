"""What a service loses when it is restarted, given other bundles, killed, stopped, or held by slow clients.

Every answer is compared with what its bundle says. Counts, not times, are claimed, but for one: a killed worker is
replaced within two seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

import msgspec

import results
from ninefold_runtime.bundle import GRAPH, Bundle, read_bundle
from ninefold_runtime.files import put_folder
from service_load import Load, Service, Tally, ask, request_of

BACK = 2.0
"""Seconds within which a killed worker is replaced."""
SLOWDOWN = 3.0
"""Largest accepted ratio of a fast client's p99 with slow ones to that without."""
Wanted = dict[bytes, frozenset[bytes]]


@dataclass(frozen=True)
class Row:
    """One experiment: how often, what was asked, what was lost, and whether that is what is claimed."""

    name: str
    times: int
    tally: Tally
    more: str
    kept: bool


@dataclass
class Bench:
    """Two bundles, the folder from which they are served in turn, and what each of them answers."""

    folder: Path
    bundles: tuple[Path, Path]
    wanted: tuple[Wanted, Wanted]
    clients: int
    times: int
    requests: int

    @property
    def either(self) -> Wanted:
        return {request: self.wanted[0][request] | self.wanted[1][request] for request in self.wanted[0]}

    def put(self, which: int) -> None:
        put(self.bundles[which], self.folder)

    def each(self) -> int:
        """Requests between two events."""
        return max(1, self.requests // self.times)


def put(bundle: Path, place: Path) -> None:
    """Exchange the folder at ``place`` for a copy of ``bundle``, in one step."""
    fresh = place.with_name("fresh")
    shutil.copytree(bundle, fresh)
    put_folder(fresh, place)


def restarts(bench: Bench) -> Row:
    bench.put(0)
    with Service(bench.folder) as service, Load(service.address, bench.wanted[0], bench.clients) as load:
        for _ in range(bench.times):
            load.wait(bench.each(), 600)
            service.send(signal.SIGHUP, "reloaded")
        load.wait(bench.each(), 600)
    return none_lost("rolling restart (SIGHUP)", bench.times, load.tally())


def swaps(bench: Bench) -> Row:
    bench.put(0)
    with Service(bench.folder, "--workers", "2") as service, Load(service.address, bench.either, bench.clients) as load:
        for turn in range(bench.times):
            bench.put((turn + 1) % 2)
            service.send(signal.SIGHUP, "reloaded")
            load.wait(bench.each(), 600)
    return none_lost("another bundle, two workers", bench.times, load.tally())


def stops(bench: Bench) -> Row:
    total = Tally()
    for _ in range(bench.times):
        with Service(bench.bundles[0]) as service, Load(service.address, bench.wanted[0], bench.clients) as load:
            load.wait(min(bench.each(), 500), 600)
            if service.stop() != 0:
                total.failed.append("exit code")
            time.sleep(0.1)
        add(total, load.tally())
    return none_lost("stop (SIGTERM)", bench.times, total)


def kills(bench: Bench) -> Row:
    back = []
    bench.put(0)
    with (
        Service(bench.folder, "--workers", "2") as service,
        Load(service.address, bench.wanted[0], bench.clients) as load,
    ):
        for turn in range(bench.times):
            time.sleep(6)  # a worker that ends sooner is replaced more slowly, on purpose
            back.append(service.kill_worker(sorted(service.workers)[turn % 2]))
            load.wait(100, 600)
    tally = load.tally()
    kept = len(tally.failed) <= bench.clients * bench.times and not tally.wrong and max(back) <= BACK
    more = f"of {bench.clients} under way; back after {max(back):.2f} s at most"
    return Row("kill -9 of one of two workers", bench.times, tally, more, kept)


def damaged(bench: Bench) -> Row:
    bench.put(0)
    with Service(bench.folder) as service, Load(service.address, bench.wanted[0], bench.clients) as load:
        for _ in range(bench.times):
            with (bench.folder / GRAPH).open("r+b") as graph:
                graph.write(b"damage")
            service.send(signal.SIGHUP, "NF-R105")
            load.wait(100, 600)
            bench.put(0)
    return none_lost("a damaged bundle is offered", bench.times, load.tally())


def slow(bench: Bench, crowd: int) -> Row:
    """A fast client's p99, alone and among so many who send a byte now and then, or read nothing."""
    with Service(bench.bundles[0]) as service:
        alone = fast(bench, service)
        with slow_clients(service.address, next(iter(bench.wanted[0])), crowd):
            among = fast(bench, service)
    ratio = among.late() / alone.late()
    more = f"p99 {alone.late() * 1e3:.1f} ms alone, {among.late() * 1e3:.1f} ms among them ({ratio:.1f} times)"
    add(among, alone)
    return Row(f"{crowd} slow clients", 1, among, more, not among.failed and not among.wrong and ratio <= SLOWDOWN)


def fast(bench: Bench, service: Service) -> Tally:
    with Load(service.address, bench.wanted[0], 1) as load:
        load.wait(2000, 600)
    return load.tally()


@contextlib.contextmanager
def slow_clients(address: tuple[str, int], request: bytes, count: int) -> Iterator[None]:
    """So many connections, held by a process of its own."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holding = context.Process(target=hold, args=(address, request, count, ready, done), daemon=True)
    holding.start()
    ready.wait(120)
    try:
        yield
    finally:
        done.set()
        holding.join()


def hold(address: tuple[str, int], request: bytes, count: int, ready: Event, done: Event) -> None:
    """A third stays in a header, a third in a body, a third asks and reads nothing; who is cut off comes again."""
    begins, drips = (request[:20], request[:-20], request * 5), (b"x", b" ", b"")
    clients: list[socket.socket] = []

    def opened(which: int) -> socket.socket:
        client = socket.create_connection(address, timeout=60)
        client.sendall(begins[which % 3])
        client.setblocking(False)
        return client

    clients += [opened(which) for which in range(count)]
    ready.set()
    while not done.wait(1.0):
        for place, client in enumerate(clients):
            if is_over(client, drips[place % 3]):
                client.close()
                clients[place] = opened(place)
    for client in clients:
        client.close()


def is_over(client: socket.socket, drip: bytes) -> bool:
    """Send a byte more; whether the other side has ended it."""
    try:
        client.send(drip)
        return bool(drip) and not client.recv(1 << 10)
    except BlockingIOError:
        return False
    except OSError:
        return True


def soak(bench: Bench, minutes: float) -> Row:
    """Half of what it could do, for minutes: growth of memory after the first fifth, and descriptors."""
    measures: list[tuple[float, int, int]] = []
    with Service(bench.bundles[0]) as service, Load(service.address, bench.wanted[0], 4, pause=0.004) as load:
        (worker,) = service.workers
        started = time.monotonic()
        while time.monotonic() - started < minutes * 60:
            time.sleep(minutes * 60 / 50)
            measures.append((time.monotonic() - started, resident(worker), descriptors(worker)))
    settled = measures[len(measures) // 5 :]
    hours = (settled[-1][0] - settled[0][0]) / 3600
    growth = (settled[-1][1] - settled[0][1]) / 1e6
    more = f"{growth:+.2f} MB in {hours * 60:.1f} min, {settled[0][2]} to {settled[-1][2]} descriptors"
    tally = load.tally()
    kept = not tally.failed and not tally.wrong and growth < max(1.0, hours) and settled[-1][2] <= settled[0][2] + 4
    return Row(f"soak of {minutes:g} min", 1, tally, more, kept)


def resident(process: int) -> int:
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * 4096


def descriptors(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def footprint(bench: Bench) -> Row:
    """Memory and CPU time from nothing to the first answer, supervisor and worker together."""
    with Service(bench.bundles[0]) as service:
        ask(service.address, next(iter(bench.wanted[0])))
        processes = [service.process.pid, *service.workers]
        megabytes = [resident(process) / 1e6 for process in processes]
        seconds = sum(cpu(process) for process in processes)
    kept = sum(megabytes) <= 120 and seconds <= 1.5
    more = f"{megabytes[0]:.0f} MB + {megabytes[1]:.0f} MB resident, {seconds:.2f} s CPU until the first answer"
    return Row("start with one worker", 1, Tally(answered=1), more, kept)


def cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def none_lost(name: str, times: int, tally: Tally) -> Row:
    more = f"{tally.refused} connections refused after the end" if tally.refused else ""
    return Row(name, times, tally, more, not tally.failed and not tally.wrong)


def add(total: Tally, part: Tally) -> None:
    total.answered += part.answered
    total.refused += part.refused
    total.wrong += part.wrong
    total.failed += part.failed


EXPERIMENTS: dict[str, Callable[[Bench], Row]] = {
    "footprint": footprint,
    "restarts": restarts,
    "swaps": swaps,
    "stops": stops,
    "kills": kills,
    "damaged": damaged,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundles", nargs="*", type=Path, help="two of the same columns; without, short runs make them")
    parser.add_argument("--only", nargs="*", choices=[*EXPERIMENTS, "slow", "soak"], help="some of the experiments")
    parser.add_argument("--times", type=int, default=20, help="how often each thing happens")
    parser.add_argument("--requests", type=int, default=100_000, help="answered in each experiment, about")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--crowd", type=int, default=1000, help="slow clients")
    parser.add_argument("--minutes", type=float, default=2.0, help="of soak")
    parser.add_argument("--dry", action="store_true", help="print the section and leave RESULTS.md as it is")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = prepared(Path(name), chosen)
        wanted = chosen.only or [*EXPERIMENTS, "slow", "soak"]
        rows = []
        for experiment in wanted:
            if experiment == "slow":
                rows.append(slow(bench, chosen.crowd))
            elif experiment == "soak":
                rows.append(soak(bench, chosen.minutes))
            else:
                rows.append(EXPERIMENTS[experiment](bench))
            print(told(rows[-1:]), *rows[-1].tally.failed[:3], *rows[-1].tally.wrong[:3], sep="\n", file=sys.stderr)
    about = (
        f"{chosen.clients} clients on kept connections ask as fast as they are answered; each answer is compared with "
        "what its bundle says. Failed: sent and not answered."
    )
    if chosen.dry:
        print(told(rows))
    else:
        results.write("service faults", f"{told(rows)}\n\n{about}")
    return int(not all(row.kept for row in rows))


def told(rows: list[Row]) -> str:
    cells = [
        [
            row.name,
            row.times,
            f"{row.tally.answered:,}",
            len(row.tally.failed),
            len(row.tally.wrong),
            row.more,
            verdict(row),
        ]
        for row in rows
    ]
    return results.table(["what happens", "times", "answered", "failed", "wrong", "", "claim"], cells)


def verdict(row: Row) -> str:
    return "kept" if row.kept else "MISSED"


def prepared(folder: Path, chosen: argparse.Namespace) -> Bench:
    first, second = chosen.bundles or [made(folder, seed) for seed in (1, 2)]
    live = folder / "live" / "model"
    live.parent.mkdir()
    put(first, live)
    requests = [request_of(body) for body in bodies(read_bundle(first))]
    answers: list[Wanted] = []
    for bundle in (first, second):
        with Service(bundle) as service:
            answers.append({request: frozenset({ask(service.address, request).body}) for request in requests})
    if all(answers[0][request] == answers[1][request] for request in requests):
        raise SystemExit("the two bundles answer the same")
    return Bench(live, (first, second), (answers[0], answers[1]), chosen.clients, chosen.times, chosen.requests)


def made(folder: Path, seed: int) -> Path:
    from ninefold.core.problem import Budget, Wishes
    from ninefold.runs import run

    wishes = Wishes(target="survived", budget=Budget(work=6), seed=seed)
    return run(str(results.ROOT / "examples" / "titanic.csv"), wishes, runs=folder).bundle


def bodies(bundle: Bundle) -> list[bytes]:
    """Rows that differ in their numbers."""
    example = bundle.schema.example
    numbers = [column.name for column in bundle.schema.columns if column.kind == "number"]
    rows = [example | {name: turn + 1.0 for name in numbers} for turn in range(8)]
    return [msgspec.json.encode(row) for row in rows]


if __name__ == "__main__":
    sys.exit(main())
