"""The machinery of the guide: pages are read, run, kept, shown as text and as HTML, and shipped in the wheel."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from markupsafe import Markup

from ninefold.core.errors import ColumnError, WishError
from ninefold.core.questions import QUESTIONS as TOPICS
from ninefold.core.questions import told_by
from ninefold.guide import render, show, store
from ninefold.guide.build import build, says_the_same
from ninefold.guide.formulas import spoken
from ninefold.guide.markdown import html
from ninefold.guide.page import page_of, pages, read
from ninefold.guide.questions import QUESTIONS, STAGES
from ninefold.guide.running import PageFailed, run_apart
from ninefold.guide.said import Prose, Shown
from ninefold.guide.yours import run_on

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("NINEFOLD_")} | {"NO_COLOR": "1"}
SMALL = '''"""A page of the test."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import polars as pl

    from ninefold.guide import show


@app.function
def twice(x):
    """Two times x."""
    return 2 * x


@app.function
def four_times(x):
    return twice(twice(x))


@app.cell(hide_code=True)
def answer():
    mo.md("""
    # A title

    Costs $x^2$.
    """)


@app.cell
def data():
    # where it comes from
    table, target = pl.DataFrame({"a": [1, 2, 3]}), "a"
    return table, target


@app.cell
def experiment(table, target):
    total = table[target].sum()
    show.table("Sum", [{"column": target, "sum": four_times(total)}])
    return (total,)


@app.cell
def test_claims(total):
    assert total == 6
'''


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "q48_small.py"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_every_question_has_a_topic_and_one_stage() -> None:
    assert list(QUESTIONS) == list(range(1, len(TOPICS) + 1))
    assert sorted(number for _, numbers in STAGES for number in numbers) == list(QUESTIONS)
    assert len(STAGES) == 9


def test_a_page_is_read_without_running_it(small: Path) -> None:
    page = read(small)
    assert (page.number, page.name, page.question) == (48, "q48_small", QUESTIONS[48])
    assert page.setup.splitlines()[0] == "import marimo as mo"
    assert [cell.name for cell in page.cells] == ["twice", "four_times", "answer", "data", "experiment", "test_claims"]
    assert [cell.name for cell in page.cells if cell.is_function] == ["twice", "four_times"]
    assert [cell.name for cell in page.cells if cell.hidden] == ["answer"]
    assert page.function("twice") == 'def twice(x):\n    """Two times x."""\n    return 2 * x'
    assert page.needs("four_times") == ("twice",)
    assert page.needs("twice") == ()
    data = page.cells[3]
    assert data.code.startswith("# where it comes from\ntable, target = ")
    assert data.gives == ("table", "target")


def test_a_page_runs_and_its_claims_can_fail(small: Path) -> None:
    ran = run_apart(read(small))
    assert ran.said("answer") == Prose("# A title\n\nCosts $x^2$.")
    assert ran.said("experiment") == show.table("Sum", [{"column": "a", "sum": 24}])
    assert msgspec.json.decode(msgspec.json.encode(ran), type=type(ran)) == ran
    small.write_text(SMALL.replace("total == 6", "total == 7"), encoding="utf-8")
    with pytest.raises(PageFailed, match="total == 7"):
        run_apart(read(small))


def test_a_page_says_the_same_again() -> None:
    """Of every page: ``python -m ninefold.guide.build --again``."""
    assert says_the_same(page_of(28))


def test_a_page_takes_the_readers_table(small: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("price,area\n1,10\n2,20\n", encoding="utf-8")
    ran = run_on(read(small), str(mine), "area")
    assert ran.said("experiment") == show.table("Sum", [{"column": "area", "sum": 120}])
    assert ran.cell("test_claims") is None, "its numbers are those of the page's own table"
    with pytest.raises(ColumnError, match='no column "aera"') as error:
        run_on(read(small), str(mine), "aera")
    assert error.value.hint == "did you mean area?"
    (tmp_path / "words.csv").write_text("a\nx\ny\n", encoding="utf-8")
    with pytest.raises(WishError, match="does not work with"):
        run_on(read(small), str(tmp_path / "words.csv"), "a")


def test_a_page_without_a_table_says_so() -> None:
    with pytest.raises(WishError, match="page 20 takes no table"):
        run_on(page_of(20), "mine.csv", "y")
    with pytest.raises(WishError, match="no page 99"):
        page_of(99)


def test_a_page_runs_once(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is asked first; another source, or another release, is another page."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    page = read(small)
    ran = store.fresh(page)
    with monkeypatch.context() as broken:
        broken.setattr(store, "run_apart", None)
        assert store.fresh(page) == ran
        assert store.ran_of(page) == ran
        small.write_text(SMALL.replace("A title", "Another"), encoding="utf-8")
        with pytest.raises(TypeError):
            store.fresh(read(small))
    (kept,) = store.cache_folder().glob("*.json")
    kept.write_bytes(b"{")
    small.write_text(SMALL, encoding="utf-8")
    assert store.fresh(page).cells == ran.cells, "a damaged file is as none"


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: show.ask("what?", ("a",)), "two or more options"),
        (lambda: show.ask("what?", ("a", "a")), "each once"),
        (lambda: show.reveal(show.ask("what?", ("a", "b")), "c", ""), '"c" is none of the options'),
        (lambda: show.bars("t", {"s": {"a": 1.0}, "u": {"b": 1.0}}, x="x"), "same labels"),
        (lambda: show.table("t", [{"a": 1}, {"b": 1}]), "same headings"),
        (lambda: show.lines("t", {"s": ([1, 2], [1])}, x="x", y="y"), "2 x and 1 y"),
    ],
)
def test_what_cannot_be_shown_is_refused(made: object, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        made()  # type: ignore[operator]


def test_in_a_live_notebook_a_question_is_a_choice_that_cells_react_to(monkeypatch: pytest.MonkeyPatch) -> None:
    import marimo

    monkeypatch.setattr(marimo, "running_in_notebook", lambda: True)
    guess = show.ask("what?", ("a", "b"))
    assert isinstance(guess, marimo.ui.radio)
    guess._update("b")
    assert show.reveal(guess, "a", "Because.").guess == "b"


def test_long_lines_are_thinned_and_keep_their_ends() -> None:
    drawn = show.lines("t", {"s": (np.arange(1001), np.arange(1001) ** 2)}, x="x", y="y").figure.series[0]
    assert len(drawn.x) <= show.MOST_POINTS + 1
    assert (drawn.x[0], drawn.x[-1], drawn.y[-1]) == (0, 1000, 1_000_000)


@pytest.mark.parametrize(
    "said",
    [
        show.lines("Rises <&>", {"a": ([1, 2], [3, 4]), "b": ([1, 2], [4, 3])}, x="x", y="y"),
        show.points("Two groups", {"a": ([1, 2], [3, 4])}, x="x", y="y"),
        show.bars("Bars", {"": {"one": 1.0, "two": np.float32(2)}}, x="value"),
        show.intervals("Intervals", {"one": (0.0, 1.0, 2.0)}, x="value"),
        show.table("Cells", [{"name": "<b>", "n": np.int64(3)}]),
        show.ask("Is `x` < 1?", ("yes", "no")),
        show.reveal(show.ask("?", ("yes", "no")), "no", "Because $x<1$."),
        show.where(("src/ninefold/flow.py",), "Models"),
        Prose("**bold** <script>alert(1)</script> $x^2$"),
    ],
    ids=lambda said: type(said).__name__,
)
def test_whatever_is_shown_is_plain_data_and_escaped_html(said: Shown) -> None:
    assert msgspec.json.decode(msgspec.json.encode(said), type=Shown) == said
    made = said.html()
    assert isinstance(made, Markup)
    assert "<b>" not in made.replace("<b>Predict", "").replace("<figcaption><b>", "").replace("<p><b>no", "")
    assert "<script" not in made
    assert "<style>" in said._repr_html_(), "in a notebook it brings its looks along"


def test_formulas_are_mathml_in_pages_and_characters_in_terminals() -> None:
    assert html("$w^\\top x$") == (
        '<p><math display="inline"><mrow><msup><mi>w</mi><mo>&#x022A4;</mo></msup><mi>x</mi></mrow></math></p>\n'
    )
    assert "<math" not in html("costs $5 and $6, or `$x$`")
    assert spoken(r"$\log\frac{p}{1-p} = w^\top x$ and $\hat y_i$, $10^{12}$, $\alpha_t$") == (
        "logp/(1 − p) = wᵀx and ŷᵢ, 10¹², αₜ"
    )
    assert spoken("costs $5 and $6") == "costs $5 and $6"


def test_reports_name_the_page_that_teaches() -> None:
    assert told_by([20]) == "ninefold guide 20"
    assert told_by([48, 48]) == ""
    assert told_by([48, 20, 20]) == "ninefold guide 20 (20)"


def ninefold(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("ninefold")), *words]
    return subprocess.run(command, env=CLEAN, capture_output=True, text=True, check=False)


def test_the_list_has_every_question() -> None:
    told = json.loads(ninefold("guide", "--json").stdout)["questions"]
    assert [each["number"] for each in told] == list(QUESTIONS)
    assert [each["number"] for each in told if each["page"]] == list(pages())
    assert QUESTIONS[20] in ninefold("guide").stdout


def test_a_page_in_the_terminal_reads_from_top_to_bottom() -> None:
    said = ninefold("guide", "20").stdout
    places = [
        said.index(word) for word in ("In thirty seconds", "def sigmoid", "Predict before", "What an interviewer")
    ]
    assert places == sorted(places)
    assert "test_" not in said
    assert json.loads(ninefold("guide", "20", "--json").stdout)["number"] == 20
    refused = ninefold("guide", "20", "--data", "x.csv")
    assert refused.returncode == 2
    assert "NF-E324" in refused.stderr
    assert "which question?" in ninefold("guide", "--live").stderr


@pytest.mark.parametrize(("typed", "sign"), [("3", "✓"), ("1", "✗"), ("", "is still far")])
def test_in_a_terminal_the_guess_is_typed_before_the_answer_is_told(typed: str, sign: str) -> None:
    master, slave = pty.openpty()
    command = [str(Path(sys.executable).with_name("ninefold")), "guide", "20"]
    env = CLEAN | {"COLUMNS": "100", "TERM": "dumb"}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env) as process:
        os.close(slave)
        before = _until(master, "> ")
        assert "L-BFGS goes down" not in before
        os.write(master, f"{typed}\n".encode())
        after = _until(master, "--open")
        process.wait(timeout=60)
    os.close(master)
    assert re.search(rf"{sign} ?\w+", after)
    assert "L-BFGS goes down" in after


def _until(terminal: int, word: str) -> str:
    """What the terminal shows up to a word, at the end of it."""
    seen = b""
    while word not in seen.decode("utf-8", "ignore"):
        seen += os.read(terminal, 4096)
    return seen.decode()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make guide` and then building give."""
    assert build() == 0
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    with zipfile.ZipFile(found) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_has_every_page_and_reading_needs_no_marimo(wheel: Path) -> None:
    names = {path.name for path in (wheel / "ninefold" / "guide" / "built").iterdir()}
    assert names == {"index.html", *(f"{page.name}.{kind}" for page in pages().values() for kind in ("html", "json"))}
    code = (
        "import sys; sys.modules['marimo'] = None\n"
        "from ninefold.guide import page, store, tables\n"
        "print(store.ran_of(page.page_of(20)).said('reveal').truth)\n"
        "ran = store.ran_of(page.page_of(20))\n"
        "print(store.page_file(page.page_of(20), ran, yours=False), tables.source(), tables.titanic().shape)\n"
    )
    env = {**CLEAN, "PYTHONPATH": f"{wheel}:{ROOT / 'runtime' / 'src'}"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    truth, *files = done.stdout.split("\n")
    assert truth == "is still far from its lowest"
    guide = wheel / "ninefold" / "guide"
    assert files[0] == f"{guide / 'built' / 'q20_logistic_regression.html'} {guide / 'titanic.csv'} (891, 15)"


def test_files_ask_for_nothing_and_are_small(wheel: Path) -> None:
    for path in (wheel / "ninefold" / "guide" / "built").glob("*.html"):
        text = path.read_text("utf-8")
        assert len(text.encode()) <= 150_000, path.name
        drawn = re.sub(r"<pre.*?</pre>|<code.*?</code>", "", text, flags=re.DOTALL)
        assert re.findall(r"(?:https?:)?//[a-z]", re.sub(r"(?m)^\s*//.*$", "", drawn)) == [], path.name
        assert not re.findall(r'(?:src|href)="(?!data:|#|(?:index|q\d\d_\w+)\.html")', text), path.name


def test_the_index_leads_to_every_page() -> None:
    text = render.index()
    assert all(f'<a href="{page.name}.html">' in text for page in pages().values())
    assert text.count("data-question=") == len(QUESTIONS)
