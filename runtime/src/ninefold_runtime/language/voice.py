"""The graphs of a bundle that speaks, loaded: what a source means, and which token comes next.

The graph takes ``token`` [N, T] and the ``state`` [N, P, W] of P tokens before them, which it answers with that of all
P + T, so that no token is looked at twice. Of translations it also takes ``source`` [N, S] and what ``encoder.onnx``
made of it, ``memory`` [N, S, M]; then it tells how much each token looked at each of the source, ``attention``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.errors import BundleError
from ninefold_runtime.language.padding import padded
from ninefold_runtime.session import session
from ninefold_runtime.speech import ENCODER, Speech
from ninefold_runtime.tokenizer import BEGIN, END, Tokenizer, Tokens

Array = NDArray[Any]
_INPUTS = {"token": "tensor(int64)", "state": "tensor(float)"}
_OF_SOURCE = {"source": "tensor(int64)", "memory": "tensor(float)"}


class Voice:
    """``encoder`` is None for language models.

    Raises:
        BundleError: NF-R107 when a graph is none, or not one that speaks, or as `session` raises it.
    """

    def __init__(
        self, graph: bytes, encoder: bytes | None, tokens: Tokens, speech: Speech, *, threads: int = 1
    ) -> None:
        self.tokenizer, self.speech = Tokenizer(tokens), speech
        self._decoder = session(graph, threads, GRAPH)
        self._encoder = None if encoder is None else session(encoder, threads, ENCODER)
        wanted = _INPUTS | ({} if encoder is None else _OF_SOURCE)
        self._decoder.must_take(wanted, "is not one that speaks")

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int = 1) -> Voice:
        """Raises BundleError (NF-R103) when the bundle has no tokenizer or does not say how it speaks."""
        if bundle.tokens is None or bundle.speech is None:
            raise BundleError("NF-R103", f"{bundle.folder} lacks what it needs to speak", hint="make the bundle again")
        return cls(bundle.graph, bundle.encoder, bundle.tokens, bundle.speech, threads=threads)

    def sources(self, texts: Sequence[str]) -> Array:
        """[N, S] tokens of texts, each with its end, padded; longer ones are cut."""
        return padded([[*self.tokenizer.encode(text)[: self.speech.longest - 1], END] for text in texts])

    def memory(self, source: Array) -> Array:
        """[N, S, M]: what the encoder makes of sources."""
        assert self._encoder is not None
        made: Array = self._encoder.run(["memory"], {"source": source})[0]
        return made

    def start(self, rows: int) -> Array:
        """The state before any token."""
        return np.zeros((rows, 0, self.speech.width), np.float32)

    def next(
        self, token: Array, state: Array, source: Array | None = None, memory: Array | None = None
    ) -> tuple[Array, Array]:
        """[N, T, V] log-probabilities of what follows each token, and the state after them."""
        told = self._decoder.run(["log_probability", "next_state"], self._feed(token, state, source, memory))
        return told[0], told[1]

    def attention(self, source: Array, tokens: Sequence[int]) -> Array:
        """[T + 1, S]: how much each token of an answer, and its end, looked at each token of its one source [1, S]."""
        token = np.array([[BEGIN, *tokens]], np.int64)
        feed = self._feed(token, self.start(1), source, self.memory(source))
        looked: Array = self._decoder.run(["attention"], feed)[0][0]
        return looked

    def forced(self, source: Array, tokens: Sequence[int]) -> Array:
        """[N, T + 1]: the log-probability of each token of one answer, and of its end, behind those before it, were it
        the answer to each of N sources [N, S]."""
        memory, state = self.memory(source), self.start(len(source))
        out = np.empty((len(source), len(tokens) + 1))
        for place, (token, following) in enumerate(pairwise((BEGIN, *tokens, END))):
            told, state = self.next(np.full((len(source), 1), token), state, source, memory)
            out[:, place] = told[:, -1, following]
        return out

    def _feed(self, token: Array, state: Array, source: Array | None, memory: Array | None) -> dict[str, Array]:
        feed = {"token": token, "state": state}
        return feed if source is None or memory is None else feed | {"source": source, "memory": memory}
