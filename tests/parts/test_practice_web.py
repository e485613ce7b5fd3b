"""Practice in the web app: cards in forms, answers kept, and code run for nobody who lacks the terminal's key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import small_guide
from ninefold.practice.store import Store, data_folder
from ninefold.web.app import application
from ninefold.web.desk import Desk

HERE = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
KEY, CODE_KEY = "the key of the forms", "the key of code"
STUB = "def distance(a, b):\n    return a - b\n"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Iterator[TestClient]:
    pages = tmp_path / "pages"
    pages.mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    desk = Desk(tmp_path, tmp_path / "runs", KEY, code_key=CODE_KEY, tell=told.append)
    with small_guide.opened(pages):
        yield TestClient(application(desk), base_url="http://localhost", follow_redirects=False)


def post(client: TestClient, address: str, **data: str) -> Any:
    return client.post(address, data={"key": KEY} | data, headers=HERE)


def graded() -> list[tuple[str, int]]:
    return [(review.card, review.rating) for review in Store(data_folder(), pytest.fail).read().reviews]


def test_the_page_shows_the_first_card_and_keeps_its_answer_back(client: TestClient) -> None:
    answer = client.get("/practice")
    assert answer.status_code == 200
    assert "What is the trade-off of bias and variance?" in answer.text
    assert "The answer 4" not in answer.text
    assert re.search(r"\d+ cards · about \d+ min", answer.text)


def test_recall_is_answered_and_graded(client: TestClient) -> None:
    shown = post(client, "/practice/show", card="4-recall")
    assert "The answer 4 is <math" in shown.text
    assert graded() == []
    kept = post(client, "/practice/grade", card="4-recall", rating="3", since="1")
    assert (kept.status_code, kept.headers["location"]) == (303, "/practice")
    assert graded() == [("4-recall", 3)]
    assert "What is the trade-off" not in client.get("/practice").text.split("</section>")[0]


@pytest.mark.parametrize(("guess", "rating", "sign"), [("falls", 1, "✗ You said: falls"), ("rises <b>", 3, "✓ Right")])
def test_a_guess_is_graded_and_the_page_tells_why(client: TestClient, guess: str, rating: int, sign: str) -> None:
    asked = client.get("/practice?card=9-predict").text
    assert "0.25" not in asked
    assert 'value="rises &lt;b&gt;"' in asked
    answer = post(client, "/practice/guess", card="9-predict", guess=guess).text
    assert sign in answer
    assert "It was <strong>0.25</strong>" in answer
    assert "rises <b>" not in answer
    assert graded() == [("9-predict", rating)]


def test_code_runs_for_who_has_the_key_alone(client: TestClient, told: list[str]) -> None:
    asked = client.get("/practice?card=4-code").text
    assert "raise NotImplementedError" in asked
    assert "key_of_code" in asked
    assert CODE_KEY not in asked
    assert told == [f"The key for code in practice: {CODE_KEY}"]
    for wrong in ("", "guess"):
        refused = post(client, "/practice/try", card="4-code", answer=small_guide.ANSWER, key_of_code=wrong)
        assert (refused.status_code, "NF-E704" in refused.text) == (400, True)
    client.cookies.set("ninefold-code", "guess")
    assert post(client, "/practice/try", card="4-code", answer=small_guide.ANSWER).status_code == 400
    assert graded() == []
    assert len(told) == 1, "the terminal is told once"


def test_code_is_tried_until_it_passes(client: TestClient) -> None:
    first = post(client, "/practice/try", card="4-code", answer=STUB, key_of_code=CODE_KEY)
    assert "✗ Not yet" in first.text
    assert "a distance is negative" in first.text
    assert "return a - b" in first.text, "what was written stays"
    cookie = first.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/practice"))
    assert graded() == []
    assert "key_of_code" not in client.get("/practice?card=9-code").text, "the browser is known"
    last = post(client, "/practice/try", card="4-code", answer=small_guide.ANSWER.replace("\n", "\r\n"), tries="again")
    assert "All checks pass" in last.text
    assert graded() == [("4-code", 2)]


def test_giving_up_shows_an_answer_and_needs_no_key(client: TestClient) -> None:
    assert "return size(a - b)" in post(client, "/practice/try", card="4-code", give_up="1").text
    assert graded() == [("4-code", 1)]


def test_the_aim_is_kept(client: TestClient) -> None:
    assert post(client, "/practice/aim", until="2099-01-01", minutes="7").status_code == 303
    page = client.get("/practice").text
    assert 'value="2099-01-01"' in page
    assert 'name="minutes" inputmode="numeric" value="7"' in page
    for until, minutes in (("yesterday", "7"), ("1999-01-01", "7"), ("", "0"), ("", "much"), ("", "nan")):
        assert post(client, "/practice/aim", until=until, minutes=minutes).status_code == 400


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("show", {"card": "99-recall"}),
        ("show", {"card": "4"}),
        ("show", {}),
        ("grade", {"card": "4-recall", "rating": "5"}),
        ("grade", {"card": "4-recall", "rating": "<b>"}),
        ("grade", {"card": "4-predict", "rating": "4"}),
        ("guess", {"card": "4-predict"}),
        ("guess", {"card": "4-recall", "guess": "falls"}),
        ("try", {"card": "4-recall", "key_of_code": CODE_KEY}),
        ("try", {"card": "4-code", "key_of_code": CODE_KEY, "answer": "#" * 200_001}),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(client: TestClient, address: str, data: dict[str, str]) -> None:
    answer = post(client, f"/practice/{address}", **data)
    assert answer.status_code == 400
    assert "NF-E" in answer.text
    assert graded() == []


@pytest.mark.parametrize("address", ["aim", "show", "grade", "guess", "try", "interview"])
def test_every_form_needs_the_key_and_its_own_page(client: TestClient, address: str) -> None:
    data = {"card": "4-code", "give_up": "1", "rating": "4", "guess": "falls", "minutes": "5"}
    assert post(client, f"/practice/{address}", **data, key="").status_code == 403
    stranger = {"origin": "http://evil.example"}
    assert client.post(f"/practice/{address}", data={"key": KEY} | data, headers=stranger).status_code == 403
    assert graded() == []


def test_pages_obey_the_policy(client: TestClient) -> None:
    """Nothing stands in them that the content security policy would block."""
    pages = [client.get(f"/practice?card={card}") for card in ("4-recall", "4-predict", "4-code", "debug-wrong_metric")]
    pages += [client.get("/practice/interview"), post(client, "/practice/guess", card="4-predict", guess="falls")]
    pages += [post(client, "/practice/try", card="4-code", answer=STUB, key_of_code=CODE_KEY)]
    for page in pages:
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script>", page.text)


def test_a_damaged_file_is_told(client: TestClient) -> None:
    data_folder().mkdir(parents=True)
    (data_folder() / "practice.json").write_text("{")
    assert "practice begins anew" in client.get("/practice").text
    assert "practice begins anew" not in client.get("/practice").text


def test_without_the_extra_the_page_names_it(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold.practice.schedule.find_spec", lambda _: None)
    answer = client.get("/practice")
    assert (answer.status_code, "ninefold[guide]" in answer.text) == (400, True)


def test_pages_of_the_guide_lead_to_their_cards(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold.web.routes.guide.ran_of", small_guide.ran)
    (link,) = re.findall(r'href="(/practice[^"]+)">Practise', client.get("/guide/16").text)
    assert "How does k-nearest neighbours work?" in client.get(link).text


def test_nothing_is_due(client: TestClient) -> None:
    post(client, "/practice/aim", minutes="1")
    post(client, "/practice/grade", card="4-recall", rating="3", since="1")
    page = client.get("/practice").text
    assert "Nothing is due" in page
    assert "Keep" in page


def test_an_interview_is_scored_and_makes_a_map(client: TestClient) -> None:
    asked = client.get("/practice/interview").text
    assert "4 questions in 30 minutes" in asked
    assert "And then?" in asked
    assert "Topics, over all interviews" not in asked
    lines = {"4-what": "2", "4-why": "1", "4-limits": "0", "4-proof": "2"}
    kept = client.post("/practice/interview", data={"key": KEY, "question": ["4", "9"]} | lines, headers=HERE)
    assert kept.status_code == 303
    assert graded() == [("4-recall", 3)]
    assert re.search(r'<th scope="row">fit</th><td class="n">1</td><td>2.0 ', client.get("/practice/interview").text)


@pytest.mark.parametrize("points", [{"4-what": "3"}, {"4-what": "2"}, {"99-what": "1"}])
def test_points_that_cannot_be_read_are_refused(client: TestClient, points: dict[str, str]) -> None:
    whole = dict.fromkeys(("4-why", "4-limits", "4-proof", "99-why", "99-limits", "99-proof"), "1")
    data = {"key": KEY, "question": ["4", "99"]} | ({} if points == {"4-what": "2"} else whole) | points
    assert client.post("/practice/interview", data=data, headers=HERE).status_code == 400
    assert graded() == []
