"""What tests of stages 1 and 2 share: a context, and the two stages run on a table."""

import threading
from pathlib import Path
from typing import Any

from ninefold.collect.source import Source, open_source
from ninefold.collect.stage import collect, peek
from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.journal import Journal
from ninefold.core.problem import Peek, Problem, Wishes
from ninefold.core.protocols import Crew
from ninefold.core.table import Dataset
from ninefold.problem.stage import define


def no_crew() -> Crew:
    raise AssertionError("stages 1 and 2 fit nothing")


def context(folder: Path) -> Context:
    journal = Journal(folder / "journal.log")
    return Context(1, folder, folder, Clock(), journal, lambda event: None, no_crew, threading.Event())


def looked_at(data: Any, **wishes: Any) -> tuple[Source, Peek, Wishes]:
    source = open_source(data)
    asked = Wishes(**wishes)
    return source, peek(source, asked), asked


def problem_of(data: Any, folder: Path, **wishes: Any) -> Problem:
    _, seen, asked = looked_at(data, **wishes)
    return define(seen, asked, context=context(folder))


def collected(data: Any, folder: Path, **wishes: Any) -> tuple[Problem, Dataset]:
    source, seen, asked = looked_at(data, **wishes)
    problem = define(seen, asked, context=context(folder))
    return problem, collect(source, problem, seen, context=context(folder))
