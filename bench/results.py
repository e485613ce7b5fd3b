"""RESULTS.md: one section per bench, each written by its bench alone, with the date and the machine it ran on."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Results

Each section is written by the bench of its name; see README.md for how to run them.
Numbers are of one machine on one day.
"""


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; cells are shown as ``str`` makes them."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def write(name: str, body: str) -> None:
    """Replace the section ``name`` of RESULTS.md, or add it, and print it."""
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else HEAD
    section = f"## {name}\n\n{_where()}\n\n{body.strip()}\n"
    old = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    text = old.sub(lambda _: section + "\n", text) if old.search(text) else f"{text.rstrip()}\n\n{section}"
    RESULTS.write_text(text.rstrip() + "\n", "utf-8")
    print(section)


def _where() -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    return f"{today} · {os.cpu_count()} cores, {_processor()} · Python {platform.python_version()}, {platform.system()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    return named[1] if named else platform.machine()
