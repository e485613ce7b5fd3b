"""The command line on the main job: one real run, then everything that stands on it; and Ctrl-C, once and twice."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ninefold.runs import Run

NINEFOLD = [sys.executable, "-c", "from ninefold.cli.main import main; main()"]
TITANIC = Path(__file__).parents[2] / "examples" / "titanic.csv"
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("NINEFOLD_")} | {"COLUMNS": "80"}
ASK = ("run", "titanic.csv", "--target", "survived")
KEYS = {"run", "metric", "score", "interval", "seconds", "bundle", "report", "target", "task", "version"}


def call(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NINEFOLD, *arguments], cwd=folder, env=CLEAN, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    shutil.copy(TITANIC, folder)
    return folder


@pytest.fixture(scope="module")
def done(place: Path) -> subprocess.CompletedProcess[str]:
    """One run, as a person sees it."""
    ended = call(*ASK, "--budget", "12s", folder=place)
    assert ended.returncode == 0, ended.stderr
    return ended


@pytest.fixture(scope="module")
def run(done: subprocess.CompletedProcess[str], place: Path) -> dict[str, Any]:
    """The only run in the folder, as listed."""
    listed = json.loads(call("runs", "--json", folder=place).stdout)["runs"]
    assert len(listed) == 1
    return dict(listed[0])


def test_answer_goes_to_stdout_and_progress_to_stderr(done: subprocess.CompletedProcess[str]) -> None:
    assert done.stdout.startswith("✓ titanic.csv → survived  in ")
    for wanted in ("★", "Untouched rows", "ROC AUC", "✗ Left out", "alive", "✓ Bundle", "report", "ninefold serve"):
        assert wanted in done.stdout
    stages = [line[:5] for line in done.stderr.splitlines() if re.match(r"\[\d/9\]", line)]
    assert stages == [f"[{number}/9]" for number in range(1, 10)]


def test_output_has_no_colour_and_fits_eighty_columns(done: subprocess.CompletedProcess[str]) -> None:
    assert "\x1b" not in done.stdout + done.stderr
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 80
    assert len(done.stderr.splitlines()) <= 30


def test_the_report_is_there(run: dict[str, Any], place: Path) -> None:
    html = (place / run["folder"] / "report.html").read_text()
    assert "titanic.csv → survived" in html
    assert len(html.encode()) < 1_000_000
    assert str(place) not in html.split("<main>")[1].split("</h1>")[0]


def test_json_is_one_object_on_the_last_line_and_nothing_else_speaks(place: Path) -> None:
    ended = call(*ASK, "--work", "3", "--json", "--runs", "others", folder=place)
    assert (ended.returncode, ended.stderr) == (0, "")
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told.keys() >= KEYS
    assert told["interval"][0] <= told["score"] <= told["interval"][1]
    assert (place / told["bundle"] / "MANIFEST.json").is_file()


def test_show_tells_all_nine_sections(run: dict[str, Any], place: Path) -> None:
    ended = call("show", folder=place)
    assert ended.returncode == 0
    assert [line[0] for line in ended.stdout.splitlines() if re.match(r"\d ", line)] == list("123456789")
    told = json.loads(call("show", run["run"], "--json", folder=place).stdout)
    assert told["run"] == run["run"]
    assert len(told["stages"]) == 9


@pytest.mark.parametrize("way", ["run id", "run folder", "bundle folder", "last run"])
def test_predict_answers_every_row_in_order(way: str, run: dict[str, Any], place: Path) -> None:
    named = {
        "run id": [run["run"]],
        "run folder": [run["folder"]],
        "bundle folder": [f"{run['folder']}/bundle"],
        "last run": [],
    }
    ended = call("predict", *named[way], "titanic.csv", folder=place)
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader(ended.stdout.splitlines()))
    with TITANIC.open() as file:
        truth = [row["survived"] for row in csv.DictReader(file)]
    assert list(rows[0]) == ["prediction", "probability:0", "probability:1"]
    assert len(rows) == len(truth)
    assert sum(row["prediction"] == value for row, value in zip(rows, truth, strict=True)) / len(truth) > 0.75


def test_predict_writes_a_file(run: dict[str, Any], place: Path) -> None:
    ended = call("predict", run["run"], "titanic.csv", "--output", "out.csv", folder=place)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert len((place / "out.csv").read_text().splitlines()) == 892
    for nowhere in ("no/such/out.csv", "titanic.csv/out.csv", "."):
        refused = call("predict", run["run"], "titanic.csv", "--output", nowhere, folder=place)
        assert (refused.returncode, "[NF-E397]" in refused.stderr) == (2, True), refused.stderr


@pytest.mark.parametrize("door", ["ninefold.cli.main", "ninefold_runtime.cli"])
def test_rows_of_separators_alone_are_answered_in_their_place(door: str, run: dict[str, Any], place: Path) -> None:
    first, *rest = TITANIC.read_text().splitlines()
    (place / "gaps.csv").write_text("\n".join([first, rest[0], "," * first.count(","), "", rest[1]]) + "\n")
    program = f"import sys; from {door} import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "predict", f"{run['folder']}/bundle", "gaps.csv"]
    ended = subprocess.run(command, cwd=place, env=CLEAN, capture_output=True, text=True, check=True, timeout=120)
    rows = list(csv.DictReader(ended.stdout.splitlines()))
    assert [row["prediction"] for row in rows][::2] == ["0", "1"]
    assert len(rows) == 3
    (place / "other.csv").write_text("colour,size\nred,3\n")
    again = [*command[:-1], "other.csv"]
    other = subprocess.run(again, cwd=place, env=CLEAN, capture_output=True, text=True, check=False, timeout=120)
    assert (other.returncode, other.stdout, "NF-R202" in other.stderr) == (2, "", True)


TELLING = ("fare", "age", "sibsp", "parch", "pclass")
"""Numbers that, together with the sex, tell the sealed rows apart from nearly all others."""


def sealed(folder: Path) -> set[tuple[str, ...]]:
    made = Run(folder)
    places = {name: f"c{i}" for i, name in enumerate(made.dataset.names)}
    rows = pl.read_parquet(made.dataset.sealed.path)
    numbers = rows.select(places["sex"], *(pl.col(places[name]).cast(pl.String) for name in TELLING))
    return {tuple(row) for row in numbers.iter_rows()}


def told(row: dict[str, str]) -> tuple[str, ...]:
    """A row of the file as `sealed` tells it."""
    return row["sex"], *(str(float(row[name])) if row[name] else "NaN" for name in TELLING)


def written(rows: list[dict[str, str]], path: Path) -> None:
    with path.open("w") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_watch_says_no_on_drifted_rows_and_yes_on_unseen_ones_like_the_old(run: dict[str, Any], place: Path) -> None:
    unseen = sealed(place / "runs" / run["run"])
    with TITANIC.open() as file:
        rows = list(csv.DictReader(file))
    written([row for row in rows if told(row) in unseen], place / "like.csv")
    assert call("watch", "like.csv", folder=place).returncode == 0
    written([row | {"age": "70"} for row in rows], place / "old.csv")
    ended = call("watch", run["run"], "old.csv", "--json", folder=place)
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["drifted"] is True


@pytest.mark.parametrize("door", ["ninefold.cli.main", "ninefold_runtime.cli"])
def test_watch_follows_a_pipe_and_stops_at_the_alarm(run: dict[str, Any], place: Path, door: str) -> None:
    with TITANIC.open() as file:
        rows = list(csv.DictReader(file))
    written([*rows, *(row | {"age": "70"} for row in rows)], place / "turning.csv")
    program = f"import sys; from {door} import main; sys.exit(main())"
    bundle = str(place / "runs" / run["run"] / "bundle")
    command = [
        sys.executable,
        "-c",
        program,
        "watch",
        bundle,
        "-",
        "--follow",
        "--every",
        "400",
        "--stop",
        "--json",
    ]
    with (place / "turning.csv").open() as rows_in:
        ended = subprocess.run(
            command, cwd=place, stdin=rows_in, capture_output=True, text=True, check=False, timeout=120
        )
    assert ended.returncode == 1, ended.stderr
    reports = [json.loads(line) for line in ended.stdout.splitlines()]
    assert reports[-1]["drifted"] is True
    assert "age" in {alarm["column"] for alarm in reports[-1]["alarms"]}
    assert "alarm" in ended.stderr


def test_home_and_runs_list_the_run(run: dict[str, Any], place: Path) -> None:
    for ended in (call(folder=place), call("runs", folder=place)):
        assert ended.returncode == 0
        assert run["run"] in ended.stdout
        assert "titanic.csv → survived" in ended.stdout


def test_wrong_target_is_underlined_with_the_right_one(place: Path) -> None:
    ended = call("run", "titanic.csv", "--target", "survivd", folder=place)
    assert ended.returncode == 2
    assert 'did you mean "survived"?' in ended.stderr
    shown, marks = ended.stderr.splitlines()[1:3]
    assert shown[marks.index("~") : marks.rindex("~") + 1] == "survivd"


def test_first_interrupt_keeps_the_best(place: Path) -> None:
    with started(place, "--budget", "10m", "--json", "--jsonl") as running:
        wait_for(running, '"trial_finished"')
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    told = json.loads(out.splitlines()[-1])
    assert told["seconds"] < 60
    assert (place / told["bundle"] / "MANIFEST.json").is_file()


def test_second_interrupt_gives_up_and_the_run_can_be_resumed(place: Path) -> None:
    with started(place, "--budget", "40s", "--jsonl") as running:
        first = json.loads(wait_for(running, '"started"'))
        wait_for(running, '"trial_finished"')
        running.send_signal(signal.SIGINT)
        time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    hint = json.loads(out.splitlines()[-1])["error"]["hint"]
    assert hint.endswith(f"ninefold run --resume {first['folder']}")
    resumed = call(*hint.split("ninefold ")[1].split(), "--json", folder=place)
    assert resumed.returncode == 0, resumed.stdout
    assert json.loads(resumed.stdout.splitlines()[-1])["run"] == first["run"]


def started(place: Path, *options: str) -> subprocess.Popen[str]:
    """A run in a process group of its own, in a folder of its own."""
    command = [*NINEFOLD, *ASK, "--runs", "interrupted", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=place, env=CLEAN, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload,no-any-return]


def wait_for(running: subprocess.Popen[str], text: str) -> str:
    """The first line of stdout with ``text``."""
    assert running.stdout
    lines: Iterator[str] = iter(running.stdout.readline, "")
    return next(line for line in lines if text in line)


def test_explain_says_what_adds_up_to_the_prediction(run: dict[str, Any], place: Path) -> None:
    told = call("explain", run["run"], "--row", "2", "--data", "titanic.csv", "--json", folder=place)
    assert told.returncode == 0, told.stderr
    explanation = json.loads(told.stdout)
    predicted = call("predict", run["run"], "titanic.csv", folder=place).stdout.splitlines()
    row = dict(zip(next(csv.reader(predicted[:1])), next(csv.reader(predicted[2:3])), strict=True))
    for account in explanation["accounts"]:
        assert account["value"] == pytest.approx(float(row[f"probability:{account['output']}"]))
        parts = sum(part["amount"] for part in account["contributions"])
        assert account["base"] + parts == pytest.approx(account["value"], abs=1e-9)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--row", "3"), "NF-E315"),
        (("--row", "[1]"), "NF-E315"),
        (("--row", "x", "--data", "titanic.csv"), "NF-E315"),
        (("--row", "²", "--data", "titanic.csv"), "NF-E315"),
        (("--row", "9000", "--data", "titanic.csv"), "NF-R404"),
        (("--method", "sharp"), "NF-R401"),
        (("--output", "2"), "NF-R403"),
    ],
)
def test_explain_refuses_what_it_cannot_answer(
    words: tuple[str, ...], code: str, run: dict[str, Any], place: Path
) -> None:
    refused = call("explain", run["run"], *words, "--json", folder=place)
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"]["code"] == code
