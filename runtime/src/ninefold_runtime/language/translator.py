"""A bundle that translates, as a model: rows in, texts out, each with how sure the graph is of a word of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.language.search import Said, beam_search
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.model import Model
from ninefold_runtime.schema import Schema

Array = NDArray[Any]
AT_ONCE = 64
"""Sources that are translated together."""
TIMES, MORE = 2, 10
"""An answer may have so many times the tokens of its source, and some more."""


class Translator(Model):
    """``beams`` are those of the bundle unless they are said.

    Raises:
        BundleError: the graphs cannot be used.
    """

    slow = True

    def __init__(self, voice: Voice, schema: Schema, *, beams: int | None = None) -> None:
        self._know(schema, AT_ONCE)
        self.voice = voice
        self._beams = voice.speech.beams if beams is None else beams

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        """How sure [N], and the texts [N]; a missing source has the answer ''."""
        texts = list(feed[self.schema.names[0]])
        said = self.say([text for text in texts if text])
        told = iter((float(np.exp(each.mean)), self.voice.tokenizer.decode(each.tokens)) for each in said)
        pairs = [next(told) if text else (0.0, "") for text in texts]
        scores = np.array([score for score, _ in pairs], np.float64)
        return [scores, np.array([text for _, text in pairs] or np.empty(0), object)]

    def say(self, texts: list[str]) -> list[Said]:
        """The answers as tokens."""
        if not texts:
            return []
        source = self.voice.sources(texts)
        longest = np.minimum(TIMES * (source > 0).sum(axis=1) + MORE, self.voice.speech.longest)
        penalty = self.voice.speech.penalty
        return beam_search(_Answers(self.voice, source), longest, beams=self._beams, penalty=penalty)


class _Answers:
    """The graph as `search.Step`: the encoder is asked once."""

    def __init__(self, voice: Voice, source: Array) -> None:
        self._voice, self._source = voice, source
        self._memory, self._state = voice.memory(source), voice.start(len(source))

    def next(self, tokens: Array, parents: Array, rows: Array) -> Array:
        told, self._state = self._voice.next(
            tokens[:, None], self._state[parents], self._source[rows], self._memory[rows]
        )
        return np.asarray(told[:, -1])
