"""What a reader is worth on questions about passages that nobody has seen, with the passage at hand and without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.closer import Closer
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation, Example, Heard, Leaderboard, Model
from ninefold.core.scoring import PACKAGE
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop
from ninefold.evaluate.closer.looking import SHARE, late
from ninefold.evaluate.closer.questions import answers_of
from ninefold.evaluate.counting import Counting, evaluated, metrics_of, rivals
from ninefold.forms.saying import answered, column, said_in, truth
from ninefold.forms.spans import stands_in
from ninefold.forms.speaking import Texts, reader_in
from ninefold_runtime.language.answerer import Answer
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.search_index import Index
from ninefold_runtime.reading import Documents

ASKED, SEARCHED = 2_000, 300
"""Sealed questions that are answered at most, and of these those that are answered by searching."""
EXAMPLES = 8
RECALL = (1, 5, 20)
"""Passages among which the answer is looked for."""


def evaluate_reader(
    problem: Problem, dataset: Dataset, board: Leaderboard, model: Model, *, context: Context
) -> Evaluation:
    """Open the sealed rows, and ask the files that ship about them."""
    assert model.spoken is not None
    rng = np.random.default_rng([problem.seed, context.number])
    context.progress("answering the sealed questions", 0.0)
    rows = dataset.sealed.open()
    rows = rows.take(np.sort(rng.permutation(len(rows))[:ASKED]))
    question, passage = (rows.columns[name].tolist() for name in model.columns)
    texts = Texts(problem.task, question, rows.target.tolist(), passages=passage)
    reader = reader_in(model.spoken)
    found = answered(reader, question, passage)
    ours = column([each.text for each in found])
    workshop = Workshop(context.run)
    theirs = said_in(workshop.spoken(board.baseline), texts)
    sure = np.array([each.score for each in found])
    made = evaluated(
        problem, dataset, board, rows=rows, texts=texts, ours=ours, theirs=theirs, sure=sure, rng=rng, context=context
    )
    shown = np.sort(rng.permutation(len(found))[:EXAMPLES]).tolist()
    examples = (Example(question[i], texts.targets[i], found[i].text, theirs[i, 0], found[i].score) for i in shown)
    context.progress("searching for the passages", 0.6)
    metric: Counting = parts.make(PACKAGE, problem.metric)
    heard = Heard(
        examples=tuple(examples),
        rivals=tuple(rivals(board, metric, workshop, texts)),
        kinds=tuple(_kinds(texts, ours, metric)),
    )
    heard = _searched(heard, problem, _pool(problem, dataset, texts), reader, texts)
    return replace(made, heard=heard, closer=_closer(texts, found, ours, reader, context))


def _closer(texts: Texts, found: Sequence[Answer], ours: Array, reader: Reader, context: Context) -> Closer:
    context.progress("looking at the worst answers", 0.9)
    f1, clock = parts.make(PACKAGE, "token_f1"), context.share(SHARE)
    worth = f1.counts(truth(texts), ours)[:, 0]
    seen = tuple(answers_of(texts, found, worth, reader, clock))
    return Closer(answers=seen, late=late(clock, "answers"))


def _kinds(texts: Texts, said: Array, metric: Counting) -> Iterator[tuple[str, int, float]]:
    """The score of questions with an answer and of those without apart, where there are both."""
    there = np.array([bool(answer) for answer in texts.targets])
    if there.all():
        return
    counts = metric.counts(truth(texts), said)
    for name, part in (("the passage has the answer", there), ("it has none", ~there)):
        if part.any():
            yield name, int(part.sum()), metric.of(counts[part])


def _searched(heard: Heard, problem: Problem, pool: Documents, reader: Reader, texts: Texts) -> Heard:
    """With what is found without the passage, among those of ``pool``."""
    asked = [i for i, answer in enumerate(texts.targets) if answer][:SEARCHED]
    if not asked:
        return heard
    questions, wanted = [texts.sources[i] for i in asked], [texts.targets[i] for i in asked]
    index = Index(pool.texts)
    best = [index.best(question, RECALL[-1]) for question in questions]
    has = [[stands_in(pool.texts[i], answer) for i in found] for answer, found in zip(wanted, best, strict=True)]
    said = column([each.text for each in answered(reader, questions, [""] * len(asked), pool)])
    measured = [parts.make(PACKAGE, name) for name in metrics_of(problem)]
    return replace(
        heard,
        recall=tuple((most, float(np.mean([any(each[:most]) for each in has]))) for most in RECALL),
        searched=len(pool.texts),
        found=tuple((metric.title, metric.score(column(wanted)[:, 0], said)) for metric in measured),
    )


def _pool(problem: Problem, dataset: Dataset, texts: Texts) -> Documents:
    """The passages of the table, those asked about among them, and the documents."""
    held = dict.fromkeys([*texts.passages, *dataset.rows.columns[problem.context].tolist()])
    if dataset.documents is not None:
        given = msgspec.json.decode(dataset.documents.read_bytes(), type=Documents)
        held |= dict.fromkeys(given.texts)
    return Documents(names=tuple(held), texts=tuple(held))
