"""The protocols of the service: our own, Arrow, the Open Inference Protocol and SageMaker's, asked without a socket."""

from __future__ import annotations

import builtins
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import bundles
from asgi import Asker, asker, fleet_of
from ninefold_runtime import arrow
from ninefold_runtime.app import ROUTES, App, found
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.limits import Limits
from ninefold_runtime.model import Predictions
from ninefold_runtime.served import Fleet, Served
from ninefold_runtime.singles import ROOM
from ninefold_runtime.web import LOOPBACK

ROW = {"age": 40, "fare paid": "12,5", "member": True, "port": "Cherbourg", "joined": "2024-05-01", "remark": "good"}
IPC = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.write(tmp_path_factory.mktemp("doors") / "bundle", sketched=1000)


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[Asker]:
    with asker(App(fleet_of(read_bundle(folder), "people"), hosts=LOOPBACK)) as made:
        yield made


def chance(desk: Asker, row: Mapping[str, object]) -> float:
    return float(desk.ask("/predict", row).json["predictions"][0]["probabilities"]["yes"])


def test_models_have_names(desk: Asker) -> None:
    assert desk.ask("/models/people/predict", ROW).json == desk.ask("/predict", ROW).json
    assert desk.ask("/models").json["default"] == "people"
    refused = desk.ask("/models/nobody/predict", ROW)
    assert refused.status == 404 and refused.json["detail"].endswith("there are: people")
    assert desk.ask("/models/people/schema").json == desk.ask("/schema").json
    assert desk.ask("/models/people/openapi.json").json["openapi"] == "3.1.0"
    assert desk.ask("/monitor").status == 404


def test_every_route_is_found_described_and_counted_by_its_template(desk: Asker) -> None:
    described = desk.ask("/openapi.json").json["paths"]
    assert {route.path for route in ROUTES} == set(described)
    for route in ROUTES:
        assert {method.upper() for method in described[route.path]} == set(route.methods) - {"HEAD"}
        path = route.path.replace("{model}", "people").replace("{version}", "1")
        assert found(path)[0] is route
    assert found("/v2/")[0] == found("/v2")[0]
    assert found("/models/a/b/predict") == (None, {})
    wrong = desk.ask("/predict", method="DELETE")
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")


def test_the_formats_of_answers(desk: Asker) -> None:
    body = {"rows": [ROW, ROW | {"age": 500}]}
    csv = desk.ask("/predict", body, accept="text/csv")
    lines = desk.ask("/predict", body, accept="application/x-ndjson")
    assert csv.headers["ninefold-warnings"] == lines.headers["ninefold-warnings"] == "1"
    assert [json.loads(line) for line in lines.body.splitlines()] == desk.ask("/predict", body).json["predictions"]
    assert len(csv.body.splitlines()) == 3


def test_numbers_beyond_training_are_warned_of_and_counted(desk: Asker) -> None:
    for body in (ROW | {"age": 81.5}, {"rows": [ROW, ROW | {"age": 81.5}]}, {"columns": {"age": [0.5]}}):
        reply = desk.ask("/predict", body)
        (warning,) = [told for told in reply.json["warnings"] if told["kind"] == "out of range"]
        assert (reply.status, warning["column"], warning["rows"]) == (200, "age", 1)
        assert "between 1 and 80" in warning["message"]
    text = desk.ask("/metrics").body.decode()
    assert int(re.search(r'ninefold_out_of_range_total{model="people",column="age"} (\d+)', text)[1]) >= 3  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"age": 1e400}', 400, "range"),
        (b'{"age": NaN}', 400, "JSON"),
        (b'{"remark": "\\ud800"}', 400, "truncated"),
        (b'{"remark": "\xed\xa0\x80"}', 400, "utf-8"),
        (b'{"age": ' + b"9" * 5000 + b"}", 400, "range"),
        (b'{"ticket": ' + b"[" * 100_000, 400, ""),
        (b'{"age": false}', 422, "not a number"),
        (b'{"age": "inf"}', 422, "not a number"),
        (b'{"age": "1e400"}', 422, "not a number"),
        (b'{"remark": "' + b"x" * 70_000 + b'"}', 422, "characters"),
        (b'{"joined": 1e3}', 422, "datetime"),
    ],
)
def test_values_that_are_none(desk: Asker, body: bytes, status: int, words: str) -> None:
    reply = desk.ask("/predict", body)
    assert reply.status == status, reply.body
    assert words in reply.json["detail"]


def test_odd_values_have_an_answer(desk: Asker) -> None:
    assert chance(desk, ROW | {"age": 1}) != chance(desk, ROW)
    twice = json.dumps(ROW)[:-1].encode() + b', "age": 1}'
    assert desk.ask("/predict", twice).json["predictions"][0]["probabilities"]["yes"] == chance(desk, ROW | {"age": 1})
    for odd in ({"age": 10**30}, {"remark": "good\0"}, {"remark": 5}, {"port": 1.0}, {"joined": 10**18}, {}):
        assert desk.ask("/predict", odd).status == 200
    assert chance(desk, ROW | {"remark": "good\0bad"}) == chance(desk, ROW | {"remark": "so so"})


def test_a_large_single_row_is_refused(folder: Path) -> None:
    with asker(App(fleet_of(read_bundle(folder)), limits=Limits(single=200, rows=3, body=2000))) as desk:
        assert desk.ask("/predict", ROW | {"remark": "x" * 300}).status == 413
        assert desk.ask("/predict", {"rows": [ROW] * 4}).json["code"] == "NF-R221"
        assert desk.ask("/predict", {"rows": [ROW] * 3}).status == 200
        assert desk.ask("/predict", b" " * 3000).status == 413


def test_without_a_token_strange_names_and_origins_are_refused(desk: Asker, folder: Path) -> None:
    assert desk.ask("/predict", ROW, host="evil.example:8000").status == 421
    assert desk.ask("/health/live", host="rebound.example").status == 421
    for host in ("localhost:8000", "127.0.0.1:80", "[::1]:8000", "LOCALHOST"):
        assert desk.ask("/predict", ROW, host=host).status == 200
    assert desk.ask("/predict", ROW, origin="http://evil.example").status == 403
    assert desk.ask("/predict", ROW, origin="null").status == 403
    assert desk.ask("/predict", ROW, origin="http://localhost").status == 200
    with asker(App(fleet_of(read_bundle(folder)), token="x" * 16, hosts=LOOPBACK)) as guarded:
        assert guarded.ask("/predict", ROW, host="api.example").status == 401
        assert guarded.ask("/predict", ROW, host="api.example", authorization=f"Bearer {'x' * 16}").status == 200
        free = {route.path for route in ROUTES if route.free}
        asked = {route.path: guarded.ask(route.path, method=route.methods[0]).status for route in ROUTES}
        assert {path for path, status in asked.items() if status != 401} == free


class Watcher:
    """Counts what it sees; breaks when it is told to."""

    def __init__(self) -> None:
        self.ages: list[float] = []
        self.labels: list[str] = []
        self.broken = False

    errors = dropped = 0

    def observe(self, arrays: Mapping[str, Any], predictions: Predictions) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.ages += arrays["age"].tolist()
        self.labels += predictions.predictions.tolist()

    def metrics(self) -> list[str]:
        return ["# HELP ninefold_seen rows", "# TYPE ninefold_seen counter", f"ninefold_seen {len(self.ages)}"]

    def state(self) -> dict[str, Any]:
        return {"rows": len(self.ages)}

    def remember(self, ids: Any, predictions: Predictions) -> None: ...

    def label(self, labels: Any) -> dict[str, Any]:
        return {}

    def close(self) -> None: ...


def test_the_observer_sees_every_answer_once_and_in_order(folder: Path) -> None:
    watcher = Watcher()
    served = Served(read_bundle(folder), "people", watcher)
    with asker(App(Fleet({"people": served}, "people"))) as desk:
        for age in range(ROOM + 44):
            desk.ask("/predict", ROW | {"age": age % 80})
        desk.ask("/predict", {"rows": [ROW | {"age": 79}] * 40})
        assert desk.ask("/predict", {"age": "abc"}).status == 422
        assert desk.ask("/monitor").json == {"rows": ROOM + 84}
        assert sorted(watcher.ages) == sorted([age % 80 for age in range(ROOM + 44)] + [79] * 40)
        assert watcher.ages[:ROOM] == [age % 80 for age in range(ROOM)]
        assert set(watcher.labels) <= {"yes", "no"} and len(watcher.labels) == ROOM + 84
        assert f"ninefold_seen {ROOM + 84}" in desk.ask("/metrics").body.decode()
        watcher.broken = True
        assert desk.ask("/predict", {"rows": [ROW] * 2}).status == 200
        assert desk.ask("/monitor").status == 200
        assert 'ninefold_monitor_errors_total{model="people"} 1' in desk.ask("/metrics").body.decode()
    served.close()


# Arrow


def ipc(table: pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=70)
    return stream.getvalue()


def people(rows: int) -> tuple[dict[str, list[object]], pa.Table]:
    table = bundles.table(rows)
    return table, pa.table({name: pa.array(values) for name, values in table.items()})


def test_arrow_says_what_json_says(desk: Asker) -> None:
    plain, table = people(200)
    expected = desk.ask("/predict", {"columns": plain}).json
    reply = desk.ask("/predict", ipc(table), content_type=IPC)
    assert reply.json == expected
    table = table.set_column(3, "port", table["port"].dictionary_encode())
    table = table.set_column(5, "remark", table["remark"].cast(pa.large_string()))
    answer = desk.ask("/predict", ipc(table), content_type=IPC, accept=IPC)
    read = pa.ipc.open_stream(answer.body).read_all()
    assert answer.headers["content-type"] == IPC
    assert read["prediction"].to_pylist() == [made["prediction"] for made in expected["predictions"]]
    assert read["probability:yes"].to_pylist() == [made["probabilities"]["yes"] for made in expected["predictions"]]


def test_arrow_types_and_slices(desk: Asker) -> None:
    table = pa.table(
        {
            "age": pa.array([1, 2, None, 40], pa.int8()),
            "member": pa.array([True, False, None, True]),
            "joined": pa.array([0, 1, None, 2], pa.timestamp("us")),
            "remark": pa.array(["", "ä", None, "good"]),
        }
    )
    rows = [
        {name: None if value is None else str(value) if name == "joined" else value for name, value in row.items()}
        for row in table.to_pylist()
    ]
    for part, same in ((table, rows), (table.slice(1, 3), rows[1:])):
        reply = desk.ask("/predict", ipc(part), content_type=IPC)
        assert reply.json["predictions"] == desk.ask("/predict", {"rows": same}).json["predictions"]


def test_streams_that_are_none_are_refused(desk: Asker) -> None:
    whole = ipc(people(300)[1])
    nested = pa.table({"age": pa.array([{"years": 1.0}])})
    listed = pa.table({"age": pa.array([["1.0"]])})
    twice = pa.table([[1.0], [2.0]], names=["age", "age"])
    for stream in (
        b"",
        b"x" * 64,
        whole[:200],
        whole[:-200],
        ipc(nested),
        ipc(listed),
        ipc(twice),
        ipc(people(900)[1], compression="zstd"),
    ):
        reply = desk.ask("/predict", stream, content_type=IPC)
        assert (reply.status, reply.json["code"]) == (400, "NF-R207"), reply.body
    assert desk.ask("/predict", ipc(pa.table({"agee": [1.0]})), content_type=IPC).status == 422
    series = desk.ask("/predict", ipc(pa.table({"age": pa.array([[1.0]])})), content_type=IPC)
    assert (series.status, series.json["code"]) == (422, "NF-R203")


def test_damaged_streams_are_answered(desk: Asker) -> None:
    whole = bytearray(ipc(people(40)[1]))
    rng = np.random.default_rng(0)
    for _ in range(300):
        broken = bytearray(whole)
        for at in rng.integers(0, len(whole), 3):
            broken[at] = rng.integers(0, 256)
        assert desk.ask("/predict", bytes(broken), content_type=IPC).status in {200, 400, 422}


def test_without_nanoarrow_arrow_is_501(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    there = builtins.__import__

    def gone(name: str, *rest: Any) -> Any:
        if name.startswith("nanoarrow"):
            raise ImportError(name)
        return there(name, *rest)

    monkeypatch.setattr(builtins, "__import__", gone)
    reply = desk.ask("/predict", b"x", content_type=IPC)
    assert (reply.status, reply.json["code"]) == (501, "NF-R223")
    assert "ninefold-runtime[arrow]" in reply.json["hint"]
    assert desk.ask("/predict", ROW, accept=arrow.MEDIA).status == 501


# Open Inference Protocol: the shapes and required members of open_inference_rest.yaml, version 2


def tensor(name: str, datatype: str, data: list[Any], shape: list[int] | None = None) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape or [len(data)], "data": data}


INPUTS = [
    tensor("age", "FP64", [40.0, 20.0]),
    tensor("fare paid", "BYTES", ["12,5", "7"]),
    tensor("member", "BOOL", [True, False]),
    tensor("port", "BYTES", [["Cherbourg"], [None]], [2, 1]),
    tensor("joined", "BYTES", ["2024-05-01", "2024-05-02"]),
    tensor("remark", "BYTES", ["good", "x"]),
]


def test_oip_describes_server_and_model(desk: Asker) -> None:
    assert set(desk.ask("/v2").json) == {"name", "version", "extensions"}
    assert desk.ask("/v2/health/live").json == {"live": True}
    assert desk.ask("/v2/health/ready").status == 200
    told = desk.ask("/v2/models/people").json
    assert told["name"] == "people" and told["platform"]
    assert [(one["name"], one["datatype"], one["shape"]) for one in told["inputs"]][:2] == [
        ("age", "FP64", [-1]),
        ("fare paid", "FP64", [-1]),
    ]
    assert [(one["name"], one["shape"]) for one in told["outputs"]] == [("prediction", [-1]), ("probability", [-1, 2])]
    (version,) = told["versions"]
    assert desk.ask(f"/v2/models/people/versions/{version}").json == told
    assert desk.ask(f"/v2/models/people/versions/{version}/ready").json == {"name": "people", "ready": True}
    for path in ("/v2/models/nobody", "/v2/models/people/versions/9", "/v2/models/nobody/ready"):
        reply = desk.ask(path)
        assert (reply.status, type(reply.json["error"])) == (404, str)


def test_oip_infers_what_predict_predicts(desk: Asker) -> None:
    second = {"age": 20, "fare paid": "7", "member": False, "port": None, "joined": "2024-05-02", "remark": "x"}
    expected = desk.ask("/predict", {"rows": [ROW, second]}).json["predictions"]
    reply = desk.ask("/v2/models/people/infer", {"id": "42", "inputs": INPUTS, "parameters": {"extra": 1}})
    assert reply.status == 200
    answer = reply.json
    assert (answer["model_name"], answer["id"]) == ("people", "42")
    labels, shares = answer["outputs"]
    assert (labels["datatype"], labels["shape"], labels["data"]) == (
        "BYTES",
        [2],
        [row["prediction"] for row in expected],
    )
    assert (shares["datatype"], shares["shape"]) == ("FP64", [2, 2])
    assert shares["data"] == [value for row in expected for value in row["probabilities"].values()]
    assert json.loads(shares["parameters"]["classes"]) == ["no", "yes"]
    chosen = desk.ask("/v2/models/people/infer", {"inputs": INPUTS, "outputs": [{"name": "probability"}]}).json
    assert "id" not in chosen and [told["name"] for told in chosen["outputs"]] == ["probability"]
    some = desk.ask("/v2/models/people/infer", {"inputs": INPUTS[:1]}).json
    assert "missing" in some["parameters"]["warnings"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shape": [3]}, "says 3 values"),
        ({"shape": [1, 2]}, "[N] or [N, 1]"),
        ({"shape": []}, "[N] or [N, 1]"),
        ({"datatype": "INT8", "data": [40, 200]}, "INT8"),
        ({"datatype": "UINT8", "data": [40, -1]}, "UINT8"),
        ({"datatype": "FP32", "data": [40, 1e39]}, "FP32"),
        ({"datatype": "BOOL", "data": [40, True]}, "BOOL"),
        ({"datatype": "FP99"}, "one of BOOL"),
        ({"datatype": "BYTES", "data": ["40", "x"]}, "not a number"),
        ({"name": "agee"}, "did you mean"),
        ({"parameters": {"binary_data_size": 8}}, "binary"),
        ({"data": "AAAA"}, "data"),
    ],
)
def test_oip_refuses_in_its_words(desk: Asker, change: dict[str, Any], words: str) -> None:
    reply = desk.ask("/v2/models/people/infer", {"inputs": [INPUTS[0] | change, *INPUTS[1:]]})
    assert reply.status == 400
    assert reply.headers["content-type"] == "application/json"
    assert words in reply.json["error"]


def test_oip_refuses_what_is_no_request(desk: Asker) -> None:
    path = "/v2/models/people/infer"
    for body in (
        b"{",
        b"[]",
        b'{"inputs": []}',
        {"inputs": INPUTS[:1] * 2},
        {"inputs": INPUTS, "outputs": [{"name": "x"}]},
    ):
        assert desk.ask(path, body).status == 400
    for level in (True, "0.9", 0.42):
        assert desk.ask(path, {"inputs": INPUTS, "parameters": {"level": level}}).status == 400
    assert desk.ask(path, b"x", content_type="text/csv").status == 415
    assert desk.ask(path).status == 405


# SageMaker


def test_sagemaker_pings_until_the_end(desk: Asker, folder: Path) -> None:
    assert (desk.ask("/ping").status, desk.ask("/ping").body) == (200, b"")
    app = App(fleet_of(read_bundle(folder)))
    app.ready = False
    with asker(app) as leaving:
        assert [leaving.ask(path).status for path in ("/ping", "/health/ready", "/v2/health/ready")] == [503] * 3
        assert leaving.ask("/v2/health/live").status == 200


def test_sagemaker_csv_with_and_without_header(desk: Asker) -> None:
    cells = '40,"12,5",true,Cherbourg,2024-05-01,good'
    bare = f"{cells}\n{cells}\n".encode()
    headed = f"age,fare paid,member,port,joined,remark\n{cells}\n{cells}\n".encode()
    expected = desk.ask("/predict", {"rows": [ROW] * 2}).json
    assert desk.ask("/invocations", bare, content_type="text/csv").json == expected
    assert desk.ask("/invocations", headed, content_type="text/csv").json == expected
    assert desk.ask("/invocations", headed, content_type="text/csv; header=present").json == expected
    plain = desk.ask("/invocations", bare, content_type="text/csv; header=absent", accept="text/csv").body
    told = desk.ask("/invocations", headed, content_type="text/csv", accept="text/csv").body
    assert plain.startswith(b"yes,") and told == b"prediction,probability:no,probability:yes\n" + plain
    assert desk.ask("/invocations", headed, content_type="text/csv; header=absent").status == 422
    assert desk.ask("/invocations", b"1,2\n", content_type="text/csv").status == 400


def test_sagemaker_and_mlflow_json(desk: Asker) -> None:
    expected = desk.ask("/predict", {"rows": [ROW] * 2}).json
    names, cells = list(ROW), list(ROW.values())
    for body in (
        {"rows": [ROW] * 2},
        {"instances": [ROW] * 2},
        {"instances": [cells] * 2},
        {"dataframe_records": [ROW] * 2},
        {"dataframe_split": {"columns": names, "data": [cells] * 2}},
        {"inputs": {name: [value] * 2 for name, value in ROW.items()}},
    ):
        assert desk.ask("/invocations", body).json == expected
    lines = "\n".join([json.dumps(ROW)] * 2).encode()
    assert desk.ask("/invocations", lines, content_type="application/jsonlines").json == expected
    for broken in (
        {"instances": [[1]]},
        {"instances": [1]},
        {"dataframe_split": {"columns": "a", "data": []}},
        {"dataframe_split": {"columns": ["age"], "data": [[1, 2]]}},
        {"inputs": {"age": 1}},
    ):
        assert desk.ask("/invocations", broken).status == 400
    assert desk.ask("/invocations", b"x", content_type="image/png").status == 415
