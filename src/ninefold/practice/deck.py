"""All cards there are, and what stands on them."""

from __future__ import annotations

import re
from functools import cache

from ninefold.core.errors import WishError, nearest
from ninefold.guide.page import Page, page_of, pages
from ninefold.guide.running import Ran
from ninefold.guide.said import Ask, Prose, Reveal
from ninefold.guide.said import Exercise as Told
from ninefold.guide.store import ran_of
from ninefold.practice.broken import Broken, broken_runs
from ninefold.practice.card import Card, Code, Content, Predict, Recall
from ninefold.practice.written import exercise_of

_THIRTY_SECONDS = re.compile(r"\*\*In thirty seconds\.\*\*\s+(.+?)(?=\n\s*\n|\Z)", re.DOTALL)
_FOLLOW_UP = re.compile(r"^- \*\*(.+?\?)\*\*\s*((?:.|\n(?!- \*\*))*)", re.MULTILINE)


@cache
def deck() -> dict[str, Card]:
    """Every card by its id: of each page in the order of the questions, then the broken runs."""
    found = [card for page in pages().values() for card in _cards(page)]
    found += [Card("debug", broken.question, broken.name) for broken in broken_runs()]
    return {card.id: card for card in found}


def _cards(page: Page) -> list[Card]:
    has_exercise = any(cell.name == "exercise" for cell in page.cells)
    code = [Card("code", page.number)] if has_exercise else []
    return [Card("recall", page.number), Card("predict", page.number), *code]


def chosen(word: str) -> tuple[Card, ...]:
    """The cards that are meant: of a question by its number, of a kind, or the one of this id.

    Raises:
        WishError: NF-E383 when there is none.
    """
    every = deck()
    found = tuple(card for card in every.values() if word in (card.id, str(card.question), card.kind))
    if not found:
        close = nearest(word, every)
        hint = (
            f"did you mean {close[0]}?"
            if close
            else "name a question (20), a kind (recall, predict, code, debug) or a card"
        )
        raise WishError(
            "NF-E383", f'there is nothing to practise under "{word}"', hint=hint, given=word, suggestions=close
        )
    return found


def card_of(name: str) -> Card | None:
    """The card of this id; None where other cards are meant.

    Raises:
        WishError: NF-E383 when none is.
    """
    return next((card for card in chosen(name) if card.id == name), None)


@cache
def content(card: Card) -> Content:
    """What stands on a card. Where the page was not run before, it is run now.

    Raises:
        NinefoldError: when the page cannot be run.
    """
    if card.name:
        broken = _broken(card.name)
        return Code(broken.exercise.told, broken.exercise)
    if card.kind == "code":
        return _code(page_of(card.question))
    return _predict(card.question) if card.kind == "predict" else Recall(title(card), answer_of(card.question))


def title(card: Card) -> str:
    """A card in a line, which gives nothing away."""
    if card.name:
        return _broken(card.name).title
    question = page_of(card.question).question
    return question if card.kind == "recall" else f"{question} ({_ASKS[card.kind]})"


_ASKS = {"predict": "what will happen?", "code": "write it"}


def answer_of(question: int) -> str:
    """The page's answer in thirty seconds (Markdown), without what leads on to its code."""
    said = _ran(question).said("answer")
    assert isinstance(said, Prose)
    found = _THIRTY_SECONDS.search(said.text.strip())
    return found[1] if found else said.text


def follow_ups(question: int) -> tuple[tuple[str, str], ...]:
    """What is asked next, and the answers (Markdown)."""
    said = _ran(question).said("follow_ups")
    assert isinstance(said, Prose)
    return tuple((asked, " ".join(answer.split())) for asked, answer in _FOLLOW_UP.findall(said.text))


def _ran(question: int) -> Ran:
    return ran_of(page_of(question))


def _predict(question: int) -> Predict:
    ran = _ran(question)
    asked, reveal = ran.said("predict"), ran.said("reveal")
    assert isinstance(asked, Ask)
    assert isinstance(reveal, Reveal)
    return Predict(asked.question, asked.options, reveal.truth, reveal.text, ran.said("experiment"))


def _code(page: Page) -> Code:
    told = ran_of(page).said("exercise")
    assert isinstance(told, Told)
    return Code(f"Write `{told.signature}`: {told.told}", exercise_of(page, told))


def _broken(name: str) -> Broken:
    return next(broken for broken in broken_runs() if broken.name == name)
