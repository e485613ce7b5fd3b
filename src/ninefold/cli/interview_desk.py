"""A mock interview in the terminal, and the map of topics at its end."""

from __future__ import annotations

import time
from collections.abc import Mapping

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ninefold.cli.terminal import answers, plain, words
from ninefold.cli.typed import Leave, Skip, typed
from ninefold.core.words import counted, duration
from ninefold.guide.formulas import spoken
from ninefold.guide.page import page_of
from ninefold.practice import interview
from ninefold.practice.deck import answer_of, follow_ups
from ninefold.practice.interview import MOST_POINTS, RUBRIC
from ninefold.practice.session import Session
from ninefold.practice.store import Scored
from ninefold.practice.topics import topic_of

SHADES = ("white on red", "black on yellow", "black on green")
BLOCKS = "░▒█"


def hold_interview(session: Session, minutes: float, seed: int | None) -> bool:
    """Ask six questions, or as many as the time allows; whether Ctrl-C ended it. What was scored is kept."""
    console, questions, scored, stopped = answers(), interview.drawn(session, seed), list[Scored](), False
    end = time.monotonic() + 60 * minutes
    console.print(
        f"{counted(len(questions), 'question')} in {minutes:g} minutes. Answer aloud, as if somebody sat there."
    )
    try:
        for number, question in enumerate(questions, 1):
            if time.monotonic() > end:
                console.print(
                    words(("\nTime is up.", "bold"), f" {len(questions) - number + 1} questions were not reached.")
                )
                break
            share = max(end - time.monotonic(), 0) / (len(questions) - number + 1)
            try:
                scored.append(_asked(console, f"{number} of {len(questions)}", question, share))
            except Skip:
                scored.append(Scored(question, (0,) * len(RUBRIC), 0.0))
    except (Leave, EOFError):
        pass
    except KeyboardInterrupt:
        stopped = True
    interview.keep(session, minutes, scored)
    heat = interview.heat(session.store.read())
    if heat:
        console.print(heat_map(heat))
    return stopped


def _asked(console: Console, place: str, question: int, seconds: float) -> Scored:
    """One question with what is asked next, and the points."""
    with console.status("reading the page"):
        answer, nexts = answer_of(question), follow_ups(question)
    since = time.monotonic()
    console.print(words((f"\n{place} · {topic_of(question)} · about {duration(seconds)}", "dim")))
    console.print(words((page_of(question).question, "bold")))
    typed(console, "Enter when you have answered (s: I do not know, q end) > ")
    for asked, _ in nexts:
        console.print(words(("  and  ", "dim"), spoken(asked)))
        typed(console, "  > ")
    took = time.monotonic() - since
    console.print(words((f"{duration(took)} of {duration(seconds)}", "dim" if took <= seconds else "yellow")))
    told = "\n\n".join([answer, *(f"**{asked}** {reply}" for asked, reply in nexts)])
    console.print(Padding(Markdown(spoken(told)), (1, 0, 1, 2)))
    return Scored(question, tuple(_points(console, line) for line in RUBRIC.values()), round(took, 1))


def _points(console: Console, line: str) -> int:
    while True:
        said = typed(console, f"{line} · no 0, in part 1, yes {MOST_POINTS} > ")
        if said.isdecimal() and int(said) <= MOST_POINTS:
            return int(said)


def heat_map(heat: Mapping[str, tuple[int, tuple[float, ...]]]) -> RenderableType:
    """Topics by lines of the rubric: mean points of all interviews, told by number, shade and colour."""
    table = Table(box=None, padding=(0, 1), header_style="dim", pad_edge=False)
    table.add_column("topic")
    table.add_column("asked", justify="right")
    for name in RUBRIC:
        table.add_column(name, justify="right")
    for topic, (asked, means) in heat.items():
        table.add_row(plain(topic), str(asked), *map(_cell, means))
    return Padding(table, (1, 0, 0, 0))


def _cell(mean: float) -> Text:
    place = min(int(mean * len(SHADES) / MOST_POINTS), len(SHADES) - 1)
    return plain(f" {BLOCKS[place]} {mean:.1f} ", SHADES[place])
