"""What a speaker is worth on texts that nobody has seen: scores with intervals, examples, and what it looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.closer import Closer
from ninefold.core.problem import Problem
from ninefold.core.results import (
    Attention,
    Evaluation,
    Example,
    Heard,
    Leaderboard,
    Model,
)
from ninefold.core.scoring import PACKAGE
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop
from ninefold.evaluate.closer.looking import SHARE, late
from ninefold.evaluate.closer.translations import translations_of
from ninefold.evaluate.counting import Counting, evaluated, rivals
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.findings.as_good import AsGood
from ninefold.forms.saying import answers, column, heard, truth
from ninefold.forms.speaking import Texts, voice_in
from ninefold_runtime.language.generating import Asked, generate
from ninefold_runtime.language.search import Said
from ninefold_runtime.language.voice import Voice

SPEAKING = 1_000
"""Sealed texts that are spoken about at most."""
EXAMPLES, MAPS, LONGEST_MAP = 8, 3, 24
PARTS = 4
SAMPLES, SAMPLE_TOKENS = 2, 300


def evaluate_speaker(
    problem: Problem, dataset: Dataset, board: Leaderboard, model: Model, *, context: Context
) -> Evaluation:
    """Open the sealed rows, and ask the files that ship about them."""
    assert model.spoken is not None
    rng = np.random.default_rng([problem.seed, context.number])
    context.progress("speaking about the sealed rows", 0.0)
    rows = dataset.sealed.open()
    rows = rows if problem.task == "language-model" else rows.take(np.arange(min(len(rows), SPEAKING)))
    targets = () if problem.task == "language-model" else rows.target.tolist()
    texts = Texts(problem.task, rows.columns[model.columns[0]].tolist(), targets)
    ours = _speech(voice_in(model.spoken), texts)
    context.progress("the others", 0.6)
    workshop = Workshop(context.run)
    theirs = _speech(voice_in(workshop.spoken(board.baseline)), texts)
    metric: Counting = parts.make(PACKAGE, problem.metric)
    found = _of_pairs(texts, ours, theirs, metric, rng) if texts.targets else _of_texts(texts, ours)
    made = evaluated(
        problem,
        dataset,
        board,
        rows=rows,
        texts=texts,
        ours=ours.said,
        theirs=theirs.said,
        sure=ours.sure,
        rng=rng,
        context=context,
    )
    others = tuple(rivals(board, metric, workshop, texts))
    closer = _closer(texts, ours, context) if texts.targets else None
    made = dataclasses.replace(made, heard=dataclasses.replace(found, rivals=others), closer=closer)
    finding = AsGood().find(Evidence(problem, made))
    return made if finding is None else dataclasses.replace(made, findings=(*made.findings, finding))


def _closer(texts: Texts, ours: _Speech, context: Context) -> Closer:
    context.progress("looking at the worst translations", 0.9)
    clock = context.share(SHARE)
    seen = tuple(translations_of(texts, ours.said, ours.answers, ours.voice, clock))
    return Closer(translations=seen, late=late(clock, "translations"))


@dataclass(frozen=True, eq=False)
class _Speech:
    """``said`` [N, 1] as metrics take it, and how ``sure`` [N] the speaker is, as its bundle tells it."""

    voice: Voice
    said: Array
    sure: Array
    answers: Sequence[Said] = ()


def _speech(voice: Voice, texts: Texts) -> _Speech:
    if texts.task == "language-model":
        nats = heard(voice, texts.sources)
        return _Speech(voice, nats[:, None], nats / np.log(2) / truth(texts))
    said = answers(voice, texts.sources)
    words = column([voice.tokenizer.decode(each.tokens) for each in said])
    return _Speech(voice, words, np.exp([each.mean for each in said]), said)


def _of_texts(texts: Texts, ours: _Speech) -> Heard:
    tokens = sum(len(ours.voice.tokenizer.encode(f"{text}\n")) for text in texts.sources)
    return Heard(samples=_samples(ours.voice), nats=float(ours.said.sum()) / max(1, tokens))


def _of_pairs(texts: Texts, ours: _Speech, theirs: _Speech, metric: Counting, rng: np.random.Generator) -> Heard:
    shown = np.sort(rng.permutation(len(texts.sources))[:EXAMPLES]).tolist()
    return Heard(
        examples=tuple(_example(i, texts, ours, theirs) for i in shown),
        attention=tuple(islice(_maps(shown, texts, ours), MAPS)),
        by_length=_by_length(texts, ours, metric),
    )


def _example(i: int, texts: Texts, ours: _Speech, theirs: _Speech) -> Example:
    said, base = ours.said[i, 0], theirs.said[i, 0]
    return Example(texts.sources[i], texts.targets[i], said, base, float(ours.sure[i]))


def _maps(shown: Sequence[int], texts: Texts, ours: _Speech) -> Iterator[Attention]:
    read = ours.voice.tokenizer
    for i in shown:
        source, said = ours.voice.sources([texts.sources[i]]), ours.answers[i].tokens
        if source.shape[1] <= LONGEST_MAP and len(said) < LONGEST_MAP:
            looked = ours.voice.attention(source, said)
            names = tuple(read.pieces(source[0].tolist())), (*read.pieces(said), "⏎")
            yield Attention(*names, tuple(tuple(map(float, row)) for row in looked))


def _by_length(texts: Texts, ours: _Speech, metric: Counting) -> tuple[tuple[str, int, float], ...]:
    """The score of short and of long sources apart."""
    lengths = np.array([len(text.split()) for text in texts.sources])
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, PARTS + 1)[1:-1]))
    place, counts = np.searchsorted(edges, lengths), metric.counts(truth(texts), ours.said)
    out = []
    for part in np.unique(place):
        inside = place == part
        name = f"{lengths[inside].min()} to {lengths[inside].max()} words"
        out.append((name, int(inside.sum()), float(metric.of(counts[inside]))))
    return tuple(out)


def _samples(voice: Voice) -> tuple[str, ...]:
    asked = (Asked(tokens=SAMPLE_TOKENS, temperature=0.8, seed=seed) for seed in range(SAMPLES))
    return tuple(voice.tokenizer.decode(generate(voice, each)) for each in asked)
