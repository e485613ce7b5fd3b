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

LIKED, NOT_LIKED = ("wonderful", "moving", "прекрасно", "最高"), ("dull", "tedious", "скучно", "最低")
ROWS = 400


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
    assert right > 0.85, "without pairs of words, three in ten reviews are read the wrong way"


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


def test_the_report_weighs_the_words_of_the_worst_reviews(place: Path) -> None:
    report = (only_run(place) / "report.html").read_text()
    assert "word by word (review)" in report
    assert report.count('class="passage"') == 6
    assert '<mark class="for f2">' in report or '<mark class="against a2">' in report


def test_the_word_that_decided_is_named(place: Path) -> None:
    text = "Honestly, the plot was tedious. Seen in 3!"
    written(place / "one.csv", iter([(text, "no")]))
    done = ended(
        "explain", only_run(place), "--row", "1", "--data", "one.csv", "--method", "words", "--json", cwd=place
    )
    assert done.code == 0, done.err
    assert done.answer["tables"][0]["rows"][0][1] in {"tedious", "was"}


def test_other_texts_are_drift_and_like_ones_are_not(place: Path) -> None:
    like = written(place / "like.csv", reviews(3))
    assert ended("watch", only_run(place), like, cwd=place).code == 0
    other = written(place / "other.csv", ((f"{text} {text.upper()} 1234567890", liked) for text, liked in reviews(4)))
    assert ended("watch", only_run(place), other, cwd=place).code != 0
