"""Start, resume, list and read runs: what the command line and Python stand on."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ninefold.core import book
from ninefold.core.clock import NEVER, Clock
from ninefold.core.errors import MissingExtra, RunError
from ninefold.core.events import Done, Event, Started, Tell
from ninefold.core.intact import sealed, unsealed
from ninefold.core.journal import Journal
from ninefold.core.machine import processors, threads_wanted
from ninefold.core.problem import Peek, Problem, Wishes
from ninefold.core.protocols import Crew
from ninefold.core.results import Evaluation, Leaderboard, Model
from ninefold.core.section import Section
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop
from ninefold.crew.memory import memory
from ninefold.crew.pool import Pool
from ninefold_runtime.files import write_whole
from ninefold_runtime.photos import Files
from ninefold_runtime.schema import Schema
from ninefold_runtime.wire import MISSING_WORDS, Coded

if TYPE_CHECKING:
    from polars import Series

    from ninefold.compare.comparing import Asked
    from ninefold.core.comparison import Comparison
    from ninefold.flow import Source

EVALUATION = 7
"""The chapter that says what the model is worth."""
MOST_WORKERS = 16
MEMORY_SHARE = 0.6
"""Share of the machine's memory that all workers may use together."""
LEAST_SHARE_LEFT = 0.25
"""A resumed run has at least this share of its budget left: it must be able to end."""


@dataclass(frozen=True)
class Run:
    """A run folder, read on demand. Properties raise RunError while their chapter is missing."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @cached_property
    def problem(self) -> Problem:
        return book.read_noun(self.folder, 1, Problem)

    @cached_property
    def dataset(self) -> Dataset:
        return book.read_noun(self.folder, 2, Dataset)

    @cached_property
    def leaderboard(self) -> Leaderboard:
        return book.read_noun(self.folder, 5, Leaderboard)

    @cached_property
    def model(self) -> Model:
        return book.read_noun(self.folder, 6, Model)

    @cached_property
    def evaluation(self) -> Evaluation:
        return book.read_noun(self.folder, 7, Evaluation)

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    @property
    def report(self) -> Path:
        return self.folder / "report.html"

    def sections(self) -> list[tuple[int, Section, float]]:
        """Number, section and seconds of every finished chapter."""
        return book.sections(self.folder)


@dataclass(frozen=True)
class Order:
    """What a run was started with, kept so that it can be resumed. ``source`` is None for what has no name on disk."""

    source: str | None
    query: str | None
    wishes: Wishes


def silent(event: object) -> None:
    """Hear nothing."""


def run(
    data: Any,
    wishes: Wishes | None = None,
    *,
    query: str | None = None,
    resume: Path | None = None,
    start: int = 1,
    runs: Path = Path("runs"),
    tell: Tell = silent,
    stop: threading.Event | None = None,
    started: float | None = None,
) -> Run:
    """Take a table through the nine stages.

    Args:
        data: a path, a database URL (with ``query``) or a dataframe; None to resume with the run's own source.
        wishes: what is wanted; a resumed run keeps its own.
        resume: the folder of a run to go on with: finished chapters and trials are kept.
        start: the chapter to begin with; it and later ones are written again.
        tell: hears every event.
        stop: set it to end the search early and finish with the best so far.
        started: `time.monotonic` when the budget began to count.

    Raises:
        NinefoldError: see `ninefold.core.errors`.
    """
    begun = time.monotonic() if started is None else started
    order = _order(data, query, wishes, resume)
    folder = resume or book.new_folder(runs)
    clock = _clock(order.wishes, begun, book.spent(folder) if resume else 0.0)
    with _writing(folder, order, clock, tell, stop) as (chapters, workers):
        if start <= 6:
            workers.prepare()
        _walk(chapters, order, order.source if data is None or order.source else data, start)
    return Run(folder)


def stage(
    number: int,
    folder: Path,
    *,
    tell: Tell = silent,
    stop: threading.Event | None = None,
    started: float | None = None,
) -> Run:
    """Do one stage of a run alone: its chapter is made from those before it, which are taken as they stand.

    The source is read by the first two stages and by no other. A chapter that was made from these very chapters is
    left as it is. The budget that is left is what the chapters before did not take.

    Raises:
        RunError: NF-E503 when a chapter before it is missing, NF-E504 when the folder is not that of a run, NF-E505
            when the source is wanted and was a dataframe.
        NinefoldError: what the stage refuses.
    """
    from ninefold.flow import open_source, walk

    order = read_order(folder)
    if number <= 2 and order.source is None:
        hint = "write the dataframe to a file, and start a run from that"
        raise RunError("NF-E505", f"{folder} was started from a dataframe", hint=hint)
    begun = time.monotonic() if started is None else started
    clock = _clock(order.wishes, begun, book.seconds_before(folder, number))
    source = partial(open_source, order.source, order.query)
    with _writing(folder, order, clock, tell, stop, only=number) as (chapters, _), suppress(book.Closed):
        walk(chapters, cache(source), order.wishes)
    _tell_of(folder, number)
    return Run(folder)


def _tell_of(folder: Path, number: int) -> None:
    """Write what a finished stage has to tell others: the measures behind evaluation, the report at the end."""
    from ninefold.report.measures import write_measures
    from ninefold.report.render import render

    if number == EVALUATION:
        write_measures(folder)
    elif number == len(book.NAMES):
        render(folder)


@contextmanager
def _writing(
    folder: Path, order: Order, clock: Clock, tell: Tell, stop: threading.Event | None, *, only: int | None = None
) -> Iterator[tuple[book.Book, _Workers]]:
    """A run folder that is open for writing, and its crew."""
    halt = stop or threading.Event()
    with ExitStack() as open_now:
        log, workers = open_now.enter_context(closing(_Log(folder, tell))), _Workers(folder)
        chapters = open_now.enter_context(closing(book.Book(folder, clock, log.tell, workers.ask, halt, only=only)))
        open_now.enter_context(closing(workers))
        shutil.rmtree(Workshop(folder).views, ignore_errors=True)  # of a stopped run: perhaps half written
        log.tell(_started(order, folder))
        yield chapters, workers
        log.tell(Done(folder.name, clock.spent))


def _walk(chapters: book.Book, order: Order, data: Any, start: int) -> None:
    """Walk the nine stages, from ``start`` anew, and write the report."""
    from ninefold.flow import open_source, walk
    from ninefold.report.measures import write_measures
    from ninefold.report.render import render

    source = open_source(data, order.query)
    put_order(chapters.folder, order)
    if start > 1:
        book.forget(chapters.folder, start)
    walk(chapters, lambda: source, order.wishes)
    write_measures(chapters.folder)
    render(chapters.folder)


def _order(data: Any, query: str | None, wishes: Wishes | None, resume: Path | None) -> Order:
    if resume is None:
        wishes = assumed(wishes or Wishes(), data)
        named = isinstance(data, (str, Path))
        source = str(data) if named and "://" in str(data) else str(Path(data).absolute()) if named else None
        return Order(source, query, _at_hand(wishes))
    order = read_order(resume)
    if order.source is None and data is None:
        raise RunError("NF-E505", f"{resume} was started from a dataframe", hint="pass the dataframe again to resume")
    return order


def _at_hand(wishes: Wishes) -> Wishes:
    """The wishes with the backbone lying on this disk, looked at so that nothing begins with one that cannot be used.

    Raises:
        WishError: when it cannot be used. MissingExtra: without PyTorch.
    """
    if not wishes.backbone:
        return wishes
    if find_spec("torch") is None:
        raise MissingExtra.of("a backbone", "torch")
    from ninefold.networks.backbones.found import backbone_at
    from ninefold.networks.backbones.named import local

    path = local(wishes.backbone)
    backbone_at(path)
    return replace(wishes, backbone=str(path))


def assumed(wishes: Wishes, data: Any) -> Wishes:
    """What is wanted of images that lie in folders, where nothing is said: to tell the folder."""
    from ninefold.flow import classes_of

    if wishes.targets or wishes.task or wishes.truth or wishes.clusters:
        return wishes
    name = classes_of(data)
    return wishes if name is None else replace(wishes, target=name)


def put_order(folder: Path, order: Order) -> None:
    """Keep what a run is started with."""
    write_whole(folder / "order.json", sealed(msgspec.json.encode(order)))


def read_order(folder: Path) -> Order:
    """What a run was started with. One that a person or another tool wrote has no seal, and is taken as it stands.

    Raises:
        RunError: NF-E504 when the folder is not that of a run, or what it was started with cannot be read.
    """
    path = folder / "order.json"
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        hint = "ninefold runs lists the runs there are"
        raise RunError("NF-E504", f"{folder} is not the folder of a run", hint=hint) from error
    try:
        return _read_order(data)
    except msgspec.DecodeError as error:
        hint = "start a new run; where you changed it yourself, take its seal out"
        raise RunError("NF-E504", f"{path} is damaged: what was wanted is lost ({error})", hint=hint) from error


def _read_order(data: bytes) -> Order:
    """A seal must fit; where there is none there is nothing but an order either.

    Raises:
        msgspec.DecodeError: when it does not, or it is no order.
    """
    document = unsealed(data)
    if document is None:
        strange = set(msgspec.json.decode(data, type=dict[str, msgspec.Raw])) - {each.name for each in fields(Order)}
        if strange:
            raise msgspec.ValidationError(f"its {', '.join(sorted(strange))} does not fit the rest")
    return msgspec.json.decode(document or data, type=Order)


def prepare(data: Path, wishes: Wishes, runs: Path) -> Path:
    """The folder of a run that is still to be begun, by ``resume``: it holds what is wanted, and nothing else."""
    folder = book.new_folder(runs)
    put_order(folder, _order(data, None, wishes, None))
    return folder


def _clock(wishes: Wishes, started: float, spent: float) -> Clock:
    """The budget, of which so many seconds are used up; work that is done anew starts afresh."""
    seconds = wishes.budget.seconds
    if wishes.budget.work is not None or seconds is None:
        return Clock(NEVER, started)
    return Clock(seconds - min(spent, (1 - LEAST_SHARE_LEFT) * seconds), started)


def _started(order: Order, folder: Path) -> Started:
    wishes = order.wishes
    name = Path(order.source).name if order.source else "dataframe"
    budget = wishes.budget
    return Started(folder.name, str(folder), name, wishes.sought, wishes.seed, budget.seconds, budget.work)


class _Workers:
    """The crew of one run, started when first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool: Pool | None = None

    def prepare(self) -> None:
        """Start the workers now: they import their libraries while the table is read."""
        self.ask()

    def ask(self) -> Crew:
        if self._pool is None:
            size = workers()
            self._pool = Pool(self._folder, size, int(MEMORY_SHARE * memory() / size))
        return self._pool

    def close(self) -> None:
        if self._pool:
            self._pool.close()


class _Log:
    """Keeps every event in the run folder, and passes it on."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._file = (folder / "events.jsonl").open("ab", buffering=0)
        self._tell = tell

    def tell(self, event: Event) -> None:
        self._file.write(msgspec.json.encode(event) + b"\n")
        self._tell(event)

    def close(self) -> None:
        self._file.close()


def workers() -> int:
    """How many worker processes fit: NINEFOLD_THREADS, or the processors this process may use."""
    return threads_wanted() or min(processors(), MOST_WORKERS)


def listed(runs: Path) -> list[Run]:
    """The runs in a folder that got as far as a problem, newest first."""
    found = sorted(runs.glob("*/1-problem.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [Run(path.parent) for path in found]


def latest(runs: Path) -> Path:
    """The folder of the newest run.

    Raises:
        RunError: when there is none.
    """
    found = listed(runs)
    if not found:
        hint = "start one: ninefold run DATA --target COLUMN"
        raise RunError("NF-E506", f"there is no run in {runs}", hint=hint)
    return found[0].folder


def open_table(data: Any, query: str | None = None) -> Source:
    """A table that is read when it is first looked at, and then kept.

    Raises:
        SourceError: when there is none.
    """
    from ninefold.flow import open_source

    return open_source(data, query)


def look(source: Source, wishes: Wishes) -> Peek:
    """The columns of a table with their kinds, and the values of what would be predicted.

    Raises:
        SourceError: when it cannot be read.
    """
    from ninefold.flow import peek

    return peek(source, wishes)


def understand(peek: Peek, wishes: Wishes) -> tuple[Problem, Section]:
    """What a run would take the wishes to mean: its problem, and the account of it. Nothing is written.

    Raises:
        WishError, ColumnError: when they cannot be fulfilled.
    """
    from ninefold.flow import define, problem_view

    nowhere = Path()
    journal, halt = Journal(nowhere / "journal.log"), threading.Event()
    problem = define(peek, wishes, context=book.Context(1, nowhere, nowhere, Clock(), journal, silent, _nobody, halt))
    return problem, problem_view(problem)


def _nobody() -> Crew:
    raise NotImplementedError("nothing is fitted where a problem is only understood")


def compared(
    a: tuple[str, Path],
    b: tuple[str, Path],
    data: Any,
    query: str | None = None,
    *,
    asked: Asked | None = None,
    progress: Callable[[str], None] = silent,
) -> Comparison:
    """The challenger ``b`` against the champion ``a``, each a name and a bundle's folder, on the same labelled rows.

    Raises:
        NinefoldError, BundleFault: see `ninefold.compare.comparing.compare`, `ninefold.compare.contender.contender`.
    """
    from ninefold.compare.comparing import Asked, compare
    from ninefold.compare.contender import Labelled, contender
    from ninefold.flow import cells, open_source

    sides, source = (contender(*a), contender(*b)), open_source(data, query)
    frame = source.frame
    table = {name: cells(frame[name]) for name in frame.columns}
    return compare(*sides, Labelled(source.name, source.digest, table), asked or Asked(), progress)


def read_columns(data: Any, query: str | None = None) -> dict[str, Sequence[Any]]:
    """A table as raw values by column, read as training reads it; images that it names are read when looked at."""
    from ninefold.flow import cells, open_source

    frame = open_source(data, query).frame
    return {name: cells(frame[name]) for name in frame.columns}


def read_chunks(data: Any, query: str | None, schema: Schema) -> Iterator[dict[str, Any]]:
    """`read_columns`, some ten thousand rows at a time; numbers as arrays, strings as codes, where that is the same."""
    from ninefold.flow import chunked, open_source

    plain = {column.name for column in schema.columns if column.kind == "number" and column.format is None}
    for frame in chunked(open_source(data, query)):
        yield {name: _numbers(frame[name]) if name in plain else _coded(frame[name]) for name in frame.columns}


def _numbers(column: Series) -> Any:
    """The numbers of a column, or its values where one cannot be told from a number so."""
    import polars as pl

    if column.dtype.is_numeric() and not column.dtype.is_decimal():
        return column.cast(pl.Float64).to_numpy()
    if column.dtype != pl.String:
        return column.to_list()
    read = column.cast(pl.Float64, strict=False)
    unread = column.filter(read.is_null()).drop_nulls().str.strip_chars().str.to_lowercase()
    return read.to_numpy() if unread.is_in(list(MISSING_WORDS)).all() else column.to_list()


def _coded(column: Series) -> Any:
    """The values of a column; strings that repeat are read once."""
    import polars as pl

    from ninefold.flow import cells

    if column.dtype != pl.String:
        return column.to_list()
    if isinstance(found := cells(column), Files):
        return found
    different = column.drop_nulls().unique(maintain_order=True)
    if 4 * len(different) > len(column):
        return column.to_list()
    codes = column.cast(pl.Enum(different)).to_physical().cast(pl.Int64).fill_null(-1)
    return Coded(different.to_list(), codes.to_numpy())
