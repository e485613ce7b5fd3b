"""Made questions: facts about people whom nobody has heard of, told in passages."""

from __future__ import annotations

import numpy as np
import polars as pl

from ninefold.forms.speaking import Texts

SYLLABLES = ("ka", "lo", "mi", "ren", "tas", "vor", "bel", "du", "fin", "gar", "hol", "jes")
FACTS = {
    "birth": ("{who} was born in {what}.", ("Where was {who} born?", "In which town did {who} come to the world?")),
    "home": ("{who} now lives in {what}.", ("Where does {who} live?", "What is the home of {who}?")),
    "spouse": ("{who} is married to {what}.", ("Who is the spouse of {who}?", "Whom did {who} marry?")),
}


def facts(count: int, seed: int, people: int = 2) -> Texts:
    """So many questions, two about each passage; every name is made anew."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str, str]] = []
    while len(rows) < count:
        told = [(kind, who, _name(rng)) for who in [_name(rng) for _ in range(people)] for kind in FACTS]
        order = rng.permutation(len(told)).tolist()
        passage = " ".join(FACTS[told[i][0]][0].format(who=told[i][1], what=told[i][2]) for i in order)
        for i in order[:2]:
            kind, who, what = told[i]
            asked = FACTS[kind][1][int(rng.integers(2))]
            rows.append((asked.format(who=who), what, passage))
    questions, answers, passages = (list(column) for column in zip(*rows[:count], strict=True))
    return Texts("question-answering", questions, answers, passages=passages)


def table(texts: Texts) -> pl.DataFrame:
    columns = {"number": range(len(texts.sources)), "question": texts.sources, "passage": texts.passages}
    return pl.DataFrame(columns | {"answer": texts.targets})


def _name(rng: np.random.Generator) -> str:
    parts = ("".join(rng.choice(SYLLABLES, int(rng.integers(2, 4)))) for _ in range(2))
    return " ".join(part.capitalize() for part in parts)
