"""Models beside the one that is served: a challenger that answers some rows, a shadow that answers none. And the file
of names by which one takes another's place."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from test_serving import load as load  # noqa: PLC0414  a fixture

import bundles
from ninefold_runtime import cli
from ninefold_runtime.bundle import GRAPH, SCHEMA, read_bundle, seal
from ninefold_runtime.errors import BundleError, ServeError
from ninefold_runtime.files import write_whole
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.serving.contested import check_fits
from ninefold_runtime.serving.loading import app_of
from ninefold_runtime.serving.plan import Order, Place
from ninefold_runtime.serving.pointer import plan_in, promote, read_models, rollback
from ninefold_runtime.serving.split import TROUBLE
from ninefold_runtime.serving.wishes import named_strictly, plan_of

ROWS = 600


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    at = tmp_path_factory.mktemp("two")
    return bundles.write(at / "flat", sketched=100), bundles.write(at / "steep", slope=3.0)


def asked(app: Any, body: object, path: str = "/predict", **headers: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of one request."""
    sent: list[Any] = []
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"host": "localhost", "content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    scope = {
        "type": "http",
        "method": "GET" if body is None else "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    text = sent[1]["body"].decode()
    return sent[0]["status"], told, json.loads(text) if "json" in told["content-type"] else text


def split(two: tuple[Path, Path], share: float = 0.3) -> Any:
    return app_of(Order(plan_of([f"model={two[0]}"], [str(two[1])], share)))


def predicted(folder: Path, table: dict[str, list[object]]) -> Predictions:
    bundle = read_bundle(folder)
    return Model(bundle.graph, bundle.schema).predict(table)


def by_whom(two: tuple[Path, Path], table: dict[str, list[object]], made: Any) -> list[bool]:
    """Which rows the second bundle answered; each row must be one of the two's."""
    ours, theirs = (predicted(folder, table).probabilities for folder in two)
    chances = np.array([row["probabilities"]["yes"] for row in made["predictions"]])
    assert ours is not None and theirs is not None
    first, second = (np.isclose(chances, one[:, 1], rtol=1e-12) for one in (ours, theirs))
    assert (first | second).all()
    return [bool(x) for x in second & ~first]


def test_a_share_of_the_rows_is_the_challengers_and_stays_so(two: tuple[Path, Path]) -> None:
    table = bundles.table(ROWS, seed=3)
    app = split(two)
    status, told, made = asked(app, {"columns": table})
    theirs = by_whom(two, table, made)
    assert status == 200
    assert 0.3 * ROWS - 60 < sum(theirs) < 0.3 * ROWS + 60  # five standard deviations
    assert told["ninefold-answered-by"].count("rows=") == 2
    names = list(table)
    for place in range(0, ROWS, 60):
        row = {name: table[name][place] for name in names}
        _, told, alone = asked(split(two), row)
        as_csv = ";".join(names) + "\n" + ";".join("" if row[name] is None else str(row[name]) for name in names)
        _, again, from_csv = asked(app, as_csv.encode(), content_type="text/csv")
        assert alone["predictions"] == from_csv["predictions"] == [made["predictions"][place]]
        assert told["ninefold-answered-by"] == again["ninefold-answered-by"]
        version = read_bundle(two[theirs[place]]).manifest.files[GRAPH].sha256
        assert told["ninefold-answered-by"] == version[:12]


def test_a_larger_share_takes_no_row_away_from_the_challenger(two: tuple[Path, Path]) -> None:
    table = bundles.table(ROWS, seed=4)
    few, more = (by_whom(two, table, asked(split(two, share), {"columns": table})[2]) for share in (0.2, 0.6))
    assert not any(a and not b for a, b in zip(few, more, strict=True))
    assert sum(few) < sum(more)
    for share, count in ((0.0, 0), (1.0, ROWS)):
        assert sum(by_whom(two, table, asked(split(two, share), {"columns": table})[2])) == count


def test_a_key_keeps_a_customer_with_one_model(two: tuple[Path, Path]) -> None:
    table = bundles.table(50, seed=5)
    app = split(two, 0.5)
    by_key = {}
    for key in map(str, range(20)):
        theirs = set(by_whom(two, table, asked(app, {"columns": table}, ninefold_key=key)[2]))
        assert len(theirs) == 1
        by_key[key] = theirs.pop()
        row = {name: values[0] for name, values in table.items()}
        _, told, _ = asked(app, row, ninefold_key=key)
        assert told["ninefold-answered-by"] == read_bundle(two[by_key[key]]).manifest.files[GRAPH].sha256[:12]
    assert set(by_key.values()) == {True, False}


def test_the_split_is_counted_and_the_champion_explains(two: tuple[Path, Path], tmp_path: Path) -> None:
    champion = bundles.write(tmp_path / "champion", background=5)
    app = app_of(Order(plan_of([f"model={champion}"], [str(two[1])], 1.0)))
    row = {"age": 40}
    asked(app, {"rows": [row] * 7})
    metrics = asked(app, None, "/metrics")[2]
    theirs = read_bundle(two[1]).manifest.files[GRAPH].sha256
    assert f'ninefold_split_rows_total{{model="model",sha256="{theirs}"}} 7' in metrics
    assert asked(app, None, "/monitor")[2]["split"]["rows"][theirs] == 7
    (explanation,) = asked(app, {"rows": [row], "outputs": ["yes"]}, "/explain")[2]["explanations"]
    (account,) = explanation["accounts"]
    ours = predicted(champion, {"age": [40]}).probabilities
    assert ours is not None
    assert account["base"] + sum(part["amount"] for part in account["contributions"]) == pytest.approx(ours[0, 1])


def test_a_challenger_that_fails_costs_no_answer(two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    app = split(two, 1.0)
    challenger = app.fleet.of()._split.challenger

    def fails(_: object) -> None:
        raise TROUBLE[0]("no")

    monkeypatch.setattr(challenger, "run", fails)
    table = bundles.table(5)
    assert by_whom(two, table, asked(app, {"columns": table})[2]) == [False] * 5
    assert 'ninefold_challenger_failures_total{model="model"} 5' in asked(app, None, "/metrics")[2]


def test_a_shadow_is_counted_and_answers_nothing(two: tuple[Path, Path]) -> None:
    app = app_of(Order({"model": Place(str(two[0]), shadow=str(two[1]))}))
    plain = app_of(Order({"model": Place(str(two[0]))}))
    table = bundles.table(ROWS, seed=6)
    assert asked(app, {"columns": table})[2] == asked(plain, {"columns": table})[2]
    row = {name: values[0] for name, values in table.items()}
    assert asked(app, row)[2] == asked(plain, row)[2]
    end = time.monotonic() + 20
    while (state := asked(app, None, "/monitor")[2]["shadow"])["rows"] < ROWS + 1 and time.monotonic() < end:
        time.sleep(0.02)
    ours, theirs = (predicted(folder, table) for folder in two)
    assert ours.probabilities is not None and theirs.probabilities is not None
    difference = np.abs(ours.probabilities - theirs.probabilities).max(axis=1)
    difference = np.append(difference, difference[0])
    same = ours.predictions == theirs.predictions
    assert state["rows"] == ROWS + 1
    assert state["agreement"] == pytest.approx((same.sum() + same[0]) / (ROWS + 1))
    assert state["mean_difference"] == pytest.approx(difference.mean())
    assert state["largest_difference"] == pytest.approx(difference.max())
    assert state["missed"] == state["failures"] == 0
    assert f'ninefold_shadow_rows_total{{model="model"}} {ROWS + 1}' in asked(app, None, "/metrics")[2]
    assert "shadow" not in asked(plain, None, "/monitor")[2]


def test_a_shadow_that_is_too_slow_misses_rows(two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold_runtime.serving.shadow.MOST_WAITING", 0)
    app = app_of(Order({"model": Place(str(two[0]), shadow=str(two[1]))}))
    assert asked(app, {"rows": [{"age": 4}] * 3})[0] == 200
    assert asked(app, None, "/monitor")[2]["shadow"]["missed"] == 3


def test_what_cannot_be_compared_is_refused(two: tuple[Path, Path], tmp_path: Path) -> None:
    champion = read_bundle(two[0])
    schema = champion.schema
    odd = {
        "task": bundles.write(tmp_path / "task", task="regression"),
        "column": bundles.write(tmp_path / "column"),
        "kind": bundles.write(tmp_path / "kind"),
    }
    changes = {
        "column": [msgspec.structs.replace(schema.columns[0], name="height"), *schema.columns[1:]],
        "kind": [msgspec.structs.replace(schema.columns[0], kind="text"), *schema.columns[1:]],
    }
    for name, columns in changes.items():
        write_whole(odd[name] / SCHEMA, msgspec.json.encode(msgspec.structs.replace(schema, columns=tuple(columns))))
        (odd[name] / "MANIFEST.json").unlink()
        seal(odd[name])
    for name, word in (("task", "regression"), ("column", '"height"'), ("kind", "as text, not number")):
        with pytest.raises(ServeError, match=word) as refused:
            check_fits(champion, read_bundle(odd[name]))
        assert refused.value.code == "NF-R315"
    check_fits(champion, read_bundle(two[1]))


def test_a_name_is_given_to_another_bundle_and_back(two: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    for bundle in (two[0], two[1], two[1]):
        promote(file, "titanic", bundle)
    promote(file, "telco", two[0])
    place = plan_in(file)["titanic"]
    assert read_bundle(place.bundle).manifest == read_bundle(two[1]).manifest
    assert len(read_models(file).models["titanic"].before) == 1
    assert cli.main(["rollback", str(file), "titanic"]) == 0
    assert read_bundle(plan_in(file)["titanic"].bundle).manifest == read_bundle(two[0]).manifest
    before = file.read_bytes()
    for name, code in (("titanic", "NF-R317"), ("titanik", "NF-R314"), ("", "NF-R314")):
        with pytest.raises(ServeError) as refused:
            rollback(file, name)
        assert refused.value.code == code
    with pytest.raises(BundleError):
        promote(file, "titanic", tmp_path)
    for odd, word in (("ti/ta=b", "no name that an address"), ("=b", "no name that an address"), ("b", "has no name")):
        with pytest.raises(ServeError, match=word):
            named_strictly(odd)
    assert file.read_bytes() == before


def test_a_name_is_not_given_back_to_a_bundle_that_is_gone(two: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(two[0], tmp_path / "old")
    file = tmp_path / "models.json"
    promote(file, "titanic", tmp_path / "old")
    promote(file, "titanic", two[1])
    before = file.read_bytes()
    shutil.rmtree(tmp_path / "old")
    with pytest.raises(BundleError):
        rollback(file, "titanic")
    assert file.read_bytes() == before


def test_one_that_is_promoted_challenges_no_more(two: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    promote(file, "a", two[0])
    text = json.loads(file.read_text())
    text["models"]["a"] |= {"challenger": str(two[1]), "shadow": str(two[1]), "share": 0.2}
    file.write_text(json.dumps(text))
    assert plan_in(file)["a"] == Place(plan_in(file)["a"].bundle, str(two[1]), 0.2, str(two[1]))
    promote(file, "a", two[1])
    assert (plan_in(file)["a"].challenger, plan_in(file)["a"].shadow) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 1, "models": {}}',
        '{"format": 2, "models": {"a": {"bundle": "b"}}}',
        '{"format": 1, "models": {"a": {"bundle": "b", "share": 2}}}',
    ],
)
def test_a_file_of_names_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "models.json"
    file.write_text(text)
    with pytest.raises(ServeError) as refused:
        plan_in(file)
    assert refused.value.code == "NF-R316"


def test_a_service_follows_the_file(load: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    promote(file, "a", two[0])
    promote(file, "b", two[1])
    request = load.request_of(b'{"age": 40}', "/models/a/predict")
    with load.Service(file, "--reload") as service:
        first = load.ask(service.address, request)
        assert first.status == 200
        assert load.ask(service.address, load.request_of(b'{"age": 40}', "/models/b/predict")).body != first.body
        said = len(service.said)
        promote(file, "a", two[1])
        service.wait_for("reloaded", since=said)
        assert load.ask(service.address, request).body != first.body
        said = len(service.said)
        rollback(file, "a")
        service.wait_for("reloaded", since=said)
        assert load.ask(service.address, request).body == first.body
        for text, code in (("{}", "NF-R316"), (file.read_text().replace("flat", "none"), "NF-R101")):
            said = len(service.said)
            file.write_text(text)
            service.wait_for(code, since=said)
        time.sleep(3)  # three looks: what was refused is not tried again until it changes
        assert len(service.said) == said + 1
        assert load.ask(service.address, request).body == first.body
        assert service.stop() == 0
