"""TF-IDF of words, in the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._spelling import Reader
from ninefold.forms.onnx import Var, const, ml, op
from ninefold.forms.tokens import PAD, words


@dataclass(frozen=True)
class TfIdf:
    """[N, 1] texts to [N, V] rows of Euclidean length 1 (0 where no word is known).

    Vocabulary and inverse document frequency are scikit-learn's (`TfidfVectorizer`); words are read as
    `ninefold.forms.tokens` says, without regard to case; punctuation is none.
    """

    most: int = setting(300, "words in the vocabulary", low=10, high=20_000, log=True, tiny=20)
    least: int = setting(3, "texts a word must occur in", low=2, high=100)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        from sklearn.feature_extraction.text import TfidfVectorizer

        least = min(self.least, max(1, len(block.values) // 2))
        reader = Reader()
        vectorizer = TfidfVectorizer(analyzer=_without_punctuation, max_features=self.most, min_df=least)
        try:
            vectorizer.fit(reader.read(block.values[:, 0]))
        except ValueError:  # no word occurs often enough
            return _Fitted((), (), np.empty(0), {})
        vocabulary = tuple(vectorizer.get_feature_names_out().tolist())
        names = tuple(f"{block.names[0]} ~ {word}" for word in vocabulary)
        return _Fitted(names, vocabulary, vectorizer.idf_, reader.spellings(vocabulary))


def _without_punctuation(spoken: list[str]) -> list[str]:
    return [word for word in spoken if len(word) > 1 or word.isalnum()]


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: Array
    spellings: dict[str, str]
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        text = op.squeeze(block, const([1], np.int64))
        counts = op.cast(self._counts(self._folded(words(text))), to=np.float64)
        weighted = op.mul(counts, const(self.idf))
        length = op.sqrt(op.reduce_sum(op.mul(weighted, weighted), const([1], np.int64), keepdims=1))
        return op.div(weighted, op.where(op.greater(length, const(0.0)), length, const(1.0)))

    def _counts(self, folded: Var) -> Var:
        return op.tf_idf_vectorizer(
            folded,
            max_gram_length=1,
            max_skip_count=0,
            min_gram_length=1,
            mode="TF",
            ngram_counts=[0],
            ngram_indexes=list(range(len(self.vocabulary))),
            pool_strings=list(self.vocabulary),
        )

    def _folded(self, tokens: Var) -> Var:
        """Words of the vocabulary as they stand there; other words become PAD."""
        return ml.label_encoder(
            tokens,
            keys_tensor=np.array(list(self.spellings), np.str_),
            values_tensor=np.array(list(self.spellings.values()), np.str_),
            default_tensor=np.array([PAD], np.str_),
        )
