"""Sentences that were translated worst, and middling ones: what each word that was said owes to those of the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.closer import SeenTranslation
from ninefold.core.scoring import PACKAGE
from ninefold.core.section import Word
from ninefold.core.table import Array
from ninefold.evaluate.closer.texts import pieces
from ninefold.forms.saying import truth
from ninefold.forms.speaking import Texts
from ninefold_runtime.explain.owed import of_source
from ninefold_runtime.language.search import Said
from ninefold_runtime.language.voice import Voice

WORST, MIDDLING = 4, 2
"""Sentences that are shown."""
WORDS = 40
"""Of a source, at most: each costs the graph an answer."""


def translations_of(
    texts: Texts, said: Array, answers: Sequence[Said], voice: Voice, clock: Clock
) -> Iterator[SeenTranslation]:
    """``said`` [N, 1] are the ``answers`` as texts."""
    chrf = parts.make(PACKAGE, "chrf")
    counts = chrf.counts(truth(texts), said)
    worth = np.array([chrf.of(counts[place : place + 1]) for place in range(len(counts))])
    order = [p for p in np.argsort(worth, kind="stable").tolist() if len(texts.sources[p].split()) <= WORDS]
    middle = max(WORST, (len(order) - MIDDLING) // 2)
    for rank, place in enumerate((*order[:WORST], *order[middle : middle + MIDDLING])):
        if clock.left <= 0:
            return
        owed = of_source(voice, texts.sources[place], answers[place].tokens)
        source = tuple(pieces(owed.text, owed.losses))
        words = tuple(Word(f"{word.text} ", under=word.owes) for word in owed.words)
        reference = texts.targets[place]
        yield SeenTranslation(float(worth[place]), owed.value, source, words, reference, rank >= WORST)
