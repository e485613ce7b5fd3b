"""Answers in code: what the reader is told, and what an answer cannot do to the machine."""

from __future__ import annotations

import ast
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ninefold.practice.sandbox import examining
from ninefold.practice.sandbox.examining import examine
from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.sandbox.limits import MB, Limits
from ninefold.practice.sandbox.verdict import Checked, Verdict

CHECKS = """
def check_doubles(function, rng):
    for number in rng.integers(-99, 99, 20):
        assert function(number) == 2 * number, f"{number} became {function(number)}"

def check_keeps_zero(function, rng):
    assert function(0) == 0
"""
RIGHT = "def double(x):\n    return x + x\n"
EXERCISE = Exercise(
    function="double",
    told="Twice x.",
    begin="def double(x):\n    raise NotImplementedError\n",
    reference=RIGHT,
    checks=CHECKS,
    names=("check_doubles", "check_keeps_zero"),
    wrong=(),
    limits=Limits(wall=120.0, cpu=5),
)


def first(answer: str, **limits: float) -> Checked:
    """The first check that an answer fails."""
    return fault(tried(answer, **limits))


def tried(answer: str, **limits: float) -> Verdict:
    return examine(replace(EXERCISE, limits=replace(EXERCISE.limits, **limits)), answer)


def fault(verdict: Verdict) -> Checked:
    assert not verdict.passed
    return next(check for check in verdict.checks if not check.passed)


def test_what_is_right_passes() -> None:
    verdict = tried(RIGHT)
    assert verdict.passed
    assert [check.title for check in verdict.checks] == ["doubles", "keeps zero"]
    assert verdict.printed == ""


def test_inputs_are_new_each_time_and_can_be_had_again() -> None:
    wrong = "def double(x):\n    return x + x + (x > 0)\n"
    said = [fault(examine(EXERCISE, wrong, seed)).why for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]
    assert tried(RIGHT).seed != tried(RIGHT).seed


def test_what_is_wrong_is_told_check_by_check() -> None:
    checks = tried("def double(x):\n    return x * x\n").checks
    assert not checks[0].passed
    assert "became" in checks[0].why
    assert checks[1].passed


@pytest.mark.parametrize(
    ("answer", "why", "hint"),
    [
        (
            "def double(numbr):\n    return 2 * number\n",
            "NameError: name 'number' is not defined",
            'did you mean "numbr"?',
        ),
        ("def double(x):\n    return int(x).bit_lenght()\n", "AttributeError", 'did you mean "bit_length"?'),
        (
            "def dubble(x):\n    return x + x\n",
            'your code defines no function "double"; is "dubble" meant to be it?',
            "",
        ),
        ("def double(x)\n    return x\n", "SyntaxError: expected ':'", ""),
        ("def double(x):\n    return double(x)\n", "RecursionError", "needs a case in which it does not"),
        ("def double(x):\n    raise SystemExit(3)\n", "SystemExit: 3", "return the result instead"),
        ("def double(x):\n    return ['x'] * (1 << 40)\n", "MemoryError", "more memory than an exercise may have"),
        ("import torchvisoin\n", "ModuleNotFoundError: No module named 'torchvisoin'", "only what the page imports"),
        (EXERCISE.begin, "NotImplementedError", "still to be written"),
    ],
    ids=["name", "attribute", "function", "syntax", "recursion", "exit", "memory", "import", "stub"],
)
def test_faults_are_told_so_that_they_can_be_mended(answer: str, why: str, hint: str) -> None:
    found = first(answer)
    assert why in found.why
    assert hint in found.hint


def test_the_line_is_the_readers() -> None:
    found = first("def double(x):\n    y = 1\n    return 1 // (y - 1)\n")
    assert (found.line, found.code) == (3, "return 1 // (y - 1)")
    assert first("def double(x)\n    return x\n").line == 1


def test_an_assertion_without_words_is_quoted() -> None:
    found = [check for check in tried("def double(x):\n    return 2 * x or 5\n").checks if not check.passed]
    assert [check.why for check in found][-1] == "this does not hold: function(0) == 0"


def test_what_fails_in_a_check_names_its_line() -> None:
    checks = "def check_adds(function, rng):\n    assert function(3) + 1 == 7\n"
    asked = replace(EXERCISE, checks=checks, names=("check_adds",))
    why = fault(examine(asked, "def double(x):\n    pass\n")).why
    assert why.startswith("TypeError: unsupported operand")
    assert why.endswith("in  assert function(3) + 1 == 7")


def test_a_loop_without_an_end_is_stopped() -> None:
    verdict = tried("def double(x):\n    while x is not None: pass\n", cpu=2)
    assert "Does a loop never end?" in fault(verdict).why
    assert len(verdict.checks) == 1, "checks after it were not asked"


def test_what_sleeps_is_stopped_as_well() -> None:
    assert "stopped after 4 s" in first("import time\ntime.sleep(500)\n", wall=4.0).why


def test_what_is_printed_is_shown_and_bounded() -> None:
    assert tried("print('hello')\n" + RIGHT).printed == "hello\n"
    flood = tried("def double(x):\n    while True: print('x' * 10_000)\n", file=MB)
    assert len(flood.printed) == examining.PRINTED
    assert not flood.passed


def test_files_stay_small_and_vanish() -> None:
    written = "import os\nwith open('big', 'wb') as f:\n    for _ in range(99): f.write(bytes(1 << 20))\n"
    assert "File too large" in first(written, file=2 * MB).why
    place = first("import os\nraise ValueError(os.getcwd())\n").why.removeprefix("ValueError: ")
    assert "ninefold-practice-" in place
    assert not Path(place).exists()


def test_an_answer_may_sweep_its_folder() -> None:
    swept = "import glob, os\nfor name in glob.glob('*'): os.remove(name)\n"
    assert not tried(swept + RIGHT).passed


def test_nothing_of_the_readers_surroundings_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_MINE", "secret")
    assert "secret" not in first("import os\nraise ValueError(sorted(os.environ.values()))\n").why


CALL = "import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=5)\n"


@pytest.mark.parametrize("may_part", [True, False])
def test_there_is_no_network(monkeypatch: pytest.MonkeyPatch, *, may_part: bool) -> None:
    if may_part and not examining.can_part():
        pytest.skip("this system lets nobody have a network of their own")
    if not may_part:
        monkeypatch.setattr(examining, "can_part", lambda: False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        verdict = tried(CALL.format(port=server.getsockname()[1]))
        with pytest.raises(TimeoutError):
            server.accept()
    assert "Error" in fault(verdict).why
    assert verdict.network == ("none" if may_part else "blocked")
    if not may_part:
        assert "there is no network in an exercise" in fault(verdict).why


def test_what_an_answer_started_ends_with_it() -> None:
    started = "import subprocess\nraise ValueError(subprocess.Popen(['sleep', '600']).pid)\n"
    pid = first(started).why.removeprefix("ValueError: ")
    stat, end = Path("/proc", pid, "stat"), time.monotonic() + 30
    while stat.exists() and stat.read_text().split(") ")[1][0] not in "ZX":
        assert time.monotonic() < end, "it still runs"
        time.sleep(0.05)


def test_the_runner_needs_nothing_of_ours() -> None:
    """It runs with whatever Python the reader has, before any path of ours is known."""
    nodes = ast.walk(ast.parse(examining.RUNNER.read_text()))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {
        node.module or ""
        for node in ast.walk(ast.parse(examining.RUNNER.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert {name.split(".")[0] for name in named} - sys.stdlib_module_names == {"numpy"}


def test_limits_count_what_the_user_has_already() -> None:
    limits = Limits().as_resources()
    assert limits["RLIMIT_NPROC"] > threading.active_count()
    assert limits["RLIMIT_AS"] == Limits().memory
