"""What an answer in words owes to each word of the question, and each word of a translation to those of the source."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.forms.saying import answered, answers
from ninefold.forms.speaking import SPEAKERS, Texts
from ninefold_runtime.explain.owed import of_question, of_source
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.voice import Voice
from questions import facts

SMALL = {"passes": 12, "width": 32, "layers": 1, "pieces": 200, "batch": 8}
NUMBERS = {"eins": "one", "zwei": "two", "drei": "three", "vier": "four"}


def voice_of(name: str, place: Path, **settings: object) -> Voice:
    """A speaker that has learned numbers."""
    rng = np.random.default_rng(0)
    sources = [" ".join(rng.choice(list(NUMBERS), rng.integers(2, 6))) for _ in range(40)]
    texts = Texts("translation", sources, [" ".join(NUMBERS[word] for word in s.split()) for s in sources])
    made = parts.make(SPEAKERS, name, settings).fit(texts, rng=rng, clock=Clock(600), place=place)
    return Voice(made.graph, made.encoder, made.tokens, made.speech)


def test_the_name_that_is_asked_about_matters_most(tmp_path: Path) -> None:
    texts = facts(40, 0)
    made = parts.make(SPEAKERS, "word_overlap", {}).fit(
        texts, rng=np.random.default_rng(0), clock=Clock(600), place=tmp_path
    )
    reader, new = Reader(made.graph, made.reading), facts(5, 1)
    for question, passage, answer in zip(
        new.sources, new.passages, answered(reader, new.sources, new.passages), strict=True
    ):
        owed = of_question(reader, question, answer)
        spans, losses = zip(*owed.losses, strict=True)
        words = [question[start:end] for start, end in spans]
        assert words == question.removesuffix("?").split()
        assert owed.value == pytest.approx(answer.score, rel=1e-5)
        heaviest = words[int(np.argmax(losses))]
        assert heaviest in passage and heaviest[0].isupper()
        place = words.index(heaviest)
        without = question[: spans[place][0]] + question[spans[place][1] :]
        left = math.exp(reader.logs([without], passage, answer.start, answer.end)[0])
        assert losses[place] == pytest.approx(owed.value - left, abs=1e-6)
        assert owed.base == pytest.approx(math.exp(reader.logs([""], passage, answer.start, answer.end)[0]), rel=1e-4)


@pytest.mark.parametrize(("name", "settings"), [("dictionary", {}), ("transformer", SMALL)])
def test_what_was_said_is_as_likely_as_the_search_found(
    name: str, settings: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NINEFOLD_THREADS", "1")
    voice = voice_of(name, tmp_path, **settings)
    sources = ["eins zwei drei", "vier", "drei drei eins zwei eins"]
    for source, said in zip(sources, answers(voice, sources), strict=True):
        logs = voice.forced(np.repeat(voice.sources([source]), 2, axis=0), said.tokens)
        assert logs.shape == (2, len(said.tokens) + 1)
        np.testing.assert_allclose(logs.sum(axis=1), said.score, rtol=1e-4)
        assert of_source(voice, source, said.tokens).value == pytest.approx(math.exp(said.mean), rel=1e-4)


def test_words_of_a_dictionary_owe_to_the_word_in_their_place(tmp_path: Path) -> None:
    voice = voice_of("dictionary", tmp_path)
    source = "  drei, eins   zwei!"
    (said,) = answers(voice, [source])
    owed = of_source(voice, source, said.tokens)
    assert owed.text.strip() == "drei, eins zwei!", "as it is read"
    assert [(word.text, word.owes) for word in owed.words] == [
        ("three,", "drei,"),
        ("one", "eins"),
        ("two!", "zwei!"),
    ]
    assert all(word.loss == pytest.approx(max(each.loss for each in owed.words), abs=0.5) for word in owed.words)
    assert [owed.text[start:end] for (start, end), _ in owed.losses] == ["drei,", "eins", "zwei!"]
    assert min(loss for _, loss in owed.losses) > 0.5 * owed.value
    assert owed.base < 1e-6


def test_letters_of_scripts_without_spaces_are_words_and_bytes_make_letters(tmp_path: Path) -> None:
    voice = voice_of("copy", tmp_path)
    for text, words in (("日本語 ja", ["日", "本", "語", "ja"]), ("“ça, là”", ["“ça,", "là”"])):
        (said,) = answers(voice, [text])
        owed = of_source(voice, text, said.tokens)
        assert [word.text for word in owed.words] == words
        assert [word.owes for word in owed.words] == words
    empty = of_source(voice, "", ())
    assert (empty.losses, empty.words, empty.said) == ([], (), "")
