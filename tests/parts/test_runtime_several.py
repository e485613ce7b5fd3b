"""Bundles whose predictions have several columns: targets or quantiles, as tables, single rows, CSV, JSON and HTTP."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import bundles
from asgi import fleet_of
from ninefold_runtime.app import App
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.model import Model
from ninefold_runtime.openapi import document
from ninefold_runtime.page import page
from ninefold_runtime.schema import Target
from ninefold_runtime.sketch import score_columns
from ninefold_runtime.write import as_csv

ROW = {"age": 31, "fare paid": "12,5", "member": True, "port": "Cherbourg", "joined": "2024-05-01", "remark": None}
NAMES = {"multilabel": ["hot", "wet, very"], "multioutput": ["height", "weight"], "quantile": ["0.1", "0.9"]}


def model(task: str) -> Model:
    return Model(bundles.graph(task), bundles.schema(task))


def asked(app: App, path: str, body: bytes, accept: str = "application/json") -> tuple[int, bytes]:
    """The status and the body that the application answers."""
    sent: list[dict[str, Any]] = []
    headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
    scope = {"type": "http", "method": "POST" if body else "GET", "path": path, "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("task", NAMES)
def test_one_row_and_a_table_agree_and_are_named(task: str) -> None:
    one, table = model(task).predict_one(ROW), model(task).predict([ROW, ROW | {"age": 80}])
    assert table.parts == tuple(NAMES[task]) and table.predictions.shape == (2, 2)
    assert isinstance(one.prediction, dict)
    assert list(one.prediction) == NAMES[task]
    assert list(one.prediction.values()) == table.predictions[0].tolist()
    if task == "multilabel":
        assert table.probabilities is not None and one.probabilities is not None
        assert list(one.probabilities.values()) == table.probabilities[0].tolist()
    else:
        assert table.probabilities is one.probabilities is None


@pytest.mark.parametrize("task", NAMES)
def test_no_rows_give_empty_columns(task: str) -> None:
    made = model(task).predict({name: [] for name in ROW})
    assert made.predictions.shape == (0, 2)
    assert len(as_csv(made).splitlines()) == 1


def test_csv_names_every_column() -> None:
    made = as_csv(model("multilabel").predict([ROW])).splitlines()
    assert made[0] == 'prediction:hot,"prediction:wet, very",probability:hot,"probability:wet, very"'
    assert as_csv(model("quantile").predict([ROW])).splitlines()[0] == "prediction:0.1,prediction:0.9"


@pytest.mark.parametrize("task", NAMES)
def test_every_target_may_be_given_and_is_no_surprise(task: str) -> None:
    known = bundles.schema(task).target.columns
    assert model(task).predict_one(ROW | dict.fromkeys(known, 1)).notes == []
    assert model(task).predict_one(ROW | {"unheard": 1}).notes != []
    assert known == (("outcome",) if task == "quantile" else tuple(NAMES[task]))


@pytest.mark.parametrize("task", NAMES)
def test_the_service_answers_as_its_description_says(task: str, tmp_path: Path) -> None:
    app = App(fleet_of(read_bundle(bundles.write(tmp_path / "bundle", task))))
    schema = app.fleet.of().bundle.schema
    status, body = asked(app, "/predict", json.dumps({"rows": [ROW]}).encode())
    assert status == 200
    (answer,) = json.loads(body)["predictions"]
    described = document(schema, "model", "1")["components"]["schemas"]["Answer"]["properties"]["predictions"]["items"]
    assert set(answer) == set(described["required"]) == set(described["properties"])
    for part in answer:
        assert list(answer[part]) == described["properties"][part]["required"] == NAMES[task]
    kind = described["properties"]["prediction"]["properties"][NAMES[task][0]]["type"]
    assert isinstance(answer["prediction"][NAMES[task][0]], str if kind == "string" else float)
    status, body = asked(app, "/predict", json.dumps(ROW).encode(), accept="text/csv")
    assert status == 200 and body.startswith(b"prediction:")
    assert "Object.entries(told)" in page(schema)


@pytest.mark.parametrize("task", NAMES)
def test_each_column_is_watched_under_its_name(task: str) -> None:
    watched = score_columns(bundles.schema(task).target, np.array([[0.1, 0.2], [0.3, 0.4]]))
    assert all(name.endswith(part) for name, part in zip(watched, NAMES[task], strict=True))
    np.testing.assert_array_equal(list(watched.values()), [[0.1, 0.3], [0.2, 0.4]])


def test_a_target_written_before_there_were_several_is_read() -> None:
    old = b'{"name": "y", "task": "binary", "classes": ["no", "yes"], "positive": "yes"}'
    target = msgspec.json.decode(old, type=Target)
    assert (target.columns, target.parts) == (("y",), ())
