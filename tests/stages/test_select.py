"""Splits that keep rows apart, a search that prunes and weighs, and one that can be repeated bit for bit."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ninefold.core import parts
from ninefold.core.book import Context, read_noun
from ninefold.core.clock import Clock
from ninefold.core.errors import WishError
from ninefold.core.intact import checksums
from ninefold.core.journal import Journal
from ninefold.core.loss import loss
from ninefold.core.plan import Plan
from ninefold.core.problem import Budget, Problem, Validation, Wishes
from ninefold.core.protocols import Crew, FitDone, FitJob
from ninefold.core.recipe import Features
from ninefold.core.results import MOST_BYTES
from ninefold.core.shipping import may_ship
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.workshop import Workshop, save_array
from ninefold.forms.blend import blended, greedy
from ninefold.runs import Run, run
from ninefold.select.allowance import Allowance
from ninefold.select.candidates import Candidate, drawn, eligible, needed, portfolio
from ninefold.select.ensemble import Ensemble
from ninefold.select.logbook import Logbook
from ninefold.select.planning import plan_of
from ninefold.select.stage import select
from ninefold.select.trials import Entry, reasons_of
from ninefold.select.turns import CARD_CELLS, Turns, Wider
from ninefold.select.view import view
from ninefold_runtime.schema import Column

ROWS = 230


def problem(scheme: str, folds: int = 5, repeats: int = 1, **more: object) -> Problem:
    asked = {
        "source": "", "target": "y", "task": "binary", "task_why": "", "classes": ("no", "yes"), "positive": "yes",
        "metric": "roc_auc", "metric_why": "", "validation": Validation(scheme, folds, repeats), "budget": Budget(),
        "seed": 0, "holdout": 0.2,
    }  # fmt: skip
    return Problem(**(asked | more))  # type: ignore[arg-type]


@pytest.fixture
def rows() -> Rows:
    rng = np.random.default_rng(0)
    y = (rng.random(ROWS) < 0.3).astype(np.int64)
    groups = rng.choice(np.array(["a", "b", "c", "d", "e", "f", "g"], object), ROWS)
    return Rows({"x": rng.normal(size=ROWS)}, y, groups, rng.integers(0, 60, ROWS))


def without(rows: Rows, *, groups: bool = False, times: bool = False) -> Rows:
    return Rows(rows.columns, rows.target, rows.groups if groups else None, rows.times if times else None)


@pytest.mark.parametrize(("scheme", "repeats"), [("kfold", 1), ("stratified", 1), ("repeated", 3), ("group", 1)])
def test_every_row_is_validated_once_per_repeat_and_never_learned_from(rows: Rows, scheme: str, repeats: int) -> None:
    plan = plan_of(problem(scheme, repeats=repeats), without(rows, groups=scheme == "group"))
    assert len(plan.folds) == 5 * repeats
    assert np.bincount(np.concatenate([fold.valid for fold in plan.folds])).tolist() == [repeats] * ROWS
    for fold in plan.folds:
        everything = np.concatenate([fold.train, fold.stop, fold.valid])
        assert sorted(everything.tolist()) == list(range(ROWS))


def test_stratified_folds_have_the_classes_in_proportion(rows: Rows) -> None:
    shares = [rows.target[fold.valid].mean() for fold in plan_of(problem("stratified"), without(rows)).folds]
    assert max(shares) - min(shares) <= 1.5 / (ROWS / 5)


def test_groups_are_never_on_both_sides(rows: Rows) -> None:
    assert rows.groups is not None
    for fold in plan_of(problem("group"), without(rows, groups=True)).folds:
        sides = [set(rows.groups[side]) for side in (fold.train, fold.stop, fold.valid)]
        assert not sides[0] & sides[2]
        assert not sides[1] & sides[2]
        assert not sides[0] & sides[1]


def test_too_few_groups_are_said(rows: Rows) -> None:
    with pytest.raises(WishError, match="9 folds need as many groups"):
        plan_of(problem("group", folds=9), without(rows, groups=True))


def test_time_folds_learn_from_the_past_alone(rows: Rows) -> None:
    assert rows.times is not None
    plan = plan_of(problem("time"), without(rows, times=True))
    assert len(plan.folds) == 5
    for fold in plan.folds:
        assert rows.times[fold.learned].max() < rows.times[fold.valid].min()
        assert rows.times[fold.train].max() <= rows.times[fold.stop].min(initial=10**6)
    assert any(len(fold.stop) for fold in plan.folds)


def test_a_plan_is_stored_and_read(rows: Rows, tmp_path: Path) -> None:
    plan = plan_of(problem("stratified"), without(rows))
    plan.write(tmp_path / "plan.npz")
    again = Plan.read(tmp_path / "plan.npz")
    for left, right in zip(plan.folds, again.folds, strict=True):
        np.testing.assert_array_equal(left.learned, right.learned)
        np.testing.assert_array_equal(left.valid, right.valid)


def test_greedy_weights_are_no_worse_than_the_best_single() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 500)
    logits = {i: (2 * y - 1) * 0.8 + rng.normal(size=500) * (1 + 0.2 * i) for i in range(5)}
    chances = {i: 1 / (1 + np.exp(-z)) for i, z in logits.items()}
    predictions: dict[int, Array] = {i: np.column_stack([1 - p, p]) for i, p in chances.items()}
    weights = greedy(predictions, y, "binary", most=3)
    assert sum(weights.values()) == pytest.approx(1)
    assert len(weights) <= 3
    best = min(loss("binary", y, p) for p in predictions.values())
    assert loss("binary", y, blended(predictions, weights)) < best


def test_greedy_passes_over_rows_without_a_prediction() -> None:
    y = np.array([0.0, 1.0, 2.0, 3.0])
    good, bad = np.array([[np.nan], [1.0], [2.0], [3.0]]), np.array([[np.nan], [3.0], [1.0], [2.0]])
    assert greedy({4: bad, 9: good}, y, "regression", most=6) == {9: 1.0}


def entry(losses: list[float], folds: int = 5) -> Entry:
    made = Entry(0, Candidate("lightgbm", {}, "plain"), folds)
    for k, value in enumerate(losses):
        made.asked.add(k)
        made.record(FitDone(0, k, "ok", loss=value, score=0.0))
    return made


def test_a_trial_is_pruned_when_its_mean_is_worse_than_the_incumbents_worst_fold() -> None:
    incumbent = entry([0.4, 0.5, 0.45, 0.42, 0.41])
    assert incumbent.state == "finished"
    hopeful, hopeless = entry([0.49, 0.5]), entry([0.6])
    hopeful.prune(incumbent)
    hopeless.prune(incumbent)
    assert (hopeful.state, hopeless.state) == ("", "pruned")


@pytest.mark.parametrize(("answer", "state"), [("failed", "failed"), ("killed", "failed"), ("late", "unfinished")])
def test_a_fold_that_went_wrong_ends_the_trial(answer: str, state: str) -> None:
    made = entry([0.4])
    made.record(FitDone(0, 1, answer, "the reason"))
    assert (made.state, made.why) == (state, "the reason")


def turns(*, timed: bool = True, cells: int = CARD_CELLS, **more: bool) -> Turns:
    return Turns(eligible(problem("kfold")), cells, timed=timed, allow_rows=more.get("allow_rows", False))


def tried(number: int, learner: str, loss: float, seconds: float) -> Entry:
    made = Entry(number, Candidate(learner, {"nr": number}, "plain"), folds=2)
    for k in range(2):
        made.asked.add(k)
        made.record(FitDone(number, k, "ok", loss=loss, score=0.0, seconds=seconds))
    return made


def test_the_baseline_opens_and_cheap_promising_learners_come_next() -> None:
    opening = [tried(0, "baseline", 0.7, 0.0)]
    assert turns().order([])[0] == "baseline"
    order = turns().order(opening)
    assert order.index("lightgbm") < order.index("logistic_regression") < order.index("random_forest")


def test_a_backbone_that_was_wished_for_is_tried_before_all_but_the_baseline() -> None:
    asked = problem("kfold", backbone="net")
    made = Turns(eligible(asked), CARD_CELLS, timed=True, allow_rows=False, needed=needed(asked))
    opening = [tried(0, "baseline", 0.7, 0.0)]
    assert (made.order([])[0], made.order(opening)[0]) == ("baseline", "fine_tuned")
    assert made.order([*opening, tried(1, "fine_tuned", 0.6, 400.0)])[0] != "fine_tuned"


def test_columns_made_of_images_and_series_count() -> None:
    columns = [Column(name="photo", kind="image", shape=(8, 8, 1)), Column(name="age", kind="number")]
    assert Wider.of(columns[1:], 10) == Wider()
    wider = Wider.of(columns, 10)
    learners = eligible(problem("kfold"))
    times = {name: wider.times(learners[name].card) for name in ("logistic_regression", "lightgbm", "cnn")}
    assert times == {"logistic_regression": 250.5, "lightgbm": 2505.0, "cnn": 1.0}
    wide = Turns(learners, CARD_CELLS, timed=True, allow_rows=False, wider=wider)
    assert wide.expected("lightgbm", []) == pytest.approx(2505.0 * turns().expected("lightgbm", []))


def test_time_is_shared_by_what_learners_have_shown() -> None:
    entries = [tried(0, "baseline", 0.7, 0.0), tried(1, "lightgbm", 0.3, 1.0), tried(2, "random_forest", 0.3, 1.0)]
    level = turns().order(entries)
    assert level.index("lightgbm") < level.index("random_forest"), "it promises more, and has had as much time"
    entries[1] = tried(1, "lightgbm", 0.5, 1.0)
    behind = turns().order(entries)
    assert behind.index("random_forest") < behind.index("lightgbm")


def test_learners_that_keep_rows_have_their_turn_seldom_unless_they_may_ship() -> None:
    opening = [tried(0, "baseline", 0.7, 0.0)]
    places = [turns(allow_rows=allow).order(opening).index("nearest_neighbours") for allow in (False, True)]
    assert places[1] < places[0]


def test_without_measured_time_turns_depend_on_cards_alone() -> None:
    quick, slow = ([tried(0, "baseline", 0.7, 0.0), tried(1, "lightgbm", 0.3, s)] for s in (0.01, 100.0))
    assert turns(timed=False).order(quick) == turns(timed=False).order(slow)
    assert turns().order(quick) != turns().order(slow)


def test_a_learner_tries_its_list_then_draws_then_has_nothing_new() -> None:
    rng = np.random.default_rng(0)
    ridge = Turns(eligible(problem("kfold", task="regression", classes=())), 1000, timed=True, allow_rows=False)
    entries: list[Entry] = []
    while (candidate := ridge.candidate("ridge_regression", entries, rng)) is not None:
        made = Entry(len(entries), candidate, folds=1)
        made.asked.add(0)
        made.record(FitDone(made.id, 0, "ok", loss=1.0, score=0.0))
        entries.append(made)
    alphas = [entry.candidate.settings["alpha"] for entry in entries]
    assert alphas[:3] == [10.0, 1.0, 300.0]
    assert len(set(alphas)) == len(alphas)
    assert 3 < len(alphas) < 20


def test_fewer_folds_are_enough_from_now_on() -> None:
    half, whole = entry([0.4, 0.4]), entry([0.4])
    half.shorten(2)
    whole.shorten(2)
    assert (half.state, whole.state) == ("finished", "")
    whole.record(FitDone(0, 1, "ok", loss=0.4, score=0.0))
    assert whole.state == "finished"


def test_only_wished_learners_are_tried_and_the_baseline() -> None:
    assert set(eligible(problem("kfold", learners=("lightgbm",)))) == {"baseline", "lightgbm"}
    with pytest.raises(WishError, match='there is no learner "lightgmb"'):
        eligible(problem("kfold", learners=("lightgmb",)))


def test_drawn_settings_lie_in_their_spaces() -> None:
    rng = np.random.default_rng(0)
    for name, learner in eligible(problem("kfold")).items():
        best = portfolio(name, learner)
        for _ in range(10):
            candidate = drawn(best, learner, rng)
            parts.make("ninefold.learners", candidate.learner, candidate.settings)


def test_the_allowance_keeps_time_for_what_follows() -> None:
    allowance = Allowance(problem("kfold"), Clock(60.0), crew_size=2, rows=1000)
    before = allowance.seconds
    slow = entry([0.1] * 5)
    slow.done = {k: FitDone(0, k, "ok", loss=0.1, seconds=4.0, overhead=1.0) for k in range(5)}
    allowance.expect([slow])
    assert 50 < before < 60
    assert before - allowance.seconds == pytest.approx(1.3 * 1.25 * (4.0 + 1.0), abs=0.1)
    slow.done[0] = FitDone(0, 0, "ok", loss=0.1, seconds=4.0, overhead=10.0)  # it made the view, of images say
    allowance.expect([slow])
    assert before - allowance.seconds == pytest.approx(1.3 * (1.25 * 4.0 + 2.5 * (10.0 - 2.0)), abs=0.1)


def book_of(folder: Path, inputs: str) -> Logbook:
    journal = Journal(folder / "journal.log")
    context = Context(5, folder, folder, Clock(), journal, lambda _: None, no_crew, threading.Event())
    return Logbook(context, inputs, folds=5)


def no_crew() -> Crew:
    raise AssertionError("a logbook fits nothing")


def test_a_search_for_other_inputs_starts_from_nothing(tmp_path: Path) -> None:
    book_of(tmp_path, "inputs").begin(entry([]))
    assert len(book_of(tmp_path, "inputs").entries) == 1
    assert book_of(tmp_path, "other inputs").entries == []
    assert book_of(tmp_path, "other inputs").entries == []


def test_a_search_in_which_every_trial_failed_is_begun_again(tmp_path: Path) -> None:
    book = book_of(tmp_path, "inputs")
    failed = entry([])
    book.begin(failed)
    failed.record(FitDone(failed.id, 0, "killed", "the worker process died"))
    book.fitted(failed.done[0])
    book.end(failed)
    assert failed.state == "failed"
    assert book_of(tmp_path, "inputs").entries == []
    trials_written(tmp_path, 1)
    assert [entry.state for entry in book_of(tmp_path, "inputs").entries] == ["finished"]


def trials_written(folder: Path, count: int) -> None:
    """Trials of two folds each, in the journal and with files."""
    book = book_of(folder, "inputs")
    for number in range(count):
        trial = Entry(number, Candidate("ridge_regression", {}, "scaled"), 2)
        book.begin(trial)
        for fold in range(2):
            file = Workshop(folder).predictions(number, fold)
            save_array(file, np.full(3, float(fold)))
            trial.asked.add(fold)
            trial.record(FitDone(number, fold, "ok", loss=1.0, files=checksums([file], folder)))
            book.fitted(trial.done[fold])
        book.end(trial)


def test_a_fold_whose_file_is_damaged_is_fitted_again(tmp_path: Path) -> None:
    trials_written(tmp_path, 2)
    assert [entry.state for entry in book_of(tmp_path, "inputs").entries] == ["finished", "finished"]
    file = Workshop(tmp_path).predictions(1, 0)
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    whole, damaged = book_of(tmp_path, "inputs").entries
    assert (whole.state, damaged.state, damaged.next_fold) == ("finished", "", 0)


@pytest.mark.parametrize(("line", "kept"), [(0, 0), (1, 0), (2, 3), (5, 1), (8, 3)])
def test_a_damaged_record_costs_no_more_than_it_must(tmp_path: Path, line: int, kept: int) -> None:
    """The head, the first beginning, a fold, the second beginning, an end."""
    trials_written(tmp_path, 3)
    path = tmp_path / "journal.log"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"', b"'", 1)
    path.write_bytes(b"".join(lines))
    entries = book_of(tmp_path, "inputs").entries
    assert [entry.id for entry in entries] == list(range(kept))
    again = book_of(tmp_path, "inputs")
    again.begin(Entry(kept, Candidate("baseline", {}, "plain"), 2))
    last = book_of(tmp_path, "inputs").entries[-1]
    assert (last.id, last.candidate.learner, last.done) == (kept, "baseline", {})


def test_heavy_forms_and_kept_rows_stay_out() -> None:
    asked, allowing = problem("kfold"), problem("kfold", allow_rows=True)
    assert may_ship(asked, "random_forest", MOST_BYTES)
    assert not may_ship(asked, "random_forest", MOST_BYTES + 1)
    assert not may_ship(asked, "nearest_neighbours", 0)
    assert may_ship(allowing, "nearest_neighbours", 0)


def table(path: Path) -> Path:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 3))
    y = np.where(x[:, 0] + x[:, 1] * x[:, 2] + rng.normal(size=300) * 0.3 > 0, "yes", "no")
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "label": x[:, 2], "place": rng.choice(["n", "s"], 300), "y": y})
    frame.write_csv(path)
    return path


def worked(tmp_path: Path, workers: int) -> Run:
    wishes = Wishes(target="y", budget=Budget(None, 40), seed=7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NINEFOLD_THREADS", str(workers))
        return run(table(tmp_path / "table.csv"), wishes, runs=tmp_path / f"runs{workers}")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return worked(tmp_path_factory.mktemp("one"), 1)


class Remembering:
    """A crew that knows the answers of a run. Whoever asks for what was not asked for then is mistaken."""

    size = 2

    def __init__(self, done: Run, folder: Path) -> None:
        journal = Journal(done.folder / "journal.log")
        self._begun = {record["id"]: record["candidate"] for record in journal.read("begun", dict)}
        self._answers = {(done.trial, done.fold): done for done in journal.read("fitted", FitDone)}
        self._from, self._to = Workshop(done.folder), Workshop(folder)
        self._asked: list[FitDone] = []

    def submit(self, job: FitJob) -> None:
        then = self._begun[job.trial]
        assert (job.learner, job.settings, job.view) == (then["learner"], then["settings"], then["view"])
        assert job.fold is not None
        shutil.copy(self._from.predictions(job.trial, job.fold), self._to.predictions(job.trial, job.fold))
        self._asked.append(self._answers[job.trial, job.fold])

    def wait(self, seconds: float) -> list[FitDone]:
        return [self._asked.pop()] if self._asked else []

    def drop(self) -> None:
        self._asked.clear()


def taken_up(done: Run, folder: Path) -> None:
    """Go on with the search of a copy of a run, and compare."""
    crew = Remembering(done, folder)
    there = Context(
        5, folder / "5-leaderboard", folder, Clock(), Journal(folder / "journal.log"), lambda _: None, lambda: crew,
        threading.Event(),
    )  # fmt: skip
    features = read_noun(folder, 4, Features)
    board = select(read_noun(folder, 1, Problem), read_noun(folder, 2, Dataset), features, context=there)
    assert board.trials == done.leaderboard.trials
    assert (board.weights, board.ensemble_scores) == (done.leaderboard.weights, done.leaderboard.ensemble_scores)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.21, 0.34, 0.48, 0.55, 0.67, 0.79, 0.9, 0.99])
def test_a_search_that_was_cut_off_ends_as_it_would_have(one: Run, tmp_path: Path, share: float) -> None:
    folder = Path(shutil.copytree(one.folder, tmp_path / one.id))
    lines = (folder / "journal.log").read_bytes().splitlines(keepends=True)
    (folder / "journal.log").write_bytes(b"".join(lines[: round(share * len(lines))]))
    taken_up(one, folder)


@pytest.mark.parametrize(("trial", "fold"), [(0, 0), (1, 0), (2, 0), (3, 0), (1, 4), (5, 0)])
def test_a_search_that_lost_a_fold_ends_as_before(one: Run, tmp_path: Path, trial: int, fold: int) -> None:
    folder = Path(shutil.copytree(one.folder, tmp_path / one.id))
    Workshop(folder).predictions(trial, fold).unlink()
    taken_up(one, folder)


class Slow:
    """A crew whose fits know the answer and take 18 s each, the baseline's no time at all; the clock is theirs."""

    size = 1

    def __init__(self, now: list[float], folder: Path) -> None:
        self._now, self._folder, self._asked = now, Workshop(folder), list[FitJob]()
        self._plan, self._y = Plan.read(self._folder.plan), read_noun(folder, 2, Dataset).rows.target

    def submit(self, job: FitJob) -> None:
        self._asked.append(job)

    def wait(self, seconds: float) -> list[FitDone]:
        if not self._asked:
            self._now[0] += seconds
            return []
        job = self._asked.pop()
        assert job.fold is not None
        taken = 0.0 if job.learner == "baseline" else 18.0
        sure = 0.5 if job.learner == "baseline" else 0.9
        right = self._y[self._plan.folds[job.fold].valid] == 1
        save_array(
            self._folder.predictions(job.trial, job.fold),
            np.column_stack([np.where(right, 1 - sure, sure), np.where(right, sure, 1 - sure)]),
        )
        if taken > job.seconds:
            self._now[0] += job.seconds
            return [FitDone(job.trial, job.fold, "late", "no time", job.seconds)]
        self._now[0] += taken
        return [FitDone(job.trial, job.fold, "ok", seconds=taken, loss=float(-np.log(sure)), score=sure)]

    def drop(self) -> None:
        self._asked.clear()


@pytest.mark.parametrize("budget", [85.0, 100.0, 115.0, 130.0])
def test_time_is_kept_to_fit_a_trial_that_is_ahead_on_all_rows(
    one: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: float
) -> None:
    """Five folds take 90 s, and a fit on all rows as much again as one and a quarter."""
    folder, now = Path(shutil.copytree(one.folder, tmp_path / one.id)), [0.0]
    (folder / "journal.log").unlink()
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock = Clock(budget, 0.0)
    there = Context(
        5, folder / "5-leaderboard", folder, clock, Journal(folder / "journal.log"), lambda _: None,
        lambda: Slow(now, folder), threading.Event(),
    )  # fmt: skip
    asked = replace(read_noun(folder, 1, Problem), budget=Budget(budget), learners=("lightgbm",))
    board = select(asked, read_noun(folder, 2, Dataset), read_noun(folder, 4, Features), context=there)
    assert {board.trials[i].learner for i in board.weights} == {"lightgbm"}
    assert clock.left > 1.25 * 18


@pytest.mark.parametrize(("lucky_rows", "led"), [(1, False), (2, False), (40, True)])
def test_luck_on_few_rows_is_no_lead(one: Run, tmp_path: Path, lucky_rows: int, led: bool) -> None:
    """Two trials that say the same of all rows but some, on which the one is right and sure."""
    plan, problem = Plan.read(Workshop(one.folder).plan), read_noun(one.folder, 1, Problem)
    y, place = read_noun(one.folder, 2, Dataset).rows.target, Workshop(tmp_path)
    ensemble = Ensemble(problem, y, plan, place, lambda _: True)
    first, second = (Entry(i, Candidate("lightgbm", {}, "plain"), len(plan.folds)) for i in (0, 1))
    for entry, sure in ((first, 0.99), (second, 0.5)):
        for fold in (0, 1):
            valid = plan.folds[fold].valid
            right = np.where(np.arange(len(valid)) < (lucky_rows if fold == 0 else 0), sure, 0.5)
            said = np.where(y[valid] == 1, right, 1 - right)
            place.predictions(entry.id, fold).parent.mkdir(parents=True, exist_ok=True)
            save_array(place.predictions(entry.id, fold), np.column_stack([1 - said, said]))
            entry.record(FitDone(entry.id, fold, "ok"))
    assert ensemble.tells_apart(first, second) is led
    assert not ensemble.tells_apart(second, first)


def test_work_mode_is_the_same_bit_for_bit_whatever_the_number_of_workers(tmp_path: Path, one: Run) -> None:
    three = worked(tmp_path, 3)
    assert [t.scores for t in one.leaderboard.trials] == [t.scores for t in three.leaderboard.trials]
    assert one.leaderboard.weights == three.leaderboard.weights
    assert (one.bundle / "model.onnx").read_bytes() == (three.bundle / "model.onnx").read_bytes()
    assert sum(len(t.losses) for t in one.leaderboard.trials) <= 40
    assert one.leaderboard.why_stopped == "the work was done"
    assert view(one.leaderboard).tables[0].rows[0][0] == "ensemble"


def test_reasons_are_told_once_and_the_commonest_first() -> None:
    late = [(f"l{i}", "the time was up") for i in range(5)]
    told = reasons_of([("rules", "no memory"), *late, ("l0", "the time was up"), ("best", "")])
    assert told == "the time was up (l0, l1, l2 and 2 more); no memory (rules)"
    assert reasons_of([]) == "no time"
    assert reasons_of((f"l{i}", f"reason {i}") for i in range(40)).count(";") == 3
