"""Streams: counts that add up, alarms that are rare over all looks and come soon after a change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

import bundles
from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.errors import BundleError, TableError
from ninefold_runtime.intake import wired
from ninefold_runtime.model import Model
from ninefold_runtime.monitor.bets import on_events, on_shape, ranked, ranked_events
from ninefold_runtime.monitor.counter import Counter
from ninefold_runtime.monitor.counts import Counts
from ninefold_runtime.monitor.follow import Pace, coming, follow
from ninefold_runtime.monitor.growing import whole_rows
from ninefold_runtime.monitor.lookout import QUIET, Lookout, Seen
from ninefold_runtime.monitor.recent import LOT, Recent
from ninefold_runtime.monitor.report import WatchReport
from ninefold_runtime.monitor.stream import Stream
from ninefold_runtime.sketch import sketch_levels, sketch_numbers
from ninefold_runtime.tally import Watched
from ninefold_runtime.watch import watch, watch_table

SCORES = {"predicted probability": sketch_numbers(np.linspace(0, 1, 200), 0)}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return read_bundle(bundles.write(tmp_path_factory.mktemp("stream") / "bundle", sketched=3000))


def fed(stream: Stream, bundle: Bundle, rows: int, seed: int, **changes: object) -> Stream:
    table = bundles.table(rows, seed=seed)
    for name, change in changes.items():
        table[name] = [change(value) for value in table[name]]  # type: ignore[operator]
    arrays, _, _ = wired(bundle.schema, table)
    stream.add(arrays, Model(bundle.graph, bundle.schema).predict_arrays(arrays))
    return stream


def plain(report: WatchReport) -> dict[str, object]:
    return report.as_dict()


def close(a: WatchReport, b: WatchReport) -> bool:
    """The same but for the rounding of means."""
    columns = zip(a.columns + a.scores, b.columns + b.scores, strict=True)
    return all(x.tests == y.tests and x.now.mean == pytest.approx(y.now.mean) for x, y in columns)


def test_chunks_say_what_the_whole_says(bundle: Bundle) -> None:
    table = bundles.table(1000, seed=4)
    parts = [{name: values[start : start + 130] for name, values in table.items()} for start in range(0, 1000, 130)]
    whole, chunks = watch_table(bundle, table), watch(bundle, parts)
    assert close(whole, chunks)
    assert whole.notes == chunks.notes
    assert chunks.rows == 1000


def test_streams_add_up_and_survive_being_written(bundle: Bundle) -> None:
    whole = fed(fed(Stream(bundle), bundle, 400, 1), bundle, 300, 2)
    one, other = fed(Stream(bundle), bundle, 400, 1), fed(Stream(bundle), bundle, 300, 2)
    one.merge(other)
    assert one.rows == 700
    assert close(one.report(), whole.report())
    again = Stream(bundle)
    again.decode(one.encode())
    assert plain(again.report()) == plain(one.report())


def test_counts_of_another_bundle_are_refused(bundle: Bundle, tmp_path: Path) -> None:
    other = read_bundle(bundles.write(tmp_path / "other", sketched=500))
    with pytest.raises(BundleError) as refused:
        Stream(bundle).merge(fed(Stream(other), other, 20, 1))
    assert refused.value.code == "NF-R121"
    for data in (fed(Stream(other), other, 20, 1).encode(), b"{}", b"\xff"):
        with pytest.raises(BundleError):
            Stream(bundle).decode(data)


def test_what_is_written_holds_no_value_of_few_rows(bundle: Bundle) -> None:
    rare = iter(["Jane Doe"] * 2 + ["Nowhere"] * 9)
    stream = fed(Stream(bundle), bundle, 200, 3, port=lambda x: next(rare, x))
    assert set(next(c for c in stream.report().columns if c.name == "port").new) == {"Jane Doe", "Nowhere"}
    assert b"Nowhere" in stream.encode()
    assert b"Jane" not in stream.encode()


def test_a_turn_begins_the_counts_anew(bundle: Bundle) -> None:
    stream = fed(Stream(bundle, weights={"age": 0.5}), bundle, 200, 5)
    age = stream.report().columns[0]
    assert (age.weight, age.impact) == (0.5, 0.5 * age.effect)
    stream.turn()
    with pytest.raises(TableError) as empty:
        stream.report()
    assert (empty.value.code, stream.rows) == ("NF-R204", 200)


@pytest.mark.parametrize("bets", [on_shape(), on_events()], ids=["shape", "events"])
def test_no_bet_wins_on_average(bets: object) -> None:
    edges = [0.0, *2.0 ** np.arange(-12, 1)] if bets.rare else np.linspace(0, 1, bets.bins + 1)  # type: ignore[attr-defined]
    assert np.exp(bets.logs) @ np.diff(edges) == pytest.approx(1)  # type: ignore[attr-defined]
    middles = (np.array(edges)[1:] + np.array(edges)[:-1]) / 2
    assert bets.placed(middles).tolist() == list(range(bets.bins))  # type: ignore[attr-defined]


def test_ranks_are_those_of_counting_one_by_one() -> None:
    rng, held = np.random.default_rng(0), np.array([3, 0, 5, 2])
    cells = rng.integers(-1, 4, (3, 5))
    made = ranked(cells, held, np.random.default_rng(1))
    bag, ties = held.copy(), 1 - np.random.default_rng(1).random((3, 5))
    for place, cell in np.ndenumerate(cells):
        if cell >= 0:
            bag[cell] += 1
            assert made[place] == pytest.approx((bag[:cell].sum() + ties[place] * bag[cell]) / bag.sum())


def test_ranks_of_events_are_ranks_of_two_cells() -> None:
    cells = np.random.default_rng(2).integers(-1, 2, (2, 40))
    held = np.array([[1, 30], [0, 9]])
    made = ranked_events(cells == 0, cells >= 0, held, np.random.default_rng(3))
    ties = 1 - np.random.default_rng(3).random((2, 40))
    for guard in range(2):
        bag = held[guard].copy()
        for place, cell in enumerate(cells[guard]):
            if cell >= 0:
                bag[cell] += 1
                assert made[guard, place] == pytest.approx(
                    (bag[:cell].sum() + ties[guard, place] * bag[cell]) / bag.sum()
                )


def columns(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    names = np.array([f"level {i}" for i in range(30)], object)
    return {"x": rng.standard_t(2, rows), "k": rng.poisson(1.5, rows).astype(float), "c": rng.choice(names, rows)}


def lookout(rng: np.random.Generator, reference: int, quiet: int) -> tuple[Lookout, list[Watched]]:
    rows = columns(rng, reference)
    watched = [
        Watched(name, sketch_levels(a, 0) if a.dtype == object else sketch_numbers(a, 0), gaps=True)
        for name, a in rows.items()
    ]
    return Lookout(watched, quiet), watched


def look(guards: Lookout, watched: list[Watched], rows: dict[str, np.ndarray]) -> int:
    cells = {each.key: each.cells(rows[each.name]) for each in watched}
    tallies = {each.name: each.tally(rows[each.name]) for each in watched}
    seen = {each.key: Seen(cells[each.key], each.outside(rows[each.name])) for each in watched}
    return len(guards.look(seen, Counts(reference="", rows=len(rows["x"]), columns=tallies)))


def test_without_change_evidence_grows_no_faster_than_is_said() -> None:
    """On average a guard holds one unit per block; a thousand bets per guard make the mean over ten streams steady."""
    rng, held = np.random.default_rng(4), []
    for _ in range(12):
        guards, watched = lookout(rng, 400, 1 << 60)
        for _ in range(4):
            look(guards, watched, columns(rng, LOT))
        held.append(np.median([np.median(watch.evidence) for watch in guards._watches]))
    assert np.mean(held) < 4 * LOT / 25


@pytest.mark.parametrize("reference", [300, 5000])
def test_false_alarms_over_all_looks_stay_under_the_rate(reference: int) -> None:
    """30,000 rows at one alarm in 3,000: ten are allowed in the mean, and bets that stop at an alarm make fewer."""
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(10):
        guards, watched = lookout(rng, reference, 3000)
        alarms += sum(look(guards, watched, columns(rng, LOT)) for _ in range(12))
    assert alarms <= 10


def test_an_alarm_comes_soon_after_a_change_and_names_it(bundle: Bundle) -> None:
    stream = fed(Stream(bundle, quiet=QUIET), bundle, 2000, 6)
    assert not stream.report().drifted
    fed(stream, bundle, 500, 7, age=lambda x: x and x + 10)
    fed(stream, bundle, 500, 8, member=lambda x: None, port=lambda x: "Nowhere" if x == "Queenstown" else x)
    report = stream.report()
    alarms = {(alarm.column, alarm.test): alarm for alarm in report.alarms}
    assert set(alarms) >= {("age", "distribution"), ("member", "missing share"), ("port", "unlisted share")}
    assert 1900 <= alarms["age", "distribution"].since <= alarms["age", "distribution"].row <= 2500
    assert report.drifted
    assert "at most one false alarm in 100,000 rows" in report.sentence


def test_guards_go_on_where_they_were(bundle: Bundle) -> None:
    stream = fed(Stream(bundle, quiet=QUIET), bundle, 1000, 9)
    again = Stream(bundle, quiet=QUIET)
    again.decode(stream.encode())
    for each in (stream, again):
        fed(each, bundle, 250, 10, age=lambda x: x and x + 10)
    assert (
        [alarm.column for alarm in again.counts.alarms] == [alarm.column for alarm in stream.counts.alarms] == ["age"]
    )


def test_predictions_may_be_left_out(bundle: Bundle) -> None:
    """Of some rows, of all, and of those that wait for a block."""
    sketches = msgspec.structs.replace(bundle.sketches, scores_of_graph=True, scores=SCORES)
    scored = Stream(replace(bundle, sketches=sketches), quiet=QUIET)
    arrays, _, _ = wired(bundle.schema, bundles.table(60, seed=1))
    scored.add(arrays)
    assert scored.report().scores == ()
    fed(scored, bundle, 70, 2)
    scored.add(arrays)
    assert [score.now.rows for score in scored.report().scores] == [70]


def test_what_other_guards_have_kept_is_refused(bundle: Bundle) -> None:
    stream = fed(Stream(bundle, quiet=QUIET), bundle, 60, 1)
    kept = msgspec.json.decode(stream.encode())
    kept["guards"][0]["fortunes"][0].pop()
    with pytest.raises(BundleError) as refused:
        Stream(bundle, quiet=QUIET).decode(msgspec.json.encode(kept))
    assert refused.value.code == "NF-R121"


def test_a_trifle_raises_no_alarm_however_certain() -> None:
    rng = np.random.default_rng(11)
    watched = [Watched("x", sketch_numbers(rng.normal(size=200_000), 0))]
    guards = Lookout(watched, QUIET)
    for _ in range(100):
        x = rng.normal(0.07, 1, 1000)
        seen = {watched[0].key: Seen(watched[0].cells(x), watched[0].outside(x))}
        counts = Counts(reference="", rows=1000, columns={"x": watched[0].tally(x)})
        assert guards.look(seen, counts) == ()
    assert guards._watches[0].evidence[0] > guards._limit


def test_old_rows_are_kept_in_large_lots() -> None:
    recent = Recent()
    for _ in range(400):
        recent.add(Counts(reference="", rows=LOT))
    assert recent.latest(1).rows == LOT
    assert 3 * LOT <= recent.latest(3 * LOT).rows <= 6 * LOT
    assert recent.latest(1 << 40).rows == 400 * LOT
    assert len(recent._lots) < 30


def test_rows_are_whole_however_they_come() -> None:
    text = 'a,b\n1,"x\ny"\n2,"é"\n3,z'.encode()
    for step in (1, 3, 1000):
        pieces = (text[start : start + step] for start in range(0, len(text), step))
        rows = [row for row in whole_rows(pieces, quoted=True) if row]
        assert "".join(rows) == text.decode() + "\n"
        assert all(row.endswith("\n") and row.count('"') % 2 == 0 for row in rows)


def test_a_growing_file_is_followed_until_an_alarm(bundle: Bundle, tmp_path: Path) -> None:
    path, told = tmp_path / "new.csv", list[WatchReport]()
    path.write_text(written(bundles.table(300, seed=12), header=True))
    stream, tables = Stream(bundle, quiet=QUIET), coming(path)

    def tell(report: WatchReport) -> None:
        told.append(report)
        moved = bundles.table(600, seed=13)
        moved["age"] = [x and x + 15 for x in moved["age"]]  # type: ignore[operator]
        with path.open("a") as file:
            file.write(written(moved, header=False))

    follow(Counter(bundle, stream), tables, Pace(rows=200, seconds=60, stop=True), tell)
    assert [told[0].drifted, told[-1].drifted] == [False, True]
    assert told[0].rows == 300
    assert {alarm.column for alarm in told[-1].alarms} >= {"age"}


def test_a_file_that_was_cut_off_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("a\n1\n2\n")
    tables = coming(path)
    assert next(tables) == {"a": ["1", "2"]}
    path.write_text("a\n7\n")
    assert next(table for table in tables if table) == {"a": ["7"]}


def written(table: dict[str, list[object]], *, header: bool) -> str:
    lines = [",".join(table)] if header else []
    cells = zip(*(["" if v is None else f'"{v}"' for v in values] for values in table.values()), strict=True)
    return "\n".join([*lines, *(",".join(row) for row in cells)]) + "\n"


def test_reports_are_plain_data(bundle: Bundle) -> None:
    report = fed(Stream(bundle, quiet=1000), bundle, 100, 14).report()
    assert msgspec.json.decode(msgspec.json.encode(report), type=WatchReport) == report
