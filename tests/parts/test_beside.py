"""Intervals and sets beside predictions: in columns, as CSV, from a bundle, over the command line."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

import bundles
from asgi import fleet_of
from ninefold_runtime import cli
from ninefold_runtime.app import App
from ninefold_runtime.beside import beside
from ninefold_runtime.bundle import CONFORMAL, read_bundle, seal
from ninefold_runtime.conformal import conformal
from ninefold_runtime.errors import BundleError, TableError
from ninefold_runtime.model import Model
from ninefold_runtime.write import as_csv

RNG = np.random.default_rng(0)
Y = {
    "binary": (np.tile([0.6, 0.4], (100, 1)), np.arange(100) % 2),
    "regression": (np.zeros((100, 1)), RNG.normal(size=100)),
    "multioutput": (np.zeros((100, 2)), RNG.normal(size=(100, 2)) * [1, 9]),
}


def bundle_of(folder: Path, task: str):
    """A bundle that carries promises."""
    bundles.write(folder, task)
    promise = conformal(task, *Y[task])
    (folder / CONFORMAL).write_bytes(msgspec.json.encode(promise))
    seal(folder)
    return read_bundle(folder), promise


def test_a_bundle_carries_its_promise_and_need_not(tmp_path: Path) -> None:
    bundle, promise = bundle_of(tmp_path / "with", "regression")
    assert bundle.conformal == promise
    assert read_bundle(bundles.write(tmp_path / "without", "regression")).conformal is None


def test_a_broken_promise_is_refused(tmp_path: Path) -> None:
    bundle_of(tmp_path / "bundle", "regression")
    (tmp_path / "bundle" / CONFORMAL).write_text('{"levels": "all"}')
    seal(tmp_path / "bundle")
    with pytest.raises(BundleError) as raised:
        read_bundle(tmp_path / "bundle")
    assert raised.value.code == "NF-R108"


@pytest.mark.parametrize("task", Y)
def test_columns_by_task(tmp_path: Path, task: str) -> None:
    bundle, promise = bundle_of(tmp_path / "bundle", task)
    made = Model(bundle.graph, bundle.schema).predict(bundles.table(20))
    found = beside(made, promise, 0.9)
    lines = list(csv.DictReader(io.StringIO(as_csv(made, found))))
    assert len(lines) == 20
    if task == "binary":
        assert all(made.classes[int(p.argmax())] == s[0] for p, s in zip(made.probabilities, found["set"], strict=True))
        assert json.loads(lines[0]["set"]) == found["set"][0]
        return
    parts = [f":{part}" for part in made.parts] or [""]
    for line in lines:
        for part in parts:
            assert float(line[f"low{part}"]) <= float(line[f"prediction{part}"]) <= float(line[f"high{part}"])
    assert list(found) == [f"{end}{part}" for part in parts for end in ("low", "high")]


def test_no_rows_have_columns_too(tmp_path: Path) -> None:
    bundle, promise = bundle_of(tmp_path / "bundle", "binary")
    made = Model(bundle.graph, bundle.schema).predict({name: [] for name in bundles.table(1)})
    assert as_csv(made, beside(made, promise, 0.9)).strip() == "prediction,probability:no,probability:yes,set"


@pytest.mark.parametrize(("level", "carried"), [(0.85, True), (0.9, False)])
def test_what_is_not_promised_is_an_error(tmp_path: Path, level: float, carried: bool) -> None:
    bundle, promise = bundle_of(tmp_path / "bundle", "regression")
    made = Model(bundle.graph, bundle.schema).predict(bundles.table(2))
    with pytest.raises(TableError) as raised:
        beside(made, promise if carried else None, level)
    assert raised.value.code == "NF-R211"


def test_the_command_line_adds_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle_of(tmp_path / "bundle", "regression")
    (tmp_path / "rows.csv").write_text("age\n30\n40\n")
    assert cli.main(["predict", str(tmp_path / "bundle"), str(tmp_path / "rows.csv"), "--level", "0.9"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "prediction,low,high"
    assert cli.main(["predict", str(tmp_path / "bundle"), str(tmp_path / "rows.csv"), "--level", "0.7"]) == 2
    assert "NF-R211" in capsys.readouterr().err


def asked(app: App, path: str, query: str, body: object) -> tuple[int, dict]:
    """Status and answer of the service, without a socket."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": headers}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent))


def test_the_service_adds_them_when_asked(tmp_path: Path) -> None:
    app = App(fleet_of(bundle_of(tmp_path / "bundle", "binary")[0]))
    rows = {"rows": [{"age": 30}, {"age": 70}]}
    status, plain = asked(app, "/predict", "", rows)
    assert status == 200
    assert "set" not in plain["predictions"][0]
    status, told = asked(app, "/predict", "level=0.9", rows)
    assert status == 200
    assert [set(each) for each in told["predictions"]] == [{"prediction", "probabilities", "set"}] * 2
    for query in ("level=0.7", "level=much"):
        status, problem = asked(app, "/predict", query, rows)
        assert (status, problem["code"]) == (422, "NF-R211")
