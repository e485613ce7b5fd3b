"""One row of a user's table explained with a bundle: what both command lines do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.explain.asking import asked_of, spoken_of
from ninefold_runtime.explain.explanation import Account, Explanation
from ninefold_runtime.explain.question import Question, explained
from ninefold_runtime.intake import Note, by_column, wired
from ninefold_runtime.loaded import model_of


@dataclass(frozen=True)
class Single:
    """``account`` is the one to show where there is room for one; None where the method gives none."""

    explanation: Explanation
    account: Account | None
    notes: tuple[Note, ...]


def explain_one(bundle: Bundle, row: Mapping[str, Sequence[object]] | None, question: Question) -> Single:
    """Explain a table of one row, or the bundle's example.

    Raises:
        ExplainError: method or output unknown, or no background. BundleError: the bundle cannot be used.
    """
    schema = bundle.schema
    given = {name: [cell] for name, cell in schema.example.items()} if row is None else row or by_column(schema, [{}])
    arrays, _, notes = wired(schema, given)
    explanation = explained(asked_of(bundle, model_of(bundle)), arrays, question)[0]
    accounts = explanation.accounts
    spoken = spoken_of(schema.target, np.array([account.value for account in accounts])) if accounts else 0
    account = accounts[spoken if len(accounts) > spoken and not question.outputs else 0] if accounts else None
    return Single(explanation, account, tuple(notes))
