"""The report: complete, escaped, self-contained, quick, and the same content as JSON."""

from __future__ import annotations

import itertools
import math
import re
import shutil
import time
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
import sample_run

from ninefold.core.errors import RunError
from ninefold.core.questions import QUESTIONS, named
from ninefold.core.section import Fact, Figure, Finding, Level, Section, Series, Table, Topic
from ninefold.report.document import Document, Stage, decode, document, without_password
from ninefold.report.grid import grid
from ninefold.report.render import PARTS, by_weight, page, render, tiles

LEVELS: tuple[Level, ...] = ("info", "good", "info", "good")
NASTY = '<script>alert("1")</script>'


class Tags(HTMLParser):
    """Tags with attributes, in order; text per tag name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[tuple[str, dict[str, str | None]]]:
        return [(tag, attributes) for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_run.write(tmp_path_factory.mktemp("runs") / "7f3c2a")


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return render(folder).read_text()


def test_report_is_one_small_file_that_asks_for_nothing(html: str) -> None:
    assert len(html.encode()) < 200_000
    page_tags = Tags(html)
    assert not page_tags.all("script", "iframe", "object", "img", "base")
    assert [a["href"] for _, a in page_tags.all("link")] == ["data:,"]
    assert all(str(a["href"]).startswith("#") for _, a in page_tags.all("a"))
    assert "url(" not in html
    assert "@import" not in html


def test_report_is_written_within_a_second(folder: Path) -> None:
    started = time.process_time()
    render(folder)
    assert time.process_time() - started < 1


def test_headings_descend_one_step_at_a_time(html: str) -> None:
    levels = [int(tag[1]) for tag, _ in Tags(html).all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_ids_are_unique_and_links_lead_somewhere(html: str) -> None:
    attributes = [a for _, a in Tags(html).tags]
    ids = [a["id"] for a in attributes if "id" in a]
    assert len(ids) == len(set(ids))
    named = {str(a[key]) for a in attributes for key in ("aria-labelledby",) if key in a}
    linked = {str(a["href"])[1:] for a in attributes if str(a.get("href", "")).startswith("#")}
    assert named | linked <= set(ids)


def test_every_chart_has_a_label_and_a_table_in_a_focusable_region(html: str) -> None:
    tags = Tags(html)
    charts = [a for _, a in tags.all("svg")]
    assert len(charts) == 12
    assert all(a["role"] == "img" and a["aria-label"] for a in charts)
    regions = [a for _, a in tags.all("div") if a.get("role") == "region"]
    assert len(regions) == len(tags.all("table"))
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in regions)


def test_gravest_finding_comes_first_and_names_its_level_in_words(html: str) -> None:
    found = [html.index(code) for code in ("NF301", "NF705", "NF601", "NF701")]
    assert found == sorted(found)
    assert 'aria-label="serious"' in html


def test_each_stage_names_its_questions(html: str) -> None:
    for wanted in ("Shows: 6 inductive bias · 8 cross-validation · 16 nearest neighbours", "Shows: 48 running models"):
        assert wanted in html
    diagnosis = html[html.index('<section id="diagnosis"') : html.index('<section id="explanation"')]
    assert "Shows: 4 bias and variance · 10 overfitting · 11 underfitting · 15 curse of dimensionality" in diagnosis


def test_there_are_fifty_questions_with_different_names() -> None:
    assert len(QUESTIONS) == len(set(QUESTIONS)) == 50
    assert named((1, 47)) == ["1 what machine learning is", "47 explaining models"]


def test_the_verdict_stands_first_and_says_why(html: str) -> None:
    assert html.index("Ship it with care") < html.index('class="tiles"') < html.index('class="finding')
    assert "On 179 rows that nothing was fitted or chosen on, the model clearly beats knowing only the class" in html
    assert "Look first at “Leak: alive” and “Unequal recall”." in html


def test_many_findings_that_warn_of_nothing_are_folded() -> None:
    notes = [Finding(f"NF60{i}", level, f"n{i}", "") for i, level in enumerate(LEVELS)]
    warning = Finding("NF705", "warning", "w", "")
    assert by_weight([warning, *notes[:3]]) == ([[warning], *([note] for note in notes[:3])], [])
    assert by_weight([warning, *notes]) == ([[warning]], [[note] for note in notes])


def test_what_a_finding_has_said_is_not_said_again() -> None:
    finding = Finding("NF703", "warning", "Overfitting", "Much is lost.")
    section = Section("Evaluation", "scored", findings=(finding,), text=("Much is lost.", "How it was measured."))
    html = page(
        Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (finding,), (Stage(7, "evaluation", 1.0, section),))
    )
    assert html.count("Much is lost.") == 1
    assert "How it was measured." in html


def test_findings_of_a_kind_are_told_together() -> None:
    findings = tuple(Finding(code, "info", f"{code} {i}", "e") for i, code in enumerate(("NF302", "NF305", "NF302")))
    told = Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", findings, ())
    html = page(told)
    assert html.count('class="finding ') == 2
    assert html.index("NF302 0") < html.index("1 more of the kind") < html.index("NF302 2") < html.index("NF305 1")


def test_topics_are_shown_under_their_own_heading_only(html: str) -> None:
    start, end = html.index('<section id="diagnosis"'), html.index('<section id="explanation"')
    assert html.count("<b>Third class is served worst</b>") == 1
    assert start < html.index("<b>Third class is served worst</b>") < end
    assert end < html.index("<b>The model leans on sex, who and fare</b>") < html.index('<section id="data"')


@pytest.mark.parametrize(("topic", "shown"), [("fairness", True), ("explanation", False)])
def test_a_heading_without_anything_under_it_is_left_out(topic: Topic, shown: bool) -> None:
    table = Table("Groups", ("group", "rate"), (("a", 0.5),), topic=topic)
    told = Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(7, "evaluation", 1.0, _section(table)),))
    html = page(told)
    assert ('<section id="fairness"' in html) is shown
    assert ('href="#fairness"' in html) is shown


def _section(*tables: Table, figures: tuple[Figure, ...] = ()) -> Section:
    return Section("Evaluation", "scored", tables=tables, figures=figures)


def test_more_than_two_wide_tables_are_folded_into_one() -> None:
    wide = tuple(Table(f"wide {i}", ("a", "b"), (("x", 1.0),), wide=True) for i in range(3))
    for count, summaries in ((2, ["wide 0 (1)", "wide 1 (1)"]), (3, ["3 more tables"])):
        section = _section(*wide[:count])
        told = Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(7, "evaluation", 1.0, section),))
        assert [text for text in re.findall("<summary>(.*?)</summary>", page(told)) if "Data" not in text] == summaries


def test_what_users_name_is_escaped_everywhere(tmp_path: Path) -> None:
    folder = sample_run.write(tmp_path / "x", column=NASTY, target=NASTY)
    html = render(folder).read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("kind", ["bars", "lines", "intervals", "matrix", "histogram"])
def test_charts_escape_titles_series_labels_and_notes(kind: str) -> None:
    x = (1.0, 2.0) if kind in ("lines", "histogram") else (NASTY, NASTY)
    series = (Series(NASTY, x, (1.0, 2.0)), Series(NASTY, x, (2.0, 3.0)))
    figure = Figure(kind, NASTY, series, NASTY, NASTY, NASTY)  # type: ignore[arg-type]
    facts = (Fact(NASTY, NASTY, NASTY),)
    section = Section(NASTY, NASTY, (), facts, (), (Table(NASTY, (NASTY,), ((NASTY,),)),), (figure,), (NASTY,))
    told = Document(1, NASTY, NASTY, NASTY, NASTY, NASTY, 0, 1.0, NASTY, (), (Stage(5, NASTY, 1.0, section),))
    assert "<script" not in page(told)


def test_json_holds_all_sections_and_reads_back(folder: Path) -> None:
    render(folder)
    told = decode((folder / "report.json").read_bytes())
    assert told.format == 1
    assert told.run == "7f3c2a"
    assert [stage.name for stage in told.stages][:2] == ["problem", "dataset"]
    assert [stage.number for stage in told.stages] == list(range(1, 10))
    assert told.findings[0].code == "NF301"


def test_gaps_in_a_figure_outlive_json(tmp_path: Path) -> None:
    figure = Figure("bars", "t", (Series("s", ("a", "b"), (1.0, math.nan), (math.nan, 0.0), (2.0, 1.0)),))
    read = msgspec.json.decode(msgspec.json.encode(_section(figures=(figure,))), type=Section).figures[0].series[0]
    assert read.y[0] == 1.0
    assert math.isnan(read.y[1])
    assert math.isnan(read.low[0])


def test_the_page_is_written_again_from_json_where_chapters_are_gone(folder: Path, tmp_path: Path) -> None:
    html = render(folder).read_text()
    shutil.copy(folder / "report.json", tmp_path)
    assert render(tmp_path).read_text() == html
    later = (tmp_path / "report.json").read_text().replace('"format": 1', '"format": 2', 1)
    (tmp_path / "report.json").write_text(later)
    with pytest.raises(RunError, match="no readable chapter"):
        render(tmp_path)


def test_a_report_of_a_release_without_verdicts_is_still_a_page(folder: Path) -> None:
    told = document(folder)
    older = Document(**{f: getattr(told, f) for f in Document.__struct_fields__ if f != "verdict"})
    html = page(older)
    assert '<h2 id="verdict-title">Verdict</h2>' in html
    assert "Leak: alive" in html


def test_command_spells_out_what_was_settled(folder: Path) -> None:
    command = document(folder).command
    assert command.startswith("ninefold run titanic.csv --target survived --seed 0 --budget 60s")
    assert "--validation stratified --folds 5 --repeats 2 --holdout 0.2" in command
    assert command.endswith("--sensitive sex --keep 'deck of cards'")


def test_passwords_of_databases_are_not_told() -> None:
    assert without_password("postgresql://me:s3cr@t/x@host/db") == "postgresql://me@host/db"
    assert without_password("postgresql://me@host:5432/db") == "postgresql://me@host:5432/db"
    assert without_password("titanic.csv") == "titanic.csv"


def test_ten_thousand_columns_stay_below_a_megabyte_and_a_second() -> None:
    names = tuple(f"column {i} " + "x" * 500 for i in range(10_000))
    findings = tuple(Finding("NF301", "info", name[:12], "it leaks", "", (name,)) for name in names)
    figure = Figure("bars", "t", (Series("s", names, (1.0,) * len(names)),))
    table = Table("t", ("name", "n"), tuple((name, 1.0) for name in names))
    section = Section("Data", "wide", findings=findings, tables=(table,), figures=(figure,))
    told = Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", findings, (Stage(2, "dataset", 1.0, section),))
    started = time.process_time()
    html = page(told)
    assert time.process_time() - started < 1
    assert len(html.encode()) < 1_000_000
    assert html.count("9800 more in report.json") == 3


def test_a_run_that_was_cut_short_is_told_as_far_as_it_went(tmp_path: Path) -> None:
    html = render(sample_run.write(tmp_path / "short", last=3)).read_text()
    assert 'id="data"' in html
    assert 'id="models"' not in html
    assert 'href="#models"' not in html


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no readable chapter 1-problem"):
        render(tmp_path)


def test_tiles_start_with_the_score_and_stay_few(folder: Path) -> None:
    shown = tiles(document(folder))
    assert shown[0].value == "0.876"
    assert [fact.label for fact in shown[3:]] == ["answers in", "bundle"]


def test_number_columns_are_told_from_text_columns() -> None:
    made = grid(Table("t", ("name", "score", "rows"), (("a", 0.5, 10), ("b", None, 2000))))
    assert [(each.text, each.kind) for each in made.headings] == [("name", ""), ("score", "n"), ("rows", "n")]
    assert [[cell.text for cell in row] for row in made.rows] == [["a", "0.5000", "10"], ["b", "", "2,000"]]
    assert not made.broad


def test_empty_columns_are_left_out_and_long_text_takes_the_width() -> None:
    made = grid(Table("t", ("name", "note", "why"), (("a", "", "w" * 30), ("b", None, "short"))))
    assert [each.text for each in made.headings] == ["name", "why"]
    assert [row[1].kind for row in made.rows] == ["long", ""]
    assert made.broad


def test_every_stage_has_its_place() -> None:
    assert sorted(number for part in PARTS for number in part.numbers) == list(range(1, 10))
