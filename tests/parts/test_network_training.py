"""The training loop: what it promises, and that a killed training goes on as if nothing had happened."""

from __future__ import annotations

import dataclasses
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from ninefold.checks._bench import mixed, take
from ninefold.core.clock import Clock
from ninefold.core.inside import JOURNAL
from ninefold.core.protocols import Examples
from ninefold.forms.alone import alone
from ninefold.learners.series_recurrent import SeriesRecurrent
from ninefold.networks import journal
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.network import Network
from ninefold.networks.pace import Pace
from ninefold.networks.plan import Group, Plan
from ninefold.networks.schedules import share
from ninefold.networks.training.batch import Teacher
from ninefold.networks.training.checkpoint import NAME, Checkpoint
from ninefold.networks.training.devices import device_of, precision
from ninefold.networks.training.finder import range_test
from ninefold.networks.training.lesson import Supervised, even, mean_loss
from ninefold.networks.training.loop import train
from ninefold.networks.training.optimisers import SPREAD, optimiser_of, orthogonal

RNG = np.random.default_rng
DATA = mixed("multiclass", "scaled", rows=150)
STOP = mixed("multiclass", "scaled", rows=100, seed=3)
PLAN = Plan(epochs=6, batch=32, rate=0.02, schedule="one_cycle", precision="float32", device="cpu")


def body(scores):
    return Sequential((Dense(16), BatchNorm(), Activation(), Dropout(0.2), Dense(scores)))


def fit(data=DATA, plan=PLAN, seed=0, clock=None, **more):
    columns = Columns(data.x.shape[1])
    return fitted(data, columns, body, plan, rng=RNG(seed), clock=clock or Clock(), **more)


def same(one, other):
    return all(np.array_equal(a, b) for (_, a), (_, b) in zip(one.weights, other.weights, strict=True))


# --- pieces against torch's


@pytest.mark.parametrize(
    "plan", [Plan(decay=0.1), Plan(optimiser="sgd", decay=0.1), Plan(optimiser="sgd", momentum=0.0)]
)
def test_optimisers_are_torchs(plan):
    """Weights shrink by the decay, biases do not; a parameter without a gradient stays."""
    start = {"weight": torch.tensor([[3.0, -2.0]]), "bias": torch.tensor([1.0, 4.0]), "unused": torch.ones(2, 2)}
    ours, theirs = ({n: w.clone().requires_grad_() for n, w in start.items()} for _ in range(2))
    mine = optimiser_of(plan, ours.items())
    groups = [
        {"params": [theirs["weight"]], "weight_decay": plan.decay},
        {"params": [theirs["bias"]], "weight_decay": 0.0},
    ]
    if plan.optimiser == "adamw":
        known = torch.optim.AdamW(groups, lr=0.01)
    else:
        known = torch.optim.SGD(groups, lr=0.01, momentum=plan.momentum, nesterov=plan.momentum > 0)
    for _ in range(20):
        for each in (ours, theirs):
            each["weight"].grad = each["bias"].grad = None
            ((each["weight"] - 1) ** 2 + (each["bias"] * each["weight"]) ** 2).sum().backward()
        with torch.no_grad():
            mine.step(0.01)
        known.step()
    for name, held in ours.items():
        torch.testing.assert_close(held, theirs[name], atol=1e-6, rtol=0)
    assert torch.equal(ours["unused"], start["unused"])


@pytest.mark.parametrize("shape", [(2, 12, 12), (3, 8, 30), (1, 30, 8)])
def test_a_matrix_made_orthogonal_has_singular_values_near_one(shape):
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape) * 1e-3 + torch.eye(*shape[1:])))
    assert values.min() > 0.5
    assert values.max() < 1.3


def test_muon_turns_matrices_and_leaves_the_rest_to_adamw():
    torch.manual_seed(0)
    start = {"weight": torch.randn(6, 9), "bias": torch.randn(9), "words": torch.randn(4, 6)}
    found = {}
    for optimiser in ("muon", "adamw"):
        held = found[optimiser] = {name: w.clone().requires_grad_() for name, w in start.items()}
        (((held["words"] @ held["weight"]).tanh() + held["bias"]) ** 2).sum().backward()
        with torch.no_grad():
            optimiser_of(Plan(optimiser=optimiser, tables=("words",), decay=0.0), held.items()).step(0.01)
    for name in ("bias", "words"):
        assert torch.equal(found["muon"][name], found["adamw"][name])
    values = torch.linalg.svdvals((start["weight"] - found["muon"]["weight"]).detach()) / (0.01 * SPREAD * 9**0.5)
    assert 0.5 < values[3] < values[0] < 1.3, "four rows of words make a gradient of rank four"


def test_products_are_of_bfloat16_where_they_are_asked_for(monkeypatch):
    cpu, product = torch.device("cpu"), torch.ones(2, 2)

    def kind(asked, able):
        monkeypatch.setattr("ninefold.networks.training.devices.halves", lambda device: able)
        with precision(Plan(precision=asked), cpu):
            return (product @ product).dtype

    assert [kind("fast", able) for able in (True, False)] == [torch.bfloat16, torch.float32]
    assert kind("bfloat16", False) == torch.bfloat16
    assert kind("auto", True) == kind("float32", True) == torch.float32


def test_losses_are_torchs():
    scores, codes = torch.randn(5, 3), torch.tensor([0, 2, 1, 1, 0])
    plain = torch.nn.functional.cross_entropy(scores, codes)
    torch.testing.assert_close(mean_loss(scores, codes, softmax=True), plain)
    soft = torch.nn.functional.one_hot(codes, 3).float()
    torch.testing.assert_close(mean_loss(scores, soft, softmax=True), plain)
    counted = mean_loss(scores, codes, softmax=True, weights=torch.tensor([1.0, 0, 0, 0, 0]))
    torch.testing.assert_close(counted, torch.nn.functional.cross_entropy(scores[:1], codes[:1]))
    values = torch.randn(5, 2)
    squares = mean_loss(values, torch.zeros(5, 2), softmax=False, weights=torch.ones(5))
    torch.testing.assert_close(squares, mean_loss(values, torch.zeros(5, 2), softmax=False))


@pytest.mark.parametrize(("rows", "size"), [(1, 32), (33, 32), (5, 2), (100, 32), (64, 32)])
def test_batches_hold_all_rows_once_and_never_one_alone(rows, size):
    batches = even(rows, size)
    assert sorted(torch.cat(batches).tolist()) == list(range(rows))
    assert min(len(b) for b in batches) > 1 or rows == 1
    assert max(len(b) for b in batches) <= size + 1


def test_schedules():
    way = np.linspace(0, 1, 101)
    cosine = [share("cosine", p, 0.0) for p in way]
    np.testing.assert_allclose(cosine, (1 + np.cos(np.pi * way)) / 2, atol=1e-12)
    warm = [share("cosine", p, 0.2) for p in way]
    assert np.argmax(warm) == 20
    assert warm[10] == pytest.approx(0.5)
    cycle = [share("one_cycle", p, 0.0) for p in way]
    assert np.argmax(cycle) == 30
    assert cycle[0] == pytest.approx(0.04)
    assert cycle[-1] == pytest.approx(1e-5)
    assert [share("step", p, 0.0) for p in (0.49, 0.5, 0.75)] == pytest.approx([1, 0.1, 0.01])
    assert {share("constant", p, 0.0) for p in way} == {1.0}


def test_pace_is_the_share_of_batches_where_no_clock_ends():
    pace = Pace(10, Clock(), 0.1)
    for done in range(1, 11):
        pace.step()
        assert pace.position == pytest.approx(done / 10)
    assert pace.is_over


def test_pace_ends_its_schedule_with_the_clock(monkeypatch):
    """Of a thousand batches of a second each, 90 of 100 seconds are enough for 90; speed halves after 30."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pace, places = Pace(1000, Clock(100.0, 0.0), 0.1), []
    while not pace.is_over:
        now[0] += 1.0 if pace.done < 30 else 2.0
        pace.step()
        places.append(pace.position)
    assert now[0] == pytest.approx(100 * (1 - 0.1), abs=2)
    assert places[29] == pytest.approx(1 / 3, abs=0.02)
    assert np.diff(places).min() > 0
    assert 0.97 < places[-1] <= 1.0


# --- promises of the loop


def test_the_best_weights_are_kept_and_patience_ends_it():
    """On noise the first epochs are the best."""
    rng = RNG(0)
    noise, stop = (dataclasses.replace(d, y=rng.integers(0, 3, len(d.y))) for d in (DATA, STOP))
    plan = dataclasses.replace(PLAN, epochs=40, patience=4, schedule="constant")
    form = fit(dataclasses.replace(noise, stop=stop), plan)
    assert 1 <= form.rounds < 20
    short = fit(noise, dataclasses.replace(plan, epochs=form.rounds))
    assert same(form, short)


def test_frozen_weights_and_statistics_stay_and_others_move():
    start = fit().weights
    plan = dataclasses.replace(PLAN, groups=(Group("0.", 0.0), Group("1.", 0.0), Group("", 0.5)), decay=0.5)
    after = dict(fit(plan=plan, start=start).weights)
    moved = {name for name, w in start if not np.array_equal(after[name], w)}
    assert moved == {"4.weight", "4.bias"}


def test_a_slower_group_moves_less():
    start = fit().weights
    for slow in (1.0, 0.01):
        plan = dataclasses.replace(PLAN, groups=(Group("0.", slow),), epochs=1, schedule="constant", optimiser="sgd")
        after = dict(fit(plan=plan, start=start).weights)
        way = np.abs(after["0.weight"] - dict(start)["0.weight"]).max()
        assert way > 1e-3 if slow == 1.0 else way < 1e-3


def test_soft_labels_teach_what_they_say():
    """All rows alike: a fit ends at the distribution itself."""
    soft = np.tile([0.2, 0.5, 0.3], (len(DATA.y), 1))
    form = fit(plan=dataclasses.replace(PLAN, epochs=40), soft=soft)
    np.testing.assert_allclose(form.predict(DATA.x).mean(axis=0), [0.2, 0.5, 0.3], atol=0.03)


def test_rows_that_count_nothing_teach_nothing():
    """Every second row has a wrong label and no weight."""
    wrong = np.arange(len(DATA.y)) % 2 == 0
    spoilt = dataclasses.replace(DATA, y=np.where(wrong, (DATA.y + 1) % 3, DATA.y))
    plan = dataclasses.replace(PLAN, epochs=25)
    right = [
        (fit(spoilt, plan, weights=weights).predict(STOP.x).argmax(axis=1) == STOP.y).mean()
        for weights in (np.where(wrong, 0.0, 1.0), None)
    ]
    assert right[0] > right[1] + 0.1


def test_augmentation_sees_training_batches_alone():
    seen = []

    def mixed_up(rows, wanted):
        seen.append(len(rows))
        other, shares = torch.randperm(len(rows)), torch.rand(())
        soft = torch.nn.functional.one_hot(wanted, 3).float()
        return shares * rows + (1 - shares) * rows[other], shares * soft + (1 - shares) * soft[other]

    form = fit(dataclasses.replace(DATA, stop=STOP), augment=mixed_up)
    assert sum(seen) == PLAN.epochs * len(DATA.y)
    asked = len(seen)
    form.predict(DATA.x)
    assert len(seen) == asked


def test_gradients_are_clipped():
    """Plain SGD at rate 1 moves by no more than the clip in one batch."""
    plan = Plan(epochs=1, batch=1000, rate=1.0, optimiser="sgd", momentum=0.0, decay=0.0, clip=1e-3, device="cpu")
    start = fit(plan=dataclasses.replace(plan, rate=1e-30)).weights
    after = dict(fit(plan=plan, start=start).weights)
    way = math.sqrt(sum(((after[n] - w) ** 2).sum() for n, w in start if "running" not in n))
    assert way == pytest.approx(1e-3, rel=1e-3)


def test_processes_side_by_side_take_different_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    taken = []
    for number in (40, 41):
        monkeypatch.setattr(os, "getpid", lambda number=number: number)
        taken.append(device_of(Plan()))
    assert taken == [torch.device("cuda", 0), torch.device("cuda", 1)]
    assert device_of(Plan(device="cpu")) == torch.device("cpu")


def test_bfloat16_learns_as_well():
    plan = dataclasses.replace(PLAN, precision="bfloat16", epochs=15)
    form = fit(plan=plan)
    assert {w.dtype for _, w in form.weights} == {np.dtype(np.float32)}
    assert (form.predict(STOP.x).argmax(axis=1) == STOP.y).mean() > 0.6
    assert not same(form, fit(plan=dataclasses.replace(plan, precision="float32")))


def test_no_time_leaves_a_valid_form_of_one_batch(monkeypatch):
    taught = []
    teach = Teacher.teach
    monkeypatch.setattr(Teacher, "teach", lambda *given: (taught.append(1), teach(*given))[1])
    form = fit(clock=Clock(0.0))
    assert form.rounds == len(taught) == 1
    assert np.isfinite(form.predict(DATA.x)).all()


def test_the_range_test_leaves_no_trace_and_finds_a_rate_that_learns():
    with alone(0):
        network = Network(Columns(DATA.x.shape[1]), body(3))
        lesson = Supervised(network, network.input.held(DATA.x), torch.tensor(DATA.y), True)
        before, state = network.weights(), torch.get_rng_state()
        found = range_test(network.parts, lesson, PLAN, Clock())
        assert torch.equal(torch.get_rng_state(), state)
        assert all(np.array_equal(w, dict(network.weights())[n]) for n, w in before)
    assert 1e-3 < found.suggested < 0.2
    assert len(found.rates) == len(found.losses) > 20
    assert (
        fit(plan=dataclasses.replace(PLAN, rate=0.0, epochs=20)).predict(STOP.x).argmax(axis=1) == STOP.y
    ).mean() > 0.6


def test_classes_never_met_are_never_said():
    known = take(DATA, np.flatnonzero(DATA.y != 1))
    form = fit(dataclasses.replace(known, stop=STOP))
    assert (form.predict(STOP.x)[:, 1] == 0).all()


def test_several_targets_are_learned_side_by_side():
    y = np.column_stack([DATA.x[:, 0] * 1e4 + 1e6, -DATA.x[:, 1]])
    data = dataclasses.replace(DATA, y=y, task="multioutput", outputs=2)
    said = fit(data, dataclasses.replace(PLAN, epochs=60)).predict(data.x)
    assert (((said - y) / y.std(axis=0)) ** 2).mean(axis=0).max() < 0.2


def test_torch_is_left_as_it_was():
    torch.manual_seed(5)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    first = fit()
    first.predict(DATA.x)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    torch.manual_seed(6)
    assert same(fit(), first)
    assert not same(fit(seed=1), first)


# --- journal and checkpoints


def test_the_journal_tells_every_epoch(tmp_path):
    heard = []
    place = tmp_path / "fits" / "7-0"
    with alone(0):
        network = Network(Columns(DATA.x.shape[1]), body(3))
        lesson = Supervised(network, network.input.held(DATA.x), torch.tensor(DATA.y), True)
        trained = train(
            network.parts, lesson, lambda: {"loss": 1.0, "f": 2.0}, PLAN, clock=Clock(), place=place, told=heard.append
        )
    assert journal.read(place) == heard == list(trained.epochs)
    assert [epoch.epoch for epoch in heard] == [1, 2, 3, 4, 5, 6]
    assert heard[0].watched == {"loss": 1.0, "f": 2.0}
    assert heard[-1].loss < heard[0].loss
    assert set(heard[0].gradients) == {n for n, _ in network.parts.named_parameters()}
    assert min(heard[0].gradients.values()) >= 0
    assert max(heard[0].gradients.values()) > 0
    assert not (place / NAME).exists()


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import test_network_training as here
from ninefold.networks.training.loop import _Training

save = _Training.save

def saved(self):
    save(self)
    if self.epoch == 3 and {kill}:
        os.kill(os.getpid(), signal.SIGKILL)

_Training.save = saved
form = here.watched(Path({place!r}))
print(form.rounds, [w.tobytes().hex() for _, w in form.weights])
"""


def watched(place):
    return fit(dataclasses.replace(DATA, stop=STOP, place=place), dataclasses.replace(PLAN, save_every=0.0))


def test_a_killed_training_goes_on_bit_for_bit(tmp_path):
    """A process killed for good after its third epoch; another goes on, and ends where one that was left alone does."""

    def run(kill):
        code = KILLED.format(tests=str(Path(__file__).parent), kill=kill, place=str(tmp_path / "fit"))
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    killed = run(True)
    assert killed.returncode == -signal.SIGKILL
    assert killed.stdout == ""
    assert (tmp_path / "fit" / NAME).exists()
    with (tmp_path / "fit" / JOURNAL).open("a") as file:  # an epoch after the checkpoint, half written
        file.write('{"epo')
    resumed, left_alone = run(False), watched(tmp_path / "other")
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout == f"{left_alone.rounds} {[w.tobytes().hex() for _, w in left_alone.weights]}\n"
    lines = [[(e.epoch, e.loss, e.watched, e.rate) for e in journal.read(tmp_path / n)] for n in ("fit", "other")]
    assert lines[0] == lines[1]
    assert len(lines[0]) == PLAN.epochs


@pytest.mark.parametrize("optimiser", ["adamw", "sgd", "muon"])
def test_a_training_that_failed_goes_on_bit_for_bit(tmp_path, optimiser):
    plan = dataclasses.replace(PLAN, optimiser=optimiser)
    whole = trained(plan, tmp_path / "other")
    with pytest.raises(StoppedError):
        trained(plan, tmp_path / "fit", told=stopped)
    heard = []
    assert all(map(np.array_equal, trained(plan, tmp_path / "fit", told=heard.append), whole))
    assert [epoch.epoch for epoch in heard] == [3, 4, 5, 6]


def test_a_checkpoint_of_another_training_or_a_torn_one_is_not_gone_on_from(tmp_path):
    found = Checkpoint("this", {"a": torch.ones(3)}, {"epoch": 1})
    found.write(tmp_path)
    back = Checkpoint.read(tmp_path, "this")
    assert back is not None
    assert back.state == {"epoch": 1}
    assert torch.equal(back.tensors["a"], torch.ones(3))
    assert Checkpoint.read(tmp_path, "that") is None
    (tmp_path / NAME).write_bytes((tmp_path / NAME).read_bytes()[:-4])
    assert Checkpoint.read(tmp_path, "this") is None


def test_other_data_or_another_seed_is_another_training(tmp_path):
    for seed, x, first in ((0, DATA.x, 3), (1, DATA.x, 1), (0, DATA.x + 1, 1)):
        with pytest.raises(StoppedError):
            trained(PLAN, tmp_path, told=stopped)
        heard = []
        trained(PLAN, tmp_path, seed, x, told=heard.append)
        assert heard[0].epoch == first


class StoppedError(Exception):
    pass


def stopped(epoch):
    """Nothing of the third epoch reaches the checkpoint."""
    if epoch.epoch == 3:
        raise StoppedError


def trained(plan, place, seed=0, x=DATA.x, told=None):
    """The weights after a training that writes a checkpoint after every epoch."""
    with alone(seed):
        network = Network(Columns(x.shape[1]), body(3))
        lesson = Supervised(network, network.input.held(x), torch.tensor(DATA.y), True)
        often = dataclasses.replace(plan, save_every=0.0)
        train(network.parts, lesson, None, often, clock=Clock(), place=place, told=told)
        return [w for _, w in network.weights()]


def test_gates_carry_a_number_over_a_series():
    """The adding problem (Hochreiter and Schmidhuber 1997), short: saying 1 always has a squared error of 1/6."""
    rng, rows, length = np.random.default_rng(0), 900, 10
    numbers, marks, each = rng.random((rows, length)), np.zeros((rows, length)), np.arange(rows)
    for half in (0, length // 2):
        marks[each, half + rng.integers(length // 2, size=rows)] = 1
    x, y = np.stack([numbers, marks], axis=2).reshape(rows, -1), (numbers * marks).sum(axis=1)
    learned = Examples(x[:700], y[:700], "regression", 0, tuple(map(str, range(2 * length))), shape=(length, 2))
    learner = SeriesRecurrent(units=32, epochs=8, dropout=0.0, learning_rate=0.01, decay=1e-5)
    said = learner.fit(learned, rng=rng, clock=Clock()).predict(x[700:])
    assert np.mean((said.ravel() - y[700:]) ** 2) < 0.02
