"""The command line. This module loads in a blink: what a command needs is imported inside the command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ninefold import __version__
from ninefold.cli import start
from ninefold.cli.compare import compare
from ninefold.cli.distil import distil
from ninefold.cli.doctor import doctor
from ninefold.cli.errors import Door
from ninefold.cli.explain import explain
from ninefold.cli.export import export
from ninefold.cli.findings import findings
from ninefold.cli.generate import generate
from ninefold.cli.guide import guide
from ninefold.cli.learners import learners
from ninefold.cli.monitor import monitor
from ninefold.cli.pack import pack
from ninefold.cli.places import Runs
from ninefold.cli.practice import interview, practice
from ninefold.cli.predict import predict
from ninefold.cli.report import report
from ninefold.cli.retrain import retrain
from ninefold.cli.run import run
from ninefold.cli.runs import runs as list_runs
from ninefold.cli.serve import promote, rollback, serve
from ninefold.cli.show import show
from ninefold.cli.sign import sign
from ninefold.cli.stage import stage
from ninefold.cli.ui import ui
from ninefold.cli.watch import watch

app = typer.Typer(
    name="ninefold",
    help="From a table to a watched model in nine stages.",
    epilog="Exit codes: 0 done · 1 the check says no · 2 your input · 3 our bug · 130 second Ctrl-C.",
    pretty_exceptions_enable=False,
    rich_markup_mode=start.help_style(sys.argv[1:]),
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    *(run, show, report, predict, generate, explain, serve, promote, rollback, pack, sign, export, watch, monitor),
    *(retrain, distil, compare, ui, list_runs, stage, learners, findings, guide, practice, interview, doctor),
)
for command in COMMANDS:
    app.command(command.__name__)(command)


@app.callback(invoke_without_command=True)
def begin(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    runs: Runs = Path("runs"),
) -> None:
    if version:
        typer.echo(f"ninefold {__version__}")
    elif context.invoked_subcommand is None:
        from ninefold.cli.home import home

        home(runs)


def main() -> None:
    """The ``ninefold`` script: runs the command and leaves with its exit code."""
    start.limit_threads()
    start.speak_anywhere()
    with Door(sys.argv[1:]):
        code = app(standalone_mode=False)
    sys.exit(code if isinstance(code, int) else 0)
