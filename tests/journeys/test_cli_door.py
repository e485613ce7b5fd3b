"""The way out: exit codes, error lines, JSON errors, crash files; and what is refused before any file is read."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import typer

from ninefold.cli.errors import Door, Stopped
from ninefold.cli.main import app
from ninefold.core.errors import ColumnError, WishError
from ninefold.core.words import seconds_in
from ninefold_runtime.errors import BundleError

NINEFOLD = [sys.executable, "-c", "from ninefold.cli.main import main; main()"]
UNKNOWN = ColumnError(
    "NF-E201",
    'titanic.csv has no column "survivd"',
    hint="ninefold run titanic.csv --target survived",
    given="survivd",
    suggestions=["survived"],
    columns=["age", "survived"],
)


@pytest.fixture(autouse=True)
def crash_files_in_a_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def call(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("NINEFOLD_")}
    settings = clean | {"COLUMNS": "100"} | environment
    return subprocess.run(
        [*NINEFOLD, *arguments], cwd=folder, env=settings, capture_output=True, text=True, check=False, timeout=60
    )


def leave(error: BaseException, *arguments: str) -> int:
    with pytest.raises(SystemExit) as left, Door(arguments):
        raise error
    assert isinstance(left.value.code, int)
    return left.value.code


def test_error_names_code_place_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave(UNKNOWN, "run", "titanic.csv", "--target", "survivd") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        'error: titanic.csv has no column "survivd"  [NF-E201]',
        "  --target survivd",
        '           ~~~~~~~ did you mean "survived"?',
        "  columns: age, survived",
        "hint: ninefold run titanic.csv --target survived",
    ]


@pytest.mark.parametrize("argument", ["--target=survivd", "--kind=survivd=number", "survivd"])
def test_underline_stands_below_the_word_however_it_was_given(
    argument: str, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(UNKNOWN, "run", argument)
    _, shown, marks, *_ = capsys.readouterr().err.splitlines()
    assert shown[marks.index("~") : marks.rindex("~") + 1] == "survivd"


def test_nothing_is_underlined_where_nothing_matches(capsys: pytest.CaptureFixture[str]) -> None:
    leave(UNKNOWN, "run", "--resume", "7f3c2a")
    assert "~" not in capsys.readouterr().err


def test_json_error_is_the_last_line_of_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave(UNKNOWN, "run", "--json") == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out.splitlines()[-1])["error"]["suggestions"] == ["survived"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WishError("NF-E301", "no"), 2),
        (BundleError("NF-R101", "no"), 2),
        (typer.BadParameter("no"), 2),
        (Stopped.at("runs/7f3c2a"), 130),
        (KeyboardInterrupt(), 130),
        (typer.Abort(), 130),
        (OSError(errno.ENOSPC, "No space left on device", "runs"), 2),
        (ZeroDivisionError("division by zero"), 3),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_exit_codes(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert leave(error) == code
    assert capsys.readouterr().err.startswith("error: ")


def test_a_fault_of_ours_leaves_a_crash_file_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave(ZeroDivisionError("division by zero"), "run", "--json") == 3
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    crash = Path(json.loads(out)["error"]["crash_file"])
    assert "ZeroDivisionError: division by zero" in crash.read_text()


def test_traceback_is_shown_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    leave(UNKNOWN, "--traceback")
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_stopping_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    leave(Stopped.at("my runs/7f3c2a"))
    assert "ninefold run --resume 'my runs/7f3c2a'" in capsys.readouterr().err


def test_home_is_no_error_and_lists_just_the_commands_there_are(tmp_path: Path) -> None:
    done = call(folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  ninefold ")]
    assert listed == [command.name for command in app.registered_commands]


def test_version(tmp_path: Path) -> None:
    assert call("--version", folder=tmp_path).stdout == "ninefold 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rnu",), "NF-E390"),
        (("run", "x.csv", "--tagret", "y"), "NF-E390"),
        (("run",), "NF-E394"),
        (("run", "x.csv"), "NF-E101"),
        (("run", "x.csv", "--task", "regression"), "NF-E101"),
        (("run", "x.csv", "--target", "y", "--budget", "soon"), "NF-E391"),
        (("run", "x.csv", "--target", "y", "--budget", "0s"), "NF-E391"),
        (("run", "x.csv", "--target", "y", "--kind", "age"), "NF-E392"),
        (("run", "x.csv", "--target", "y", "--kind", "age=numbr"), "NF-E392"),
        (("run", "x.csv", "--target", "y", "--costs", "[[0, 1]]"), "NF-E393"),
        (("run", "x.csv", "--target", "y", "--costs", "nowhere.json"), "NF-E393"),
        (("show", "7f3c2a"), "NF-E506"),
        (("serve", "7f3c2a"), "NF-E506"),
        (("predict", "7f3c2a", "new.csv"), "NF-E506"),
        (("learners", "--family", "bosting"), "NF-E395"),
        (("findings", "NF399"), "NF-E396"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_wrong_input_is_refused_with_exit_2(arguments: tuple[str, ...], code: str, tmp_path: Path) -> None:
    done = call(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"[{code}]" in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr


def test_budget_comes_from_the_environment_too(tmp_path: Path) -> None:
    done = call("run", "x.csv", "--target", "y", folder=tmp_path, NINEFOLD_BUDGET="never")
    assert "[NF-E391]" in done.stderr


def test_colour_only_on_request(tmp_path: Path) -> None:
    assert "\x1b[" not in call("show", "x", folder=tmp_path).stderr
    assert "\x1b[" in call("show", "x", folder=tmp_path, FORCE_COLOR="1").stderr
    assert "\x1b[3" not in call("show", "x", folder=tmp_path, FORCE_COLOR="1", NO_COLOR="1").stderr


def test_doctor_and_learners_speak_json(tmp_path: Path) -> None:
    found = json.loads(call("doctor", "--json", folder=tmp_path).stdout)
    assert found["healthy"]
    assert found["packages"]["onnxruntime"]
    cards = json.loads(call("learners", "--json", "--family", "linear", folder=tmp_path).stdout)["learners"]
    assert "logistic_regression" in {card["name"] for card in cards}
    assert {card["family"] for card in cards} == {"linear"}
    every = json.loads(call("learners", "--json", folder=tmp_path).stdout)
    assert "translation" in next(card["solves"] for card in every["speakers"] if card["name"] == "transformer")
    assert "A speaker: language-model." in " ".join(call("learners", folder=tmp_path).stdout.split())


def test_findings_are_listed_and_explained(tmp_path: Path) -> None:
    listed = call("findings", folder=tmp_path).stdout
    assert "NF303" in listed
    assert "NF711" in listed
    told = call("findings", "nf303", folder=tmp_path).stdout
    assert told.startswith("# NF303: Left out: repeats the target")
    assert "## When it may be a false alarm" in told
    (about,) = json.loads(call("findings", "NF303", "--json", folder=tmp_path).stdout)["findings"]
    assert (about["code"], about["level"], about["questions"]) == ("NF303", "serious", [7])


def test_no_runs_is_said_and_is_no_error(tmp_path: Path) -> None:
    done = call("runs", folder=tmp_path)
    assert done.returncode == 0
    assert "No runs in runs yet" in done.stdout
    assert json.loads(call("runs", "--json", folder=tmp_path).stdout) == {"runs": []}


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2 min", 120), ("1H", 3600)])
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert seconds_in(text) == seconds


def test_a_terminal_that_knows_ascii_only_is_no_fault(tmp_path: Path) -> None:
    done = call(folder=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ninefold run" in done.stdout
