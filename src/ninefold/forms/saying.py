"""What the files of a speaker say of texts: asked by the crew of those held back, by evaluation of the sealed ones."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np

from ninefold.core.machine import threads
from ninefold.core.table import Array
from ninefold.forms.speaking import Texts, reader_in, voice_in
from ninefold_runtime.language.answerer import Answer, Answerer
from ninefold_runtime.language.listener import surprise
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.search import Said
from ninefold_runtime.language.translator import AT_ONCE, Translator
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.reading import Documents
from ninefold_runtime.schema import Schema, Target


def truth(texts: Texts) -> Array:
    """What the metric compares with: the targets, or the length of each text and the line's end after it."""
    if texts.task == "language-model":
        return np.array([len(text) + 1 for text in texts.sources])
    return np.array(list(texts.targets), object)


def said_in(folder: Path, texts: Texts) -> Array:
    """[N, 1]: what the files in a folder say of each text."""
    if texts.task != "question-answering":
        return predicted(voice_in(folder), texts)
    return column([each.text for each in answered(reader_in(folder), texts.sources, texts.passages)])


def column(said: Sequence[str]) -> Array:
    """[N, 1], as metrics take texts."""
    return np.array([*said, None], object)[:-1, None]


def answered(
    reader: Reader, questions: Sequence[str], passages: Sequence[str], documents: Documents | None = None
) -> list[Answer]:
    """What is found for each question, where it has no passage among ``documents``."""
    target = Target(name="", task="question-answering")
    return Answerer(reader, Schema(columns=(), target=target), documents).answers(questions, passages)


def predicted(voice: Voice, texts: Texts) -> Array:
    """[N, 1]: what is said of each source; of a language model how surprised it is by each text, in nats."""
    if texts.task == "language-model":
        return heard(voice, texts.sources)[:, None]
    return column([voice.tokenizer.decode(each.tokens) for each in answers(voice, texts.sources)])


def answers(voice: Voice, sources: Sequence[str]) -> list[Said]:
    """The translation of each source, as tokens; those of like length are made together, on all processors."""
    model = Translator(voice, Schema(columns=(), target=Target(name="", task="translation")))
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    parts = [order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE)]
    with ThreadPoolExecutor(threads()) as pool:
        told = list(pool.map(lambda part: model.say([sources[i] for i in part]), parts))
    by_place = dict(zip(chain.from_iterable(parts), chain.from_iterable(told), strict=True))
    return [by_place[i] for i in range(len(sources))]


def heard(voice: Voice, texts: Sequence[str]) -> Array:
    """[N] nats: the surprise by each text and the line's end after it, the texts being one that goes on."""
    tokens = [voice.tokenizer.encode(f"{text}\n") for text in texts]
    nats = surprise(voice, [token for each in tokens for token in each])
    places = np.repeat(np.arange(len(texts)), [len(each) for each in tokens])
    return np.bincount(places, nats, minlength=len(texts))
