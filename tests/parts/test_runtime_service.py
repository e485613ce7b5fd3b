"""The service as a client meets it: a real server in a process of its own, over HTTP; and the command line."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bundles
from ninefold_runtime import cli
from ninefold_runtime.errors import ServeError, TableError
from ninefold_runtime.serve import check_guard
from ninefold_runtime.table import csv_columns, csv_rows, json_lines, read_table
from service import Service, start, stop

TOKEN = "0123456789abcdef"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.write(tmp_path_factory.mktemp("service") / "bundle", sketched=1000)


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    running = start(folder)
    yield running
    assert stop(running) == 0


ROW = {"age": 40, "fare paid": "12,5", "member": True, "port": "Cherbourg", "joined": "2024-05-01", "remark": "good"}


def test_a_row_rows_and_columns_get_the_same_answer(service: Service) -> None:
    answers = [
        service.ask("/predict", body).json
        for body in (ROW, {"rows": [ROW]}, {"columns": {name: [value] for name, value in ROW.items()}})
    ]
    assert answers[0] == answers[1] == answers[2]
    made = answers[0]["predictions"][0]
    assert made["prediction"] == "yes"
    assert sum(made["probabilities"].values()) == pytest.approx(1)
    assert answers[0]["warnings"] == []


def test_large_requests_keep_their_order(service: Service) -> None:
    table = bundles.table(2000)
    many = service.ask("/predict", {"columns": table}).json["predictions"]
    last = service.ask("/predict", {"columns": {name: values[-1:] for name, values in table.items()}}).json
    assert len(many) == 2000
    assert many[-1] == last["predictions"][0]


def test_answers_do_not_wait_for_acknowledgements(service: Service) -> None:
    """With Nagle's algorithm on, each answer on a kept connection takes at least the 40 ms of a delayed ACK."""
    connection = http.client.HTTPConnection(service.address.removeprefix("http://"), timeout=10)
    taken = []
    for _ in range(15):
        started = time.perf_counter()
        connection.request("POST", "/predict", json.dumps(ROW), {"content-type": "application/json"})
        connection.getresponse().read()
        taken.append(time.perf_counter() - started)
    connection.close()
    assert min(taken) < 0.03


def test_csv_in_and_out(service: Service) -> None:
    body = b"age;port\n40;Cherbourg\n?;\n"
    reply = service.ask("/predict", body, content_type="text/csv; charset=utf-8", accept="text/csv")
    lines = reply.body.decode().splitlines()
    assert reply.headers["content-type"].startswith("text/csv")
    assert lines[0] == "prediction,probability:no,probability:yes"
    assert len(lines) == 3


def test_missing_columns_and_unseen_values_are_warned_of(service: Service) -> None:
    reply = service.ask("/predict", {"port": "Nowhere", "age": None})
    kinds = {(warning["kind"], warning["column"]) for warning in reply.json["warnings"]}
    assert reply.status == 200
    assert ("unseen category", "port") in kinds
    assert ("missing column", "remark") in kinds
    text = service.ask("/metrics").body.decode()
    assert re.search(r'ninefold_unseen_total{model="\w+",column="port"}', text)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"rows": [ROW, ROW | {"age": "abc"}]}, 422, ("row 1", '"age"', "'abc'")),
        ({"age": True}, 422, ("row 0", "not a number")),
        ({"age": [1]}, 422, ("row 0", '"age"')),
        ({"port": {"a": 1}}, 422, ("row 0", '"port"')),
        ({"joined": "some day"}, 422, ("row 0", '"joined"', "datetime")),
        ({"agee": 3}, 422, ("did you mean", '"age"')),
        ({"columns": {"age": [1], "port": []}}, 422, ("differ in length",)),
        ({"columns": {"age": 1}}, 400, ("list of values",)),
        ({"rows": [1]}, 400, ("object",)),
        ([ROW], 400, ("rows",)),
        (b"{", 400, ()),
        (b"\xff\xfe", 400, ()),
        (b"", 400, ()),
        (b"[" * 100_000, 400, ()),
    ],
)
def test_what_cannot_be_read_is_a_problem_document(service: Service, body: object, status: int, words: tuple) -> None:
    reply = service.ask("/predict", body)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert [word for word in words if word not in reply.json["detail"]] == []


def test_refusals_name_row_column_and_suggestions(service: Service) -> None:
    misfit = service.ask("/predict", {"rows": [ROW, ROW | {"age": "abc"}]}).json
    assert (misfit["row"], misfit["column"], misfit["code"]) == (1, "age", "NF-R203")
    assert service.ask("/predict", {"agee": 3}).json["suggestions"] == ["age"]


def test_refusals_say_what_to_do(service: Service) -> None:
    for level in ("often", ""):
        assert service.ask(f"/predict?level={level}", {"rows": [ROW]}).json["hint"] == "ask for level=0.9"
    assert "hint" not in service.ask("/predict", {"agee": 3}).json


def test_wrong_doors_are_named(service: Service) -> None:
    assert service.ask("/nowhere").status == 404
    assert service.ask("/predict").status == 405
    assert service.ask("/predict", b"<x/>", content_type="text/xml").status == 415
    assert service.ask("/health/live", {}).status == 405


def test_bodies_over_the_limit_are_refused(service: Service) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    head = (
        b"POST /predict HTTP/1.1\r\nhost: [::1]\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(200).startswith(b"HTTP/1.1 413")


def test_health_schema_metrics_and_documents(service: Service) -> None:
    assert service.ask("/health/live").json == {"status": "live"}
    assert service.ask("/health/ready").json == {"status": "ready"}
    assert [column["name"] for column in service.ask("/schema").json["columns"]] == list(ROW)
    document = service.ask("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["schemas"]["Row"]["properties"]) == {*ROW, "ticket", "outcome"}
    example = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert service.ask("/predict", example).status == 200


def test_metrics_count(service: Service) -> None:
    def total() -> float:
        text = service.ask("/metrics").body.decode()
        return float(re.search(r"^ninefold_rows_total{.*} (\S+)$", text, re.MULTILINE)[1])  # type: ignore[index]

    before = total()
    service.ask("/predict", {"rows": [ROW] * 7})
    assert total() - before == 7


def test_the_page_asks_nobody_else(service: Service) -> None:
    page = service.ask("/")
    text = page.body.decode()
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert re.findall(r"""(?:src|href)=["'](?!/)""", text) == []
    assert all(f'name="{name}"' in text for name in ROW)


def test_a_token_is_asked_for_where_one_is_set(folder: Path) -> None:
    guarded = start(folder, "--token", TOKEN)
    try:
        basic = base64.b64encode(f"anyone:{TOKEN}".encode()).decode()
        assert guarded.ask("/predict", ROW).status == 401
        assert guarded.ask("/", authorization="Bearer wrong").status == 401
        assert guarded.ask("/", authorization="Basic !!!").status == 401
        assert guarded.ask("/predict", ROW, authorization=f"Bearer {TOKEN}").status == 200
        assert guarded.ask("/", authorization=f"Basic {basic}").status == 200
        assert guarded.ask("/health/ready").status == 200
    finally:
        assert stop(guarded) == 0


def test_other_hosts_demand_a_token() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        check_guard(host, None)
    for host, token in (("0.0.0.0", None), ("::", None), ("example.org", None), ("127.0.0.1", "short")):
        with pytest.raises(ServeError) as refused:
            check_guard(host, token)
        assert refused.value.code == "NF-R301"


def test_a_request_under_way_is_finished_at_the_end(folder: Path) -> None:
    leaving = start(folder)
    host, port = leaving.address.removeprefix("http://").split(":")
    body = json.dumps(ROW).encode()
    head = f"POST /predict HTTP/1.1\r\nhost: [::1]\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + b"\r\n\r\n" + body[:10])
        leaving.ask("/health/live")
        leaving.process.send_signal(signal.SIGTERM)
        connection.sendall(body[10:])
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert stop(leaving) == 0


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "jsonl"])
def test_predict_writes_a_line_per_row(folder: Path, tmp_path: Path, suffix: str) -> None:
    rows = [ROW, ROW | {"age": None, "port": "Queenstown"}, ROW]
    text = "\n".join(map(json.dumps, rows)) if suffix == "jsonl" else as_csv_text(rows)
    file = tmp_path / f"new.{suffix}"
    file.write_bytes(gzip.compress(text.encode()) if suffix.endswith("gz") else text.encode())
    output = tmp_path / "out.csv"
    assert cli.main(["predict", str(folder), str(file), "--output", str(output)]) == 0
    lines = output.read_text().splitlines()
    assert len(lines) == 4
    assert lines[1] == lines[3] != lines[2]


def as_csv_text(rows: list[dict[str, Any]]) -> str:
    lines = [";".join(rows[0]), *(";".join("" if v is None else str(v) for v in row.values()) for row in rows)]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def test_watch_ends_with_one_when_drifted(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, change, code in (("same.jsonl", 0.0, 0), ("other.jsonl", 15.0, 1)):
        table = bundles.table(400, seed=4)
        table["age"] = [None if age is None else age + change for age in table["age"]]  # type: ignore[operator]
        rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)))
        assert cli.main(["watch", str(folder), str(tmp_path / name), "--json"]) == code
        assert json.loads(capsys.readouterr().out)["drifted"] is bool(code)
    assert cli.main(["watch", str(folder), str(tmp_path / "other.jsonl")]) == 1
    assert "✗ drifted: 1 of 6" in capsys.readouterr().out


def test_errors_are_one_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["predict", str(folder), str(tmp_path / "none.csv")]) == 2
    assert cli.main(["predict", str(tmp_path), str(tmp_path / "none.csv")]) == 2
    (tmp_path / "one.csv").write_text("age\n3\n")
    assert (
        cli.main(["predict", str(folder), str(tmp_path / "one.csv"), "--output", str(tmp_path / "no" / "x.csv")]) == 2
    )
    (tmp_path / "other.csv").write_text("agee,colour\n3,red\n")
    assert cli.main(["predict", str(folder), str(tmp_path / "other.csv")]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("warning:")]
    assert [line[:7] for line in lines] == ["error: "] * 4
    assert "none of the columns that the bundle asks for: age" in lines[-1] and '"agee" is close to "age"' in lines[-1]


def test_tables_that_are_none_are_refused() -> None:
    for text in ("", "a,a\n1,2\n", "a,b\n1\n", 'a,b\n"1,2\n'):
        with pytest.raises(TableError):
            csv_columns(text)
    for text in ("1\n", "{\n"):
        with pytest.raises(TableError):
            json_lines(text)
    assert csv_columns('a,b\n"x, ""y""",2\n\n') == {"a": ['x, "y"'], "b": ["2"]}
    assert csv_columns("a\n1\n\n3\n") == {"a": ["1", "", "3"]}
    assert csv_rows("1\n\n3\n") == [["1"], [""], ["3"]]
    assert csv_rows("1,2\n\n,\n") == [["1", "2"], ["", ""]]
    assert csv_rows("\n") == []
    assert json_lines('{"a":1}\n{"b":2}\n') == {"a": [1, None], "b": [None, 2]}


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    for name, data in (("a.csv", b"a\n\xff\n"), ("a.csv.gz", b"a\n1\n"), ("b.csv.gz", gzip.compress(b"a\n1\n")[:-9])):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(TableError):
            read_table(tmp_path / name)


@pytest.fixture(scope="module")
def explaining(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = start(bundles.write(tmp_path_factory.mktemp("explaining") / "bundle", background=10))
    yield running
    assert stop(running) == 0


def test_rows_are_explained_and_add_up(explaining: Service) -> None:
    question = {"rows": [ROW, ROW | {"age": 5}], "method": "shap", "outputs": ["yes"]}
    reply = explaining.ask("/explain", question)
    chances = [
        made["probabilities"]["yes"]
        for made in explaining.ask("/predict", {"rows": question["rows"]}).json["predictions"]
    ]
    assert reply.status == 200
    for explanation, chance in zip(reply.json["explanations"], chances, strict=True):
        (account,) = explanation["accounts"]
        assert account["output"] == "yes"
        assert account["base"] + sum(part["amount"] for part in account["contributions"]) == pytest.approx(chance)
        assert {part["column"] for part in account["contributions"]} == set(ROW)
    schemas = explaining.ask("/openapi.json").json["components"]["schemas"]
    assert set(reply.json["explanations"][0]) == set(schemas["Explanation"]["properties"])


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"rows": [ROW] * 11}, 422, ("at most 10 rows", "11")),
        ({"rows": [ROW], "method": "sharp"}, 422, ("sharp", "NF-R401")),
        ({"rows": [ROW], "outputs": ["maybe"]}, 422, ("maybe", "NF-R403")),
        ({"rows": [ROW | {"age": "abc"}]}, 422, ("row 0", "'abc'")),
        ({"rows": [ROW | {"agee": 1}]}, 422, ('"agee"', "age")),
        ({"rows": [ROW], "seed": "x"}, 400, ("seed",)),
        ({"rows": [ROW], "seed": -1}, 400, ("seed",)),
        (b"[1]", 400, ("rows",)),
        (b"{", 400, ("JSON",)),
    ],
)
def test_questions_that_cannot_be_answered_are_refused(
    explaining: Service, body: object, status: int, words: tuple[str, ...]
) -> None:
    reply = explaining.ask("/explain", body)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    for word in words:
        assert word in reply.body.decode().replace('\\"', '"')


def test_explanations_want_json_a_post_and_a_background(explaining: Service, service: Service) -> None:
    assert explaining.ask("/explain", b"age\n4\n", content_type="text/csv").status == 415
    assert explaining.ask("/explain").status == 405
    assert service.ask("/explain", {"rows": [ROW]}).status == 501
    assert 'path="/explain"' in service.ask("/metrics").body.decode()
