"""The methods of `ninefold explain` that ask about one row: what they say, and that it is plain data."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from explained import asked, one

from ninefold_runtime.conformal import conformal
from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.explanation import Explanation
from ninefold_runtime.explain.lime_text import MOST_PARTS, stretches
from ninefold_runtime.explain.question import Question, explained
from ninefold_runtime.explain.settings import made, parsed, refuse_sizes
from ninefold_runtime.schema import Target

RNG = np.random.default_rng(2)
COLUMNS = {
    "income": RNG.normal(50, 15, 120),
    "home": RNG.choice(np.array(["rents", "owns"], object), 120),
    "note": np.array(["a good word", ""] * 60, object),
}
ROW = one(income=40.0, home="rents", note="good and bad words")
METHODS = ("lime", "prototypes", "counterfactual", "conformal", "words")


def value(rows):
    good = np.array([float("good" in note) for note in rows["note"]])
    return rows["income"] + 20.0 * (rows["home"] == "owns") + 5.0 * good


def regression():
    graph = asked(value, COLUMNS, kinds={"note": "text"})
    return dataclasses.replace(graph, conformal=conformal("regression", np.zeros((50, 1)), np.arange(50.0)))


def binary(threshold=0.8):
    """Says yes from a probability of ``threshold`` on."""

    def chances(rows):
        yes = 1 / (1 + np.exp(-(value(rows) - 60) / 10))
        return np.stack([1 - yes, yes], axis=1)

    graph = asked(chances, COLUMNS, outputs=("no", "yes"), kinds={"note": "text"})
    target = Target(name="y", task="binary", classes=("no", "yes"), positive="yes")
    y = np.arange(100) % 2
    return dataclasses.replace(
        graph,
        schema=msgspec.structs.replace(graph.schema, target=target),
        decide=lambda rows: np.where(chances(rows)[:, 1] >= threshold, "yes", "no").astype(object),
        conformal=conformal("binary", np.stack([1 - y * 0.6, y * 0.6], axis=1), y),
    )


def told(graph, method, **settings) -> Explanation:
    (explanation,) = explained(graph, ROW, Question(method, settings=settings))
    return explanation


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("graph", [regression(), binary()], ids=["value", "classes"])
def test_every_method_says_what_the_graph_says_in_plain_data(graph, method):
    explanation = told(graph, method)
    assert explanation.method == method
    assert [account.output for account in explanation.accounts] == list(graph.outputs)
    assert [account.value for account in explanation.accounts] == pytest.approx(graph.ask(ROW)[0])
    assert explanation.notes
    assert explanation.tables[0].rows
    assert all(len(row) == len(table.headings) for table in explanation.tables for row in table.rows)
    assert msgspec.json.decode(msgspec.json.encode(explanation), type=Explanation) == explanation


def test_lime_tells_columns_words_and_how_far_to_trust_it():
    explanation = told(regression(), "lime")
    amounts = {part.column: part.amount for part in explanation.accounts[0].contributions}
    assert amounts["home"] == pytest.approx(-20, abs=0.5)
    trust, words = explanation.tables
    assert trust.rows[0][1] > 0.9
    assert words.rows[0][0] == "good"


def test_words_tell_what_the_answer_loses_without_each_where_it_stands():
    (words,) = told(regression(), "words").tables
    assert words.rows[0] == (1, "good", pytest.approx(5.0))
    assert [row[2] for row in words.rows[1:]] == [0.0, 0.0, 0.0]


def test_letters_of_scripts_without_spaces_are_words():
    texts = {"好 in a text": ["好", "in", "a", "text"], "とても good": ["と", "て", "も", "good"], "don't": ["don't"]}
    for text, words in texts.items():
        assert [text[start:end] for start, end in stretches(text)] == words
    assert stretches("… !") == []
    assert len(stretches("many words " * 400)) == MOST_PARTS


def test_a_row_without_words_has_none_to_tell():
    with pytest.raises(ExplainError, match="no text with words") as refused:
        explained(regression(), one(income=40.0, home="rents", note=" ! "), Question("words"))
    assert refused.value.code == "NF-R414"


def test_the_decision_of_the_graph_is_what_a_counterfactual_reaches():
    """The threshold is 0.8: a probability of yes just over one half does not do."""
    graph = binary()
    rows = told(graph, "counterfactual", fixed=["home"]).tables[0].rows
    assert [row[1] for row in rows] == ["income"]
    assert float(rows[0][4].rstrip("%")) >= 80


def test_a_value_is_moved_across_the_median_or_to_where_one_says():
    graph = regression()
    assert "at least" in told(graph, "counterfactual").tables[0].title
    rows = told(graph, "counterfactual", low=58.0, high=70.0).tables[0].rows
    assert all(58 <= float(row[4]) <= 70 for row in rows if row[4])


def test_what_is_so_already_is_said():
    explanation = told(binary(), "counterfactual", to="no")
    assert explanation.tables[0].rows == ()
    assert explanation.notes == ("It is so already: the model says no.",)


def test_none_found_is_said():
    explanation = told(binary(), "counterfactual", fixed=["home", "income"])
    assert explanation.tables[0].rows == ()
    assert explanation.notes[0].endswith("rows asked about: 1.")


def test_a_bundle_without_promises_says_so():
    with pytest.raises(ExplainError, match="no intervals") as raised:
        told(dataclasses.replace(regression(), conformal=None), "conformal")
    assert raised.value.code == "NF-R411"


@pytest.mark.parametrize("settings", [{"to": "maybe"}, {"fixed": ["hone"]}])
def test_what_is_not_there_cannot_be_asked_for(settings):
    with pytest.raises(ExplainError) as raised:
        told(binary(), "counterfactual", **settings)
    assert raised.value.code == "NF-R412"


def test_settings_are_fields_as_people_write_them():
    settings = parsed("counterfactual", ["fixed=age", "fixed=sex", "count=5", "low=0.5"])
    method = made("counterfactual", settings)
    assert (method.fixed, method.count, method.low) == (("age", "sex"), 5, 0.5)


@pytest.mark.parametrize(
    ("given", "hint"),
    [("fixe=age", "fixed"), ("count=many", "settings"), ("count=-1", "3"), ("most=0", "5,000")],
)
def test_wrong_settings_are_told(given, hint):
    with pytest.raises(ExplainError) as raised:
        made("counterfactual", parsed("counterfactual", [given]))
    assert raised.value.code == "NF-R413"
    assert hint in raised.value.hint


def test_a_request_cannot_ask_for_more_work():
    refuse_sizes("counterfactual", {"to": "yes", "fixed": ["age"], "low": 1.0})
    with pytest.raises(ExplainError, match="most"):
        refuse_sizes("counterfactual", {"most": 10**9})
