"""The run folder: chapters are skipped when unchanged, records survive damage, two writers never meet."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from ninefold.core.book import Book, Closed, Context, decode, encode, forget, new_folder, read_chapter, read_noun
from ninefold.core.clock import Clock
from ninefold.core.disk import refusal
from ninefold.core.errors import RunError
from ninefold.core.events import Event, StageFinished
from ninefold.core.journal import Journal
from ninefold.core.problem import Wishes
from ninefold.core.protocols import Crew
from ninefold.core.section import Section
from ninefold.runs import prepare, read_order
from ninefold_runtime.files import write_whole


@dataclass(frozen=True)
class Sum:
    value: int
    file: Path


def no_crew() -> Crew:
    raise AssertionError("this stage needs no workers")


def book(folder: Path, heard: list[Event]) -> Book:
    return Book(folder, Clock(), heard.append, no_crew, threading.Event())


def add(left: int, right: int, *, context: Context) -> Sum:
    path = context.folder / "sum.txt"
    path.write_text(str(left + right))
    return Sum(left + right, path)


def section(noun: Sum) -> Section:
    return Section("Sum", f"{noun.value}")


def written(folder: Path, left: int, right: int) -> bool:
    """Whether chapter 3 was written (and not skipped) for these inputs."""
    heard: list[Event] = []
    pages = book(folder, heard)
    noun = pages.chapter(3, add, section, Sum, left, right)
    pages.close()
    assert noun == Sum(left + right, folder / "3-preparation" / "sum.txt")
    finished = [event for event in heard if isinstance(event, StageFinished)]
    assert finished[0].sentence == str(left + right)
    return not finished[0].skipped


def test_runs_that_cannot_be_kept_are_refused(tmp_path: Path) -> None:
    assert new_folder(tmp_path / "deep" / "runs").is_dir()
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(RunError) as refused:
            new_folder(place)
        assert refused.value.code == "NF-E509"


def test_a_chapter_is_written_once_for_the_same_inputs(tmp_path: Path) -> None:
    assert written(tmp_path, 1, 2)
    assert not written(tmp_path, 1, 2)
    assert written(tmp_path, 1, 3)


def test_a_damaged_chapter_is_written_again(tmp_path: Path) -> None:
    assert written(tmp_path, 1, 2)
    path = tmp_path / "3-preparation.json"
    path.write_bytes(path.read_bytes()[:-20])
    assert written(tmp_path, 1, 2)


def test_a_chapter_that_holds_another_noun_is_written_again(tmp_path: Path) -> None:
    assert written(tmp_path, 1, 2)
    path = tmp_path / "3-preparation.json"
    path.write_bytes(path.read_bytes().replace(b'"value"', b'"worth"'))
    with pytest.raises(RunError, match="no readable chapter"):
        read_noun(tmp_path, 3, Sum)
    assert written(tmp_path, 1, 2)


def test_no_flipped_bit_passes(tmp_path: Path) -> None:
    assert written(tmp_path, 1, 2)
    path = tmp_path / "3-preparation.json"
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        assert read_chapter(tmp_path, 3) is None, place


@pytest.mark.parametrize("damaged", [b"4", b"", b"43"])
def test_a_chapter_whose_file_is_damaged_is_written_again(tmp_path: Path, damaged: bytes) -> None:
    assert written(tmp_path, 17, 25)
    path = tmp_path / "3-preparation" / "sum.txt"
    path.write_bytes(damaged)
    assert written(tmp_path, 17, 25)
    assert path.read_text() == "42"
    path.unlink()
    assert written(tmp_path, 17, 25)
    assert not written(tmp_path, 17, 25)


def test_a_file_that_a_later_chapter_changed_is_as_that_left_it(tmp_path: Path) -> None:
    """And one that it put beside is its as well: when that is damaged, both chapters are made anew."""

    def joined(before: Sum, *, context: Context) -> Sum:
        beside = before.file.with_name("beside.txt")
        beside.write_text(before.file.read_text())
        before.file.write_text("joined")
        return Sum(before.value, before.file.parent)

    for damaged in (True, False, True):
        if damaged and (tmp_path / "3-preparation").exists():
            (tmp_path / "3-preparation" / "beside.txt").write_text("")
        heard: list[Event] = []
        pages = book(tmp_path, heard)
        pages.chapter(4, joined, section, Sum, pages.chapter(3, add, section, Sum, 1, 2))
        pages.close()
        assert [event.skipped for event in heard if isinstance(event, StageFinished)] == [not damaged] * 2


def test_a_damaged_order_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n")
    folder = prepare(tmp_path / "t.csv", Wishes(target="a"), tmp_path / "runs")
    assert read_order(folder).wishes.target == "a"
    path = folder / "order.json"
    whole = path.read_bytes()
    for old, new in ((b'"seed":0', b'"seed":4'), (b'"seal"', b'"sea,"'), (b"{", b"z"), (whole, b"")):
        path.write_bytes(whole.replace(old, new))
        with pytest.raises(RunError, match=r"order\.json is damaged"):
            read_order(folder)


def test_an_order_that_a_person_or_a_tool_wrote_has_no_seal(tmp_path: Path) -> None:
    order = tmp_path / "order.json"
    order.write_text('{"source": "t.csv", "query": null, "wishes": {"target": "a", "seed": 7}}')
    assert read_order(tmp_path).wishes == Wishes(target="a", seed=7)
    order.write_text('{"source": "t.csv", "query": null, "wishes": {"seed": "seven"}}')
    with pytest.raises(RunError, match=r"order\.json is damaged.*Expected `int`.*wishes\.seed"):
        read_order(tmp_path)


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (OSError(28, "No space left on device"), 28),
        (OSError("400000 requested and 131056 written"), 28),
        (ValueError("parquet: underlying IO error: No space left on device (os error 28)"), 28),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'")]), 28),
        (ValueError("os error 2"), None),
        (FileNotFoundError(2, "nothing"), None),
    ],
)
def test_what_the_disk_refused_is_known(error: Exception, number: int | None) -> None:
    found = refusal(error)
    assert (found.errno if found else None) == number


def test_forgotten_chapters_are_written_again(tmp_path: Path) -> None:
    assert written(tmp_path, 1, 2)
    forget(tmp_path, 4)
    assert not written(tmp_path, 1, 2)
    forget(tmp_path, 3)
    assert not (tmp_path / "3-preparation").exists()
    assert written(tmp_path, 1, 2)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    first = book(tmp_path, [])
    with pytest.raises(RunError, match=rf"another process \({os.getpid()}\)"):
        book(tmp_path, [])
    first.close()
    book(tmp_path, []).close()


def test_a_missing_chapter_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no readable chapter 6-model"):
        read_noun(tmp_path, 6, Sum)


def test_paths_move_with_the_run(tmp_path: Path) -> None:
    stored = encode(Sum(1, tmp_path / "a" / "b.txt"), tmp_path)
    assert b"tmp" not in stored
    assert decode(stored, Sum, Path("/elsewhere")).file == Path("/elsewhere/a/b.txt")


def test_a_file_is_wholly_there_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ninefold_runtime.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new" * 1000)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_line_costs_one_record(tmp_path: Path, cut: int) -> None:
    journal = Journal(tmp_path / "journal.log")
    for value in (1, 2):
        journal.add("number", {"value": value})
    path = tmp_path / "journal.log"
    path.write_bytes(path.read_bytes()[:-cut])
    journal.add("number", {"value": 3})
    values = [record["value"] for record in journal.read("number", dict)]
    assert values[0] == 1
    assert values[-1] == 3


def test_an_altered_line_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.log")
    for value in (1, 2, 3):
        journal.add("number", {"value": value})
    path = tmp_path / "journal.log"
    path.write_bytes(path.read_bytes().replace(b'"value":2', b'"value":9'))
    assert [record["value"] for record in journal.read("number", dict)] == [1, 3]


def test_one_chapter_alone_takes_those_before_as_they_stand(tmp_path: Path) -> None:
    def never() -> int:
        raise AssertionError("what earlier chapters were made from is not asked for")

    pages = alone(tmp_path, 4)
    with pytest.raises(RunError, match="3-preparation"):
        pages.chapter(3, add, section, Sum, never, 2)
    pages.close()
    assert written(tmp_path, 1, 2)
    pages = alone(tmp_path, 4)
    before = pages.chapter(3, add, section, Sum, never, 2)
    assert before.value == 3
    assert pages.chapter(4, add, section, Sum, lambda: before.value, 10).value == 13
    with pytest.raises(Closed):
        pages.chapter(5, add, section, Sum, never)
    pages.close()
    assert not (tmp_path / "5-leaderboard.json").exists()


def alone(folder: Path, number: int) -> Book:
    return Book(folder, Clock(), [].append, no_crew, threading.Event(), only=number)
