"""Tokens, beam search and generation: the runtime's share of texts that become texts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ninefold_runtime.errors import SpeechError
from ninefold_runtime.language.generating import Asked, checked, drawn
from ninefold_runtime.language.search import beam_search
from ninefold_runtime.speech import Speech, contradictions
from ninefold_runtime.tokenizer import BEGIN, END, FIRST, PADDING, Tokenizer, Tokens

TOKENS = Tokens(pieces=(" the", " cat", "s", "t", " th", "the", "ß"))


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    for tokens in (
        Tokens(pieces=(" a", "b", "\n"), collapse=False),
        Tokens(pieces=("a",), cut="characters", collapse=False),
    ):
        reader = Tokenizer(tokens)
        assert reader.decode(reader.encode(text)) == text
    assert Tokenizer(TOKENS).decode(Tokenizer(TOKENS).encode(text)) == " ".join(text.split())


def test_the_longest_piece_is_taken_and_what_is_on_no_list_is_spelled() -> None:
    reader = Tokenizer(TOKENS)
    assert reader.pieces(reader.encode("the cats ß")) == [" the", " cat", "s", "<20>", "ß"]
    assert reader.pieces(reader.encode("é")) == ["<20>", "<c3>", "<a9>"]
    assert reader.decode([*reader.encode("the"), END, *reader.encode("cat")]) == "the"


def test_a_tokenizer_and_its_speech_are_looked_at() -> None:
    fine = Speech(width=4, longest=10)
    assert not list(contradictions(TOKENS, fine))
    assert list(contradictions(Tokens(pieces=("a", "a")), fine))
    assert list(contradictions(Tokens(pieces=("",)), fine))
    assert list(contradictions(TOKENS, Speech(width=4, longest=10, beams=1000)))


class Table:
    """Log-probabilities by the last two tokens, drawn once: a graph with a memory of two."""

    def __init__(self, tokens: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        raw = rng.normal(size=(tokens, tokens, tokens)) * 2
        self._table = raw - np.log(np.exp(raw).sum(axis=2, keepdims=True))
        self._last: np.ndarray | None = None

    def next(self, tokens: np.ndarray, parents: np.ndarray, rows: np.ndarray) -> np.ndarray:
        before = np.full(len(tokens), PADDING) if self._last is None else self._last[parents]
        self._last = tokens
        return self._table[before, tokens]

    def score(self, tokens: tuple[int, ...]) -> float:
        path = [PADDING, BEGIN, *tokens]
        return float(sum(self._table[a, b, c] for a, b, c in zip(path, path[1:], path[2:], strict=False)))


def exhaustive(table: Table, tokens: int, longest: int, penalty: float) -> tuple[int, ...]:
    """The best of all answers, each compared as the search does."""
    words = [token for token in range(tokens) if token not in {PADDING, BEGIN, END}]
    found = {}
    for length in range(longest + 1):
        for answer in product(words, repeat=length):
            if length < longest:
                found[answer] = table.score((*answer, END)) / (length + 1) ** penalty
            else:
                found[answer] = table.score(answer) / (length + 1) ** penalty
                found[answer] = max(found[answer], -np.inf)
    return max(found, key=found.__getitem__)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_wide_beam_finds_the_best_of_all_answers(seed: int, penalty: float) -> None:
    table = Table(6, seed)
    said = beam_search(table, np.array([4]), beams=400, penalty=penalty)[0]
    assert said.tokens == exhaustive(table, 6, 4, penalty)


@pytest.mark.parametrize("seed", range(5))
def test_one_beam_is_greedy(seed: int) -> None:
    table, wanted, last = Table(9, seed), [], (PADDING, BEGIN)
    while len(wanted) < 12:
        told = table._table[last].copy()
        told[[PADDING, BEGIN]] = -np.inf
        if (token := int(told.argmax())) == END:
            break
        wanted.append(token)
        last = (last[1], token)
    assert beam_search(Table(9, seed), np.array([12]), beams=1, penalty=1.0)[0].tokens == tuple(wanted)


def test_sources_do_not_change_each_others_answers() -> None:
    together = beam_search(Table(8, 3), np.array([6, 2, 6]), beams=3, penalty=1.0)
    alone = [beam_search(Table(8, 3), np.array([n]), beams=3, penalty=1.0)[0] for n in (6, 2, 6)]
    assert [each.tokens for each in together] == [each.tokens for each in alone]
    assert beam_search(Table(8, 3), np.empty(0, int), beams=3, penalty=1.0) == []


def frequencies(asked: Asked, told: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(asked.seed)
    return np.bincount([drawn(told, asked, rng) for _ in range(4000)], minlength=len(told)) / 4000


def test_tokens_are_drawn_as_likely_as_they_are() -> None:
    told = np.log(np.array([0.2, 0.1, 0.05, 0.35, 0.2, 0.1]))
    shares = np.array([0, 0, 0.05, 0.35, 0.2, 0.1]) / 0.7
    assert np.abs(frequencies(Asked(), told) - shares).max() < 0.03
    assert np.flatnonzero(frequencies(Asked(top_k=2), told)).tolist() == [3, 4]
    assert np.flatnonzero(frequencies(Asked(top_p=0.4), told)).tolist() == [3]
    assert frequencies(Asked(temperature=0), told)[3] == 1
    assert frequencies(Asked(temperature=0.3), told)[3] > frequencies(Asked(temperature=3.0), told)[3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"tokens": 0},
        {"tokens": 10**6},
        {"temperature": -1.0},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"seed": -1},
    ],
)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SpeechError, match="out of bounds") as caught:
        checked(Asked(**wrong))
    assert caught.value.code == "NF-R601"


def test_pieces_are_numbered_behind_the_bytes() -> None:
    assert Tokenizer(TOKENS).encode("the") == [FIRST]
