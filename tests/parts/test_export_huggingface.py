"""The folder for the Hugging Face hub: its card as the hub's own library reads it, and a bundle that still works."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

import bundles
import shipping
from ninefold.core import book
from ninefold.core.errors import WishError
from ninefold.core.section import Section
from ninefold.export.destination import Subject
from ninefold.export.exporting import export, made
from ninefold_runtime import load
from ninefold_runtime.bundle import read_bundle


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "multilabel", "quantile"])
def test_the_hubs_library_reads_the_card(tmp_path: Path, task: str) -> None:
    from huggingface_hub import ModelCard

    subject = Subject(read_bundle(bundles.write(tmp_path / "bundle", task)))
    folder = export(subject, "huggingface", made("huggingface", ["licence=apache-2.0"]), tmp_path / "it").folder
    card = ModelCard.load(folder / "README.md", ignore_metadata_errors=False)
    assert card.data.license == "apache-2.0"
    kind = "regression" if task in {"regression", "quantile"} else "classification"
    assert card.data.pipeline_tag == f"tabular-{kind}"
    assert {"ninefold", "onnx", task} <= set(card.data.tags)
    assert card.text.lstrip().startswith(f"# {subject.name}\n")
    row = json.loads(json.dumps(subject.bundle.schema.example))
    assert load(folder / "bundle").predict_one(row) == load(subject.bundle.folder).predict_one(row)


def test_scores_are_those_of_the_run(tmp_path: Path) -> None:
    from huggingface_hub import ModelCard

    run = shipping.run(tmp_path / "run")
    shipped = run.deploy()
    subject = Subject(read_bundle(shipped.folder), run.folder)
    folder = export(subject, "huggingface", made("huggingface"), tmp_path / "bare").folder
    assert ModelCard.load(folder / "README.md").data.eval_results is None
    _finish(run)
    folder = export(subject, "huggingface", made("huggingface"), tmp_path / "scored").folder
    card = ModelCard.load(folder / "README.md")
    told = {result.metric_type: result.metric_value for result in card.data.eval_results}
    assert told == {score.metric: score.value for score in run.evaluation.scores}
    assert "## Model card: " in card.text
    assert shipping.SECRET not in (folder / "README.md").read_text()
    assert "password" not in (folder / "README.md").read_text()


def _finish(run: shipping.Run) -> None:
    """Write the seventh chapter, as a run does."""
    noun = msgspec.Raw(book.encode(run.evaluation, run.folder))
    chapter = book.Chapter(book.FORMAT, "", 0.0, Section("Evaluation", "done"), noun)
    book.write_chapter(run.folder, 7, chapter)


def test_a_licence_has_an_identifier(tmp_path: Path) -> None:
    subject = Subject(read_bundle(bundles.write(tmp_path / "bundle")))
    with pytest.raises(WishError) as refused:
        export(subject, "huggingface", made("huggingface", ["licence=Mine: all"]), tmp_path / "it")
    assert refused.value.code == "NF-E349"
