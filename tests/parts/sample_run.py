"""A run folder made by hand, as a titanic run would leave it: the report's tests and its pictures start from here."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from ninefold.core.book import FORMAT, Chapter, encode, write_chapter
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.recipe import Audit, Preparation
from ninefold.core.results import Evaluation, Score, Verdict
from ninefold.core.section import Fact, Figure, Finding, Section, Series, Table
from ninefold.core.table import Dataset, Sealed
from ninefold_runtime.schema import Column

LEARNERS = ("ensemble of 4", "lightgbm", "random forest", "logistic regression", "decision tree", "nearest neighbours")
SCORES = (0.8812, 0.8744, 0.8702, 0.8590, 0.8341, 0.8290)


def problem(target: str = "survived") -> Problem:
    return Problem(
        source="titanic.csv",
        target=target,
        task="binary",
        task_why="two values",
        classes=("no", "yes"),
        positive="yes",
        metric="roc_auc",
        metric_why="38 % positives",
        validation=Validation("stratified", 5, 2),
        budget=Budget(60.0),
        seed=0,
        holdout=0.2,
        sensitive=("sex",),
        keep=("deck of cards",),
    )


def evaluation(low: float = 0.831, value: float = 0.876, high: float = 0.916) -> Evaluation:
    score = Score("roc_auc", "ROC AUC", value, low, high, True, 0.5)
    fit = Verdict("good", "A good fit.", 0.9, 0.88, value, 0.5)
    return Evaluation(score, (score,), 179, fit, ("no", "yes"))


def dataset(column: str = "age") -> Dataset:
    columns = (
        Column(name=column, kind="number", missing=0.1987, distinct=88),
        Column(name="deck", kind="category", missing=0.772, distinct=7, levels=("a cell of a row",)),
    )
    sealed = Sealed(Path("sealed.parquet"), (column, "deck"), 179)
    return Dataset(
        columns, Path("train.parquet"), 712, sealed, "/somewhere/titanic.csv", "3ade00cf" * 8, "drawn from each class"
    )


def preparation(column: str = "age") -> Preparation:
    return Preparation((column, "deck"), (Audit("alive", "NF303", "repeats the target"),), (), duplicates=3)


def _models() -> Section:
    rows = tuple(
        (n, s, s - 0.017, s + 0.017, 0.83 - i / 100, 38.1 / (i + 1))
        for i, (n, s) in enumerate(zip(LEARNERS, SCORES, strict=True))
    )
    rows += (("baseline", 0.5, None, None, 0.6162, 0.0),)
    chart = Series("ROC AUC", LEARNERS, SCORES, tuple(s - 0.017 for s in SCORES), tuple(s + 0.017 for s in SCORES))
    return Section(
        "Model selection",
        "37 trials of 6 learners · best lightgbm 0.8744, ensemble of 4 0.8812",
        (6, 8, 16, 17, 18, 20, 21, 22),
        facts=(Fact("trials", "37", "5 pruned"), Fact("stopped", "budget", "at 41 s")),
        tables=(
            Table("Leaderboard", ("model", "ROC AUC", "low", "high", "accuracy", "fit, s"), rows, starred=0),
            Table(
                "Every trial",
                ("trial", "learner", "score"),
                tuple((i, "lightgbm", 0.8 + i / 1000) for i in range(30)),
                wide=True,
            ),
        ),
        figures=(
            Figure(
                "intervals",
                "The ensemble leads, by less than the noise",
                (chart,),
                y_label="ROC AUC, 5 × 2 folds",
                note="Intervals overlap: choose on speed if you like.",
            ),
            Figure(
                "lines",
                "The best score stopped rising after 20 trials",
                (
                    Series(
                        "best so far",
                        tuple(float(i) for i in range(1, 38)),
                        tuple(0.88 - 0.05 / i for i in range(1, 38)),
                    ),
                ),
                "trial",
                "ROC AUC",
            ),
        ),
    )


def _evaluation() -> Section:
    grid = tuple(i / 50 for i in range(51))
    bins = (0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
    drops = (0.141, 0.092, 0.051, 0.047, 0.02, 0.008, -0.001)
    names = ("sex", "who", "fare", "age", "class", "a column with quite a long name", "alone")
    slices = ("class = First", "class = Second", "class = Third", "sex = female", "sex = male")
    learn = tuple(float(n) for n in (89, 178, 356, 534, 712))
    return Section(
        "Evaluation",
        "ROC AUC 0.876 (0.831–0.916) on 179 untouched rows, looked at once",
        (4, 9, 10, 11, 47),
        facts=(
            Fact("ROC AUC, untouched rows", "0.876", "95 % interval 0.831–0.916"),
            Fact("accuracy at threshold 0.47", "83.2 %", "baseline 61.6 %"),
            Fact("calibration error", "0.021", "probabilities can be read as such"),
        ),
        findings=(
            Finding("NF701", "good", "Beats the baseline", "ROC AUC 0.876 against 0.5; the intervals do not meet."),
            Finding(
                "NF705",
                "warning",
                "Unequal recall",
                "Recall is 0.52 where class is Third against 0.89 in First.",
                "Look at the slices before you deploy.",
                ("class",),
            ),
        ),
        tables=(
            Table(
                "Scores on untouched rows",
                ("metric", "value", "low", "high"),
                (("ROC AUC", 0.876, 0.831, 0.916), ("log loss", 0.4121, 0.371, 0.455), ("rows", 179.0, math.nan, None)),
            ),
            Table(
                "Slices",
                ("column", "value", "rows", "ROC AUC"),
                (("class", "First", 323, 0.9), ("class", "Third", 709, 0.82)),
                topic="diagnosis",
            ),
        ),
        figures=(
            Figure(
                "lines",
                "The curve stays well above chance",
                (Series("ROC", grid, tuple(x**0.3 for x in grid)),),
                "false positive rate",
                "true positive rate",
                diagonal=True,
            ),
            Figure(
                "matrix",
                "One survivor in four is missed at 0.47",
                (Series("no", ("no", "yes"), (96.0, 14.0)), Series("yes", ("no", "yes"), (18.0, 51.0))),
                "predicted",
                "true",
            ),
            Figure(
                "lines",
                "More rows would help: validation still rises",
                (
                    Series("training", learn, (0.99, 0.97, 0.955, 0.945, 0.94)),
                    Series(
                        "validation",
                        learn,
                        (0.8, 0.84, 0.868, 0.88, 0.887),
                        (0.77, 0.82, 0.85, 0.865, 0.875),
                        (0.83, 0.86, 0.885, 0.895, 0.9),
                    ),
                ),
                "rows",
                "ROC AUC",
                topic="diagnosis",
            ),
            Figure(
                "lines",
                "Probabilities can be taken at their word",
                (Series("observed", bins, (0.04, 0.17, 0.27, 0.47, 0.63, 0.72, 0.93)),),
                "predicted",
                "observed",
                diagonal=True,
                topic="diagnosis",
            ),
            Figure(
                "intervals",
                "Third class is served worst",
                (
                    Series(
                        "ROC AUC",
                        slices,
                        (0.9, 0.91, 0.82, 0.86, 0.79),
                        (0.85, 0.86, 0.77, 0.82, 0.72),
                        (0.95, 0.96, 0.87, 0.9, 0.86),
                    ),
                ),
                y_label="ROC AUC",
                topic="diagnosis",
            ),
            Figure(
                "bars",
                "The model leans on sex, who and fare",
                (Series("drop", names, drops, tuple(d - 0.01 for d in drops), tuple(d + 0.01 for d in drops)),),
                y_label="ROC AUC lost when the column is shuffled",
                topic="explanation",
            ),
            *_explained(names),
            _front(),
        ),
    )


def _explained(names: tuple[str, ...]) -> tuple[Figure, Figure]:
    """Where the values of a column push the prediction, and how it depends on one of them."""
    pushes = tuple(
        Series(name, tuple(math.sin(i * (k + 1)) / (k + 2) for i in range(40)), tuple(i / 39 for i in range(40)))
        for k, name in enumerate(names[:4])
    )
    unordered = Series("deck", (-0.1, 0.1, 0.2), (math.nan,) * 3)
    ages = tuple(float(age) for age in range(0, 80, 8))
    alone = tuple(
        Series(f"row {k}", ages, tuple(0.3 + k / 30 - age / 400 for age in ages), faint=True) for k in range(12)
    )
    middle = tuple(0.5 - age / 400 for age in ages)
    mean = Series("mean", ages, middle, tuple(y - 0.05 for y in middle), tuple(y + 0.05 for y in middle))
    return (
        Figure("strip", "High values of fare help", (*pushes, unordered), "pushes survival", topic="explanation"),
        Figure("lines", "The older, the less", (*alone, mean), "age", "survival", topic="explanation"),
    )


def _front() -> Figure:
    gaps, scores = (0.02, 0.05, 0.09, 0.2), (0.79, 0.84, 0.86, 0.876)
    ways = ("constraint", "threshold", "reweighed", "as it is")
    tried = Series("tried", (0.06, 0.1, 0.19, 0.21), (0.8, 0.83, 0.86, 0.87))
    front = Series("front", gaps, scores, labels=ways, joined=True, starred=2)
    return Figure("scatter", "Half of the gap costs little", (tried, front), "gap", "ROC AUC", topic="fairness")


def _sections(column: str) -> tuple[Section, ...]:
    ages = tuple(float(a) for a in range(0, 80, 5))
    return (
        Section(
            "Problem", "yes/no · metric ROC AUC · 38.4 % yes", (7, 9), text=("Two values: binary classification.",)
        ),
        Section(
            "Data",
            "891 rows × 15 columns · 179 rows sealed",
            (7,),
            facts=(Fact("rows", "891", "179 sealed"),),
            tables=(
                Table(
                    "Columns",
                    ("column", "kind", "why", "missing", "distinct"),
                    (
                        (column, "number", "all values are numbers", 0.1987, 88),
                        ("deck", "category", "7 values", 0.772, 7),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "histogram",
                    "Most passengers are between 20 and 40",
                    (Series("rows", ages, tuple(150 * math.exp(-(((a - 28) / 16) ** 2)) for a in ages)),),
                    "age",
                    "rows",
                ),
            ),
        ),
        Section(
            "Preparation",
            "alive left out: it tells the answer",
            (12, 13),
            findings=(
                Finding(
                    "NF301",
                    "serious",
                    "Leak: alive",
                    "alive alone predicts the target with ROC AUC 1.0.",
                    "Left out; overrule with --keep alive.",
                    ("alive",),
                ),
            ),
            tables=(Table("Left out", ("column", "why"), (("alive", "repeats the target"), (column, "constant"))),),
        ),
        Section("Features", "24 made in 3 views", (5, 14)),
        _models(),
        Section(
            "Training",
            "one graph of 4 members · equals Python on 1,309 rows",
            (7, 22),
            facts=(Fact("answers in", "0.4 ms", "one row, one thread"),),
            findings=(
                Finding(
                    "NF601",
                    "info",
                    "Refused: nearest neighbours",
                    "It keeps training rows.",
                    "Allow it with --allow-rows.",
                ),
            ),
        ),
        _evaluation(),
        Section("Deployment", "one ONNX file, 0.4 MB", (48,), facts=(Fact("bundle", "0.4 MB", "6 files"),)),
        Section("Monitoring", "14 columns watched", (48,), text=("Retrain when two columns drift.",)),
    )


def write(folder: Path, column: str = "age", target: str = "survived", last: int = 9) -> Path:
    """Write chapters 1 to ``last``; ``column`` and ``target`` are what a user might name things."""
    folder.mkdir(parents=True, exist_ok=True)
    nouns: list[Any] = [problem(target), dataset(column), preparation(column), {}, {}, {}, evaluation(), {}, {}]
    for number, (section, noun) in enumerate(zip(_sections(column), nouns, strict=True), start=1):
        if number <= last:
            chapter = Chapter(FORMAT, "", 0.4 * number, section, msgspec.Raw(encode(noun, folder)))
            write_chapter(folder, number, chapter)
    return folder
