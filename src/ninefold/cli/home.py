"""``ninefold`` alone: a home screen, not an error."""

from __future__ import annotations

from pathlib import Path

from ninefold import __version__

COMMANDS = (
    ("run DATA --target COLUMN", "find, explain and bundle a model"),
    ("show", "what the last run has to say"),
    ("report", "its page, written again"),
    ("predict NEW.csv", "one row out for every row in"),
    ("generate --prompt TEXT", "a text that a language model goes on with"),
    ("explain", "why the model says what it says"),
    ("serve", "the last bundle over HTTP, 127.0.0.1:8000"),
    ("promote FILE NAME=RUN", "let a name be served by another bundle"),
    ("rollback FILE", "and by the one before"),
    ("pack RUN OUT.zip", "a bundle as one file"),
    ("sign --key KEY.pem", "who made the last bundle"),
    ("export --to TOOL", "files for Docker, Kubernetes, MLflow, DVC …"),
    ("watch NEW.csv", "has the data drifted?"),
    ("monitor", "what a service has counted so far"),
    ("retrain RUN NEW.csv", "a new run, held against the one before"),
    ("distil RUN", "a small student of a run or a bundle"),
    ("compare A B DATA", "is the second model worse? a paired test"),
    ("ui", "all of this in the browser"),
    ("runs", "the runs there are"),
    ("stage NAME RUN", "one of the nine stages alone"),
    ("learners", "what can be trained, and when to use it"),
    ("findings [CODE]", "what may be found, and what to do about it"),
    ("guide [QUESTION]", "questions about machine learning, answered by code"),
    ("practice [QUESTION]", "cards of the guide, before they are forgotten"),
    ("interview", "six questions and a clock"),
    ("doctor", "versions, cores, memory"),
)
MOST_RUNS = 3


def home(runs: Path) -> None:
    """Commands that exist, and the latest runs."""
    from rich.padding import Padding

    from ninefold.cli.runs import cells, lines
    from ninefold.cli.tables import grid
    from ninefold.cli.terminal import answers, words

    console = answers()
    console.print(words(("Ninefold", "bold"), f" {__version__} · from a table to a watched model in nine stages"))
    console.print()
    for command, told in COMMANDS:
        console.print(words("  ninefold ", (f"{command:<27}", "bold"), told))
    console.print()
    found = lines(runs, MOST_RUNS)
    if found:
        headings = ("run", "data → target", "metric", "score", "age")
        table = grid(headings, [cells(line) for line in found], (False, False, False, True, True), None)
        console.print(Padding(table, (0, 0, 1, 2)))
    console.print(words("  Everything: ", ("ninefold --help", "bold")))
