"""Files beside training: labels in a column or a table of their own, groups, a history, and alerts that are sent."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bundles
import shipping
from ninefold_runtime import cli
from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.errors import MonitorError
from ninefold_runtime.model import Model
from ninefold_runtime.monitor.batch import Batch, Wanted, lines
from ninefold_runtime.performance import LEAST_ROWS

ROWS = 400


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    run = shipping.run(tmp_path_factory.mktemp("batch") / "7f3c2a", labelled=True)
    run.deploy()
    run.watch()
    return read_bundle(run.folder / "bundle")


def labelled(bundle: Bundle, seed: int, wrong: bool = False) -> dict[str, list[Any]]:
    """Rows with ids and labels that are as probable as the graph says, or always the other one."""
    table: dict[str, list[Any]] = dict(bundles.table(ROWS, seed))
    made = Model(bundle.graph, bundle.schema).predict(table)
    assert made.probabilities is not None
    yes = np.random.default_rng(seed).random(ROWS) < made.probabilities[:, 1]
    yes = made.predictions != "yes" if wrong else yes
    return table | {"outcome": np.where(yes, "yes", "no").tolist(), "nr": list(range(ROWS))}


def told(bundle: Bundle, table: dict[str, list[Any]], **wanted: Any) -> Any:
    batch = Batch(bundle, Wanted(**wanted))
    for part in (slice(0, 150), slice(150, None)):
        batch.add({name: values[part] for name, values in table.items()})
    return batch.told()


def test_the_bundle_knows_how_right_the_model_was_and_holds_no_small_bin(bundle: Bundle) -> None:
    assert bundle.sketches is not None
    known = bundle.sketches.performance
    assert known is not None
    assert known.rows == sum(known.questions[0].rows) == shipping.ROWS - shipping.ROWS // 10
    assert min(known.questions[0].rows) >= LEAST_ROWS
    assert set(known.scores) == {"accuracy", "f1", "roc_auc", "log_loss"}
    assert known.sealed == {"roc_auc": 0.8812, "accuracy": 0.8}
    assert {grouped.column.name for grouped in bundle.sketches.groups} == {"member", "port"}
    assert shipping.SECRET.encode() not in (bundle.folder / "sketches.json").read_bytes()


def test_labels_in_a_column_score_the_rows_whole_or_in_parts(bundle: Bundle) -> None:
    table = labelled(bundle, 1)
    found = told(bundle, table, target="outcome")
    assert found.labelled.rows == ROWS
    said = Model(bundle.graph, bundle.schema).predict(table).predictions
    (accuracy,) = [score for score in found.labelled.scores if score.metric == "accuracy"]
    assert accuracy.value == pytest.approx(np.mean(said == table["outcome"]))
    assert found.level == "ok"
    text = "\n".join(lines(found))
    assert "measured" in text
    assert f"{ROWS} labels" in text


def test_labels_in_a_table_of_their_own_go_by_key_or_row_by_row(bundle: Bundle) -> None:
    table = labelled(bundle, 2)
    outcomes = table.pop("outcome")
    mixed = np.random.default_rng(1).permutation(ROWS)[:300].tolist()
    labels = {"nr": [str(i) for i in mixed], "outcome": [outcomes[i] for i in mixed]}
    by_key = told(bundle, table, labels=labels, key="nr")
    assert by_key.labelled.rows == 300
    in_order = told(bundle, table, labels={"outcome": outcomes})
    assert in_order.labelled.rows == ROWS
    with pytest.raises(MonitorError, match="fewer labels"):
        told(bundle, table, labels={"outcome": outcomes[:300]})
    with pytest.raises(MonitorError, match="no column"):
        told(bundle, table, target="outcom")


def test_labels_that_are_all_wrong_degrade_the_model(bundle: Bundle) -> None:
    found = told(bundle, labelled(bundle, 3, wrong=True), target="outcome")
    assert found.level == "degraded"
    assert found.labelled.evidence > 100
    assert "labels" in found.why[0]


def test_a_group_is_held_against_its_own_training_rows(bundle: Bundle) -> None:
    table = labelled(bundle, 4)
    table["age"] = [
        age + 30 if age is not None and member else age
        for age, member in zip(table["age"], table["member"], strict=True)
    ]
    found = told(bundle, table, by="member")
    assert "age" in found.groups["member yes"]
    assert found.groups["member no"].startswith("no drift")
    with pytest.raises(MonitorError, match='no groups of "age"'):
        told(bundle, table, by="age")


def write(file: Path, table: dict[str, list[Any]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([list(table), *zip(*table.values(), strict=True)])


def test_the_command_line_keeps_a_history_and_shows_it(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, history = str(bundle.folder), str(tmp_path / "h.sqlite")
    write(tmp_path / "fine.csv", labelled(bundle, 5))
    write(tmp_path / "wrong.csv", labelled(bundle, 6, wrong=True))
    options = ["--target", "outcome", "--history", history, "--json"]
    assert cli.main(["watch", folder, str(tmp_path / "fine.csv"), *options]) == 0
    assert json.loads(capsys.readouterr().out)["monitor"]["labelled"]["rows"] == ROWS
    assert cli.main(["monitor", folder, "--history", history]) == 0
    assert "400" in capsys.readouterr().out
    dead = ["--webhook", "http://127.0.0.1:9/"]
    assert cli.main(["watch", folder, str(tmp_path / "wrong.csv"), *options, *dead]) == 1
    assert "webhook" in capsys.readouterr().err
    assert cli.main(["monitor", folder, "--history", history, "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["told"]["level"] == "degraded"
    assert [look["rows"] for look in shown["windows"]] == [ROWS, ROWS]
    assert cli.main(["monitor", folder, "--history", str(tmp_path / "none.sqlite")]) == 2
    assert "NF-R509" in capsys.readouterr().err
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--follow", "--target", "outcome", "--by", "port"], "NF-R512"),
        (["--on-drift", "echo 'open"], "NF-R511"),
        (["--on-drift", "no-such-program x"], "NF-R511"),
    ],
)
def test_what_would_be_passed_over_is_refused_at_the_start(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: str
) -> None:
    write(tmp_path / "rows.csv", labelled(bundle, 1))
    assert cli.main(["watch", str(bundle.folder), str(tmp_path / "rows.csv"), *options]) == 2
    assert code in capsys.readouterr().err
