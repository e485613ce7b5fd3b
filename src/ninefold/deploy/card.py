"""The model card: what the model is, what it was measured on, and what was not measured.

Headings and their parts after Mitchell et al. 2019, "Model Cards for Model Reporting". Every sentence comes from a
noun of the run; what the run does not know is left to the owner, in so many words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath

from ninefold import __version__
from ninefold.core import markdown
from ninefold.core.markdown import NOT_MEASURED, OWNER, code, listed, named, plain, table
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Model, Score, Slice
from ninefold.core.table import Dataset
from ninefold.core.words import cell, column, size
from ninefold.deploy.groups import by_group

SHOWN = 12
"""Slices that are listed, the worst first."""


def card(problem: Problem, dataset: Dataset, model: Model, evaluation: Evaluation, *, run: str) -> str:
    """The card as Markdown. Holds summaries and column names, no row."""
    parts: Mapping[str, Iterable[str]] = {
        "Model details": _details(problem, model, run),
        "Intended use": _use(problem),
        "Factors": _factors(problem, evaluation),
        "Metrics": _metrics(problem, model, evaluation),
        "Evaluation data": _evaluation_data(dataset),
        "Training data": _training_data(problem, dataset),
        "Quantitative analyses": _analyses(evaluation),
        "Ethical considerations": (*_ethics(problem), *by_group(evaluation.fairness, plain)),
        "Caveats and recommendations": _caveats(evaluation),
    }
    return markdown.page(f"Model card: {plain(problem.sought)}", parts)


def _details(problem: Problem, model: Model, run: str) -> Iterable[str]:
    does = f"Predicts {code(problem.target)}" if problem.target else f"Finds {problem.sought}"
    told = [f"{does} ({problem.task}: {plain(problem.task_why)})"]
    told += [f"Made by Ninefold {__version__}, run {plain(run)}, seed {problem.seed}"]
    told += [
        f"Version: one ONNX graph over {len(model.columns)} raw columns, {size(model.bytes)}, SHA-256 `{model.digest}`"
    ]
    for member in model.members:
        rows = "; it holds training rows, as was allowed" if member.keeps_rows else ""
        told.append(f"Member: {plain(member.title)}, weight {cell(member.weight)}{rows}")
    if problem.documents:
        told += [f"It holds passages of {plain(problem.documents)}, which it searches for answers"]
    told += [f"Calibration: {model.calibration.kind}"]
    parity = model.parity
    light = model.int8
    told += [] if light is None else [f"Its networks have {light.cost}; what comes next was found without"]
    told += [
        f"The graph was held against the fitted Python on {parity.training_rows:,} training and "
        f"{parity.fuzzed_rows:,} odd rows: largest difference {parity.largest_difference:.1e}"
    ]
    told += [f"Left out: {plain(name)}, {plain(why)}" for name, why in model.refused.items()]
    yield listed(f"{each}." for each in told)
    yield named("Owner, licence, citation, and where to send questions", OWNER)


def _use(problem: Problem) -> Iterable[str]:
    classes = f" The classes are {', '.join(plain(name) for name in problem.classes)}." if problem.classes else ""
    what = f"Predict {code(problem.target)} for" if problem.target else f"Find {problem.sought} among"
    yield named("Primary use", f"{what} rows that come from where the training rows came from.{classes}")
    labels = zip(problem.several, problem.labels, strict=False)
    yield listed(f"{code(name)}: no is {plain(no)}, yes is {plain(yes)}." for name, (no, yes) in labels)
    choices = zip(problem.several, problem.choices, strict=False)
    yield listed(f"{code(name)}: {', '.join(map(plain, classes)) or 'a number'}." for name, classes in choices)
    yield named("Intended users", OWNER)
    yield named(
        "Out of scope",
        "Rows of another origin, or columns that mean something else than in training.",
        f"Further uses that are out of scope: {OWNER}",
    )


def _factors(problem: Problem, evaluation: Evaluation) -> Iterable[str]:
    sensitive = ", ".join(map(code, problem.sensitive))
    known = f"Named as sensitive: {sensitive}." if sensitive else "No column was named as sensitive."
    yield named("Relevant factors", known, f"Others, such as instruments and surroundings: {OWNER}")
    sliced = sorted({part.column for part in evaluation.slices})
    across = f"Scores were compared across: {', '.join(map(code, sliced))}." if sliced else f"Slices: {NOT_MEASURED}"
    yield named("Evaluation factors", across)


def _metrics(problem: Problem, model: Model, evaluation: Evaluation) -> Iterable[str]:
    truth = evaluation.headline.metric != problem.metric
    why = f"the truth in {code(problem.truth or '')} is known" if truth else plain(problem.metric_why)
    speed = "" if model.microseconds is None else f"One row takes {model.microseconds:.0f} µs where the model was made."
    yield named("Measures of performance", f"{evaluation.headline.title}, because {why}.", speed)
    yield named("Decision thresholds", *(_thresholds(model) or (_WITHOUT[bool(model.classes)],)))
    count = f"{evaluation.resamples:,} " if evaluation.resamples else ""
    yield named("Variation", f"Intervals are 95 % intervals from {count}bootstrap resamples of the held-out rows.")


_WITHOUT = {True: "None: the most probable class is decided.", False: "None: it gives values, and decides nothing."}


def _thresholds(model: Model) -> tuple[str, ...]:
    one = () if model.threshold is None else (f"From {cell(model.threshold)}: {plain(model.threshold_why)}.",)
    several = model.thresholds.items()
    return (*one, *(f"{code(name)} is labelled yes from a probability of {cell(value)}." for name, value in several))


def _evaluation_data(dataset: Dataset) -> Iterable[str]:
    how = plain(dataset.sealing)
    yield named("Rows", f"{dataset.sealed.rows:,} rows, sealed before anything was fitted and opened once ({how}).")
    yield named("Motivation", "They come from the same source, so they tell how the model does on rows like these.")
    yield named("Preprocessing", "None besides that in the graph, which takes raw columns.")


def _training_data(problem: Problem, dataset: Dataset) -> Iterable[str]:
    origin = code(PurePath(dataset.origin).name)
    yield f"{dataset.train_rows:,} rows of {origin}, SHA-256 `{dataset.digest}`."
    told = [f"{rows:,} rows were left out: {plain(why)}." for why, rows in dataset.dropped_rows.items()]
    told += [f"Column {code(name)} was refused: {plain(why)}." for name, why in dataset.refused.items()]
    yield listed([*told, f"Validation: {problem.validation.scheme}, {problem.validation.folds} folds."])


def _analyses(evaluation: Evaluation) -> Iterable[str]:
    yield named("Unitary results", f"{plain(evaluation.verdict.sentence)}.")
    yield table(_HEADS, map(_score, evaluation.scores))
    if evaluation.coverage:
        each = ((f"{c.level:g}", *column((c.observed, c.low, c.high))) for c in evaluation.coverage)
        yield table(("quantile", "share of values below", "95 % from", "to"), each)
    if evaluation.targets:
        yield table(("target", *_HEADS), ((plain(each.target), *_score(each.score)) for each in evaluation.targets))
    if evaluation.clusters:
        profiles = evaluation.clusters.profiles
        yield table(
            ("cluster", "share", "what sets its rows apart"),
            ((plain(c.name), f"{c.share:.0%}", plain(c.profile)) for c in profiles),
        )
    if evaluation.slices:
        worst = evaluation.slices[:SHOWN]
        yield table(
            ("slice", "rows", evaluation.headline.title, "95 % from", "to"),
            ((_named(s), f"{s.rows:,}", *column((s.score, s.low, s.high))) for s in worst),
        )
    error = evaluation.calibration_error
    yield named("Calibration error", NOT_MEASURED if error is None else f"{cell(error)}.")
    yield named("Intersectional results", NOT_MEASURED)


def _named(part: Slice) -> str:
    """A part of the rows: sex = female, or fare > 7.9 where its value is a range in words."""
    equals = "" if part.value[:1] in "≤>" else "= "
    return f"{plain(part.column)} {equals}{plain(part.value)}"


_HEADS = ("metric", "score", "95 % from", "to", "baseline")


def _score(score: Score) -> tuple[str, ...]:
    baseline = "not measured" if score.baseline is None else cell(score.baseline)
    return (score.title, *column((score.value, score.low, score.high)), baseline)


def _ethics(problem: Problem) -> Iterable[str]:
    if not problem.sensitive:
        yield "No column was named as sensitive. Groups of people were compared only where a slice above is one."
    yield f"Consequences of wrong predictions for the people concerned: {OWNER}"


def _caveats(evaluation: Evaluation) -> Iterable[str]:
    found = []
    for each in evaluation.findings:
        told = " ".join(f"{plain(text)}." for text in (each.title, each.evidence, each.action) if text)
        found.append(f"{each.code} ({each.level}): {told}")
    yield listed(
        (
            *found,
            "The scores hold for rows like the held-out ones. Watch for drift: `ninefold watch BUNDLE FILE`.",
            f"Robustness against deliberate manipulation of inputs: {NOT_MEASURED}",
            f"Causal effects of changing an input: {NOT_MEASURED}",
        )
    )
