"""The graph of a bundle that answers questions, loaded: where in a passage the answer begins and ends.

The graph takes ``question`` [N, Q] and ``passage`` [N, P], numbers of `words.Lexicon`, the passage led by `NOWHERE`;
it gives the log-probabilities ``start`` and ``end`` [N, P] of the first and the last word of the answer. That both are
at `NOWHERE` says that the passage has none (Devlin et al. 2019, on SQuAD 2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.errors import BundleError
from ninefold_runtime.language.padding import padded
from ninefold_runtime.language.words import NOWHERE, SHAPES, Lexicon, cut
from ninefold_runtime.reading import Reading
from ninefold_runtime.session import session

Array = NDArray[Any]
AT_ONCE = 32
"""Windows that the graph is asked about together."""
_INPUTS = {"question": "tensor(int64)", "passage": "tensor(int64)"}


@dataclass(frozen=True)
class Span:
    """The best answer in a passage: where it stands, from ``start`` up to ``end``, its ``log`` probability, and that
    of there being none."""

    start: int
    end: int
    log: float
    none: float

    @property
    def found(self) -> bool:
        return self.log > self.none


NOTHING = Span(-1, -1, -np.inf, 0.0)
"""What there is in a text without words."""


class Reader:
    """Raises BundleError: NF-R107 when the graph is none, or not one that answers questions, or as `session` does."""

    def __init__(self, graph: bytes, reading: Reading, *, threads: int = 1) -> None:
        self.reading, self.lexicon = reading, Lexicon(reading.words)
        self._session = session(graph, threads, GRAPH)
        self._session.must_take(_INPUTS, "does not answer questions")

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int = 1) -> Reader:
        """Raises BundleError (NF-R103) when the bundle does not say how it reads."""
        if bundle.reading is None:
            raise BundleError("NF-R103", f"{bundle.folder} lacks what it needs to read", hint="make the bundle again")
        return cls(bundle.graph, bundle.reading, threads=threads)

    def spans(self, pairs: Sequence[tuple[str, str]]) -> list[Span]:
        """The best span of each question and passage. A long passage is read in windows that overlap by half; the best
        answer of all counts, and none of them may have one for there to be none."""
        windows = [window for place, pair in enumerate(pairs) for window in self._windows(place, *pair)]
        windows.sort(key=lambda window: len(window.passage))
        best = [NOTHING] * len(pairs)
        for window, begins, ends in self._read(windows):
            made = window.span(begins, ends, self.reading.answer)
            held = best[window.place]
            best[window.place] = made if held is NOTHING else _better(held, made)
        return best

    def logs(self, questions: Sequence[str], passage: str, start: int, end: int) -> Array:
        """[N]: the log-probability that the answer to each question stands in the passage from ``start`` up to ``end``;
        that there is none, where ``start`` is below 0. Of a long passage the window is asked that tells it of the
        first question."""
        windows, none = self._windows(0, questions[0], passage), start < 0
        if not windows:
            return np.full(len(questions), 0.0 if none else -np.inf)
        first = [window.log(begins, ends, start, end) for window, begins, ends in self._read(windows)]
        decided = windows[int(np.argmin(first) if none else np.argmax(first))]
        asked = [replace(decided, question=self._asked(question)) for question in questions]
        return np.array([window.log(begins, ends, start, end) for window, begins, ends in self._read(asked)])

    def _read(self, windows: Sequence[_Window]) -> Iterator[tuple[_Window, Array, Array]]:
        """What the graph says of each window, some of them together."""
        for start in range(0, len(windows), AT_ONCE):
            part = windows[start : start + AT_ONCE]
            told = self.told(padded([w.question for w in part]), padded([w.passage for w in part]))
            yield from zip(part, *told, strict=True)

    def told(self, question: Array, passage: Array) -> tuple[Array, Array]:
        """``start`` and ``end`` [N, P]."""
        starts, ends = self._session.run(["start", "end"], {"question": question, "passage": passage})
        return starts, ends

    def _windows(self, place: int, question: str, passage: str) -> list[_Window]:
        spans = cut(passage)
        asked, size = self._asked(question), self.reading.passage
        firsts = range(0, max(1, len(spans) - size // 2), max(1, size // 2)) if spans else ()
        return [_Window(place, asked, *self._window(passage, spans[first : first + size])) for first in firsts]

    def _asked(self, question: str) -> list[int]:
        return self.lexicon.numbers([question[a:b] for a, b in cut(question)[: self.reading.question]])

    def _window(self, text: str, spans: list[tuple[int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
        return [SHAPES * NOWHERE, *self.lexicon.numbers([text[a:b] for a, b in spans])], spans


@dataclass(frozen=True)
class _Window:
    """Numbers of a question and of a part of the passage of the pair ``place``, and where its words stand."""

    place: int
    question: list[int]
    passage: list[int]
    spans: list[tuple[int, int]]

    def span(self, starts: Array, ends: Array, longest: int) -> Span:
        first, last, log = best_span(starts[1 : len(self.passage)], ends[1 : len(self.passage)], longest)
        return Span(self.spans[first][0], self.spans[last][1], log, self.log(starts, ends, -1, -1))

    def log(self, starts: Array, ends: Array, start: int, end: int) -> float:
        """The log-probability of the answer that stands there, or of none; -inf where no words begin and end there."""
        if start < 0:
            return float(starts[0]) + float(ends[0])
        first = [i for i, span in enumerate(self.spans, 1) if span[0] == start]
        last = [i for i, span in enumerate(self.spans, 1) if span[1] == end]
        return float(starts[first[0]]) + float(ends[last[0]]) if first and last else -np.inf


def best_span(starts: Array, ends: Array, longest: int) -> tuple[int, int, float]:
    """First and last place of the span of at most ``longest`` places with the greatest sum of both, and the sum; of
    equal ones the first, and of those the shortest."""
    wide = min(longest, len(ends))
    tails = np.concatenate([np.asarray(ends, np.float64), np.full(wide, -np.inf)])
    sums = np.asarray(starts, np.float64)[:, None] + np.lib.stride_tricks.sliding_window_view(tails, wide)[: len(ends)]
    first, further = np.unravel_index(int(sums.argmax()), sums.shape)
    return int(first), int(first + further), float(sums[first, further])


def _better(a: Span, b: Span) -> Span:
    best = a if a.log >= b.log else b
    return Span(best.start, best.end, best.log, min(a.none, b.none))
