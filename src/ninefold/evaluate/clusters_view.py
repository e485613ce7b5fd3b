"""What stage 7 has to say of clusters."""

from __future__ import annotations

from ninefold.core.results import Clusters, Evaluation, Map
from ninefold.core.section import Cell, Fact, Figure, Section, Series, Table
from ninefold.core.words import times
from ninefold.evaluate import explained_view
from ninefold.evaluate.written import between, number, scored

QUESTIONS = (23, 24)


def clusters_view(evaluation: Evaluation, clusters: Clusters) -> Section:
    return Section(
        title="Evaluation",
        sentence=f"{scored(evaluation.headline)} on {evaluation.rows:,} sealed rows, "
        f"looked at {times(evaluation.openings)}",
        questions=QUESTIONS,
        facts=_facts(evaluation, clusters),
        findings=evaluation.findings,
        tables=tuple(
            table for table in (_profiles(clusters), _scores(evaluation), _truth(evaluation, clusters)) if table
        ),
        figures=(
            *(_figure(each, evaluation.classes) for each in clusters.maps),
            *explained_view.figures(evaluation.explained),
        ),
        text=(
            evaluation.verdict.sentence,
            *_starts(clusters),
            *explained_view.text(evaluation.explained),
            _method(evaluation, clusters),
        ),
    )


def _facts(evaluation: Evaluation, clusters: Clusters) -> tuple[Fact, ...]:
    headline = evaluation.headline
    sizes = ", ".join(f"{each.share:.0%}" for each in clusters.profiles[:6])
    facts = [Fact("clusters", str(len(evaluation.classes)), sizes)]
    facts.append(Fact(headline.title, number(headline.value), f"95 % {between(headline.low, headline.high)}"))
    if len(evaluation.classes) > 1:
        facts.append(
            Fact("one cloud", number(headline.baseline or 0.0), "silhouette of the same spread without groups")
        )
    facts += [
        Fact(score.title, number(score.value), f"95 % {between(score.low, score.high)}, with the truth")
        for score in evaluation.scores
        if score.metric == "adjusted_rand"
    ]
    if clusters.stability is not None:
        facts.append(Fact("stability", number(clusters.stability), "agreement of fits on different folds"))
    return tuple(facts)


def _profiles(clusters: Clusters) -> Table:
    rows = tuple((each.name, f"{each.share:.0%}", each.profile) for each in clusters.profiles)
    return Table("Clusters in words", ("cluster", "share", "what sets its rows apart"), rows)


def _scores(evaluation: Evaluation) -> Table:
    rows = tuple((s.title, s.value, s.low, s.high, s.baseline, _better(s.higher_is_better)) for s in evaluation.scores)
    return Table(
        "Scores on sealed rows", ("metric", "score", "95 % from", "to", "without groups", "better"), rows, wide=True
    )


def _better(higher: bool) -> str:
    return "higher" if higher else "lower"


def _truth(evaluation: Evaluation, clusters: Clusters) -> Table | None:
    if not clusters.truth:
        return None
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *counts) for name, counts in zip(clusters.truths, clusters.truth, strict=True)
    )
    return Table("Sealed rows by true group and cluster", ("true", *evaluation.classes), rows, wide=True)


def _figure(seen: Map, names: tuple[str, ...]) -> Figure:
    places = {code: [i for i, each in enumerate(seen.codes) if each == code] for code in sorted(set(seen.codes))}
    series = tuple(
        Series(names[code], tuple(seen.x[i] for i in index), tuple(seen.y[i] for i in index))
        for code, index in places.items()
    )
    title = f"Training rows in two dimensions, by {seen.name}"
    return Figure("scatter", title, series, "first", "second", seen.note)


def _starts(clusters: Clusters) -> tuple[str, ...]:
    found = clusters.starts
    if found is None:
        return ()
    low, high = min(found.inertias), max(found.inertias)
    return (
        f"k-means with as many clusters from {len(found.inertias)} single starts: the mean squared distance to the own "
        f"mean lies between {number(low)} and {number(high)}, and two starts agree by an adjusted Rand index of "
        f"{number(found.agreement)} on average, {number(found.least_agreement)} at the least.",
    )


def _method(evaluation: Evaluation, clusters: Clusters) -> str:
    part = "" if clusters.scored == evaluation.rows else f" (a sample of {clusters.scored:,})"
    return (
        f"Scores are of the sealed rows{part}, put into clusters by the graph that ships; distances are those of the "
        "scaled columns. Words and maps are of training rows. Intervals are 95 %, from "
        f"{evaluation.resamples:,} bootstrap resamples."
    )
