"""Texts for texts, and texts that go on: from a file through the nine stages to a service."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import ninefold
from asgi import asker, fleet_of
from ninefold.core.errors import WishError
from ninefold.report.command import reproduce
from ninefold_runtime.app import App
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.watch import watch_table

NOUNS = {"der Mann": "the man", "die Frau": "the woman", "das Kind": "the child", "der Hund": "the dog"}
VERBS = {"sieht": "sees", "sucht": "seeks", "ruft": "calls", "malt": "paints"}
PLACES = {"im Haus": "in the house", "am See": "at the lake", "im Wald": "in the wood", "auf dem Berg": "on the hill"}


def sentences() -> pl.DataFrame:
    """Places come first in one language and last in the other."""
    rows = [
        (f"{place} {verb} {a} heute {b}", f"{NOUNS[a]} {VERBS[verb]} {NOUNS[b]} today {PLACES[place]}")
        for place in PLACES
        for verb in VERBS
        for a in NOUNS
        for b in NOUNS
    ]
    order = np.random.default_rng(0).permutation(len(rows))
    return pl.DataFrame([(i, *rows[i]) for i in order], schema=["number", "german", "english"], orient="row")


@pytest.fixture(scope="module")
def translated(tmp_path_factory):
    return ninefold.run(sentences(), "english", learners=["dictionary"], work=6, runs=tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def poem(tmp_path_factory):
    folder = tmp_path_factory.mktemp("poem")
    lines = sentences()["english"].to_list()
    (folder / "poem.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return ninefold.run(folder / "poem.txt", task="language-model", learners=["bigrams"], work=6, runs=folder / "runs")


def test_a_column_of_texts_is_translated(translated):
    assert translated.problem.task == "translation"
    assert "texts, not labels" in translated.problem.task_why
    board, evaluation = translated.leaderboard, translated.evaluation
    assert {trial.learner for trial in board.trials} == {"copy", "dictionary"}
    assert board.trial(next(iter(board.weights))).learner == "dictionary"
    headline = evaluation.headline
    assert headline.metric == "bleu" and headline.low > headline.baseline
    assert "NF701" not in {finding.code for finding in evaluation.findings}
    assert evaluation.heard.examples and evaluation.heard.attention
    seen = evaluation.closer.translations
    assert [each.middling for each in seen] == [False] * 4 + [True] * 2
    assert [each.worth for each in seen] == sorted(each.worth for each in seen)
    assert "<rt>" in translated.report.read_text("utf-8")
    assert "--folds" not in reproduce(translated.problem)


def test_the_bundle_says_what_was_scored(translated):
    rows = sentences()
    bundle = read_bundle(translated.bundle)
    assert set(bundle.manifest.files) >= {
        "model.onnx",
        "encoder.onnx",
        "tokenizer.json",
        "speech.json",
        "sketches.json",
    }
    model = ninefold.load(translated.bundle)
    made = model.predict(rows.head(5))
    assert all(isinstance(text, str) and text for text in made.predictions)
    assert ((made.scores > 0) & (made.scores <= 1)).all()
    assert model.predict_one({"german": rows["german"][0]}).prediction == made.predictions[0]
    assert model.predict({"german": [None, rows["german"][0]]}).predictions.tolist() == ["", made.predictions[0]]
    held = {text for texts in rows.select("german", "english").to_dict(as_series=False).values() for text in texts}
    assert not any(text.encode() in file.read_bytes() for file in translated.bundle.iterdir() for text in held)


def test_the_service_answers_with_texts(translated):
    bundle = read_bundle(translated.bundle)
    row = {"german": sentences()["german"][0]}
    with asker(App(fleet_of(bundle, "de-en"))) as desk:
        answer = desk.ask("/predict", row).json["predictions"][0]
        assert answer["prediction"] == ninefold.load(translated.bundle).predict_one(row).prediction
        assert desk.ask("/generate", {"prompt": "a"}).status == 404
        told = desk.ask("/explain", {"rows": [row]}).json["explanations"][0]
        assert told["accounts"][0]["value"] == pytest.approx(answer["score"])
        words, owed = (table["rows"] for table in told["tables"])
        assert len(words) == len(row["german"].split())
        assert [owes for _, owes, _ in owed] == row["german"].split(), "a dictionary goes word by word"
        assert desk.ask("/openapi.json").json["paths"]["/generate"]


def test_the_monitor_sees_other_texts(translated):
    bundle, rows = read_bundle(translated.bundle), sentences()["german"].to_list()
    assert not watch_table(bundle, {"german": rows}).drifted
    assert watch_table(bundle, {"german": [f"{row} {row} xyz" for row in rows[:200]]}).drifted


def test_a_text_file_becomes_a_language_model(poem):
    assert poem.evaluation.headline.metric == "bits_per_character"
    assert poem.evaluation.headline.high < poem.evaluation.headline.baseline
    assert poem.evaluation.heard.samples
    assert "last" in poem.dataset.sealing
    told = ninefold.load(poem.bundle).predict({"text": ["the man sees the dog", "qqq zzz xxx"]}).predictions
    assert told[0] < told[1]


@pytest.mark.parametrize("door", ["ninefold.cli.main", "ninefold_runtime.cli"])
def test_both_command_lines_generate(poem, door):
    script = f"import sys; from {door} import main; sys.exit(main())"
    asked = ["generate", str(poem.bundle), "--prompt", "the ", "--tokens", "30", "--top-k", "5", "--seed", "2"]
    said = [
        subprocess.run([sys.executable, "-c", script, *asked], capture_output=True, text=True, check=False)
        for _ in range(2)
    ]
    assert said[0].returncode == 0, said[0].stderr
    assert said[0].stdout == said[1].stdout
    assert said[0].stdout.startswith("the ") and len(said[0].stdout.strip("\n")) >= 30


def test_the_service_generates(poem):
    with asker(App(fleet_of(read_bundle(poem.bundle), "poem"))) as desk:
        said = desk.ask("/generate", {"prompt": "the ", "tokens": 20, "temperature": 0}).json
        assert said["tokens"] == 20 and said["text"]
        assert desk.ask("/generate", {"tokens": 0}).status == 422
        assert desk.ask("/generate", {"words": 3}).status == 400
        assert desk.ask("/explain", {"rows": [{"text": "the man"}]}).status == 501
        assert desk.ask("/openapi.json").json["paths"]["/generate"]
        assert json.dumps(said)


def test_wishes_that_no_text_fulfils(tmp_path):
    numbers = pl.DataFrame({"a": np.arange(50) * 1.5, "b": np.arange(50) % 7 * 0.5})
    with pytest.raises(WishError, match="needs a column of text"):
        ninefold.run(numbers, task="language-model", runs=tmp_path)
    with pytest.raises(WishError, match="needs a target"):
        ninefold.run(sentences(), task="translation", runs=tmp_path)
    with pytest.raises(WishError, match="does not measure"):
        ninefold.run(sentences(), "english", metric="accuracy", runs=tmp_path)
    with pytest.raises(WishError, match="no speaker"):
        ninefold.run(sentences(), "english", learners=["ridge_regression"], runs=tmp_path)
