"""Speakers: what counting ones learn, and that a transformer's graph is the transformer."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.forms.saying import heard, predicted
from ninefold.forms.speaking import SPEAKERS, Spoken, Texts
from ninefold.speakers._meanings import aligned
from ninefold.speakers._pieces import pairs_encoded, said_first
from ninefold_runtime.language.generating import Asked, generate
from ninefold_runtime.language.listener import surprise
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.safety.graph import examine
from ninefold_runtime.tokenizer import BEGIN, FIRST, PADDING, Tokenizer, Tokens
from questions import facts

WORDS = {"eins": "one", "zwei": "two", "drei": "three", "vier": "four", "fünf": "five", "sechs": "six"}
SPEAKING = ("copy", "dictionary", "transformer", "unigrams", "bigrams", "trigrams", "causal_transformer")
READING = ("word_overlap", "reader")
NAMES = (*SPEAKING, *READING)


def pairs(count: int, seed: int = 0) -> Texts:
    """Numbers in German and English, in the same order."""
    rng = np.random.default_rng(seed)
    sources = [" ".join(rng.choice(list(WORDS), rng.integers(2, 6))) for _ in range(count)]
    return Texts("translation", sources, [" ".join(WORDS[word] for word in s.split()) for s in sources])


def prose(lines: int, seed: int = 0) -> Texts:
    rng = np.random.default_rng(seed)
    return Texts("language-model", [" ".join(rng.choice(list(WORDS), 5)) for _ in range(lines)])


def fit(name: str, texts: Texts, place: Path, **settings: object) -> tuple[Spoken, Voice]:
    part = parts.make(SPEAKERS, name, settings)
    made = part.fit(texts, rng=np.random.default_rng(0), clock=Clock(600), place=place)
    return made, Voice(made.graph, made.encoder, made.tokens, made.speech)


def texts_for(name: str) -> Texts:
    solves = parts.find(SPEAKERS, name).card.solves
    return pairs(40) if "translation" in solves else facts(40, 0) if name in READING else prose(40)


def tiny(name: str) -> dict[str, object]:
    spaces = parts.spaces(parts.find(SPEAKERS, name))
    return {key: space.tiny for key, space in spaces.items() if space.tiny is not None}


def test_the_inventory_of_speakers() -> None:
    assert parts.names(SPEAKERS) == tuple(sorted(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_speaker_makes_may_ship_and_is_the_same_each_time(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one thread: with several, sums may be taken in another order where the machine is busy."""
    monkeypatch.setenv("NINEFOLD_THREADS", "1")
    texts, part = texts_for(name), parts.make(SPEAKERS, name, tiny(name))
    rng, clock = np.random.default_rng, Clock(600)
    made, again = (part.fit(texts, rng=rng(0), clock=clock, place=tmp_path / place) for place in "ab")
    assert made.files == again.files
    assert made.difference < 1e-4
    for file, data in made.files.items():
        if file.endswith(".onnx"):
            examine(data, file)


def test_a_copy_says_what_it_is_told(tmp_path: Path) -> None:
    _, voice = fit("copy", pairs(2), tmp_path)
    odd = ["Ein Café – 3,5 %!", "日本語 x", "a"]
    assert predicted(voice, Texts("translation", odd, odd))[:, 0].tolist() == odd


def test_a_dictionary_finds_which_word_is_which(tmp_path: Path) -> None:
    _, voice = fit("dictionary", pairs(200), tmp_path)
    new = pairs(20, seed=1)
    assert predicted(voice, new)[:, 0].tolist() == list(new.targets)
    looked = voice.attention(voice.sources(["eins zwei"]), Tokenizer(voice.tokenizer.tokens).encode("one two"))
    assert looked.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_word_on_no_list_stays_a_word_of_its_own(tmp_path: Path) -> None:
    known, names = pairs(300), ["".join(each) for each in product("bdf", "aeo", "gkzm", "aei", "lr")]
    sources = [f"{source} {names[i % len(names)]}" for i, source in enumerate(known.sources)]
    _, voice = fit("dictionary", Texts("translation", sources, known.targets), tmp_path, words=100)
    assert predicted(voice, Texts("translation", ["eins qoz zwei"], ["one qoz two"]))[0, 0] == "one qoz two"


def test_counting_more_surprises_less(tmp_path: Path) -> None:
    texts, new = prose(300), prose(60, seed=1).sources
    nats = [heard(fit(name, texts, tmp_path)[1], new).sum() for name in ("unigrams", "bigrams", "trigrams")]
    assert nats[0] > nats[1] > nats[2]


@pytest.mark.parametrize("name", ["unigrams", "bigrams", "trigrams"])
def test_counted_probabilities_sum_to_one(name: str, tmp_path: Path) -> None:
    _, voice = fit(name, prose(50), tmp_path)
    tokens = np.array([[BEGIN, *voice.tokenizer.encode("eins zwei ☃ q")]])
    told, _ = voice.next(tokens, voice.start(1))
    assert np.exp(told.astype(np.float64)).sum(axis=2) == pytest.approx(1, abs=1e-4)


def test_later_tokens_change_nothing_before_them(tmp_path: Path) -> None:
    _, voice = fit("causal_transformer", prose(60), tmp_path, **tiny("causal_transformer"))
    tokens = np.array([voice.tokenizer.encode("eins zwei dre")])
    other = tokens.copy()
    other[0, 9:] = voice.tokenizer.encode("vier")
    one, two = (voice.next(each, voice.start(1))[0] for each in (tokens, other))
    assert np.array_equal(one[0, :9], two[0, :9])
    assert not np.allclose(one[0, 9:], two[0, 9:])


def test_padding_changes_no_answer(tmp_path: Path) -> None:
    _, voice = fit("transformer", pairs(60), tmp_path, **tiny("transformer"))
    alone = voice.sources(["eins zwei"])
    wide = np.pad(alone, ((0, 0), (0, 7)), constant_values=PADDING)
    token = np.array([[BEGIN]])
    told = [voice.next(token, voice.start(1), each, voice.memory(each))[0] for each in (alone, wide)]
    assert np.abs(told[0] - told[1]).max() < 1e-5


def test_attention_is_that_of_torch(tmp_path: Path) -> None:
    """Our module, held against torch's own layer with the same weights."""
    import torch

    from ninefold.networks.speech.network import Attention
    from ninefold.networks.speech.shape import Shape

    torch.manual_seed(0)
    ours = Attention(Shape(9, 9, 32, 4, 64, 1, 1)).eval()
    theirs = torch.nn.MultiheadAttention(32, 4, batch_first=True).eval()
    theirs.in_proj_weight.data = torch.cat([ours.query.weight, ours.both.weight]).data
    theirs.in_proj_bias.data = torch.cat([ours.query.bias, ours.both.bias]).data
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    x, seen = torch.randn(3, 5, 32), torch.randn(3, 7, 32)
    there = torch.arange(7) < torch.tensor([[7], [4], [1]])
    wanted, _ = theirs(x, seen, seen, key_padding_mask=~there)
    assert torch.allclose(ours(x, seen, there[:, None, None]), wanted, atol=1e-6)


def test_a_transformer_learns_an_order_that_a_dictionary_cannot(tmp_path: Path) -> None:
    learned = pairs(300)
    turned = Texts("translation", learned.sources, [" ".join(t.split()[::-1]) for t in learned.targets])
    settings = {"passes": 25, "width": 64, "layers": 1, "batch": 32, "rate": 4e-3, "dropout": 0.0}
    _, voice = fit("transformer", turned, tmp_path, **settings)
    new = pairs(30, seed=5)
    wanted = [" ".join(t.split()[::-1]) for t in new.targets]
    right = predicted(voice, Texts("translation", new.sources, wanted))[:, 0] == np.array(wanted, object)
    assert right.mean() > 0.7


def test_a_window_that_is_full_goes_on(tmp_path: Path) -> None:
    _, voice = fit("causal_transformer", prose(60), tmp_path, **tiny("causal_transformer"))
    said = list(generate(voice, Asked(prompt="eins", tokens=50, seed=3)))
    assert said == list(generate(voice, Asked(prompt="eins", tokens=50, seed=3)))
    assert len(said) == 50 > voice.speech.window
    assert len(surprise(voice, said)) == 50


def test_pieces_of_answers_come_first_and_read_answers_alike() -> None:
    texts = pairs(30)
    found = pairs_encoded([*texts.sources, *texts.targets], 60, Clock(60))
    tokens, said = said_first(found, texts.targets)
    assert sorted(tokens.pieces) == sorted(found.pieces)
    assert 0 < said < len(tokens.pieces)
    alone, whole = Tokenizer(Tokens(pieces=tokens.pieces[:said])), Tokenizer(tokens)
    assert all(alone.encode(text) == whole.encode(text) for text in texts.targets)
    assert alone.decode(alone.encode("fünfzig ☃")) == "fünfzig ☃"


def test_words_begin_near_what_they_are_translated_by() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(FIRST + 20, 16)).astype(np.float32)
    source = FIRST + rng.integers(0, 10, (200, 4))
    begun = aligned(vectors, source, source[:, ::-1] + 10, Clock(60))
    assert np.array_equal(begun[FIRST + 10 :], vectors[FIRST + 10 :])
    near = begun / np.linalg.norm(begun, axis=1, keepdims=True)
    cosines = near[FIRST : FIRST + 10] @ near[FIRST + 10 :].T
    assert np.diag(cosines).min() > 0.8
    assert np.linalg.norm(begun, axis=1) == pytest.approx(np.linalg.norm(vectors, axis=1), rel=0.3)
    again = aligned(vectors, source, source, Clock(60))
    assert np.array_equal(again, vectors), "words that come on both sides stay"


def test_a_transformer_may_say_what_answers_are_made_of_alone(tmp_path: Path) -> None:
    made, voice = fit("transformer", pairs(60), tmp_path, **tiny("transformer") | {"passes": 1})
    told, _ = voice.next(np.array([[BEGIN]]), voice.start(1), *(s := voice.sources(["eins"]), voice.memory(s)))
    assert FIRST < told.shape[2] < made.tokens.size
    assert np.exp(told).sum() == pytest.approx(1, abs=1e-4)


def test_pieces_are_the_most_frequent_pairs() -> None:
    tokens = pairs_encoded(["low low low lower"] * 3, 100, Clock(60))
    assert {" low", "lo"} & set(tokens.pieces) and " low" in tokens.pieces
    assert Tokenizer(tokens).pieces(Tokenizer(tokens).encode("low"))[0] == " low"


def test_the_widest_network_that_is_chosen_by_itself_may_ship() -> None:
    from ninefold.networks.speech.graph import decoder_graph, encoder_graph
    from ninefold.networks.speech.network import Speaking
    from ninefold.networks.speech.shape import Shape
    from ninefold.speakers.transformer import HEAD, LONGEST, WIDE

    shape = Shape(6_259, LONGEST + 1, WIDE, WIDE // HEAD, 4 * WIDE, 2, 2)
    weights = Speaking(shape).weights()
    for graph in (decoder_graph(shape, weights), encoder_graph(shape, weights)):
        examine(graph)
