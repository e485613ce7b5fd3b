"""Reviews in any script, from a table to a served and watched bundle that tells which words mattered."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from journey import ended, noun, only_run
from service import Service, start, stop

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


def reviews(seed: int, rows: int = ROWS) -> Iterator[tuple[str, str]]:
    """Liked where the word says so and nothing denies it."""
    rng = np.random.default_rng(seed)
    for _ in range(rows):
        liked, denied = rng.random(2) < (0.5, 0.3)
        word = str(rng.choice(LIKED if liked != denied else NOT_LIKED))
        opening = rng.choice(["I thought the film", "Honestly, the plot", "We found the cast"])
        yield f"{opening} {'wasn’t' if denied else 'was'} {word}. Seen in {rng.integers(90)}!", "yes" if liked else "no"


def written(path: Path, rows: Iterator[tuple[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("review", "liked"), *rows])
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("texts")
    written(place / "reviews.csv", reviews(1))
    asked = ("--target", "liked", "--learner", "text_linear", "--work", "18")
    done = ended("run", "reviews.csv", *asked, "--json", cwd=place)
    assert done.code == 0, done.err
    return place


@pytest.fixture(scope="module")
def service(place: Path) -> Iterator[Service]:
    running = start(only_run(place) / "bundle")
    yield running
    stop(running)


def test_reviews_are_told_apart_by_words_and_pairs_of_words(place: Path) -> None:
    folder = only_run(place)
    assert noun(folder, 7)["headline"]["value"] > 0.97
    views = [recipe["view"] for recipe in noun(folder, 4)["recipes"]]
    assert "tokens" in views
    done = ended("predict", folder, written(place / "new.csv", reviews(2)), cwd=place)
    said = [line.split(",")[0] for line in done.out.splitlines()[1:]]
    right = np.mean([one == liked for one, (_, liked) in zip(said, reviews(2), strict=True)])
    assert right > 0.9


@pytest.mark.parametrize(
    ("text", "liked"),
    [("THE FILM WAS WONDERFUL", "yes"), ("the plot wasn't moving", "no"), ("было скучно", "no"), ("最高！", "yes")],
)
def test_the_service_reads_any_script(service: Service, text: str, liked: str) -> None:
    reply = service.ask("/predict", {"rows": [{"review": text}]})
    assert reply.status == 200
    assert liked in json.dumps(reply.json["predictions"][0])


@pytest.mark.parametrize("text", ["", None, "\x02\x03", "…" * 500, "word " * 2_000])
def test_the_service_answers_any_text(service: Service, text: str | None) -> None:
    assert service.ask("/predict", {"rows": [{"review": text}]}).status == 200


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
