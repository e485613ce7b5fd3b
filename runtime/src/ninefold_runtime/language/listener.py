"""A language model as a model of rows: how surprised the graph is by each text, in bits per character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.language.voice import Voice
from ninefold_runtime.model import Model
from ninefold_runtime.schema import Schema
from ninefold_runtime.tokenizer import BEGIN

Array = NDArray[Any]
AT_ONCE = 64


class Listener(Model):
    """Raises BundleError: the graph cannot be used."""

    slow = True

    def __init__(self, voice: Voice, schema: Schema) -> None:
        self._know(schema, AT_ONCE)
        self.voice = voice

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        """Bits per character [N]; 0 where there is no text."""
        texts = list(feed[self.schema.names[0]])
        nats = [surprise(self.voice, self.voice.tokenizer.encode(text)).sum() if text else 0.0 for text in texts]
        return [np.array([n / np.log(2) / max(1, len(t)) for n, t in zip(nats, texts, strict=True)], np.float64)]


def surprise(voice: Voice, tokens: Sequence[int]) -> Array:
    """[T] nats: minus the log-probability of each token after those before it, as far as the window reaches back.

    Windows overlap by half, so that each token but the first ones has half a window before it at least.
    """
    whole = np.array([BEGIN, *tokens], np.int64)
    window = voice.speech.window
    step = max(1, window // 2)
    out = np.empty(len(tokens))
    done = 0
    while done < len(tokens):
        start = max(0, done - (window - step)) if done else 0
        stop = min(start + window, len(tokens))
        told, _ = voice.next(whole[None, start:stop], voice.start(1))
        fresh = np.arange(done, stop)
        out[done:stop] = -told[0, fresh - start, whole[fresh + 1]]
        done = stop
    return out
