"""A bundle that answers questions, as a model: the words of a passage that answer, where they stand, and how sure.

Where a question comes without a passage, the documents that were given to the bundle are searched (BM25), the best few
are read, and the answer that the reader is surest of counts: retriever and reader (Chen et al. 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.language.reader import Reader, Span
from ninefold_runtime.language.search_index import Index
from ninefold_runtime.model import Model, Prediction, Predictions
from ninefold_runtime.reading import Documents
from ninefold_runtime.schema import Schema

Array = NDArray[Any]
AT_ONCE = 64
"""Questions that are answered together."""


@dataclass(frozen=True)
class Answer:
    """``text`` is empty where there is none; ``score`` is the probability of the answer, or of there being none.
    ``start`` and ``end`` count characters of the passage, -1 where there is none; ``name`` is that of a document."""

    score: float
    text: str
    start: int
    end: int
    name: str
    passage: str


KINDS = (np.float64, object, np.int64, np.int64, object, object)
"""Of the fields, as columns."""


class Answerer(Model):
    """``read``: how many documents are read for a question; those of the bundle unless it is said.

    Raises:
        BundleError: the graph cannot be used.
    """

    slow = True

    def __init__(
        self, reader: Reader, schema: Schema, documents: Documents | None = None, *, read: int | None = None
    ) -> None:
        self._know(schema, AT_ONCE)
        self.reader, self.documents = reader, documents
        self._read = reader.reading.read if read is None else read
        self._index = None if documents is None else Index(documents.texts)

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        """Scores and texts [N], starts, ends, names of documents and the passages that were read."""
        question, passage = (feed[name].tolist() for name in self.schema.names)
        said = self.answers(question, passage)
        names = [field.name for field in fields(Answer)]
        return [_column([getattr(each, name) for each in said], kind) for name, kind in zip(names, KINDS, strict=True)]

    def answers(self, questions: Sequence[str], passages: Sequence[str]) -> list[Answer]:
        """Of each question in its passage, or in the best of the documents where it has none."""
        asked = [self._candidates(*pair) for pair in zip(questions, passages, strict=True)]
        pairs = [(q, text) for q, found in zip(questions, asked, strict=True) for _, text in found]
        spans = iter(self.reader.spans(pairs))
        return [_chosen([(*each, next(spans)) for each in found]) for found in asked]

    def _candidates(self, question: str, passage: str) -> list[tuple[str, str]]:
        """Names and texts of what is to be read."""
        if not question:
            return []
        if passage or self._index is None or self.documents is None:
            return [("", passage)]
        found = self._index.best(question, self._read)
        return [(self.documents.names[place], self.documents.texts[place]) for place in found]

    def joined(self, parts: Sequence[Sequence[Array]], notes: tuple[Any, ...] = ()) -> Predictions:
        made = super().joined(parts, notes)
        start, end, name, passage = (_together([part[i] for part in parts], KINDS[i]) for i in range(2, 6))
        more: dict[str, Array] = {"start": start, "end": end}
        if self.documents is not None:
            more["document"] = name
        return replace(made, more=more, read={self.schema.names[1]: passage})

    def told(self, outputs: Sequence[Array], notes: list[Any]) -> Prediction:
        made = self.joined([outputs])
        more = {name: values.tolist()[0] for name, values in made.more.items()}
        return Prediction(made.predictions[0], None, notes, float(outputs[0][0]), more)


def _chosen(found: Sequence[tuple[str, str, Span]]) -> Answer:
    """The likeliest answer of all that were read; that there is none only where none of them has one."""
    if not found:
        return Answer(1.0, "", -1, -1, "", "")
    having = [each for each in found if each[2].found]
    name, text, span = max(having or found[:1], key=lambda each: each[2].log)
    if not having:
        return Answer(float(np.exp(min(each[2].none for each in found))), "", -1, -1, name, text)
    return Answer(float(np.exp(span.log)), text[span.start : span.end], span.start, span.end, name, text)


def _together(parts: Sequence[Array], kind: Any) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, kind)


def _column(values: list[Any], kind: Any) -> Array:
    """[N]; a plain list of texts of one length would become two-dimensional."""
    out = np.empty(len(values), kind)
    out[:] = values
    return out
