"""TF-IDF of words, in the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, ml, op
from ninefold.forms.tokens import PAD, WORD, words


@dataclass(frozen=True)
class TfIdf:
    """[N, 1] texts to [N, V] rows of Euclidean length 1 (0 where no word is known).

    Vocabulary and inverse document frequency are scikit-learn's (`TfidfVectorizer`); words are runs of ASCII letters,
    digits and underscores, without regard to case. Case is folded by table, not by locale: slim images have none.
    """

    most: int = setting(300, "words in the vocabulary", low=10, high=20_000, log=True, tiny=20)
    least: int = setting(3, "texts a word must occur in", low=2, high=100)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        from sklearn.feature_extraction.text import TfidfVectorizer

        least = min(self.least, max(1, len(block.values) // 2))
        vectorizer = TfidfVectorizer(token_pattern=WORD, max_features=self.most, min_df=least)
        try:
            vectorizer.fit(block.values[:, 0])
        except ValueError:  # no word occurs often enough
            return _Fitted((), (), np.empty(0))
        vocabulary = tuple(vectorizer.get_feature_names_out().tolist())
        return _Fitted(tuple(f"{block.names[0]} ~ {word}" for word in vocabulary), vocabulary, vectorizer.idf_)


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: Array
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        text = op.squeeze(block, const([1], np.int64))
        counts = op.cast(self._counts(_folded(words(text), self.vocabulary)), to=np.float64)
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


def _folded(tokens: Var, vocabulary: tuple[str, ...]) -> Var:
    """Words of the vocabulary in lower case; other words become PAD."""
    table = {form: word for word in vocabulary for form in (word.upper(), word.capitalize(), word)}
    return ml.label_encoder(
        tokens,
        keys_tensor=np.array(list(table), np.str_),
        values_tensor=np.array(list(table.values()), np.str_),
        default_tensor=np.array([PAD], np.str_),
    )
