"""Stage 8: the bundle holds what it should, nothing of a row, and is never half there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

import ninefold_runtime
import shipping
from ninefold.deploy.view import view
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.errors import BundleError


@pytest.fixture
def run(tmp_path: Path) -> shipping.Run:
    return shipping.run(tmp_path / "7f3c2a")


def test_the_bundle_is_sealed_and_loads(run: shipping.Run) -> None:
    bundle = run.deploy()
    assert bundle.folder == run.folder / "bundle"
    assert set(bundle.files) == {"model.onnx", "schema.json", "example.json", "card.md"}
    for name, digest in bundle.files.items():
        assert hashlib.sha256((bundle.folder / name).read_bytes()).hexdigest() == digest
    assert bundle.bytes == sum((bundle.folder / name).stat().st_size for name in bundle.files)
    example = json.loads((bundle.folder / "example.json").read_text())
    assert len(ninefold_runtime.load(bundle.folder).predict(example["rows"])) == 1


def test_the_schema_names_what_the_graph_takes_and_ignores_the_rest(run: shipping.Run) -> None:
    schema = read_bundle(run.deploy().folder).schema
    assert schema.names == run.model.columns
    assert set(schema.ignored) == {"ticket", "cabin", "day"}
    assert (schema.target.name, schema.target.positive) == ("outcome", "yes")


def test_no_cell_of_a_row_is_in_the_bundle(run: shipping.Run) -> None:
    folder = run.deploy().folder
    every = b"".join(path.read_bytes() for path in folder.iterdir())
    assert shipping.SECRET.encode() not in every
    assert b"password" not in every


def test_the_card_says_what_was_measured_and_what_was_not(run: shipping.Run) -> None:
    text = (run.deploy().folder / "card.md").read_text()
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "Model details",
        "Intended use",
        "Factors",
        "Metrics",
        "Evaluation data",
        "Training data",
        "Quantitative analyses",
        "Ethical considerations",
        "Caveats and recommendations",
    ]
    for part in ("Primary use", "Intended users", "Out of scope", "Relevant factors", "Evaluation factors"):
        assert f"**{part}.**" in text
    for part in ("Measures of performance", "Decision thresholds", "Variation", "Unitary results"):
        assert f"**{part}.**" in text
    assert "**Intersectional results.** Not measured." in text
    for fact in ("0.8812", "7f3c2a", "logistic regression", "NF702", "Not measured", "sex = female"):
        assert fact in text


def test_a_card_without_slices_or_calibration_says_so(run: shipping.Run) -> None:
    bare = replace(run.evaluation, slices=(), calibration_error=None, findings=())
    text = (replace(run, evaluation=bare).deploy().folder / "card.md").read_text()
    assert "Slices: Not measured." in text
    assert "**Calibration error.** Not measured." in text


def test_a_card_tells_how_labels_come_about_and_where_the_model_is_weak(run: shipping.Run) -> None:
    parts = tuple(replace(run.evaluation.slices[0], value=value) for value in ("female", "≤ 7.9", "> 7.9 to 14"))
    odd = replace(run.evaluation, slices=parts)
    text = (replace(run, evaluation=odd).deploy().folder / "card.md").read_text()
    for part in ("| sex = female |", "| sex ≤ 7.9 |", "| sex > 7.9 to 14 |", "From 0."):
        assert part in text
    bare = replace(run.model, threshold=None)
    text = (replace(run, model=bare).deploy().folder / "card.md").read_text()
    assert "**Decision thresholds.** None: it gives values" in text
    labels = replace(bare, classes=("no", "yes"))
    text = (replace(run, model=labels).deploy().folder / "card.md").read_text()
    assert "None: the most probable class is decided." in text


def test_names_cannot_break_the_card(run: shipping.Run) -> None:
    odd = replace(run.evaluation, slices=(replace(run.evaluation.slices[0], value="a|b\n## <b>`"),))
    text = (replace(run, evaluation=odd).deploy().folder / "card.md").read_text()
    assert "\n## <b>" not in text
    assert "a\\|b ## &lt;b>'" in text


def test_a_second_bundle_takes_the_place_of_the_first(run: shipping.Run) -> None:
    first = run.deploy()
    (first.folder / "stray.txt").write_text("x")
    second = run.deploy()
    assert second.files == first.files
    read_bundle(second.folder)
    assert [path.name for path in run.folder.iterdir() if "bundle" in path.name and path.name != "8-bundle"] == [
        "bundle"
    ]


def test_a_failure_leaves_the_old_bundle(run: shipping.Run) -> None:
    run.deploy()
    with pytest.raises(FileNotFoundError):
        replace(run, model=replace(run.model, graph=run.folder / "none.onnx")).deploy()
    read_bundle(run.folder / "bundle")
    assert replace(run).deploy().files


def test_the_bundle_is_refused_once_touched(run: shipping.Run) -> None:
    folder = run.deploy().folder
    (folder / "card.md").write_text("better")
    with pytest.raises(BundleError):
        ninefold_runtime.load(folder)


def test_the_view_lists_the_files(run: shipping.Run) -> None:
    section = view(run.deploy())
    assert "no training row" in section.sentence
    assert [row[0] for row in section.tables[0].rows] == ["card.md", "example.json", "model.onnx", "schema.json"]


def test_rows_in_the_graph_are_owned_up_to(run: shipping.Run) -> None:
    member = replace(run.model.members[0], keeps_rows=True)
    bundle = replace(run, model=replace(run.model, members=(member,))).deploy()
    assert "training rows inside, as allowed" in view(bundle).sentence
    assert "holds training rows" in (bundle.folder / "card.md").read_text()
