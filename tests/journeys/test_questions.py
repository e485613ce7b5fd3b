"""Questions and passages: from a table through the nine stages to a service that answers, and that searches."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

import ninefold
import service
from ninefold.core.errors import ColumnError, SourceError, WishError
from ninefold.report.command import reproduce
from ninefold.web.explained import offered, why
from ninefold.web.playing import ready
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.watch import watch_table
from questions import facts, table

ROWS, NEW = table(facts(160, 0)), facts(40, 9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Text files that have the passages of the new questions."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "more").mkdir()
    for i, passage in enumerate(dict.fromkeys(NEW.passages)):
        (folder / ("more" if i % 2 else ".") / f"{i}.txt").write_text(passage, "utf-8")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory, folder):
    runs = tmp_path_factory.mktemp("runs")
    return ninefold.run(ROWS, "answer", documents=str(folder), learners=["word_overlap"], work=3, runs=runs)


def test_answers_within_another_column_are_seen(run):
    assert (run.problem.task, run.problem.context) == ("question-answering", "passage")
    assert "stand in the texts" in run.problem.task_why
    assert run.model.columns == ("question", "passage")
    told = reproduce(run.problem)
    assert "--context passage" in told and "--documents" in told and "--folds" not in told


def test_no_passage_is_both_learned_from_and_sealed(run):
    learned = set(run.dataset.rows.columns["passage"])
    sealed = pl.read_parquet(run.dataset.sealed.path)
    assert run.dataset.sealing.startswith("whole passages")
    assert sealed.height and not learned & set(sealed["c2"])
    plan = ninefold.core.plan.Plan.read(ninefold.core.workshop.Workshop(run.folder).plan)
    parts = (plan.folds[0].train, plan.folds[0].valid)
    apart = [set(run.dataset.rows.columns["passage"][part]) for part in parts]
    assert apart[0] and apart[1] and not apart[0] & apart[1]


def test_the_report_tells_how_well_the_search_does(run):
    evaluation = run.evaluation
    assert evaluation.headline.metric == "token_f1"
    assert {score.metric for score in evaluation.scores} == {"token_f1", "answer_match"}
    assert evaluation.heard.searched == len({*NEW.passages, *ROWS["passage"]})
    assert evaluation.heard.recall[0][1] > 0.5 and evaluation.heard.found[0][1] > 0
    assert [most for most, _ in evaluation.heard.recall] == [1, 5, 20]
    text = run.report.read_text("utf-8")
    assert "recall" in text and "passage searched" in text
    assert text.index("passage searched") < text.index('<section id="diagnosis"') < text.index("answered worst")


def test_the_baseline_alone_is_not_to_be_shipped(run):
    assert "NF701" in {finding.code for finding in run.evaluation.findings}
    assert "Do not ship it" in run.report.read_text("utf-8")


def test_the_bundle_holds_the_documents_and_no_row(run):
    bundle = read_bundle(run.bundle)
    assert set(bundle.manifest.files) >= {"model.onnx", "reader.json", "documents.json", "sketches.json"}
    assert set(bundle.documents.texts) == set(NEW.passages)
    rows = {text for name in ("question", "passage", "answer") for text in ROWS[name].to_list()}
    others = b"".join(file.read_bytes() for file in run.bundle.iterdir() if file.name != "documents.json")
    assert not any(text.encode() in others for text in rows)
    assert not any(text in held for text in ROWS["passage"] for held in bundle.documents.texts)


def test_a_service_answers_and_searches(run):
    served = service.start(run.bundle)
    try:
        model = ninefold.load(run.bundle)
        row = {"question": ROWS["question"][0], "passage": ROWS["passage"][0]}
        reply = served.ask("/predict", row).json
        answer = reply["predictions"][0]
        assert answer["prediction"] == model.predict_one(row).prediction
        assert row["passage"][answer["start"] : answer["end"]] == answer["prediction"]
        assert answer["document"] == "" and not reply["warnings"]
        reply = served.ask("/predict", {"rows": [{"question": each} for each in NEW.sources[:6]]}).json
        assert not reply["warnings"]
        held = dict(zip(model.documents.names, model.documents.texts, strict=True))
        for passage, found in zip(NEW.passages, reply["predictions"], strict=False):
            assert 0 <= found["score"] <= 1
            assert held[found["document"]] == passage
            assert found["prediction"] == ("" if found["start"] < 0 else passage[found["start"] : found["end"]])
        schema = served.ask("/openapi.json").json
        assert "start" in str(schema)
        told = served.ask("/explain", {"rows": [row]}).json["explanations"][0]
        assert told["method"] == "words" and told["accounts"][0]["value"] == pytest.approx(answer["score"])
        words = {word for _, word, _ in told["tables"][0]["rows"]}
        assert words == set(row["question"].removesuffix("?").split())
        refused = served.ask("/explain", {"rows": [row], "method": "shap"})
        assert refused.status == 501 and "ask for words" in str(refused.json)
        tensors = [{"name": name, "datatype": "BYTES", "shape": [1], "data": [row[name]]} for name in row]
        name = served.ask("/models").json["default"]
        outputs = served.ask(f"/v2/models/{name}/infer", {"inputs": tensors}).json["outputs"]
        declared = served.ask(f"/v2/models/{name}").json["outputs"]
        assert {each["name"] for each in outputs} == {each["name"] for each in declared}
    finally:
        assert service.stop(served) == 0


@pytest.mark.parametrize("door", ["ninefold.cli.main", "ninefold_runtime.cli"])
def test_both_command_lines_answer(run, tmp_path, door):
    pl.DataFrame({"question": NEW.sources[:5]}).write_csv(tmp_path / "new.csv")
    script = f"import sys; from {door} import main; sys.exit(main())"
    asked = ["predict", str(run.bundle), str(tmp_path / "new.csv")]
    done = subprocess.run([sys.executable, "-c", script, *asked], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[0] == "prediction,score,start,end,document" and len(lines) == 6
    assert done.stderr == ""


def test_both_command_lines_explain(run, tmp_path):
    ROWS.write_csv(tmp_path / "rows.csv")
    row = (run.bundle, tmp_path / "rows.csv")
    doors = {
        "ninefold.cli.main": ["explain", str(row[0]), "--data", str(row[1]), "--row", "2"],
        "ninefold_runtime.cli": ["explain", str(row[0]), str(row[1]), "--row", "2"],
    }
    told = []
    for door, asked in doors.items():
        script = f"import sys; from {door} import main; sys.exit(main())"
        done = subprocess.run([sys.executable, "-c", script, *asked], capture_output=True, text=True, check=True)
        told.append(done.stdout.split())
    answer = ninefold.load(run.bundle).predict_one({name: ROWS[name][1] for name in ("question", "passage")})
    assert told[0] == told[1]
    assert f"“{answer.prediction}” loses without each" in " ".join(told[0])


def test_the_playground_offers_the_one_method_that_explains_answers(run):
    loaded = ready(run.bundle)
    assert [name for name, _ in offered(loaded)] == ["words"]
    made = why(loaded, {name: ROWS[name][0] for name in ("question", "passage")}, "words")
    assert made.tables[0].rows and "the passage stays" in made.notes[0]


def test_the_report_shows_what_was_said_in_the_passage(run):
    seen = run.evaluation.closer.answers
    assert [each.right for each in seen] == sorted(each.right for each in seen)
    for each in seen:
        marks = {word.mark for word in each.passage} - {""}
        assert marks == ({"both"} if each.right else marks - {"both"}) and marks
        assert any(word.weight for word in each.question)
    text = run.report.read_text("utf-8")
    assert "answered worst" in text and "<sup>said, true</sup>" in text and "<sup>true</sup>" in text


def test_the_monitor_looks_at_the_passages_that_were_found(run):
    bundle = read_bundle(run.bundle)
    assert not watch_table(bundle, {"question": NEW.sources}).drifted
    assert watch_table(bundle, {"question": [f"{text} {text} {text}" for text in ROWS["question"]]}).drifted


def test_questions_without_an_answer_are_learned_too(tmp_path):
    texts = facts(120, 3)
    rows = table(texts).with_columns(
        answer=pl.when(pl.col("number") % 3 == 0).then(pl.lit("")).otherwise(pl.col("answer"))
    )
    made = ninefold.run(rows, "answer", context="passage", learners=["word_overlap"], work=3, runs=tmp_path)
    assert made.dataset.train_rows + made.dataset.sealed.rows == 120
    assert any("without an answer" in note for note in made.problem.notes)
    assert [name for name, *_ in made.evaluation.heard.kinds] == ["the passage has the answer", "it has none"]
    assert made.evaluation.heard.recall  # among the passages of the table, which do not ship
    assert "documents.json" not in read_bundle(made.bundle).manifest.files
    assert ninefold.load(made.bundle).predict({"question": [texts.sources[0]]}).predictions.tolist() == [""]


def test_wishes_that_no_passage_fulfils(tmp_path, folder):
    foreign = ROWS.with_columns(answer=pl.format("{}x", pl.col("number")))
    with pytest.raises(WishError, match="not found in the texts"):
        ninefold.run(foreign, "answer", task="question-answering", runs=tmp_path)
    with pytest.raises(WishError, match="--context belongs to the task"):
        ninefold.run(ROWS, "answer", task="translation", context="passage", runs=tmp_path)
    with pytest.raises(WishError, match="--documents belongs to the task"):
        ninefold.run(ROWS, "number", task="regression", documents=str(folder), runs=tmp_path)
    with pytest.raises(WishError, match="--context belongs to the task"):
        ninefold.run(ROWS, context="passage", runs=tmp_path)
    with pytest.raises(ColumnError, match="no column"):
        ninefold.run(ROWS, "answer", context="pasage", runs=tmp_path)
    with pytest.raises(WishError, match="needs a column of text"):
        ninefold.run(ROWS.select("passage", "answer"), "answer", context="passage", runs=tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="0 passages"):
        ninefold.run(ROWS, "answer", documents=str(tmp_path / "empty"), runs=tmp_path)
    (tmp_path / "old.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(SourceError, match="UTF-8"):
        ninefold.run(ROWS, "answer", documents=str(tmp_path / "old.txt"), runs=tmp_path)
