"""Explaining with a bundle: every task, questions that cannot be answered, damaged backgrounds, and text for people."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

import bundles
from ninefold_runtime import cli
from ninefold_runtime.background import Prototypes
from ninefold_runtime.bundle import BACKGROUND, read_bundle, seal
from ninefold_runtime.conformal import Conformal
from ninefold_runtime.errors import BundleError, ExplainError
from ninefold_runtime.explain import told
from ninefold_runtime.explain.asking import asked_of, outputs_of, scale_of, spoken_of
from ninefold_runtime.explain.cells import cell
from ninefold_runtime.explain.explanation import Account, Contribution, Explanation, Listing
from ninefold_runtime.explain.finding import find, names
from ninefold_runtime.explain.question import Question, explained, row_of
from ninefold_runtime.explain.regions import ALONE
from ninefold_runtime.explain.single import explain_one
from ninefold_runtime.model import Model
from ninefold_runtime.schema import Target
from ninefold_runtime.wire import NO_TIME

SAYS = {
    "binary": ("no", "yes"),
    "multiclass": ("high", "low", "middle"),
    "regression": ("outcome",),
    "multilabel": ("hot", "wet, very"),
    "multioutput": ("height", "weight"),
    "quantile": ("0.1", "0.9"),
}
ROW = {
    "age": [40],
    "fare paid": ["12,5"],
    "member": [True],
    "port": ["Cherbourg"],
    "joined": [None],
    "remark": ["good"],
}


@pytest.mark.parametrize("task", list(SAYS))
def test_every_task_is_explained_and_adds_up_to_what_the_model_says(task: str, tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", task, background=12))
    made = explain_one(bundle, ROW, Question())
    assert made.explanation.scale == ("value" if task in {"regression", "multioutput", "quantile"} else "probability")
    assert tuple(account.output for account in made.explanation.accounts) == SAYS[task]
    predicted = Model(bundle.graph, bundle.schema).predict(ROW)
    said = predicted.predictions if predicted.probabilities is None else predicted.probabilities
    for account, value in zip(made.explanation.accounts, np.asarray(said, float).reshape(-1), strict=True):
        assert account.value == pytest.approx(value)
        assert account.base + sum(part.amount for part in account.contributions) == pytest.approx(value, abs=1e-12)
        assert tuple(part.column for part in account.contributions) == bundle.schema.names
        assert [part.cell for part in account.contributions] == [40.0, 12.5, True, "Cherbourg", None, "good"]


def test_scores_of_anomalies_and_counts_are_one_output() -> None:
    anomaly = Target(name="anomaly", task="anomaly", classes=("normal", "anomaly"))
    assert outputs_of(anomaly) == ("anomaly",)
    assert scale_of(anomaly) == "score"
    assert outputs_of(Target(name="visits", task="count")) == ("visits",)
    assert outputs_of(Target(name="cluster", task="clustering", classes=("cluster 1", "cluster 2")))[1] == "cluster 2"


def test_the_positive_class_is_shown_and_else_the_likeliest() -> None:
    binary = Target(name="y", task="binary", classes=("no", "yes"), positive="yes")
    assert spoken_of(binary, np.array([0.9, 0.1])) == 1
    assert spoken_of(Target(name="y", task="multiclass", classes=("a", "b", "c")), np.array([0.2, 0.5, 0.3])) == 1
    assert spoken_of(Target(name="y", task="regression"), np.array([4.0])) == 0


def test_a_bundle_without_a_background_loads_and_says_that_it_cannot_explain(tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "old"))
    assert bundle.background is None
    with pytest.raises(ExplainError) as refused:
        explain_one(bundle, None, Question())
    assert refused.value.code == "NF-R402"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made | {"weights": []},
        lambda made: made | {"weights": [-1.0, *made["weights"][1:]]},
        lambda made: made | {"weights": made["weights"][1:]},
        lambda made: made | {"columns": {k: v for k, v in made["columns"].items() if k != "age"}},
        lambda made: made | {"columns": made["columns"] | {"age": ["old"] * 6}},
        lambda made: made | {"columns": made["columns"] | {"joined": [2**70] * 6}},
        lambda made: made | {"columns": made["columns"] | {"port": [["a"]] * 6}},
    ],
)
def test_a_background_that_does_not_fit_is_refused(change: object, tmp_path: Path) -> None:
    folder = bundles.write(tmp_path / "bundle", background=6)
    made = json.loads((folder / BACKGROUND).read_bytes())
    (folder / BACKGROUND).write_text(json.dumps(change(made)))  # type: ignore[operator]
    (folder / "MANIFEST.json").unlink()
    seal(folder)
    with pytest.raises(BundleError) as refused:
        explain_one(read_bundle(folder), None, Question())
    assert refused.value.code == "NF-R108"


def test_prototypes_come_back_as_they_were(tmp_path: Path) -> None:
    schema = bundles.schema("binary")
    made = bundles.prototypes(40)
    again = msgspec.json.decode(msgspec.json.encode(made), type=Prototypes)
    arrays, weights = again.wired(schema)
    assert Prototypes.of(arrays, weights) == made
    assert (arrays["joined"] == NO_TIME).any()
    assert np.isnan(arrays["age"]).any()


def test_methods_and_outputs_that_there_are_not_are_named_with_those_there_are(tmp_path: Path) -> None:
    assert "shap" in names()
    with pytest.raises(ExplainError, match="sharp") as unknown:
        find("sharp")
    assert (unknown.value.code, unknown.value.hint) == ("NF-R401", 'did you mean "shap"?')
    bundle = read_bundle(bundles.write(tmp_path / "bundle", background=6))
    with pytest.raises(ExplainError) as no_output:
        explain_one(bundle, None, Question(outputs=("maybe",)))
    assert no_output.value.code == "NF-R403"
    only = explain_one(bundle, None, Question(outputs=("no",)))
    assert [account.output for account in only.explanation.accounts] == ["no"]
    assert only.account == only.explanation.accounts[0]


@pytest.mark.parametrize("name", sorted(ALONE))
def test_methods_of_images_say_so_where_there_are_none(name: str, tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", background=10))
    with pytest.raises(ExplainError, match="and the bundle takes none"):
        explain_one(bundle, None, Question(name))


def test_the_moment_that_matters_is_told_by_covering_it(tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write_arrays(tmp_path / "bundle"))
    row = {"photo": [np.full((6, 8), 100).tolist()], "pulse": [[0.0, 4.0, 0.0, None]]}
    made = explain_one(bundle, row, Question("occlusion")).explanation
    assert made.against == "the same photo and pulse covered whole"
    assert f" · {made.against} 0." in told.head(made, made.accounts[0])
    (moments,) = made.tables
    assert moments.headings == ("first", "last", "amount")
    assert moments.rows[0][:2] == (2.0, 2.0)
    assert moments.rows[0][2] == pytest.approx(1 / (1 + np.exp(-8.0)) - 1 / (1 + np.exp(-2 * 4 / 3)), abs=1e-6)
    assert len(moments.rows) == 3, "behind the last value there is nothing to cover"
    assert {account.output: round(account.base, 6) for account in made.accounts}["yes"] == round(
        1 / (1 + np.exp(-8 / 3)), 6
    )


@pytest.mark.parametrize("name", [name for name in names() if name not in ALONE])
def test_every_method_explains_a_row_and_repeats_itself(name: str, tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", background=10))
    promise = Conformal(levels=(0.9,), rows=50, score="lac", limits=(0.7,))
    asked = replace(asked_of(bundle, Model(bundle.graph, bundle.schema)), conformal=promise)
    rows = {column: values[:2] for column, values in asked.background.columns.items()}
    first, again = (explained(asked, rows, Question(name, seed=3)) for _ in range(2))
    assert first == again
    assert len(first) == 2
    assert all(each.method == name and (each.accounts or each.tables) for each in first)


def test_rows_of_a_file_count_from_one() -> None:
    assert row_of({"a": [1, 2], "b": ["x", "y"]}, 2) == {"a": [2], "b": ["y"]}
    for number in (0, 3):
        with pytest.raises(ExplainError) as refused:
            row_of({"a": [1, 2]}, number)
        assert refused.value.code == "NF-R404"


def test_a_row_of_no_cells_is_a_row_of_missing_ones(tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", background=8))
    (age, *_) = explain_one(bundle, {}, Question()).explanation.accounts[0].contributions
    assert age.cell is None


def test_cells_are_shown_as_they_are_written() -> None:
    age, _, member, port, joined, _ = bundles.COLUMNS
    assert cell(age, np.float64(31.0)) == 31.0
    assert cell(age, np.nan) is None
    assert cell(member, 1.0) is True
    assert cell(port, "") is None
    assert cell(joined, np.int64(NO_TIME)) is None
    assert cell(joined, np.int64(86_400_000_000)) == "1970-01-02"
    assert cell(joined, np.int64(2**62)).endswith("µs")  # type: ignore[union-attr]
    assert told.shown(None) == "missing"
    assert told.shown("a\nb" * 40).endswith("…")


def test_lines_have_signs_bars_and_the_rest_in_one() -> None:
    parts = tuple(Contribution(f"c{i}", float(i), 0.1 * (-1) ** i / (i + 1)) for i in range(14))
    account = Account("yes", 0.4, 0.5, (Contribution("big", "x", 0.9, 0.8, 1.0), *parts))
    table = Listing("Nearest", ("what", "how far"), (("one", 0.25), ("another", None)))
    lines = list(told.lines(Explanation("shap", "probability", (account,), ("A note.",), (table,)), account))
    assert lines[0] == "probability of yes: 0.5 · typical rows 0.4"
    assert lines[2].split() == ["big", "=", "x", "+0.9000", "█" * told.WIDTH, "±", "0.1"]
    assert lines[4].split()[:4] == ["c1", "=", "1", "−0.0500"]
    assert lines[3 + told.MOST - 1].startswith("  3 more columns")
    assert lines[-4:] == ["  one      0.25", "  another  missing", "", "A note."]
    nothing = Listing("Nearest", ("what", "how far"), ())
    assert list(told.lines(Explanation("shap", "probability", (), ("None.",), (nothing,)), None)) == ["None."]


def test_the_runtime_explains_a_row_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = bundles.write(tmp_path / "bundle", background=8)
    (tmp_path / "new.csv").write_text("age,port\n20,Nowhere\n64,Cherbourg\n")
    assert cli.main(["explain", str(folder), str(tmp_path / "new.csv"), "--row", "2"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("probability of yes: ")
    assert "age = 64 " in shown.out
    assert "Nowhere" not in shown.err
    assert 'column "remark" is missing' in shown.err
    assert cli.main(["explain", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["method"] == "shap"
    assert cli.main(["explain", str(folder), str(tmp_path / "new.csv"), "--row", "3"]) == 2
