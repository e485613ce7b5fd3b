"""Words: what the answer loses without each word of a text, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Arrays, Asked
from ninefold_runtime.explain.asking import scale_of, spoken_of
from ninefold_runtime.explain.explanation import Account, Explanation, Listing
from ninefold_runtime.explain.lime_text import stretches
from ninefold_runtime.explain.weighing import weighed

NOTE = (
    "Each weight is what the answer loses when that one word is left out and all else stays: exact, and the same every "
    "time. Words that say the same stand in for each other, and words that say something only together count twice, so "
    "that weights do not add up to anything."
)


@dataclass(frozen=True)
class Words:
    """Leaves out one word at a time (one stretch of words, in a text of very many) and asks the graph again."""

    title: ClassVar[str] = "Words: what the answer loses without each"
    shown: int = 20
    """Words of each text that are told, heaviest first."""

    def explain(self, asked: Asked, row: Arrays, *, seed: int) -> Explanation:
        texts = [c.name for c in asked.schema.columns if c.kind == "text" and stretches(str(row[c.name][0]))]
        if not texts:
            raise ExplainError("NF-R414", "this row has no text with words", hint="shap or lime tell of columns")
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
        told = enumerate(weighed(asked, row, column, output), 1)
        each = ((place, text[start:end], loss) for place, ((start, end), loss) in told)
        title = f"Words of {column}: what {asked.outputs[output]} loses without each"
        ranked = sorted(each, key=lambda one: -abs(one[2]))
        return Listing(title, ("place", "words", "weight"), tuple(ranked[: self.shown]))
