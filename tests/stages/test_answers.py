"""Stages 1 and 2 where the target is answers: when it is, what stays together, and which documents are read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from rooms import collected, looked_at, problem_of

from ninefold.collect.documents import LONGEST, documents_of, passages_of
from ninefold.core.errors import SourceError, WishError
from questions import facts, table

ROWS = table(facts(120, 0))


def test_answers_are_told_from_labels_and_translations(tmp_path: Path) -> None:
    assert problem_of(ROWS, tmp_path, target="answer").task == "question-answering"
    assert problem_of(ROWS, tmp_path, target="answer", task="question-answering").context == "passage"
    label = pl.when(pl.col("number") % 2 == 0).then(pl.lit("lives")).otherwise(pl.lit("born"))
    assert problem_of(ROWS.with_columns(answer=label), tmp_path, target="answer").task == "binary"
    assert problem_of(ROWS.select("question", "passage"), tmp_path, target="passage").task == "translation"


def test_the_share_of_answers_that_stand_in_a_text_is_counted() -> None:
    rows = ROWS.with_columns(
        answer=pl.when(pl.col("number") < 30).then(pl.lit("elsewhere")).otherwise(pl.col("answer"))
    )
    _, seen, _ = looked_at(rows, target="answer")
    assert seen.within == {"passage": pytest.approx(0.75)}
    assert looked_at(rows, target="number")[1].within == {}


def test_few_passages_are_texts_all_the_same(tmp_path: Path) -> None:
    """A passage that many questions are about looks like a category, whose values the schema would keep."""
    rows = pl.concat([ROWS.head(12)] * 10)
    _, dataset = collected(rows, tmp_path, target="answer", context="passage")
    columns = [dataset.column(name) for name in ("question", "passage")]
    assert [(column.kind, column.levels) for column in columns] == [("text", ())] * 2
    sealed = dataset.sealed.open()
    assert not set(sealed.columns["passage"]) & set(dataset.rows.columns["passage"])


def test_a_group_keeps_together_more_than_passages(tmp_path: Path) -> None:
    rows = ROWS.with_columns(book=pl.col("number") // 30)
    problem, dataset = collected(rows, tmp_path, target="answer", group="book")
    assert problem.task == "question-answering" and 'groups of "book"' in dataset.sealing
    for named in ({}, {"context": "passage"}):
        _, dataset = collected(rows, tmp_path, target="answer", group="passage", **named)
        assert 'groups of "passage"' in dataset.sealing and "passage" in dataset.names


def test_rows_without_question_or_passage_are_left_out(tmp_path: Path) -> None:
    gone = {"question": "", "passage": None}
    rows = ROWS.with_columns(
        pl.when(pl.col("number") == place).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for place, (name, value) in enumerate(gone.items())
    )
    _, dataset = collected(rows, tmp_path, target="answer")
    assert dataset.dropped_rows == {"no question or no passage": 2}


def test_passages_that_are_no_column_of_answers_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(WishError, match="not found") as caught:
        problem_of(ROWS.drop("passage"), tmp_path, target="answer", task="question-answering")
    assert caught.value.code == "NF-E380" and "--context COLUMN" in caught.value.hint


def test_paragraphs_become_passages() -> None:
    words = [f"w{i}" for i in range(2 * LONGEST + 10)]
    parts = list(passages_of("One two.\n\nThree.\n\n" + " ".join(words)))
    assert parts[0] == "One two. Three."
    assert [len(part.split()) for part in parts[1:]] == [LONGEST, LONGEST, 10]
    assert " ".join(parts[1:]).split() == words
    assert not list(passages_of(" \n\n "))


def test_documents_are_files_or_rows_with_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.md").write_text(f"{'word ' * 100}\n\n{'other ' * 100}", "utf-8")
    (tmp_path / "b.txt").write_text("Short.", "utf-8")
    (tmp_path / "c.png").write_bytes(b"\x89PNG")
    found = documents_of(str(tmp_path), "")
    assert found.names == ("b.txt", "deep/a.md#1", "deep/a.md#2")
    assert documents_of(str(tmp_path / "b.txt"), "").texts == ("Short.",)
    rows = pl.DataFrame({"title": ["x", "y", "z"], "body": ["A long text.", "Another long text.", "A long text."]})
    rows.write_csv(tmp_path / "t.csv")
    found = documents_of(str(tmp_path / "t.csv"), "")
    assert dict(zip(found.texts, found.names, strict=True)) == {"A long text.": "x", "Another long text.": "y"}
    rows.select("body").write_csv(tmp_path / "u.csv")
    assert documents_of(str(tmp_path / "u.csv"), "body").names == ("1", "2")
    with pytest.raises(SourceError):
        documents_of(str(tmp_path / "nowhere"), "")
