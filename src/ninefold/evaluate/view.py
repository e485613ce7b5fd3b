"""What stage 7 has to say."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.results import Curve, Evaluation
from ninefold.core.section import Cell, Fact, Figure, Section, Series, Table
from ninefold.core.words import times
from ninefold.evaluate import (
    behaviour_view,
    closer_view,
    explained_view,
    fairness_view,
    forecasts_view,
    inside_view,
    learning,
    mistakes_view,
    rivals_view,
    sharing_view,
    stakes_view,
)
from ninefold.evaluate.anomalies_view import anomalies_view
from ninefold.evaluate.clusters_view import clusters_view
from ninefold.evaluate.curves import AXES
from ninefold.evaluate.speaking_view import speaking_view
from ninefold.evaluate.written import between, number, scored

QUESTIONS = (4, 8, 9, 10, 11, 47)
SHOWN = 15
FIT = {"good": "good fit", "overfit": "overfitting", "underfit": "underfitting", "unclear": "unclear"}


def view(evaluation: Evaluation) -> Section:
    if evaluation.clusters is not None:
        return clusters_view(evaluation, evaluation.clusters)
    if evaluation.heard is not None:
        return speaking_view(evaluation, evaluation.heard)
    if evaluation.anomalies is not None:
        return anomalies_view(evaluation, evaluation.anomalies)
    return Section(
        title="Evaluation",
        sentence=f"{scored(evaluation.headline)} on {evaluation.rows:,} sealed rows, "
        f"looked at {times(evaluation.openings)}",
        questions=QUESTIONS,
        facts=(*_facts(evaluation), *fairness_view.facts(evaluation.fairness)),
        findings=evaluation.findings,
        tables=(
            *rivals_view.tables(evaluation),
            *(table for table in _tables(evaluation) if table),
            *fairness_view.tables(evaluation.fairness),
        ),
        figures=(
            *forecasts_view.figures(evaluation.forecasts),
            *_curves(evaluation),
            *_matrix(evaluation),
            *stakes_view.figures(evaluation.stakes),
            *_calibration(evaluation),
            *learning.figures(evaluation),
            *sharing_view.figures(evaluation.sharing),
            *inside_view.figures(evaluation.inside, evaluation.embeddings),
            *closer_view.figures(evaluation.closer),
            *_importance(evaluation),
            *behaviour_view.figures(evaluation),
            *explained_view.figures(evaluation.explained),
            *fairness_view.figures(evaluation.fairness),
        ),
        text=(
            evaluation.verdict.sentence,
            *rivals_view.text(evaluation),
            *learning.text(evaluation),
            *sharing_view.text(evaluation.sharing),
            *mistakes_view.text(evaluation.mistakes),
            *explained_view.text(evaluation.explained),
            *closer_view.text(evaluation.closer),
            _method(evaluation),
            *fairness_view.text(evaluation.fairness),
        ),
        exhibits=tuple(closer_view.exhibits(evaluation.closer)),
    )


SECOND = {"multilabel": "subset_accuracy", "binary": "accuracy", "multiclass": "accuracy", "ordinal": "accuracy"}
"""The metric that stands beside the headline, by task; R² for values."""
NOTHING = {
    "multilabel": "knowing only the share of each",
    "multioutput": "knowing only the means",
    "multitask": "knowing only the means and shares",
    "quantile": "knowing no column",
    "forecast": "the seasonal naive forecast",
}
"""What the baseline knows, by task."""


def _tables(evaluation: Evaluation) -> Iterator[Table | None]:
    yield _scores(evaluation)
    yield from forecasts_view.tables(evaluation.forecasts)
    yield stakes_view.table(evaluation.stakes)
    yield from _targets(evaluation)
    yield from sharing_view.tables(evaluation.sharing)
    yield _coverage(evaluation)
    yield _slices(evaluation)
    yield from behaviour_view.tables(evaluation)
    yield from explained_view.tables(evaluation.explained)
    yield from mistakes_view.tables(evaluation.mistakes)
    yield from inside_view.tables(evaluation.inside)


def _coverage(evaluation: Evaluation) -> Table | None:
    if not evaluation.coverage:
        return None
    rows = tuple((each.level, each.observed, each.low, each.high) for each in evaluation.coverage)
    headings = ("quantile", "share of values below", "95 % from", "to")
    return Table("Do the quantiles hold what they promise?", headings, rows)


def _targets(evaluation: Evaluation) -> Iterator[Table]:
    """One table for each metric, as units differ from one to the next."""
    for title in dict.fromkeys(each.score.title for each in evaluation.targets):
        found = [(each.target, each.score) for each in evaluation.targets if each.score.title == title]
        rows = tuple((target, s.value, s.low, s.high, s.baseline) for target, s in found)
        yield Table("Each target alone", ("target", title, "95 % from", "to", "baseline"), rows)


def _facts(evaluation: Evaluation) -> tuple[Fact, ...]:
    headline = evaluation.headline
    facts = [Fact(headline.title, number(headline.value), f"95 % {between(headline.low, headline.high)}")]
    facts.extend(stakes_view.facts(evaluation.stakes))
    others = {score.metric: score for score in evaluation.scores[1:]}
    second = others.get(SECOND.get(evaluation.task, "r2"))
    if second:
        facts.append(Fact(second.title, number(second.value), f"95 % {between(second.low, second.high)}"))
    if headline.baseline is not None:
        usual = "knowing only the class shares" if evaluation.classes else "knowing only the mean"
        remark = NOTHING.get(evaluation.task, usual)
        facts.append(Fact("baseline", number(headline.baseline), remark))
    if evaluation.calibration_error is not None and evaluation.calibration_chance is not None:
        remark = f"chance alone: up to {number(evaluation.calibration_chance)}"
        facts.append(Fact("calibration error", number(evaluation.calibration_error), remark))
    facts.append(Fact("fit", FIT[evaluation.verdict.kind], _gap(evaluation)))
    return tuple(facts)


def _gap(evaluation: Evaluation) -> str:
    verdict = evaluation.verdict
    train = "" if verdict.train is None else f"{number(verdict.train)} training, "
    return f"{train}{number(verdict.validation)} validation, {number(verdict.sealed)} sealed"


def _scores(evaluation: Evaluation) -> Table:
    rows = tuple((s.title, s.value, s.low, s.high, s.baseline) for s in evaluation.scores)
    return Table("Scores on sealed rows", ("metric", "score", "95 % from", "to", "baseline"), rows, starred=0)


def _slices(evaluation: Evaluation) -> Table | None:
    if not evaluation.slices:
        return None
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (s.column, s.value, s.rows, s.score, s.low, s.high) for s in evaluation.slices[:SHOWN]
    )
    headings = ("column", "part", "rows", evaluation.headline.title, "95 % from", "to")
    title = f"Parts of the rows, worst first ({len(rows)} of {len(evaluation.slices)})"
    return Table(title, headings, rows, wide=True, topic="diagnosis")


def _curves(evaluation: Evaluation) -> tuple[Figure, ...]:
    residuals = [curve for curve in evaluation.curves if curve.name.startswith("residual")]
    ranked = [_ranked(evaluation, curve) for curve in evaluation.curves if curve.name in AXES]
    return (*ranked, *([_residuals(*residuals)] if residuals else []))


def _ranked(evaluation: Evaluation, curve: Curve) -> Figure:
    x, y = AXES[curve.name]
    area = {"roc": "roc_auc", "precision-recall": "average_precision"}[curve.name]
    score = next((score for score in evaluation.scores if score.metric == area), None)
    title = f"{scored(score) if score else curve.name}, positive class {evaluation.classes[-1]}"
    return Figure("lines", title, (Series("model", curve.x, curve.y),), x, y, diagonal=curve.name == "roc")


def _residuals(low: Curve, median: Curve, high: Curve) -> Figure:
    series = Series("median", median.x, median.y, low.y, high.y)
    title = "True minus predicted value: the median, and the range of 80 % of rows"
    return Figure("lines", title, (series,), "predicted", "residual", topic="diagnosis")


def _matrix(evaluation: Evaluation) -> tuple[Figure, ...]:
    if not evaluation.confusion:
        return ()
    right = sum(counts[place] for place, counts in enumerate(evaluation.confusion))
    series = tuple(
        Series(name, evaluation.classes, tuple(map(float, counts)))
        for name, counts in zip(evaluation.classes, evaluation.confusion, strict=True)
    )
    title = f"{right:,} of {evaluation.rows:,} sealed rows decided rightly"
    return (Figure("matrix", title, series, "decided", "true"),)


def _calibration(evaluation: Evaluation) -> tuple[Figure, ...]:
    if len(evaluation.calibration) < 2:
        return ()
    off = any(finding.code == "NF705" for finding in evaluation.findings)
    title = "Probabilities are off: the line leaves the diagonal" if off else "Probabilities mean what they say"
    bins = evaluation.calibration
    predicted, observed, low, high = zip(*((b.predicted, b.observed, b.low, b.high) for b in bins), strict=True)
    points = Series("model", predicted, observed, low, high)
    of = "the positive class" if len(evaluation.classes) == 2 else "the most probable class"
    note = (
        f"Probability of {of}, in bins of equally many rows, with the 95 % interval of what was observed; expected "
        f"calibration error {number(evaluation.calibration_error or 0.0)}"
    )
    return (Figure("lines", title, (points,), "predicted", "observed", note, diagonal=True, topic="diagnosis"),)


def _importance(evaluation: Evaluation) -> tuple[Figure, ...]:
    top = evaluation.importances[:SHOWN]
    if not top:
        return ()
    names, drops = tuple(each.column for each in top), tuple(each.drop for each in top)
    lows, highs = tuple(each.low for each in top), tuple(each.high for each in top)
    series = Series(evaluation.importance_metric, names, drops, lows, highs)
    title = f"The model depends most on {top[0].column}" if top[0].low > 0 else "No column alone matters measurably"
    label = f"{evaluation.importance_metric} lost when the column is shuffled"
    return (Figure("bars", title, (series,), label, topic="explanation"),)


def _method(evaluation: Evaluation) -> str:
    behaviour = evaluation.behaviour
    promised = f" {behaviour.how}" if behaviour and behaviour.how else ""
    return (
        "All of this was measured by asking the graph that ships about rows that nothing was fitted or chosen on. "
        f"Intervals are 95 %, from {evaluation.resamples:,} bootstrap resamples.{promised}"
    )
