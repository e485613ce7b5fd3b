"""What stage 7 has to say of a speaker."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.results import Attention, Evaluation, Heard
from ninefold.core.section import Fact, Figure, Section, Series, Table
from ninefold.core.words import times
from ninefold.evaluate import closer_view
from ninefold.evaluate.written import between, number, scored

QUESTIONS = (36, 37)


def speaking_view(evaluation: Evaluation, heard: Heard) -> Section:
    return Section(
        title="Evaluation",
        sentence=f"{scored(evaluation.headline)} on {evaluation.rows:,} sealed rows, "
        f"looked at {times(evaluation.openings)}",
        questions=QUESTIONS,
        facts=_facts(evaluation, heard),
        findings=evaluation.findings,
        tables=tuple(table for table in _tables(evaluation, heard) if table.rows),
        figures=tuple(_figure(each) for each in heard.attention),
        text=(evaluation.verdict.sentence, *_text(evaluation, heard), *closer_view.text(evaluation.closer)),
        exhibits=tuple(closer_view.exhibits(evaluation.closer)),
    )


def _tables(evaluation: Evaluation, heard: Heard) -> Iterator[Table]:
    yield _scores(evaluation)
    yield _rivals(evaluation, heard)
    yield _examples(heard)
    yield _parts(evaluation, heard)
    yield _kinds(evaluation, heard)
    yield _recall(heard)


def _facts(evaluation: Evaluation, heard: Heard) -> tuple[Fact, ...]:
    headline = evaluation.headline
    facts = [Fact(headline.title, number(headline.value), f"95 % {between(headline.low, headline.high)}")]
    facts += [Fact(s.title, number(s.value), f"95 % {between(s.low, s.high)}") for s in evaluation.scores[1:2]]
    if headline.baseline is not None:
        facts.append(Fact("baseline", number(headline.baseline), NAIVE[evaluation.task]))
    facts += [Fact(f"{title}, passage searched", number(value), _pool(heard)) for title, value in heard.found]
    if heard.nats is not None:
        facts.append(Fact("nats per token", number(heard.nats), "the loss, as it is trained"))
    return tuple(facts)


NAIVE = {
    "translation": "copying the source",
    "language-model": "knowing how often each character comes",
    "question-answering": "matching words",
}


def _pool(heard: Heard) -> str:
    return f"questions alone: the passage is found among {heard.searched:,}"


def _scores(evaluation: Evaluation) -> Table:
    rows = tuple((s.title, s.value, s.low, s.high, s.baseline) for s in evaluation.scores)
    return Table("Scores on sealed rows", ("metric", "score", "95 % from", "to", "baseline"), rows, starred=0)


def _rivals(evaluation: Evaluation, heard: Heard) -> Table:
    rows = tuple((each.title, each.score) for each in heard.rivals)
    return Table("Other speakers on the same rows", ("speaker", evaluation.headline.title), rows)


def _examples(heard: Heard) -> Table:
    rows = tuple((e.source, e.said, e.reference, f"{e.score:.2f}") for e in heard.examples)
    return Table("Some sealed rows", ("source", "the graph says", "reference", "sure"), rows, wide=True)


def _parts(evaluation: Evaluation, heard: Heard) -> Table:
    title = evaluation.headline.title
    return Table("Short and long sources", ("source", "rows", title), heard.by_length, wide=True)


def _kinds(evaluation: Evaluation, heard: Heard) -> Table:
    heads = ("questions", "rows", evaluation.headline.title)
    return Table("Questions with and without an answer", heads, heard.kinds)


def _recall(heard: Heard) -> Table:
    """How often the search finds a passage that has the answer."""
    rows = tuple((f"the best {most}" if most > 1 else "the best", share) for most, share in heard.recall)
    return Table(f"Search among {heard.searched:,} passages", ("passages", "recall"), rows)


def _figure(seen: Attention) -> Figure:
    names = tuple(f"{i + 1} {piece.strip() or '␣'}" for i, piece in enumerate(seen.source))
    series = tuple(
        Series(f"{i + 1} {piece.strip() or '␣'}", names, tuple(100 * w for w in row))
        for i, (piece, row) in enumerate(zip(seen.said, seen.weights, strict=True))
    )
    title = "What each token of an answer looked at"
    note = "Cross-attention of the last layer, the mean of its heads, in per cent; ⏎ is the end."
    return Figure("matrix", title, series, "source", "answer", note, topic="explanation", relative=True)


def _text(evaluation: Evaluation, heard: Heard) -> tuple[str, ...]:
    method = (
        "All of this was said by the files that ship, about rows that nothing was fitted or chosen on. Intervals are "
        f"95 %, from {evaluation.resamples:,} bootstrap resamples of rows."
    )
    return (*(f"A sample at temperature 0.8: {text}" for text in heard.samples), method)
