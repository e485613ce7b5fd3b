"""A bundle that predicts a number and a category together: tables, rows, CSV, Arrow, protocols and the monitor."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from test_runtime_several import ROW, asked

import bundles
from asgi import fleet_of
from ninefold_runtime import arrow
from ninefold_runtime.agreement import refuse_contradictions
from ninefold_runtime.app import App
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.doors.oip import outputs, tensors
from ninefold_runtime.errors import BundleError
from ninefold_runtime.explain.asking import outputs_of
from ninefold_runtime.model import Model
from ninefold_runtime.monitor.counted import joined, taken
from ninefold_runtime.monitor.scores import score_cells
from ninefold_runtime.openapi import document
from ninefold_runtime.schema import Target
from ninefold_runtime.write import as_csv

NAMES = ("price", "sold=no", "sold=yes")


def model() -> Model:
    return Model(bundles.graph("multitask"), bundles.schema("multitask"))


def test_a_value_and_a_label_stand_side_by_side() -> None:
    one, table = model().predict_one(ROW), model().predict([ROW, ROW | {"age": 80}])
    assert table.predictions.shape == (2, 2) and table.shares == NAMES[1:]
    assert isinstance(one.prediction, dict) and isinstance(one.prediction["price"], float)
    assert one.prediction == dict(zip(("price", "sold"), table.predictions[0], strict=True))
    assert table.probabilities is not None and one.probabilities is not None
    assert list(one.probabilities.items()) == list(zip(NAMES[1:], table.probabilities[0].tolist(), strict=True))
    likelier = max(one.probabilities, key=one.probabilities.__getitem__)
    assert one.prediction["sold"] == likelier.removeprefix("sold=")
    assert model().predict({name: [] for name in ROW}).predictions.shape == (0, 2)


def test_files_and_tensors_name_each_column() -> None:
    made = model().predict([ROW])
    assert as_csv(made).splitlines()[0] == "prediction:price,prediction:sold,probability:sold=no,probability:sold=yes"
    told = tensors(made, {})
    described = {each["name"]: each for each in outputs(bundles.schema("multitask"))}
    assert {name: (each["datatype"], each["shape"][1:]) for name, each in told.items()} == {
        name: (each["datatype"], each["shape"][1:]) for name, each in described.items()
    }
    assert float(told["prediction"]["data"][0]) == made.predictions[0, 0]
    pytest.importorskip("nanoarrow")
    assert arrow.encoded(made, {})


def test_the_service_answers_as_its_description_says(tmp_path: Path) -> None:
    app = App(fleet_of(read_bundle(bundles.write(tmp_path / "bundle", "multitask"))))
    for rows in ([ROW], [ROW, ROW]):
        status, body = asked(app, "/predict", json.dumps({"rows": rows}).encode())
        assert status == 200
        answer = json.loads(body)["predictions"][0]
        assert isinstance(answer["prediction"]["price"], float) and answer["prediction"]["sold"] in {"no", "yes"}
        assert list(answer["probabilities"]) == list(NAMES[1:])
    schema = app.fleet.of().bundle.schema
    described = document(schema, "model", "1")["components"]["schemas"]["Answer"]["properties"]["predictions"]["items"]
    assert described["properties"]["prediction"]["properties"] == {
        "price": {"type": "number"},
        "sold": {"type": "string", "enum": ["no", "yes"]},
    }
    assert described["properties"]["probabilities"]["required"] == list(NAMES[1:])


def test_each_column_is_watched_and_explained_under_its_name() -> None:
    target, made = bundles.schema("multitask").target, model().predict([ROW, ROW | {"age": 80}])
    watched = score_cells(target, made)
    assert list(watched) == [f"predicted {name}" for name in NAMES]
    assert watched["predicted price"].tolist() == made.predictions[:, 0].tolist()
    again = joined([taken(made, np.array([0])), taken(made, np.array([1]))])
    np.testing.assert_array_equal(np.array(list(score_cells(target, again).values())), list(watched.values()))
    assert outputs_of(target) == NAMES


@pytest.mark.parametrize(
    "choices", [((),), ((), ("no", "yes"), ()), ((), ("no", "no"))], ids=["too few", "too many", "twice the same"]
)
def test_a_schema_that_cannot_be_is_refused(choices: tuple[tuple[str, ...], ...]) -> None:
    schema = bundles.schema("multitask")
    target = msgspec.structs.replace(schema.target, choices=choices)
    with pytest.raises(BundleError) as caught:
        refuse_contradictions(msgspec.structs.replace(schema, target=target), None, None)
    assert caught.value.code == "NF-R108"


def test_numbers_that_rows_may_lack_need_no_labels() -> None:
    target = Target(name="a, b", task="multitask", several=("a", "b"), choices=((), ()))
    assert (target.answers, target.shares, target.decides) == (("a", "b"), (), False)
