"""Practice: cards made of pages, what is kept of them, when they come again, and what is asked today."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import small_guide
from ninefold.cli import practice_desk
from ninefold.cli.practice import interview as interview_command
from ninefold.cli.practice import practice as command
from ninefold.core.errors import PracticeError, WishError
from ninefold.practice import interview
from ninefold.practice.broken import replaced
from ninefold.practice.card import Card, Code, Predict, Recall
from ninefold.practice.deck import chosen, content, deck, follow_ups
from ninefold.practice.interview import RUBRIC
from ninefold.practice.plan import planned, strengths
from ninefold.practice.sandbox.examining import examine
from ninefold.practice.schedule import due, graded, known, longest
from ninefold.practice.session import Session, day_in
from ninefold.practice.store import Kept, Memory, Review, Scored, Store, data_folder
from ninefold.practice.topics import TOPICS
from ninefold.practice.written import imports, stub

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def wait(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture(autouse=True)
def _guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pages = tmp_path / "pages"
    pages.mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with small_guide.opened(pages):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "ninefold", pytest.fail)


@pytest.fixture
def session(store: Store, clock: Clock) -> Session:
    return Session(store, clock)


# cards


def test_every_question_has_one_topic() -> None:
    assert sorted(number for numbers in TOPICS.values() for number in numbers) == list(range(1, 51))


def test_each_page_gives_three_cards_and_each_broken_run_one() -> None:
    kinds = [card.kind for card in deck().values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"recall": 4, "predict": 4, "code": 4, "debug": 5}
    assert len({card.id for card in deck().values()}) == len(deck())


def test_what_stands_on_a_card_is_what_the_page_said() -> None:
    cards = deck()
    assert content(cards["4-recall"]) == Recall("What is the trade-off of bias and variance?", "The answer 4 is $x^2$.")
    predict = content(cards["9-predict"])
    assert isinstance(predict, Predict)
    assert (predict.options, predict.truth, predict.answer) == (("falls", "rises <b>"), "rises <b>", "It was **0.25**.")
    assert follow_ups(4) == (("And then?", "This and that."), ("Why?", "So."))


def test_an_exercise_is_a_file_that_runs_without_the_page() -> None:
    code = content(deck()["16-code"])
    assert isinstance(code, Code)
    exercise = code.exercise
    assert exercise.begin.startswith("import numpy as np\n\n\ndef size(z):")
    assert exercise.begin.endswith('those of b."""\n    raise NotImplementedError\n')
    assert "marimo" not in exercise.checks + exercise.reference
    assert "json" not in exercise.checks + exercise.reference, "imports that nothing uses are left out"
    assert examine(exercise, exercise.reference).passed
    assert examine(exercise, small_guide.ANSWER).passed
    assert [examine(exercise, wrong).passed for wrong in exercise.wrong] == [False] * 3


def test_imports_are_kept_where_they_are_used() -> None:
    setup = "import marimo as mo\nimport numpy as np\nimport os.path\nfrom math import exp, log as ln"
    assert imports(setup, ["np.e"]) == "import numpy as np"
    assert imports(setup, ["ln(2)"]) == "from math import log as ln"
    assert imports(setup, ["os.path.join"]) == "import os.path"


def test_a_stub_keeps_the_signature_and_the_docstring() -> None:
    assert (
        stub("def f(\n    a,\n    b=1,\n):\n    return a")
        == "def f(\n    a,\n    b=1,\n):\n    raise NotImplementedError"
    )
    assert (
        stub('def f(a):\n    """A.\n\n    B."""\n    return a')
        == 'def f(a):\n    """A.\n\n    B."""\n    raise NotImplementedError'
    )


def test_a_text_to_replace_stands_there_once() -> None:
    assert replaced("a b", [("a", "c"), ("b", "a")]) == "c a"
    for text in ("b", "a a"):
        with pytest.raises(ValueError, match="not once"):
            replaced(text, [("a", "c")])


def test_cards_are_named_by_question_kind_or_id() -> None:
    assert {card.id for card in chosen("4")} == {"4-recall", "4-predict", "4-code"}
    assert {card.kind for card in chosen("debug")} == {"debug"}
    assert [card.id for card in chosen("20-code")] == ["20-code"]
    with pytest.raises(WishError, match="nothing to practise") as caught:
        chosen("20-cod")
    assert caught.value.hint == "did you mean 20-code?"


# when a card comes again


def test_cards_come_again_later_and_later_but_not_after_the_last_day() -> None:
    memory, at, gaps = None, NOON, []
    for _ in range(8):
        memory = graded(memory, 3, at, most=30)
        gaps.append((memory.due - at) / timedelta(days=1))
        at = memory.due
    assert gaps[0] < 0.01
    assert gaps[-1] == 30
    assert gaps == sorted(gaps)


def test_what_was_forgotten_comes_again_at_once() -> None:
    good = graded(graded(None, 4, NOON, 365), 3, NOON + timedelta(days=8), 365)
    bad = graded(good, 1, good.due, 365)
    assert bad.due - bad.last_review == timedelta(minutes=10)
    assert bad.stability < good.stability


def test_a_card_is_due_when_it_is_still_known_with_nine_tenths() -> None:
    memory = graded(None, 4, NOON, 365)
    assert known(memory, memory.due) == pytest.approx(0.9, abs=0.01)
    assert known(memory, NOON) == 1.0


def test_fewer_days_bring_cards_forward() -> None:
    memory = graded(None, 4, NOON, 365)
    assert due(memory, 365) == memory.due
    assert due(memory, 3) == NOON + timedelta(days=3)
    assert longest(date(2026, 12, 10), NOON.date()) == 14
    assert longest(NOON.date(), NOON.date()) == 1


# today


def test_new_cards_take_turns_over_topics(session: Session) -> None:
    plan = session.plan()
    assert [card.id for card in plan.queue[:3]] == ["4-recall", "9-recall", "16-recall"]
    assert len({card.topic for card in plan.queue[:5]}) == 5
    assert plan.seconds <= 60 * 20
    assert (plan.waiting, plan.days, plan.weakest) == (0, None, ())


def test_the_minutes_of_a_day_are_not_exceeded(session: Session, clock: Clock) -> None:
    session.aim(None, 3)
    for _ in range(2):
        session.grade(session.plan().queue[0], 3, 75)
    plan = session.plan()
    assert (plan.spent, plan.queue) == (150, ())
    clock.wait(hours=12)
    assert session.plan().queue, "a new day"


def test_due_cards_of_weak_topics_come_first(session: Session, clock: Clock) -> None:
    cards = deck()
    for name, rating in (("4-recall", 3), ("9-recall", 1), ("16-recall", 3)):
        session.grade(cards[name], rating, 10)
    clock.wait(days=3)
    plan = session.plan()
    assert plan.queue[0].id == "9-recall"
    assert {card.id for card in plan.queue[:3]} == {"4-recall", "9-recall", "16-recall"}
    assert plan.weakest[0] == "evaluation"


def test_what_does_not_fit_into_the_day_waits(session: Session, clock: Clock) -> None:
    for card in deck().values():
        session.grade(card, 3, 0)
    clock.wait(days=40)
    session.aim(None, 1)
    plan = session.plan()
    assert len(plan.queue) + plan.waiting == len(deck())
    assert plan.seconds <= 60 < plan.seconds + 45 * 2


def test_the_readers_own_pace_is_learned() -> None:
    kept = Kept(reviews=tuple(Review("4-recall", 3, NOON - timedelta(days=2), 600.0) for _ in range(5)))
    cards = [Card("recall", 9), Card("recall", 16), Card("recall", 20)]
    assert len(planned(kept, cards, NOON).queue) == 2
    assert len(planned(Kept(), cards, NOON).queue) == 3


def test_topics_never_asked_about_stand_in_the_middle(session: Session, clock: Clock) -> None:
    session.grade(deck()["4-recall"], 3, 1)
    session.grade(deck()["9-recall"], 1, 1)
    strong = strengths(session.store.read(), deck().values(), clock())
    assert strong["evaluation"] < strong["learners"] == 0.5 < strong["fit"]


def test_days_are_days_to_come(session: Session, clock: Clock) -> None:
    with pytest.raises(WishError, match="has passed"):
        session.aim(date(2026, 11, 25), None)
    with pytest.raises(WishError, match="is not a day"):
        day_in("tomorrow")
    session.aim(date(2026, 11, 28), None)
    assert session.plan().days == 2
    assert session.grade(deck()["4-recall"], 4, 1).due == NOON + timedelta(days=2)
    clock.wait(days=5)
    assert session.plan().days is None, "it is over"


def test_one_answer_is_not_taken_to_last_for_hours(session: Session) -> None:
    for seconds in (1e9, -5.0):
        session.grade(deck()["4-recall"], 3, seconds)
    assert [review.seconds for review in session.store.read().reviews] == [1800.0, 0.0]


# what is kept

HAMMER = """
import sys
from pathlib import Path
from ninefold.practice.session import Session
from ninefold.practice.card import Card
from ninefold.practice.store import Store
session = Session(Store(Path(sys.argv[1]), print))
for number in range(int(sys.argv[3])):
    session.grade(Card("recall", int(sys.argv[2])), 3, number)
    print(number, flush=True)
"""


def hammer(folder: Path, question: int, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HAMMER, str(folder), str(question), str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_lose_nothing(store: Store) -> None:
    for process in [hammer(store.folder, question, 15) for question in (4, 9)]:
        assert process.wait(120) == 0
        assert process.stdout is not None
        process.stdout.close()
    seconds = [(review.card, review.seconds) for review in store.read().reviews]
    assert sorted(seconds) == [(f"{q}-recall", float(i)) for q in (4, 9) for i in range(15)]


def test_a_kill_loses_no_answer_that_was_kept(store: Store) -> None:
    process = hammer(store.folder, 4, 100_000)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(12)]
    process.kill()
    told += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()
    kept = [int(review.seconds) for review in store.read().reviews]
    assert kept[: len(told)] == told
    store.change(lambda kept: msgspec.structs.replace(kept, minutes=5.0))
    assert [path.name for path in store.folder.iterdir() if path.name.startswith(".practice.json")] == []


@pytest.mark.parametrize("damaged", [b"", b'{"format": 1, "rev', b"[]", b'{"cards": {"4-recall": 3}}', b"\xff\x00"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damaged: bytes) -> None:
    told: list[str] = []
    store = Store(tmp_path, told.append)
    store.path.write_bytes(damaged)
    assert store.read() == Kept()
    (aside,) = tmp_path.glob("practice.damaged-*.json")
    assert aside.read_bytes() == damaged
    assert aside.name in told[0]
    Session(store).grade(deck()["4-recall"], 3, 1)
    assert len(store.read().reviews) == 1


def test_the_file_of_a_later_release_is_left_alone(store: Store) -> None:
    store.folder.mkdir(parents=True)
    store.path.write_text('{"format": 2, "cards": {}}')
    for ask in (store.read, lambda: store.change(lambda _: Kept())):
        with pytest.raises(PracticeError, match="later release"):
            ask()
    assert json.loads(store.path.read_text())["format"] == 2


def test_a_folder_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    store = Store(tmp_path / "data" / "ninefold", pytest.fail)
    for ask in (store.read, lambda: store.change(lambda _: Kept(minutes=2.0))):
        with pytest.raises(PracticeError) as caught:
            ask()
        assert caught.value.code == "NF-E705"
        assert "XDG_DATA_HOME" in caught.value.hint


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert data_folder() == tmp_path / "data" / "ninefold"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder().is_relative_to(tmp_path)


def test_what_is_kept_comes_back(session: Session) -> None:
    memory = session.grade(deck()["4-recall"], 2, 3)
    assert session.store.read().cards == {"4-recall": memory}
    assert isinstance(memory, Memory)


# in the terminal


def typing(monkeypatch: pytest.MonkeyPatch, *said: str | type[BaseException]) -> None:
    """Let a reader type this, and then leave."""
    waiting = iter([*said, EOFError])

    def read(console: object, prompt: str = "") -> str:
        each = next(waiting)
        if isinstance(each, str):
            return each
        raise each

    monkeypatch.setattr("rich.console.Console.input", read)


def reviews(session: Session) -> list[tuple[str, int]]:
    return [(review.card, review.rating) for review in session.store.read().reviews]


def sit(session: Session, *names: str) -> bool:
    return practice_desk.sit_down(session, [deck()[name] for name in names])


def test_recall_and_predict_are_asked_and_graded(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, "my words", "9", "3", "2", "7", "1")
    assert not sit(session, "4-recall", "9-predict", "16-predict")
    assert reviews(session) == [("4-recall", 3), ("9-predict", 3), ("16-predict", 1)]
    said = capsys.readouterr().out
    assert "The answer 4 is x²" in said
    assert "rises <b>" in said
    assert "3 answers kept" in said


def test_the_plan_is_followed_until_the_reader_leaves(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, "s", "", "4", "q")
    assert not practice_desk.sit_down(session, None)
    assert reviews(session) == [("9-recall", 4)]
    assert re.search(r"\d+ cards · about \d+ min", capsys.readouterr().out)


def test_ctrl_c_keeps_what_was_graded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, "", "3", KeyboardInterrupt)
    assert sit(session, "4-recall", "9-recall")
    assert reviews(session) == [("4-recall", 3)]


def test_code_is_written_in_a_file_until_it_passes(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = tmp_path / "right.py"
    right.write_text(small_guide.ANSWER)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/raise.*/return/ "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    typing(monkeypatch, "", str(tmp_path / "nowhere.py"), str(right))
    sit(session, "4-code")
    said = capsys.readouterr().out
    assert "✗ symmetry" in said
    assert "cannot be read" in said
    assert reviews(session) == [("4-code", 2)]
    assert list((session.store.folder / "answers").iterdir()) == []


def test_code_that_is_given_up_comes_again_and_stays(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    typing(monkeypatch, "a", "s", "q")
    sit(session, "4-code", "9-code", "16-code", "20-code")
    assert "return size(a - b)" in capsys.readouterr().out
    assert reviews(session) == [("4-code", 1)]
    assert {path.name for path in (session.store.folder / "answers").iterdir()} == {
        "4-code.py",
        "9-code.py",
        "16-code.py",
    }


def test_ctrl_c_in_a_real_terminal(tmp_path: Path) -> None:
    """The shipped guide, a terminal, one answer, Ctrl-C: the answer is kept, and the exit code tells of the
    interrupt."""
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path), "TERM": "dumb"}
    ours, theirs = pty.openpty()
    start = "import sys; sys.argv[1:] = ['practice', 'debug']; from ninefold.cli.main import main; main()"
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    process = subprocess.Popen([sys.executable, "-c", start], env=environment, start_new_session=True, **streams)
    try:
        os.close(theirs)
        heard(ours, "q end >")
        os.write(ours, b"a\n")
        heard(ours, "comes again", "q end >")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    kept = json.loads((tmp_path / "ninefold" / "practice.json").read_text())
    assert [review["rating"] for review in kept["reviews"]] == [1]


def heard(terminal: int, *words: str) -> None:
    """Wait until the program says one after the other; lines may break anywhere."""
    said, end = b"", time.monotonic() + 120
    while not re.search(".*".join(map(re.escape, words)), " ".join(said.decode(errors="ignore").split())):
        ready, _, _ = select.select([terminal], [], [], max(end - time.monotonic(), 0))
        assert ready, f"it never said {words}: {said!r}"
        said += os.read(terminal, 4096)


# without a terminal


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def answers_in(tmp_path: Path, *lines: dict[str, Any]) -> str:
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return str(path)


def test_without_a_terminal_there_is_an_error_that_names_a_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for ask in (command, interview_command):
        with pytest.raises(PracticeError, match="no terminal") as caught:
            ask()
        assert "--answers" in caught.value.hint


def test_the_plan_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    command(until="2099-01-01", as_json=True)
    plan = told(capsys)
    assert plan["cards"][0]["card"] == "4-recall"
    assert "asked" not in plan["cards"][0]
    command("9", as_json=True)
    cards = {card["kind"]: card for card in told(capsys)["cards"]}
    assert cards["predict"]["options"] == ["falls", "rises <b>"]
    assert "def distance" in cards["code"]["begin"]
    assert "truth" not in cards["predict"]


def test_scripted_answers_are_graded(tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(small_guide.ANSWER)
    lines = (
        {"card": "4-recall", "grade": 2, "seconds": 40},
        {"card": "4-predict", "guess": "falls"},
        {"card": "4-predict", "guess": 2},
        {"card": "4-code", "file": str(tmp_path / "mine.py")},
    )
    command(answers=answers_in(tmp_path, *lines), as_json=True)
    answered = told(capsys)["answered"]
    assert [each["rating"] for each in answered] == [2, 1, 3, 3]
    assert answered[1]["truth"] == "rises <b>"
    assert answered[3]["verdict"]["passed"]
    assert [review.rating for review in store.read().reviews] == [2, 1, 3, 3]


@pytest.mark.parametrize(
    "line",
    [
        {"card": "4-recall"},
        {"card": "4-recall", "grade": 5},
        {"card": "4-predict", "guess": 3},
        {"card": "4-predict", "guess": "falls "},
        {"card": "4-code"},
        {"card": "4", "grade": 3},
        {"card": "4-recall", "grde": 3},
    ],
)
def test_answers_that_cannot_be_read_name_their_line(tmp_path: Path, store: Store, line: dict[str, Any]) -> None:
    with pytest.raises(WishError, match="line 2"):
        command(answers=answers_in(tmp_path, {"card": "9-recall", "grade": 3}, line), as_json=True)
    assert len(store.read().reviews) == 1, "the line before is kept"


def test_a_file_is_held_against_the_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    path = tmp_path / "mine.py"
    for text, code in ((small_guide.ANSWER, 0), ("def distance(a, b):\n    return a - c\n", 1)):
        path.write_text(text)
        with pytest.raises(typer.Exit) as left:
            command("4", file=path)
        assert left.value.exit_code == code
    said = capsys.readouterr().out
    assert "✓ is never negative" in said
    assert "line 2: return a - c" in said
    with pytest.raises(WishError, match="one card"):
        command("debug", file=path)
    with pytest.raises(WishError, match="cannot be read"):
        command("4", file=tmp_path / "none.py")


# interviews


def test_an_interview_goes_over_topics(session: Session) -> None:
    first = interview.drawn(session, 1)
    assert sorted(first) == list(small_guide.NUMBERS), "all there are, each once"
    assert interview.drawn(session, 1) == first
    starts = {interview.drawn(session, seed)[0] for seed in range(20)}
    assert len(starts) > 1


def test_points_become_grades_and_a_map(session: Session) -> None:
    interview.keep(
        session, 30, [Scored(4, (2, 2, 2, 2), 60), Scored(16, (0, 1, 0, 0), 90), Scored(20, (2, 1, 0, 1), 9)]
    )
    assert reviews(session) == [("4-recall", 4), ("16-recall", 1), ("20-recall", 2)]
    heat = interview.heat(session.store.read())
    assert heat == {"fit": (1, (2, 2, 2, 2)), "learners": (2, (1, 1, 0, 0.5))}


def test_an_interview_in_the_terminal(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ninefold.cli.interview_desk import hold_interview

    one = ["", "", "", "2", "1", "x", "0", "2"]
    typing(monkeypatch, *one, "s", *one[:4], KeyboardInterrupt)
    assert hold_interview(session, 30, 1)
    scored = session.store.read().interviews[0].scored
    assert [each.points for each in scored] == [(2, 1, 0, 2), (0, 0, 0, 0)]
    said = capsys.readouterr().out
    assert "4 questions in 30 minutes" in said
    assert "And then?" in said
    assert "█ 2.0" in said


def test_time_ends_an_interview(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ninefold.cli import interview_desk

    typing(monkeypatch, "", "", "", "2", "2", "2", "2")
    moments = iter(range(0, 10_000, 40))
    monkeypatch.setattr(interview_desk.time, "monotonic", lambda: float(next(moments)))
    assert not interview_desk.hold_interview(session, 1, 1)
    assert "Time is up. 3 questions were not reached" in capsys.readouterr().out
    assert len(session.store.read().interviews[0].scored) == 1


def test_an_interview_as_json(tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    interview_command(seed=1, as_json=True)
    document = told(capsys)
    assert len(document["questions"]) == len(small_guide.NUMBERS)
    assert document["questions"][0]["next"][0]["question"] == "And then?"
    assert list(document["rubric"]) == list(RUBRIC)
    path = answers_in(tmp_path, {"question": 4, "points": [2, 0, 1, 2], "seconds": 100})
    interview_command(answers=path, as_json=True)
    assert told(capsys)["topics"]["fit"] == {"asked": 1, "what": 2.0, "why": 0.0, "limits": 1.0, "proof": 2.0}
    with pytest.raises(WishError, match="4 points from 0 to 2"):
        interview_command(answers=answers_in(tmp_path, {"question": 4, "points": [3, 0, 1, 2]}))
    assert len(store.read().interviews) == 1
