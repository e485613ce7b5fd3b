"""Words: what the answer loses without each word of a text, where it stands; of answers in words, without each word of
the question or source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Arrays, Asked, Owed
from ninefold_runtime.explain.asking import scale_of, spoken_of
from ninefold_runtime.explain.explanation import Account, Explanation, Listing
from ninefold_runtime.explain.lime_text import stretches
from ninefold_runtime.explain.told import shown
from ninefold_runtime.explain.weighing import weighed

NOTE = (
    "Each weight is what the answer loses when that one word is left out and all else stays: exact, and the same every "
    "time. Words that say the same stand in for each other, and words that say something only together count twice, so "
    "that weights do not add up to anything."
)
NONE = "this row has no text with words"
OF_ANSWERS = (
    "Each weight is what the probability of this very answer loses when that one word of the question is left out and "
    "the passage stays: no other answer is looked for. What stands for typical rows is the probability without a "
    "question."
)
OF_TRANSLATIONS = (
    "Each weight is what the probability of a token of this very translation loses when that one word of the source is "
    "hidden and all others stay in their places: no other translation is looked for. A word of it owes to those "
    "without which it loses 0.05 at least, and half of the most. What stands for typical rows is the probability "
    "without a source."
)


@dataclass(frozen=True)
class Words:
    """Leaves out one word at a time (one stretch of words, in a text of very many) and asks the graph again."""

    title: ClassVar[str] = "Words: what the answer loses without each"
    shown: int = 20
    """Words of each text that are told, heaviest first."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        """Any graph that takes texts.

        Raises:
            ExplainError: NF-R414 where the row has no text with words.
        """
        if asked.owing is not None:
            return _of_answer(asked, asked.owing(row), self.shown)
        texts = [c.name for c in asked.schema.columns if c.kind == "text" and stretches(str(row[c.name][0]))]
        if not texts:
            raise ExplainError("NF-R414", NONE, hint="shap or lime tell of columns")
        value = asked.ask(row)[0]
        base = asked.background.weights @ asked.ask(asked.background.columns)
        told = zip(asked.outputs, base.tolist(), value.tolist(), strict=True)
        output = spoken_of(asked.schema.target, value)
        tables = tuple(self._listing(asked, row, name, output) for name in texts)
        return Explanation(
            "words", scale_of(asked.schema.target), tuple(Account(*one) for one in told), (NOTE,), tables
        )

    def _listing(self, asked: Asked, row: Arrays, column: str, output: int) -> Listing:
        text = str(row[column][0])
        return _weights(text, weighed(asked, row, column, output), column, asked.outputs[output], self.shown)


def _weights(text: str, found: Sequence[tuple[tuple[int, int], float]], column: str, output: str, most: int) -> Listing:
    """Where each word stands among the others, and what the output loses without it, the heaviest first."""
    each = ((place, text[start:end], loss) for place, ((start, end), loss) in enumerate(found, 1))
    ranked = sorted(each, key=lambda one: -abs(one[2]))
    title = f"Words of {column}: what {output} loses without each"
    return Listing(title, ("place", "words", "weight"), tuple(ranked[:most]))


def _of_answer(asked: Asked, owed: Owed, most: int) -> Explanation:
    column = asked.schema.names[0]
    if not owed.losses:
        raise ExplainError("NF-R414", NONE, hint=f"{column} is empty, or has marks alone")
    said = f"“{shown(owed.said)}”" if owed.said else "no answer"
    tables = [_weights(owed.text, owed.losses, column, said, most)]
    if owed.words:
        rows = tuple((word.text, word.owes, word.loss) for word in owed.words)
        tables.append(Listing("What each word of it owes to", ("said", "owes to", "weight"), rows))
    accounts = (Account(asked.outputs[0], owed.base, owed.value),)
    note = OF_TRANSLATIONS if owed.words else OF_ANSWERS
    return Explanation("words", scale_of(asked.schema.target), accounts, (note,), tuple(tables))
