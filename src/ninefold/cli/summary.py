"""What stays on the screen when a run has ended, and the one line of JSON for programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from ninefold import __version__
from ninefold.cli.tables import SIGNS, advised, of_table
from ninefold.cli.terminal import plain, words
from ninefold.core.section import Finding, Section
from ninefold.core.words import column, counted, duration, size, times
from ninefold.report.document import without_password

if TYPE_CHECKING:
    from ninefold.core.results import Cluster, Model
    from ninefold.runs import Run

MOST_MODELS = 5
LABEL = 14
FINDING_LINES = 3
"""Lines for all findings together: with stages and models a run says at most thirty; the report says all."""
CLUSTER_LINES = 6
"""Lines for all clusters together, which take the place of the models."""
NEXT = ("show", "serve", "watch new.csv")


def as_line(made: Run, seconds: float) -> str:
    """The answer as one JSON object."""
    return msgspec.json.encode(as_dict(made, seconds)).decode()


def as_dict(made: Run, seconds: float) -> dict[str, Any]:
    headline = made.evaluation.headline
    return {
        "run": made.id,
        "source": without_password(made.problem.source),
        "target": made.problem.target,
        "targets": made.problem.targets,
        "task": made.problem.task,
        "metric": headline.metric,
        "score": headline.value,
        "interval": [headline.low, headline.high],
        "baseline": headline.baseline,
        "rows": made.evaluation.rows,
        "seconds": round(seconds, 3),
        "bundle": str(made.bundle),
        "report": str(made.report),
        "version": __version__,
    }


def show(made: Run, seconds: float, console: Console) -> None:
    """The models, the score on sealed rows, what to know, and what to do next."""
    sections = {number: section for number, section, _ in made.sections()}
    asked = f"{Path(made.problem.source).name} → {made.problem.sought}"
    console.print(words(("✓ ", "green"), (asked, "bold"), f"  in {duration(seconds)}"))
    console.print()
    if made.evaluation.clusters is None:
        _models(sections.get(5), console)
    else:
        _clusters(made.evaluation.clusters.profiles, console)
    _verdict(made, sections, console)
    _next(made, console)


def _models(section: Section | None, console: Console) -> None:
    tables = [table for table in section.tables if not table.wide and table.rows] if section else []
    if tables:
        console.print(Padding(of_table(tables[0], MOST_MODELS), (0, 0, 1, 1)))


def _clusters(profiles: tuple[Cluster, ...], console: Console) -> None:
    """What sets each apart, in as many lines as there is room for; those without a line are counted."""
    shown = profiles if len(profiles) <= CLUSTER_LINES else profiles[: CLUSTER_LINES - 1]
    lines = CLUSTER_LINES // len(shown)
    for each in shown:
        text = words((each.name, "bold"), f"  {each.share:.0%}  {each.profile}")
        for number, line in enumerate(_cut(text, console, max(20, console.width - 6), lines)):
            console.print(words("   " if number else " ", line))
    if len(shown) < len(profiles):
        console.print(plain(f" … {counted(len(profiles) - len(shown), 'more cluster')} in the report", "dim"))
    console.print()


def _verdict(made: Run, sections: dict[int, Section], console: Console) -> None:
    score = made.evaluation.headline
    value, low, high = column([score.value, score.low, score.high])
    table = Grid.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(width=LABEL, overflow="fold")
    table.add_column()
    told = words((f"{score.title} {value}", "bold"), f" ({low}–{high}), ", _with_truth(made), _rows(made))
    table.add_row(Text(), plain("Untouched rows"), told)
    table.add_row(plain("✓", "green"), plain("Bundle"), plain(_proof(made.model)))
    console.print(Padding(table, (0, 0, 0, 1)))
    findings = [finding for section in sections.values() for finding in section.findings]
    _findings(_to_know(findings), console)
    console.print()


def _findings(findings: list[Finding], console: Console) -> None:
    """As many lines each as there is room for, cut short where they say more; those without a line are counted."""
    shown = findings if len(findings) <= FINDING_LINES else findings[: FINDING_LINES - 1]
    left = len(findings) - len(shown)
    lines = FINDING_LINES // max(1, len(shown) + bool(left))
    width = max(20, console.width - 3)
    for finding in shown:
        sign, colour = SIGNS[finding.level]
        heads = [(f" {sign} ", colour)] + [("   ", "")] * (lines - 1)
        text = words((finding.title, "bold"), "  ", advised(finding))
        for head, line in zip(heads, _cut(text, console, width, lines), strict=False):
            console.print(words(head, line))
    if left:
        console.print(plain(f" … {counted(left, 'more finding')} in the report", "dim"))


def _cut(text: Text, console: Console, width: int, lines: int) -> list[Text]:
    wrapped = list(text.wrap(console, width))
    if len(wrapped) > lines:
        wrapped[lines - 1].truncate(width - 1)
        wrapped[lines - 1].append("…")
    return wrapped[:lines]


def _with_truth(made: Run) -> str:
    """How clusters agree with the column that was named as truth, if one was."""
    found = next((score for score in made.evaluation.scores if score.metric == "adjusted_rand"), None)
    return f"{found.title} {column([found.value])[0]} with {made.problem.truth}, " if found else ""


def _proof(model: Model) -> str:
    if model.spoken is not None:
        apart = model.parity.largest_difference
        return f"graph and tokenizer, {size(model.bytes)}; the graph equals Python to {apart:.0e}"
    rows = model.parity.training_rows + model.parity.fuzzed_rows
    proven = f"equals Python on {rows:,} rows" if model.int8 is None else model.int8.cost
    return f"one ONNX graph, {size(model.bytes)}; {proven}"


def _rows(made: Run) -> str:
    return f"{counted(made.evaluation.rows, 'row')}, looked at {times(made.evaluation.openings)}"


def _to_know(findings: list[Finding]) -> list[Finding]:
    """Serious findings first, then warnings; what is merely good or informative stays in the report."""
    return [f for level in ("serious", "warning") for f in findings if f.level == level]


def _next(made: Run, console: Console) -> None:
    for label, path in (("report", made.report), ("bundle", made.bundle)):
        console.print(words(f"   {label}  ", (shortest(path), "cyan")), soft_wrap=True)
    commands = Text(" · ").join(plain(f"ninefold {command}", "bold") for command in _commands(made))
    console.print(words("   next    ", commands))


def _commands(made: Run) -> tuple[str, ...]:
    show, *others = NEXT
    return (show, "generate --prompt TEXT", *others) if made.problem.task == "language-model" else NEXT


def shortest(path: Path) -> str:
    """The path from here, where that is shorter than the whole one."""
    return min(os.path.relpath(path), str(path), key=len)
