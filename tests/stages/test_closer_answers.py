"""Answers and translations looked at closely: which are shown, what is marked where, how it is told, drawn and bounded;
and forecasts, of which the worst and the middle are drawn."""

import dataclasses

import numpy as np
import pytest
from test_evaluate import evaluation_of

from ninefold.core.clock import Clock
from ninefold.core.closer import Closer, Seen, SeenAnswer, SeenTranslation
from ninefold.core.forecasts import Backtest, Forecasts, Method
from ninefold.core.results import Heard
from ninefold.core.section import Word
from ninefold.evaluate.closer import questions, translations
from ninefold.evaluate.closer.looking import late
from ninefold.evaluate.closer.questions import answers_of, marked
from ninefold.evaluate.closer.translations import translations_of
from ninefold.evaluate.forecasts_view import figures
from ninefold.evaluate.view import view
from ninefold.forms.speaking import Texts
from ninefold.report.charts import passage
from ninefold.report.charts.draw import draw
from ninefold.report.document import Document, Stage, decode, encode
from ninefold.report.render import page
from ninefold_runtime.explain.asked import Owed, SaidWord
from ninefold_runtime.language.answerer import Answer
from ninefold_runtime.language.search import Said

LONG = " ".join(f"word{i}" for i in range(300))


def told(words):
    return [(word.text, word.mark) for word in words]


def test_what_was_said_and_what_is_true_are_marked_where_they_stand():
    text = "Ada lives in Rome and works in Paris."
    assert told(marked(text, (13, 17), (31, 36))) == [
        ("Ada lives in ", ""),
        ("Rome", "said"),
        (" and works in ", ""),
        ("Paris", "true"),
        (".", ""),
    ]
    assert told(marked(text, (4, 17), (13, 21)))[1:4] == [("lives in ", "said"), ("Rome", "both"), (" and", "true")]
    assert told(marked(text, (13, 17), (13, 17)))[1] == ("Rome", "both")
    assert told(marked(text, None, None)) == [(text, "")]
    assert told(marked("", None, None)) == []
    assert told(marked("?!", (0, 1), None))[0] == ("?", "said")


def test_of_a_long_passage_what_stands_around_both_is_kept():
    said, true = LONG.index("word20"), LONG.index("word250")
    shown = list(marked(LONG, (said, said + 6), (true, true + 7)))
    assert [word.mark for word in shown if word.mark] == ["said", "true"]
    assert [word.text for word in shown].count(" … ") == 2, "between them, and behind"
    assert sum(len(word.text) for word in shown) < 4 * questions.AROUND + 50
    whole = [word.text.split() for word in shown if not word.mark and word.text != " … "]
    assert {word for words in whole for word in words} <= set(LONG.split()), "no word is cut"
    near = "".join(word.text for word in marked(LONG, (said, said + 6), (said + 7, said + 13)))
    assert near.startswith("word0 ") and near.count("…") == 1
    bare = list(marked(LONG, None, None))
    assert bare[-1].text == " … " and len(bare[0].text) <= questions.AROUND
    unspaced = "".join(chr(0x4E00 + i) for i in range(900))
    assert max(len(word.text) for word in marked(unspaced, (400, 402), None)) == questions.AROUND


@pytest.fixture
def owing(monkeypatch):
    """Every word of a question matters alike."""

    def owed(reader, question, answer):
        return Owed(question, answer.text, 0.5, 0.1, [((0, 5), 0.25)])

    monkeypatch.setattr(questions, "of_question", owed)


def test_the_surest_of_the_worst_answers_come_first_and_some_right_ones_last(owing):
    passage = "Ada lives in Rome and works in Paris."
    worth = np.array([0, 1, 0, 0.5, 1, 1, 0, 0, 0, 1.0])
    sure = np.linspace(0.05, 0.95, 10)
    found = [Answer(s, "Rome", 13, 17, "", passage) for s in sure]
    found[9] = Answer(0.9, "", -1, -1, "", passage)
    texts = Texts("question-answering", [f"Who {i}?" for i in range(10)], ["Paris"] * 10, passages=[passage] * 10)
    seen = list(answers_of(texts, found, worth, None, Clock()))
    assert [float(each.row.said.split("(")[1].rstrip("%)")) for each in seen] == [85, 75, 65, 25, 5, 15, 45]
    assert [each.right for each in seen] == [False] * 5 + [True] * 2, "an answer that there is none shows no place"
    assert seen[0].row == Seen("“Paris”", "“Rome” (85%)", "“Rome”")
    assert seen[0].question[0] == Word("Who 8", 0.25)
    assert ("Rome", "said") in told(seen[0].passage) and ("Paris", "true") in told(seen[0].passage)
    assert list(answers_of(texts, found, worth, None, Clock(0))) == []


def test_the_truth_is_marked_where_it_was_said_else_where_it_stands_first(owing):
    passage = "Rome is old. Ada likes Rome."
    texts = Texts("question-answering", ["Where now?"] * 3, ["Rome", "rome", "Oslo"], passages=[passage] * 3)
    found = [Answer(0.5, "likes Rome", 17, 27, "", passage), Answer(0.5, "Ada", 13, 16, "", passage)]
    found.append(found[1])
    both, first, nowhere = answers_of(texts, found, np.zeros(3), None, Clock())
    assert told(both.passage)[1:3] == [("likes ", "said"), ("Rome", "both")]
    assert told(first.passage)[0] == ("Rome", "true")
    assert [mark for _, mark in told(nowhere.passage) if mark] == ["said"]
    assert nowhere.row.truth == "“Oslo”"


def test_the_worst_sentences_and_middling_ones_are_shown(monkeypatch):
    def owed(voice, source, tokens):
        word = SaidWord("said", "Wort", 0.4)
        return Owed(source, "said", 0.5, 0.0, [((0, 4), 0.25)], (word, SaidWord("so", "", 0.01)))

    monkeypatch.setattr(translations, "of_source", owed)
    targets = [f"{'the same words ' * i}{'other things ' * (12 - i)}" for i in range(12)]
    sources = [f"Wort {i}" for i in range(11)] + ["lang " * 99]
    said = np.array([["the same words " * 12]] * 12, object)
    texts = Texts("translation", sources, targets)
    seen = list(translations_of(texts, said, [Said((1,), -1.0)] * 12, None, Clock()))
    assert [each.source[1].text for each in seen] == [f" {i}" for i in (0, 1, 2, 3, 4, 5)]
    assert [each.middling for each in seen] == [False] * 4 + [True] * 2
    assert seen[0].worth < seen[3].worth < seen[5].worth
    assert seen[0].said == (Word("said ", under="Wort"), Word("so "))
    assert list(translations_of(texts, said, [Said((1,), -1.0)] * 12, None, Clock(0))) == []


def test_that_time_ran_out_is_said():
    assert late(Clock(), "answers") == ""
    closer = Closer(late=late(Clock(0), "answers"))
    section = view(evaluation_of(heard=Heard(), closer=closer, task="question-answering"))
    assert section.text[-1] == (
        "There was no time left to look at all of the worst answers; a larger --budget leaves some."
    )
    assert section.exhibits == ()


def filled():
    """Questions and sources as long as they are read, or shown."""
    row = Seen("“<b>Paris</b>”", "“Rome” (85%)", "“Rome”")
    question = tuple(each for i in range(64) for each in (Word(f"word{i}", 0.5 - i / 100), Word(" ")))
    at = LONG.index("word100")
    answer = SeenAnswer(row, question, tuple(marked(LONG, (at, at + 300), (at + 1200, at + 1500))), False)
    source = tuple(each for i in range(translations.WORDS) for each in (Word(f"word{i}", 0.5), Word(" ")))
    said = tuple(Word(f"said{i} ", under="word1 word2 word3") for i in range(2 * translations.WORDS))
    sentence = SeenTranslation(3.2, 0.4, source, said, "a <i>reference</i> " * 60, False)
    good = dataclasses.replace(answer, right=True)
    middling = dataclasses.replace(sentence, middling=True)
    return Closer(
        answers=(*(answer,) * questions.WORST, *(good,) * questions.RIGHT),
        translations=(*(sentence,) * translations.WORST, *(middling,) * translations.MIDDLING),
    )


def test_a_report_shows_both_again_from_its_json_and_stays_small():
    section = view(evaluation_of(heard=Heard(), closer=filled(), task="translation"))
    assert [exhibit.title for exhibit in section.exhibits] == [
        "The 5 sealed questions answered worst, the surest first",
        "The 2 sealed questions answered rightly, as surely as right ones usually are",
        "The 4 sealed sentences translated worst, and 2 in the middle",
    ]
    bare = dataclasses.replace(section, exhibits=())
    whole, without = (page(decode(encode(document(each)))) for each in (section, bare))
    assert len(whole) - len(without) < 150_000
    assert len(encode(document(section))) - len(encode(document(bare))) < 300_000
    assert "<b>Paris" not in whole and "&lt;b&gt;Paris" in whole and "<i>reference" not in whole
    assert "<dt>question</dt>" in whole and "among the worst: chrF 3, sure of a token 40%" in whole


def document(section):
    return Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(7, "evaluation", 1.0, section),))


def test_marks_have_names_and_words_what_they_came_from():
    drawn = str(passage.draw((Word("a", mark="said"), Word("<b>", mark="true"), Word("c", mark="both"))))
    assert '<mark class="said">a<sup>said</sup></mark>' in drawn
    assert '<mark class="true">&lt;b&gt;<sup>true</sup></mark>' in drawn
    assert '<mark class="said true">c<sup>said, true</sup></mark>' in drawn
    assert str(passage.draw((Word("the ", under="<i>"),))) == "<ruby>the<rp> (</rp><rt>&lt;i&gt;</rt><rp>)</rp></ruby> "


def test_the_worst_and_the_middle_forecast_are_drawn_with_their_past():
    past, ahead = tuple(float(i) for i in range(40)), (1.0, 2.0)
    last = Backtest(past, ahead, ahead, ahead)
    worst = dataclasses.replace(last, said=(9.0, 9.0), low=(8.0, 8.0), high=(10.0, 10.0), level=0.9)
    worst = dataclasses.replace(worst, first="2024-03-01", mase=7.5)
    methods = tuple(Method(name, 1.0, 0.1, 0.1, ahead) for name in ("this model", "seasonal naive"))
    found = Forecasts("sales", methods, last, 1_200, worst, dataclasses.replace(last, mase=0.8))
    _, before, bad, usual = figures(found)
    assert before.topic == "" and before.note == ""
    assert bad.title == "sales: the worst of 1,200 sealed windows, MASE 7.50"
    assert bad.note == "The forecast begins at 2024-03-01. The band holds the truth in 90% of cases."
    assert usual.title == "sales: the middle of 1,200 sealed windows, MASE 0.80"
    assert bad.topic == usual.topic == "diagnosis"
    came, said, _ = bad.series
    assert (came.x[0], came.x[-1], len(came.x)) == (-23.0, 2.0, 26), "24 moments of the past, where they are few"
    assert said.y == (9.0, 9.0) and said.low == (8.0, 8.0)
    assert str(draw(bad)).count("band") == 1
    assert len(list(figures(dataclasses.replace(found, worst=None, middle=None)))) == 2
