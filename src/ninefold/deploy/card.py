"""The model card: what the model is, what it was measured on, and what was not measured.

Headings after Mitchell et al. 2019, "Model Cards for Model Reporting". Every sentence comes from a noun of the run;
what the run does not know is left to the owner, in so many words.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Model, Score
from ninefold.core.table import Dataset
from ninefold.core.words import cell, size
from ninefold.deploy.groups import by_group

NOT_MEASURED = "Not measured."
OWNER = "To be written by the owner of this model; nothing in the data tells."
SHOWN = 12


def card(problem: Problem, dataset: Dataset, model: Model, evaluation: Evaluation, *, run: str) -> str:
    """The card as Markdown. Holds summaries and column names, no row."""
    parts = {
        "Model details": _details(problem, model, run),
        "Intended use": _use(problem),
        "Factors": _factors(problem, evaluation),
        "Metrics": _metrics(problem, model, evaluation),
        "Evaluation data": _evaluation_data(dataset),
        "Training data": _training_data(problem, dataset),
        "Quantitative analyses": _analyses(evaluation),
        "Ethical considerations": (*_ethics(problem), *by_group(evaluation.fairness, _plain)),
        "Caveats and recommendations": _caveats(evaluation),
    }
    text = "\n\n".join(f"## {heading}\n\n" + "\n".join(lines) for heading, lines in parts.items())
    return f"# Model card: {_plain(problem.sought)}\n\n{text}\n"


def _details(problem: Problem, model: Model, run: str) -> Iterable[str]:
    does = f"Predicts `{_plain(problem.target)}`" if problem.target else f"Finds {problem.sought}"
    yield f"- {does} ({problem.task}: {_plain(problem.task_why)})."
    yield f"- Made by Ninefold, run {run}."
    yield f"- One ONNX graph over {len(model.columns)} raw columns, {size(model.bytes)}, SHA-256 `{model.digest}`."
    for member in model.members:
        rows = "; it holds training rows, as was allowed" if member.keeps_rows else ""
        yield f"- Member: {_plain(member.title)}, weight {cell(member.weight)}{rows}."
    yield f"- Calibration: {model.calibration.kind}."
    if model.threshold is not None:
        yield f"- Decision threshold {cell(model.threshold)}: {_plain(model.threshold_why)}."
    for name, threshold in model.thresholds.items():
        yield f"- `{_plain(name)}` is labelled yes from a probability of {cell(threshold)}."
    parity = model.parity
    yield (
        f"- The graph was held against the fitted Python on {parity.training_rows:,} training and "
        f"{parity.fuzzed_rows:,} odd rows: largest difference {parity.largest_difference:.1e}."
    )
    for name, why in model.refused.items():
        yield f"- Left out: {_plain(name)}, {_plain(why)}."


def _use(problem: Problem) -> Iterable[str]:
    classes = f" The classes are {', '.join(_plain(name) for name in problem.classes)}." if problem.classes else ""
    for name, (no, yes) in zip(problem.several, problem.labels, strict=False):
        yield f"- `{_plain(name)}`: no is {_plain(no)}, yes is {_plain(yes)}."
    what = f"Predict `{_plain(problem.target)}` for" if problem.target else f"Find {problem.sought} among"
    yield f"{what} rows that come from where the training rows came from.{classes}"
    yield f"\nIntended users, and uses that are out of scope: {OWNER}"


def _factors(problem: Problem, evaluation: Evaluation) -> Iterable[str]:
    if problem.sensitive:
        yield f"Named as sensitive: {', '.join(_plain(name) for name in problem.sensitive)}."
    sliced = sorted({part.column for part in evaluation.slices})
    yield f"Scores were compared across: {', '.join(map(_plain, sliced))}." if sliced else f"Slices: {NOT_MEASURED}"


def _metrics(problem: Problem, model: Model, evaluation: Evaluation) -> Iterable[str]:
    truth = evaluation.headline.metric != problem.metric
    why = f"the truth in `{_plain(problem.truth or '')}` is known" if truth else _plain(problem.metric_why)
    yield f"{evaluation.headline.title}, because {why}."
    yield "Intervals are 95 % bootstrap intervals over the held-out rows."
    if model.microseconds is not None:
        yield f"One row takes {model.microseconds:.0f} µs where the model was made."


def _evaluation_data(dataset: Dataset) -> Iterable[str]:
    how = _plain(dataset.sealing)
    yield f"{dataset.sealed.rows:,} rows, sealed before anything was fitted and opened once ({how})."


def _training_data(problem: Problem, dataset: Dataset) -> Iterable[str]:
    yield f"{dataset.train_rows:,} rows of `{_plain(PurePath(dataset.origin).name)}`, SHA-256 `{dataset.digest}`."
    for why, rows in dataset.dropped_rows.items():
        yield f"\n- {rows:,} rows were left out: {_plain(why)}."
    for name, why in dataset.refused.items():
        yield f"\n- Column `{_plain(name)}` was refused: {_plain(why)}."
    yield f"\nValidation: {problem.validation.scheme}, {problem.validation.folds} folds."


def _analyses(evaluation: Evaluation) -> Iterable[str]:
    yield "| metric | score | 95 % interval | baseline |\n|---|---|---|---|"
    yield from (_score(score) for score in evaluation.scores)
    if evaluation.coverage:
        yield "\n| quantile | share of values below | 95 % interval |\n|---|---|---|"
        yield from (
            f"| {each.level:g} | {cell(each.observed)} | {cell(each.low)} to {cell(each.high)} |"
            for each in evaluation.coverage
        )
    if evaluation.targets:
        yield "\n| target | metric | score | 95 % interval | baseline |\n|---|---|---|---|---|"
        yield from (f"| {_plain(each.target)} {_score(each.score)}" for each in evaluation.targets)
    if evaluation.clusters:
        yield "\n| cluster | share | what sets its rows apart |\n|---|---|---|"
        yield from (f"| {c.name} | {c.share:.0%} | {_plain(c.profile)} |" for c in evaluation.clusters.profiles)
    if evaluation.slices:
        yield "\n| slice | rows | score | 95 % interval |\n|---|---|---|---|"
        for part in evaluation.slices[:SHOWN]:
            between = f"{cell(part.low)} to {cell(part.high)}"
            yield f"| {_plain(part.column)} = {_plain(part.value)} | {part.rows:,} | {cell(part.score)} | {between} |"
    if evaluation.calibration_error is None:
        yield f"\nCalibration error: {NOT_MEASURED}"
    else:
        yield f"\nCalibration error: {cell(evaluation.calibration_error)}."
    yield f"\n{_plain(evaluation.verdict.sentence)}."


def _score(score: Score) -> str:
    baseline = "not measured" if score.baseline is None else cell(score.baseline)
    return f"| {score.title} | {cell(score.value)} | {cell(score.low)} to {cell(score.high)} | {baseline} |"


def _ethics(problem: Problem) -> Iterable[str]:
    if not problem.sensitive:
        yield "No column was named as sensitive. Groups of people were compared only where a slice above is one."
    yield f"Consequences of wrong predictions for the people concerned: {OWNER}"


def _caveats(evaluation: Evaluation) -> Iterable[str]:
    for finding in evaluation.findings:
        told = f"{_plain(finding.title)}. {_plain(finding.evidence)}. {_plain(finding.action)}"
        yield f"- {finding.code} ({finding.level}): {told}"
    yield "- The scores hold for rows like the held-out ones. Watch for drift: `ninefold watch BUNDLE FILE`."
    yield f"- Robustness against deliberate manipulation of inputs: {NOT_MEASURED}"
    yield f"- Causal effects of changing an input: {NOT_MEASURED}"


def _plain(text: str) -> str:
    """Text from a table or a user on one line, so that it cannot break the card's structure."""
    flat = " ".join(text.split()).rstrip(".")
    return flat.replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
