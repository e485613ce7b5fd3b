"""The web app without a browser: who is let in, what is shown, what is started, and what stays shut."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import sample_run
from starlette.testclient import TestClient

import bundles
from ninefold.core import book
from ninefold.core.clock import Clock
from ninefold.core.errors import SourceError
from ninefold.core.events import Done, Progress, StageFinished, StageStarted, Started, TrialFinished
from ninefold.core.intact import sealed
from ninefold.core.problem import Budget, Wishes
from ninefold.report.render import render
from ninefold.runs import prepare, silent
from ninefold.web import jobs, playing, serve
from ninefold.web.app import application
from ninefold.web.desk import Desk
from ninefold.web.live import Ear, time_of
from ninefold.web.places import table_of, tables
from ninefold_runtime.pictures import pixels
from ninefold_runtime.schema import Column
from pictures import encoded, folder_of

HERE = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "runs").mkdir()
    (tmp_path / "data.csv").write_text(f'size,"{HOSTILE}",label\n' + "1,a,yes\n2,b,no\n3,<b>,yes\n" * 20)
    return Desk(tmp_path.resolve(), tmp_path.resolve() / "runs", form_key="the key of the forms")


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    yield _client(desk)
    for child in desk.children.values():
        child.kill()
        child.wait()


def _client(desk: Desk) -> TestClient:
    return TestClient(application(desk), base_url="http://localhost", follow_redirects=False)


def post(client: TestClient, address: str, *, key: str = "the key of the forms", **more: Any) -> Any:
    data = {"key": key} | more.pop("data", {})
    return client.post(address, data=data, headers=more.pop("headers", HERE), **more)


def finished(desk: Desk, name: str = "7f3c2a") -> Path:
    """A run as the sample, with a bundle that predicts."""
    folder = sample_run.write(desk.runs / name)
    render(folder)
    told = (Started(name, str(folder), "titanic.csv", "survived", 0, 60.0), Done(name, 41.0))
    (folder / "events.jsonl").write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in told))
    bundles.write(folder / "bundle", sketched=400)
    return folder


# who is let in


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8010", "localhost.evil.example", "10.0.0.7", "", "[::"])
def test_a_strangers_host_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "Runs" not in answer.text.split("<main>")[1]


@pytest.mark.parametrize("host", ["localhost", "localhost:8010", "127.0.0.1:9", "[::1]:8010"])
def test_this_machines_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"origin": "http://localhost", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_forms_of_other_pages_are_refused(client: TestClient, desk: Desk, headers: dict[str, str]) -> None:
    form = {"path": "data.csv", "target": "label"}
    assert post(client, "/new/start", data=form, headers=headers).status_code == 403
    assert list(desk.runs.iterdir()) == []


@pytest.mark.parametrize("key", ["", "guessed", "the key of the form"])
def test_forms_without_the_key_are_refused(client: TestClient, desk: Desk, key: str) -> None:
    answer = post(client, "/new/start", key=key, data={"path": "data.csv", "target": "label"})
    assert answer.status_code == 403
    assert "too old" in answer.text
    assert list(desk.runs.iterdir()) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    assert client.request(method, "/", headers=HERE).status_code == 403


def test_every_post_needs_the_key(client: TestClient, desk: Desk) -> None:
    finished(desk)
    for address in (
        "/uploads",
        "/new/start",
        "/runs/7f3c2a/stop",
        "/runs/7f3c2a/resume",
        "/runs/7f3c2a/play",
        "/watch",
    ):
        assert post(client, address, key="").status_code == 403, address


def test_beyond_this_machine_a_token_opens_and_a_cookie_stays(desk: Desk) -> None:
    client = _client(replace(desk, token="long random token"))
    assert client.get("/").status_code == 401
    assert client.get("/?token=guess").status_code == 401
    assert client.get("/", headers={"cookie": "ninefold=guess"}).status_code == 401
    first = client.get("/?token=long random token&find=x")
    assert (first.status_code, first.headers["location"]) == (303, "/?find=x")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200
    assert post(client, "/new/start", key="wrong").status_code == 403


def test_a_token_redirects_nowhere_else(desk: Desk) -> None:
    answer = _client(replace(desk, token="t0ken")).get("//evil.example/?token=t0ken")
    assert not answer.headers.get("location", "/").startswith("//")


def test_the_desk_guards_what_others_can_reach(tmp_path: Path) -> None:
    assert serve.desk_of(tmp_path, tmp_path, "127.0.0.1").token is None
    open_to_all = serve.desk_of(tmp_path, tmp_path, "0.0.0.0")
    assert len(open_to_all.token or "") >= 32
    assert f"token={open_to_all.token}" in serve.address_of(open_to_all, "0.0.0.0", 8010)
    client = _client(open_to_all)
    assert client.get("/", headers={"host": "10.0.0.7:8010"}).status_code == 401
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421


def test_headers_keep_pages_to_themselves(client: TestClient, desk: Desk) -> None:
    finished(desk)
    for address in ("/", "/app.js", "/nowhere", "/runs/7f3c2a"):
        headers = client.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    report = client.get("/runs/7f3c2a/report.html").headers["content-security-policy"]
    assert "default-src 'none'" in report
    assert "sandbox" in report
    assert "script" not in report


def test_no_page_has_a_script_or_a_style_of_its_own(client: TestClient, desk: Desk) -> None:
    finished(desk)
    finished(desk, "0a1b2c")
    pages = ["/", "/new", "/new/table?path=data.csv&target=label", "/runs/7f3c2a", "/runs/7f3c2a/progress", "/guide"]
    pages += ["/guide/20", "/runs/7f3c2a/play", "/watch", "/compare?run=7f3c2a&run=0a1b2c"]
    for address in pages:
        text = client.get(address).text
        assert "<h1>" in text, address
        scripts = 2 if address.startswith("/guide") else 1
        assert (
            text.count("<script")
            == len(re.findall(r'<script src="/(?:app|guide)\.js" defer></script>', text))
            == scripts
        ), address
        assert "<style" not in text, address
        assert " style=" not in text, address
        assert " onclick=" not in text, address


# which files are read


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "/etc/passwd",
        "data/../../secret.csv",
        ".hidden.csv",
        ".keys/a.csv",
        "link.csv",
        "a\0b",
        "~/x.csv",
    ],
)
def test_paths_outside_the_folder_are_refused(client: TestClient, desk: Desk, path: str) -> None:
    (desk.folder.parent / "secret.csv").write_text("secret,b\n1,2\n" * 20)
    (desk.folder / ".hidden.csv").write_text("secret,b\n1,2\n" * 20)
    (desk.folder / ".keys").mkdir()
    (desk.folder / ".keys" / "a.csv").write_text("secret,b\n1,2\n" * 20)
    (desk.folder / "link.csv").symlink_to(desk.folder.parent / "secret.csv")
    finished(desk)
    answers = [client.get("/new/table", params={"path": path}), client.get("/new/meaning", params={"path": path})]
    answers += [client.get("/watch/result", params={"path": path, "run": "7f3c2a"})]
    answers += [post(client, "/new/start", data={"path": path, "target": "b"})]
    assert [answer.status_code for answer in answers] == [400] * 4
    assert not any("secret" in answer.text.replace("secret.csv", "") for answer in answers)


def test_a_wrong_name_suggests_the_right_one(client: TestClient) -> None:
    answer = client.get("/new/table?path=dat.csv")
    assert answer.status_code == 400
    assert "data.csv" in answer.text


def test_a_folder_of_classes_is_a_table_of_images(client: TestClient, desk: Desk) -> None:
    folder_of(desk.folder / "photos", 3)
    (desk.folder / "empty" / "deep").mkdir(parents=True)
    assert tables(desk) == ["data.csv", "photos"]
    page = client.get("/new/table?path=photos").text
    assert "9 rows × 2 columns" in page
    assert "bars/000.png" in page and str(desk.folder) not in page.split("<main>")[1]
    assert table_of(desk, "photos") == desk.folder / "photos"
    for name in ("empty", "photos/bars", "."):
        with pytest.raises(SourceError):
            table_of(desk, name)


@pytest.mark.parametrize("name", ["..", ".", "%2e%2e", "..%2f..%2fetc", "uploads", "nothing", ".hidden"])
def test_only_runs_are_runs(client: TestClient, desk: Desk, name: str) -> None:
    desk.uploads.mkdir()
    for page in ("", "/report.html", "/play", "/events", "/progress"):
        assert client.get(f"/runs/{name}{page}").status_code in {400, 404, 200 if name in {"..", "."} else 400}
    assert "root:" not in client.get(f"/runs/{name}/report.html").text


def test_a_folder_is_not_listed(client: TestClient, desk: Desk) -> None:
    finished(desk)
    for address in ("/runs", "/runs/", "/static/", "/static/app.js", "/runs/7f3c2a/order.json", "/runs/7f3c2a/bundle/"):
        assert client.get(address).status_code == 404, address


# uploads


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../evil.csv", "evil.csv"),
        ("..\\..\\evil.csv", "evil.csv"),
        (".bashrc", "bashrc"),
        ("a<b>&.csv", "a_b_.csv"),
        ("ä ö.csv", "ä ö.csv"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_uploads_are_kept_under_harmless_names(client: TestClient, desk: Desk, sent: str, kept: str) -> None:
    answer = post(client, "/uploads", files={"file": (sent, b"a,b\n1,2\n")})
    assert answer.status_code == 303
    assert [path.name for path in desk.uploads.iterdir()] == [kept]
    assert (desk.uploads / kept).read_bytes() == b"a,b\n1,2\n"


def test_uploads_do_not_replace_one_another(client: TestClient, desk: Desk) -> None:
    for content in (b"a\n1\n", b"a\n2\n"):
        post(client, "/uploads", files={"file": ("t.csv.gz", content)})
    assert {path.name: path.read_bytes() for path in desk.uploads.iterdir()} == {
        "t.csv.gz": b"a\n1\n",
        "t-2.csv.gz": b"a\n2\n",
    }


@pytest.mark.parametrize("sent", ["order.json", "1-problem.json"])
def test_an_upload_named_as_a_runs_own_file_makes_no_run(client: TestClient, desk: Desk, sent: str) -> None:
    post(client, "/uploads", files={"file": (sent, b"{}")})
    assert (desk.uploads / sent).is_file()
    assert "No runs yet" in client.get("/").text
    assert post(client, "/runs/uploads/resume").status_code == 400
    assert not desk.children


def test_an_upload_over_the_limit_is_refused_and_not_kept(desk: Desk) -> None:
    client = _client(replace(desk, largest_upload=1000))
    files = {"file": ("t.csv", b"x" * 2000)}
    said = post(client, "/uploads", files=files)
    assert said.status_code == 413
    assert "1.0 kB" in said.text

    def chunks() -> Iterator[bytes]:
        """Without a length that could be read beforehand."""
        yield b'--b\r\ncontent-disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
        yield from [b"x" * 100] * 20

    headers = HERE | {"content-type": "multipart/form-data; boundary=b"}
    unsaid = client.post("/uploads", content=chunks(), headers=headers)
    assert unsaid.status_code == 413
    assert not desk.uploads.exists() or list(desk.uploads.iterdir()) == []


def test_no_file_is_an_error_in_words(client: TestClient) -> None:
    answer = post(client, "/uploads", files={"file": ("", b"")})
    assert answer.status_code == 400
    assert "no file was chosen" in answer.text


# what is shown


def test_hostile_names_are_shown_and_not_obeyed(client: TestClient, desk: Desk) -> None:
    page = client.get("/new/table?path=data.csv").text
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    assert "<b>" not in page.split("First rows")[1]
    folder = sample_run.write(desk.runs / "bad", column=HOSTILE, target=HOSTILE)
    assert "<script>alert" not in client.get("/").text
    assert "&lt;script&gt;" in client.get(f"/runs/{folder.name}").text


def test_an_empty_app_says_what_to_do(client: TestClient) -> None:
    assert "Start the first run" in client.get("/").text
    assert "No model yet" in client.get("/play").text
    assert "No model yet" in client.get("/watch").text


def test_runs_are_sorted_and_filtered_by_the_address(client: TestClient, desk: Desk) -> None:
    finished(desk, "aaa")
    sample_run.write(desk.runs / "bbb", target="zone")
    by_name = [client.get(f"/?sort=data&down={down}").text for down in ("false", "true")]
    assert [page.index("/runs/aaa") < page.index("/runs/bbb") for page in by_name] == [True, False]
    assert "/runs/bbb" not in client.get("/?find=surv").text
    assert "/runs/aaa" not in client.get("/?state=stopped").text
    assert "No run is like that" in client.get("/?find=nothing").text


def test_runs_side_by_side_show_what_differs(client: TestClient, desk: Desk) -> None:
    finished(desk, "aaa")
    finished(desk, "bbb")
    page = client.get("/compare?run=aaa&run=bbb").text
    assert "What was asked" in page
    assert "two to 8 runs" in client.get("/compare?run=aaa").text
    assert client.get("/compare?run=aaa&run=zzz").status_code == 400


def test_a_target_is_told_what_it_would_mean(client: TestClient) -> None:
    assert "Yes/no" in client.get("/new/meaning?path=data.csv&target=label").text
    refused = client.get("/new/meaning?path=data.csv&target=labl")
    assert "Did you mean &#34;label&#34;?" in refused.text
    assert "Clusters" in client.get("/new/table?path=data.csv").text


def test_errors_are_pages_in_plain_words(client: TestClient, desk: Desk) -> None:
    assert "There is no such page" in client.get("/nowhere").text
    (desk.folder / "empty.csv").write_text("")
    answer = client.get("/new/table?path=empty.csv")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert "cannot be read: path" in client.get("/new/table").text


def test_our_own_faults_show_no_traceback(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from ninefold.web import listing

    monkeypatch.setattr(listing, "lines", lambda *_: 1 / 0)
    client = TestClient(application(desk), base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "A fault of ours" in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_the_guide_links_what_the_runs_show(client: TestClient, desk: Desk) -> None:
    finished(desk)
    assert '<a href="/runs/7f3c2a/report.html#stage-3">' in client.get("/guide").text


def test_a_page_of_the_guide_stands_beside_the_learners_and_runs_that_show_it(client: TestClient, desk: Desk) -> None:
    finished(desk)
    assert '<a href="/guide/20">' in client.get("/guide").text
    text = client.get("/guide/20").text
    assert "logistic regression" in text.partition("In your runs")[2]
    assert 'data-truth="is still far from its lowest"' in text
    assert client.get("/guide.js").headers["content-type"].startswith("text/javascript")
    missing = client.get("/guide/48")
    assert missing.status_code == 400
    assert "the guide has no page 48" in missing.text


# the playground


def test_the_playground_predicts_without_a_script(client: TestClient, desk: Desk) -> None:
    finished(desk)
    page = client.get("/runs/7f3c2a/play").text
    assert 'value="=Southampton" selected' in page
    assert "outcome = " in page
    form = {"c0": "4", "c1": "12,5", "c2": "=false", "c3": "+", "c3-other": "Atlantis", "c4": "2024-05-01", "c5": "hi"}
    answer = post(client, "/runs/7f3c2a/play", data=form).text
    assert 'value="Atlantis"' in answer
    assert "never had the value" in answer
    assert "&#34;member&#34;: false" in answer
    assert "ninefold serve 7f3c2a" in answer


def test_images_are_sent_and_series_typed_without_a_script(client: TestClient, desk: Desk) -> None:
    bundles.write_arrays(finished(desk, "a1b2c3").parent / "d4e5f6" / "bundle")
    folder = desk.runs / "d4e5f6"
    shutil.copytree(desk.runs / "a1b2c3", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("bundle"))
    page = client.get("/runs/d4e5f6/play").text
    assert 'name="c0" type="file"' in page
    assert "0.1, 0.2, 0.3, 0.2, 0.1</textarea>" in page
    assert "series of up to 5 numbers" in page
    light = encoded(np.full((12, 16), 200, np.uint8))
    first = post(client, "/runs/d4e5f6/play", data={"c1": "1; 2 3"}, files={"c0": ("a.png", light, "image/png")}).text
    assert "light = yes" in first
    held = first.split('name="c0-held" value="')[1].split('"')[0]
    assert pixels(held, (6, 8, 1)).tolist() == np.full((6, 8, 1), 200).tolist()
    again = post(client, "/runs/d4e5f6/play", data={"c0-held": held, "c1": "1, 2, , 3", "method": "occlusion"}).text
    assert "1, 2, , 3</textarea>" in again
    assert "-F photo=@photo.png" in again
    assert again.count('<svg class="picture"') == 2
    assert "Moments of pulse" in again
    assert "of the same photo and pulse covered whole" in again
    for sent in (b"no image", b"\x89PNG\r\n\x1a\n and no more"):
        answer = post(client, "/runs/d4e5f6/play", files={"c0": ("a.png", sent, "image/png")}).text
        assert "photo" in answer.split('class="note"')[1][:200]


def test_numbers_of_a_series_may_be_parted_in_any_way() -> None:
    column = Column(name="x", kind="series", shape=(4,))
    for text in ("1, 2.5, , 4", "[1,2.5,null,4]", "1;2.5;;4", "1\n2.5, null 4"):
        assert str(playing.row_in((column,), {"c0": text}, {})["x"]) == "(1.0, 2.5, nan, 4.0)"
    assert playing.row_in((column,), {"c0": " "}, {}) == {"x": None}
    assert playing.row_in((column,), {"c0": "one two"}, {}) == {"x": "one two"}


def test_typical_values_have_as_many_digits_as_a_person_writes() -> None:
    column = Column(name="x", kind="number", minimum=-0.13168254683682012, maximum=1490400.0, example=3.0839617412)
    whole = Column(name="y", kind="number", minimum=3.9, maximum=15.0001, example=178596.0)
    row = {each.name: playing.short(each.example) for each in (column, whole)}
    assert row == {"x": 3.084, "y": 178596.0}
    assert [field.span for field in playing.fields((column, whole), row)] == ["−0.1317 to 1,490,400", "3.9 to 15"]


def test_a_part_is_sent_where_a_part_is_asked_for(client: TestClient, desk: Desk) -> None:
    finished(desk)
    part = post(client, "/runs/7f3c2a/play", data={"c0": "4"}, headers=HERE | {"x-part": "1"}).text
    assert part.startswith('<section id="verdict"')
    assert "<html" not in part


@pytest.mark.parametrize("task", ["multiclass", "regression", "multilabel", "multioutput", "quantile"])
def test_every_task_has_an_answer(client: TestClient, desk: Desk, task: str) -> None:
    folder = sample_run.write(desk.runs / "abc")
    bundles.write(folder / "bundle", task)
    assert client.get("/runs/abc/play").status_code == 200
    assert post(client, "/runs/abc/play", data={"c0": "not a number"}).status_code == 200


def test_a_damaged_bundle_is_an_error_in_words(client: TestClient, desk: Desk) -> None:
    folder = finished(desk)
    (folder / "bundle" / "schema.json").write_text("{}")
    answer = client.get("/runs/7f3c2a/play")
    assert answer.status_code == 400
    assert "NF-R105" in answer.text


# watch


def test_drift_is_a_page(client: TestClient, desk: Desk) -> None:
    finished(desk)
    rows = bundles.table(300, seed=1)
    moved = rows | {"age": [80.0] * 300}
    for name, table in (("same.csv", rows), ("moved.csv", moved)):
        lines = [
            ",".join("" if v is None else str(v).replace(",", ";") for v in row)
            for row in zip(*table.values(), strict=True)
        ]
        (desk.folder / name).write_text("\n".join([",".join(table), *lines]))
    sent = post(client, "/watch", data={"run": "7f3c2a", "path": "moved.csv"}, files={"file": ("", b"")})
    assert sent.headers["location"] == "/watch/result?run=7f3c2a&path=moved.csv"
    assert "Drifted" in client.get(sent.headers["location"]).text
    uploaded = post(
        client, "/watch", data={"run": "7f3c2a"}, files={"file": ("n.csv", (desk.folder / "same.csv").read_bytes())}
    )
    assert "300 new rows" in client.get(uploaded.headers["location"]).text


# live


def stream(desk: Desk, name: str, *events: Any) -> Path:
    folder = desk.runs / name
    folder.mkdir(exist_ok=True)
    order = {"source": "t.csv", "query": None, "wishes": {"target": "label"}}
    (folder / "order.json").write_bytes(sealed(msgspec.json.encode(order)))
    with (folder / "events.jsonl").open("ab") as file:
        file.writelines(msgspec.json.encode(event) + b"\n" for event in events)
    return folder


BEGUN = (
    Started("run1", "runs/run1", "t.csv", "label", 0, 60.0),
    StageStarted(1, "problem"),
    StageFinished(1, "problem", "yes/no", 0.1),
    StageStarted(5, "leaderboard"),
    TrialFinished(0, "Baseline", "finished", 0.7, 0.7, "rmse", 1, 2.0),
    TrialFinished(1, "LightGBM", "finished", 0.4, 0.4, "rmse", 2, 3.0),
    TrialFinished(2, "LightGBM", "finished", 0.5, 0.4, "rmse", 3, 4.0),
    TrialFinished(3, "Ridge", "failed", None, 0.4, "rmse", 4, 4.0),
    Progress(5, "trial 4 of Ridge"),
)


def test_events_become_a_leaderboard_in_the_metrics_direction(desk: Desk) -> None:
    ear = Ear(stream(desk, "run1", *BEGUN))
    assert ear.listen()
    assert not ear.listen()
    assert [(line.learner, line.score, line.trials) for line in ear.live.leaders] == [
        ("LightGBM", 0.4, 2),
        ("Baseline", 0.7, 1),
    ]
    assert ear.live.gains == [1.0, 0.0]
    assert [stage.state for stage in ear.live.stages[:6]] == [
        "done",
        "waiting",
        "waiting",
        "waiting",
        "going",
        "waiting",
    ]


def test_a_torn_line_waits_and_a_damaged_one_is_passed_over(desk: Desk) -> None:
    folder = stream(desk, "run1", *BEGUN[:3])
    ear = Ear(folder)
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b'\0\0\n{"number":5,"name":"leader')
        file.flush()
        ear.listen()
        assert ear.live.stages[4].state == "waiting"
        file.write(b'board","type":"stage_started"}\n')
    ear.listen()
    assert ear.live.stages[4].state == "going"


def test_a_resumed_run_is_told_from_its_last_beginning(desk: Desk) -> None:
    folder = stream(desk, "run1", *BEGUN, BEGUN[0], BEGUN[1])
    ear = Ear(folder)
    ear.listen()
    assert ear.live.trials == 0
    assert ear.live.stages[0].state == "going"


def test_time_is_the_process_clocks(desk: Desk) -> None:
    ear = Ear(stream(desk, "run1", *BEGUN))
    ear.listen()
    told = time_of(ear.live, book.Writer(1, time.time() - 45, 60.0))
    assert told.share == pytest.approx(0.75, abs=0.02)
    assert told.told == "15 s left of 1 m 00 s"
    over = time_of(ear.live, book.Writer(1, time.time() - 90, 60.0))
    assert (over.share, over.told) == (1.0, "time is up, finishing")
    assert time_of(ear.live, None).told == "1 of 9 stages done"


def test_a_stream_ends_with_the_run_and_does_not_repeat_itself(client: TestClient, desk: Desk) -> None:
    stream(desk, "run1", *BEGUN)
    first = client.get("/runs/run1/events").text
    assert "event: panel" in first
    assert first.rstrip().endswith("event: end\ndata: stopped")
    mark = first.split("\n", maxsplit=1)[0].removeprefix("id: ")
    again = client.get("/runs/run1/events", headers={"last-event-id": mark}).text
    assert "event: panel" not in again
    assert "event: end" in again


def test_streams_close_when_the_app_ends(client: TestClient, desk: Desk) -> None:
    stream(desk, "run1", *BEGUN)
    desk.ending.append(True)
    assert client.get("/runs/run1/events").text == ""


def test_the_writer_of_a_run_is_known_while_it_writes(tmp_path: Path) -> None:
    assert book.writer(tmp_path) is None
    begun = time.time()
    held = book.Book(tmp_path, Clock(30.0), silent, lambda: pytest.fail("no crew"), pytest.fail)  # type: ignore[arg-type]
    found = book.writer(tmp_path)
    assert found is not None
    assert (found.pid, found.seconds) == (os.getpid(), 30.0)
    assert found.begun == pytest.approx(begun, abs=5)
    held.close()
    assert book.writer(tmp_path) is None


def test_a_run_is_begun_in_a_process_of_its_own_and_tells_its_error(client: TestClient, desk: Desk) -> None:
    form = {"path": "data.csv", "target": "labl", "work": "6", "seed": "3"}
    answer = post(client, "/new/start", data=form)
    folder = desk.runs / answer.headers["location"].rpartition("/")[2]
    assert os.getsid(desk.children[folder.name].pid) != os.getsid(0)
    desk.children[folder.name].wait(timeout=60)
    page = client.get(f"/runs/{folder.name}").text
    assert "there is no column &#34;labl&#34;" in page
    assert "Try again" in page
    assert 'href="/new/table?path=data.csv&amp;target=labl"' in page
    assert jobs.state_of(folder, None, "") == "failed"


def test_stopping_reaches_the_process_as_ctrl_c(client: TestClient, desk: Desk) -> None:
    folder = prepare(desk.folder / "data.csv", Wishes(target="label", budget=Budget(60.0)), desk.runs)
    code = "import signal, sys, time\ntry: time.sleep(60)\nexcept KeyboardInterrupt: sys.exit(7)"
    command = [sys.executable, "-c", f"print('up', flush=True)\n{code}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        desk.children[folder.name] = child
        (folder / jobs.ANSWER).touch()
        assert "Stop and keep the best" in client.get(f"/runs/{folder.name}").text
        assert post(client, f"/runs/{folder.name}/stop").status_code == 303
        assert child.wait(timeout=20) == 7
    assert "was stopped before its end" in client.get(f"/runs/{folder.name}").text
    assert not jobs.stop(desk, folder)


def test_wishes_come_from_the_form(client: TestClient, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold.web.routes.start.begin", lambda *_: None)
    form = {
        "path": "data.csv",
        "target": "label",
        "budget": "5m",
        "sensitive": ["size"],
        "drop": [HOSTILE],
        "seed": "4",
    }
    name = post(client, "/new/start", data=form).headers["location"].rpartition("/")[2]
    order = msgspec.json.decode((desk.runs / name / "order.json").read_bytes())
    wishes = order["wishes"]
    assert order["source"] == str(desk.folder / "data.csv")
    assert wishes["budget"] == {"seconds": 300.0, "work": None}
    assert (wishes["target"], wishes["sensitive"], wishes["drop"], wishes["seed"]) == ("label", ["size"], [HOSTILE], 4)
    assert "not a length of time" in post(client, "/new/start", data=form | {"budget": "soon"}).text
    for wrong in ({"work": "²"}, {"work": "many"}, {"seed": "x"}, {"seed": "-1"}, {"seed": "9" * 19}):
        answer = post(client, "/new/start", data=form | wrong)
        assert (answer.status_code, "is not a whole number" in answer.text) == (400, True), wrong


def test_a_path_below_the_folder_is_found(desk: Desk) -> None:
    assert table_of(desk, "data.csv") == desk.folder / "data.csv"
    assert table_of(desk, str(desk.folder / "data.csv")) == desk.folder / "data.csv"


# the door


def test_a_free_port_is_taken_where_ours_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    from ninefold_runtime.errors import ServeError

    taken = serve.listener_at("127.0.0.1", 0)
    number = taken.getsockname()[1]
    monkeypatch.setattr(serve, "PORT", number)
    other = serve._listener("127.0.0.1", None)
    assert other.getsockname()[1] != number
    with pytest.raises(ServeError):
        serve._listener("127.0.0.1", number)
    taken.close()
    other.close()


def test_the_app_says_one_line_and_ends_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from ninefold.cli.main import main; main()", "ui", "--no-open", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as app:
        assert app.stderr is not None
        line = app.stderr.readline()
        assert "http://127.0.0.1:" in line
        time.sleep(0.5)
        app.send_signal(signal.SIGINT)
        assert app.stderr.read().strip() == "ended"
        assert app.wait(timeout=20) == 0


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from ninefold.cli import ui
    from ninefold.core.errors import MissingExtra

    monkeypatch.setattr(ui, "NEEDED", ("fastapi", "no_such_package"))
    with pytest.raises(MissingExtra) as refused:
        ui.ui()
    assert 'pip install "ninefold[ui]"' in refused.value.hint
