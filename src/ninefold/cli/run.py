"""``ninefold run``: a table through the nine stages, told as it happens."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli import start
from ninefold.cli.errors import NotWritten, Stopped, unwritable
from ninefold.cli.places import Json, Runs
from ninefold.core.errors import WishError

if TYPE_CHECKING:
    from ninefold.core.problem import Wishes
    from ninefold.runs import Run

VALIDATION, COLUMNS, LEARNING, OUTPUT = "Validation", "Columns", "Learning", "Output"
CLUSTERS, SERIES, QUESTIONS = "Without a target", "Series", "Questions"


def run(  # noqa: PLR0917  typer reads the options off the signature
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA", help="CSV, Parquet, Arrow, JSON Lines, text, a database URL, or a folder of images."
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="The column to predict; clusters without. Repeatable: several at once."),
    ] = None,
    budget: Annotated[
        str, typer.Option(metavar="TIME", envvar="NINEFOLD_BUDGET", help="Time for the whole command: 60s, 5m, 1h.")
    ] = "60s",
    work: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Learner fits instead of time: the same result on every run.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of everything random.")] = 0,
    task: Annotated[
        str | None,
        typer.Option(
            metavar="TASK",
            help="binary, multiclass, regression, count, ordinal, quantile, clustering, anomaly, translation, "
            "question-answering, language-model …; else inferred.",
        ),
    ] = None,
    order: Annotated[
        str | None, typer.Option(metavar="LOW,…,HIGH", help="The classes of an ordinal target, from low to high.")
    ] = None,
    quantiles: Annotated[
        str | None, typer.Option(metavar="LEVELS", help="Predict these quantiles: 0.1,0.5,0.9.")
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What models are ranked by; else chosen, with the reason."),
    ] = None,
    positive: Annotated[str | None, typer.Option(metavar="CLASS", help="The class that counts as yes.")] = None,
    costs: Annotated[
        str | None, typer.Option(metavar="JSON", help="Cost of each true and predicted class: JSON or a file.")
    ] = None,
    gains: Annotated[str | None, typer.Option(metavar="JSON", help="The same as gains, in place of costs.")] = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="What to read, where DATA is a database.")] = None,
    validation: Annotated[
        str | None,
        typer.Option(metavar="SCHEME", help="kfold, stratified, repeated, group or time.", rich_help_panel=VALIDATION),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(metavar="N", min=2, help="Number of folds.", rich_help_panel=VALIDATION)
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How often the folds are drawn.", rich_help_panel=VALIDATION)
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Rows with the same value stay together.", rich_help_panel=VALIDATION),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Learn from the past, score on the future.", rich_help_panel=VALIDATION),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Rows are moments; those with the same value are one series.", rich_help_panel=SERIES
        ),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(metavar="N", min=2, help="Cut series into windows of N moments.", rich_help_panel=SERIES),
    ] = None,
    forecast: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Predict the next N values of the target.", rich_help_panel=SERIES),
    ] = None,
    season: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Moments until it comes again; else told by --time.", rich_help_panel=SERIES
        ),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="From window to window; else N of --window.", rich_help_panel=SERIES),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The passages that have the answers, which are the target.",
            rich_help_panel=QUESTIONS,
        ),
    ] = None,
    documents: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Search these texts where a question has no passage; they go into the bundle.",
            rich_help_panel=QUESTIONS,
        ),
    ] = None,
    holdout: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0.01, max=0.9, help="Share of rows to seal.", rich_help_panel=VALIDATION),
    ] = None,
    sensitive: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Compare groups of this column. Repeatable.", rich_help_panel=COLUMNS),
    ] = None,
    fair: Annotated[
        str | None,
        typer.Option(
            metavar="CRITERION",
            help="Mitigate for the first sensitive column: demographic-parity, equal-opportunity or equalised-odds.",
            rich_help_panel=COLUMNS,
        ),
    ] = None,
    fair_gap: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Groups may differ by so much; else 0.05.", rich_help_panel=COLUMNS),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=KIND", help="Overrule what was inferred. Repeatable.", rich_help_panel=COLUMNS),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Kinds as a TFX schema (pbtxt) has them.", rich_help_panel=COLUMNS),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Keep it against an audit's advice. Repeatable.", rich_help_panel=COLUMNS),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Leave this column out. Repeatable.", rich_help_panel=COLUMNS),
    ] = None,
    learner: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this learner (see: ninefold learners). Repeatable.", rich_help_panel=LEARNING
        ),
    ] = None,
    missing: Annotated[
        str | None,
        typer.Option(
            metavar="HOW",
            help="Fill with mean, median, mode, predicted, iterative or neighbours.",
            rich_help_panel=LEARNING,
        ),
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="HOW", help="standard, minmax or robust.", rich_help_panel=LEARNING)
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            metavar="PATH|NAME",
            help="Go on from a trained network of images: folder, file, run, https://… or hub:OWNER/NAME.",
            rich_help_panel=LEARNING,
        ),
    ] = None,
    allow_rows: Annotated[
        bool, typer.Option("--allow-rows", help="Allow models that contain rows.", rich_help_panel=LEARNING)
    ] = False,
    max_size: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Largest graph: 800kB, 5MB.", rich_help_panel=LEARNING)
    ] = None,
    max_latency: Annotated[
        str | None, typer.Option(metavar="TIME", help="Longest answer for one row: 200us.", rich_help_panel=LEARNING)
    ] = None,
    quantise: Annotated[
        bool, typer.Option("--quantise", help="Networks of numbers of 8 bits.", rich_help_panel=LEARNING)
    ] = False,
    max_loss: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0, max=1, help="What 8 bits may cost: 0.005.", rich_help_panel=LEARNING),
    ] = None,
    clusters: Annotated[
        int | None, typer.Option(metavar="N", help="So many clusters; else chosen.", rich_help_panel=CLUSTERS)
    ] = None,
    truth: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Compare clusters with it; nothing learns from it.", rich_help_panel=CLUSTERS
        ),
    ] = None,
    contamination: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Call so many rows anomalies; else 0.02.", rich_help_panel=CLUSTERS),
    ] = None,
    image_size: Annotated[
        int | None,
        typer.Option(
            metavar="PIXELS",
            min=4,
            max=512,
            help="Longer side of every image; else as most are, up to 64.",
            rich_help_panel=COLUMNS,
        ),
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Finish this run (folder or id).", rich_help_panel="Where")
    ] = None,
    start_at: Annotated[
        int,
        typer.Option(
            "--from", metavar="STAGE", min=1, max=9, help="With --resume: redo from here.", rich_help_panel="Where"
        ),
    ] = 1,
    track: Annotated[
        str | None,
        typer.Option(metavar="URI", help="Log the finished run to this MLflow store.", rich_help_panel="Where"),
    ] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Every event as a JSON line on stdout.", rich_help_panel=OUTPUT)
    ] = False,
    quiet: Annotated[
        int,
        typer.Option(
            "-q", count=True, show_default=False, help="No progress; -qq: no summary either.", rich_help_panel=OUTPUT
        ),
    ] = 0,
    verbose: Annotated[
        int, typer.Option("-v", count=True, show_default=False, help="A line for every trial.", rich_help_panel=OUTPUT)
    ] = 0,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an error arose.", rich_help_panel=OUTPUT)
    ] = False,
) -> None:
    """Find, explain and bundle a model for a column of a table, for several, or clusters of its rows.

    The budget covers everything, from reading to the report. Ctrl-C stops the search and keeps the best.
    """
    from ninefold.cli import wishes as said
    from ninefold.core.problem import Budget, Wishes

    del traceback  # read by the way out, which must know it even when the options cannot be parsed
    wishes = Wishes(
        target=said.target(target),
        task=task,
        order=said.order(order),
        quantiles=said.quantiles(quantiles),
        metric=metric,
        budget=Budget.of(budget, work),
        seed=seed,
        validation=validation,
        folds=folds,
        repeats=repeats,
        group=group,
        time=time,
        series=series,
        window=window,
        step=step,
        forecast=forecast,
        season=season,
        holdout=holdout,
        positive=positive,
        costs=said.stake("costs", costs),
        gains=said.stake("gains", gains),
        sensitive=tuple(sensitive or ()),
        fair=fair,
        fair_gap=fair_gap,
        kinds=said.schema_kinds(schema) | said.kinds(kind or ()),
        keep=tuple(keep or ()),
        drop=tuple(drop or ()),
        learners=tuple(learner or ()),
        missing=missing,
        scale=scale,
        allow_rows=allow_rows,
        limits=said.limits(max_size, max_latency, quantise=quantise, loss=max_loss),
        clusters=clusters,
        truth=truth,
        contamination=contamination,
        backbone=said.backbone(backbone, runs),
        image_size=image_size,
        context=context,
        documents=documents,
    )
    if resume is None:
        _check_named(data)
    made = _run(
        data,
        wishes,
        query,
        resume=resume,
        start_at=start_at,
        runs=runs,
        quiet=bool(quiet) or as_json,
        verbose=bool(verbose),
        jsonl=jsonl,
    )
    _answer(made, as_json=as_json or jsonl, quiet=quiet)
    if track is not None:
        from ninefold.cli.track import track as log

        log(made.folder, track)


def _check_named(data: str | None) -> None:
    """A new run needs data; a resumed one has them."""
    if data is None:
        raise WishError("NF-E394", "no data were named", hint="ninefold run DATA --target COLUMN")


def _run(
    data: str | None,
    wishes: Wishes,
    query: str | None,
    *,
    resume: str | None,
    start_at: int,
    runs: Path,
    quiet: bool,
    verbose: bool,
    jsonl: bool,
) -> Run:
    """Run and show progress; a second Ctrl-C leaves with the way to go on."""
    from ninefold.cli.interrupts import stoppable
    from ninefold.cli.live import listening
    from ninefold.cli.places import run_at
    from ninefold.cli.told import Told
    from ninefold.runs import run as go

    stop = threading.Event()
    told = Told(start.STARTED, Path(data or "").name, wishes.sought, wishes.budget.seconds, wishes.seed)
    folder = run_at(resume, runs) if resume else None
    with ExitStack() as around:
        around.enter_context(stoppable(stop, told.stop))
        tell = around.enter_context(listening(told, quiet=quiet, verbose=verbose, jsonl=jsonl))
        try:
            return go(
                data,
                wishes,
                query=query,
                resume=folder,
                start=start_at,
                runs=runs,
                tell=tell,
                stop=stop,
                started=start.STARTED,
            )
        except KeyboardInterrupt as error:
            raise Stopped.at(told.folder or resume) from error
        except OSError as error:
            refused = unwritable(error)
            if refused is None:
                raise
            raise NotWritten.of(refused, told.folder or resume) from error


def _answer(made: Run, *, as_json: bool, quiet: int) -> None:
    from ninefold.cli.summary import as_line, show
    from ninefold.cli.terminal import answers, write_line

    seconds = _spent()
    if as_json:
        write_line(as_line(made, seconds))
    elif quiet < 2:
        show(made, seconds, answers())


def _spent() -> float:
    from time import monotonic

    return monotonic() - start.STARTED
