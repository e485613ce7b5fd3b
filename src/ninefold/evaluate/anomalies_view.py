"""What stage 7 has to say of anomalies."""

from __future__ import annotations

from ninefold.core.results import Anomalies, Evaluation
from ninefold.core.section import Cell, Fact, Figure, Section, Series, Table
from ninefold.core.words import times
from ninefold.evaluate import explained_view
from ninefold.evaluate.curves import AXES
from ninefold.evaluate.written import between, number, scored

QUESTIONS = (8, 9, 40)


def anomalies_view(evaluation: Evaluation, anomalies: Anomalies) -> Section:
    return Section(
        title="Evaluation",
        sentence=f"{scored(evaluation.headline)} on {evaluation.rows:,} sealed rows, "
        f"looked at {times(evaluation.openings)}",
        questions=QUESTIONS,
        facts=_facts(evaluation, anomalies),
        findings=evaluation.findings,
        tables=(_top(anomalies), _scores(evaluation), *_confusion(evaluation)),
        figures=(_spread(anomalies), *_curves(evaluation), *explained_view.figures(evaluation.explained)),
        text=(evaluation.verdict.sentence, *explained_view.text(evaluation.explained), _method(evaluation)),
    )


def _facts(evaluation: Evaluation, anomalies: Anomalies) -> tuple[Fact, ...]:
    called = f"{anomalies.expected:.1%} of the training rows were to be; from a score of {anomalies.threshold:.3f}"
    facts = [Fact("called anomalies", f"{anomalies.labelled:.1%}", called)]
    facts.append(
        Fact("stability", number(anomalies.stability), "rank correlation of fits that saw a row and that did not")
    )
    facts += [Fact(s.title, number(s.value), f"95 % {between(s.low, s.high)}") for s in evaluation.scores]
    return tuple(facts)


def _top(anomalies: Anomalies) -> Table:
    rows = tuple((each.rank, f"{each.score:.4f}", each.reasons) for each in anomalies.top)
    return Table("Most unusual sealed rows", ("rank", "score", "what is unusual about it"), rows)


def _scores(evaluation: Evaluation) -> Table:
    rows = tuple((s.title, s.value, s.low, s.high, s.baseline) for s in evaluation.scores)
    return Table("Scores", ("metric", "score", "95 % from", "to", "by chance"), rows, wide=True)


def _confusion(evaluation: Evaluation) -> tuple[Table, ...]:
    if not evaluation.confusion:
        return ()
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *counts) for name, counts in zip(evaluation.classes, evaluation.confusion, strict=True)
    )
    return (Table("Sealed rows by truth and label", ("true", *evaluation.classes), rows, wide=True),)


def _spread(anomalies: Anomalies) -> Figure:
    edges = tuple(place / len(anomalies.shares) for place in range(len(anomalies.shares)))
    title = f"{anomalies.labelled:.1%} of the sealed rows are called anomalies"
    note = "A score is the share of training rows that are less unusual: rows like these fill all bins alike."
    return Figure("histogram", title, (Series("sealed rows", edges, anomalies.shares),), "score", "share", note)


def _curves(evaluation: Evaluation) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            "lines", curve.name, (Series("graph", curve.x, curve.y),), *AXES[curve.name], diagonal=curve.name == "roc"
        )
        for curve in evaluation.curves
    )


def _method(evaluation: Evaluation) -> str:
    truth = "The truth was looked at here for the first time. " if evaluation.confusion else ""
    return (
        f"{truth}The rank correlation is that of one detector with the mean of the others. Stability compares the "
        "graph's scores of training rows with those of fits that had not seen them. Intervals are 95 %, "
        f"from {evaluation.resamples:,} bootstrap resamples. What is unusual about a "
        "row was found by giving it the usual value of one column after the other and asking the graph again."
    )
