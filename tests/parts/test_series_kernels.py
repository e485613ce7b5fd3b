"""The learner of fixed kernels: what it counts, that the graph counts the same to the last bit, what it can learn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.forms.onnx import Session, block_input, compiled, form_graph
from ninefold.forms.patterns import KERNELS, THREE, Patterns, Sweep
from ninefold.forms.stepped import FLAT, GRAIN, LIMIT, Stepped
from ninefold.learners import _left_out, series_kernels
from ninefold.learners._patterns import found
from ninefold.learners.series_kernels import SeriesKernels
from ninefold_runtime.safety.graph import examine

RNG = np.random.default_rng


def waves(rows=60, length=40, channels=1, seed=0):
    """[N, T, C]: quick waves and slow ones by turns, at any phase, with a little noise."""
    rng = RNG(seed)
    pace = np.where(np.arange(rows) % 2, 0.3, 0.7)[:, None, None]
    phase = rng.uniform(0, 2 * np.pi, (rows, 1, channels))
    return np.sin(pace * np.arange(length)[None, :, None] + phase) + 0.2 * rng.normal(size=(rows, length, channels))


def examples(series, y, task="binary", outputs=2):
    return Examples(series.reshape(len(series), -1), np.asarray(y), task, outputs, (), shape=series.shape[1:])


def fitted(data, clock=None, **settings):
    return SeriesKernels(**{"features": 504, **settings}).fit(data, rng=RNG(1), clock=clock or Clock())


def right(form, data):
    return (form.predict(data.x).argmax(axis=1) == data.y).mean()


def untidy(length, channels):
    """Series that end early, have gaps, are constant, empty, far away, or hold what is no number."""
    series = waves(24, length, channels, seed=3)
    series[1, length // 2 :] = np.nan
    series[2, :, 0] = np.nan
    series[3] = np.nan
    series[4] = 7.0
    series[5] += 1e9
    series[6, ::3] = np.nan
    series[7, : length // 3] = np.nan
    series[8, 0], series[9, -1], series[10, length // 2] = np.inf, -np.inf, 1e300
    series[11] *= 1e5
    return series.reshape(len(series), -1)


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize(("length", "channels"), [(1, 1), (2, 3), (8, 1), (9, 2), (40, 12), (700, 1)])
def test_the_graph_counts_to_the_last_bit(length, channels, alike):
    x = untidy(length, channels)
    stepped = Stepped.of(waves(30, length, channels).reshape(30, -1), (length, channels), alike)
    counted = stepped.counted(x)
    patterns, said = found(stepped, counted, features=840, channels=9, rng=RNG(0), clock=Clock())
    assert np.isfinite(said).all()
    np.testing.assert_array_equal(patterns.said(x), said)
    asked = block_input(np.float64, x.shape[1])
    graph = compiled({"x": asked}, {"y": patterns.nodes(asked)})
    np.testing.assert_array_equal(Session(graph).run({"x": x})["y"], said)


def by_hand(series, patterns, sweep):
    """[84 x B] of one row [T, C] of whole numbers: the definition, in loops."""
    reach, shares = 8 * sweep.dilation, []
    for kernel in range(KERNELS):
        places = [
            sum(
                THREE[kernel, i] * series[start + i * sweep.dilation, channel]
                for i in range(9)
                for channel in np.flatnonzero(sweep.channels[kernel])
            )
            for start in range(0, len(series) - reach, patterns.stride(sweep.dilation))
        ]
        shares += [np.mean([place > bias for place in places]) if places else 0.0 for bias in sweep.biases[kernel]]
    return np.array(shares)


def test_shares_are_those_of_the_definition():
    """A series that ends early is counted as far as it goes; one too short for nine moments has no place."""
    rng = RNG(0)
    stepped = Stepped(30, np.zeros(2), np.full(2, 1.0), alike=False)
    sweep = Sweep(2, rng.random((KERNELS, 2)) < 0.7, (rng.integers(-9, 9, (KERNELS, 3)) + 0.5).astype(np.float32))
    patterns = Patterns(stepped, (sweep,), edged=False)
    whole = rng.integers(-5, 6, (3, 30, 2)).astype(float)
    whole -= np.rint(whole.mean(axis=1, keepdims=True))
    for ends in (30, 24, 16):
        given = whole.copy()
        given[:, ends:] = np.nan
        said = patterns.said(given.reshape(3, -1))
        own = given[:, :ends] - np.rint(given[:, :ends].mean(axis=1, keepdims=True))
        for row in range(3):
            np.testing.assert_allclose(said[row, : patterns.count], by_hand(own[row], patterns, sweep), atol=1e-15)
        assert (said[:, -1] == ends).all()


def test_a_gap_goes_on_with_the_value_before_it():
    stepped = Stepped(6, np.zeros(1), np.ones(1), alike=False)
    values, ends, plain = stepped.counted(np.array([[np.nan, 3.0, np.nan, np.nan, -3.0, np.nan]]))
    assert values[0, 0].tolist() == [0.0, 3.0, 3.0, 3.0, -3.0, 0.0]
    assert (ends.tolist(), plain.tolist()) == ([5], [[0.0, 3.0, 5.0]])


def test_sums_of_nine_channels_at_their_most_are_exact():
    """Halves are told from whole numbers in single precision, whatever is added up."""
    most = np.abs(THREE).sum() / KERNELS * LIMIT * 9
    assert np.float32(most + 0.5) - np.float32(most) == 0.5


def test_shapes_are_told_wherever_they_are():
    data, new = (examples(waves(rows, seed=seed), np.arange(rows) % 2) for rows, seed in ((60, 0), (200, 1)))
    assert right(fitted(data), new) > 0.97


def test_a_small_wave_on_large_levels_is_seen():
    levels = 1e7 * RNG(5).normal(size=(260, 1, 1))
    series, y = waves(260) + levels, np.arange(260) % 2
    data, new = examples(series[:60], y[:60]), examples(series[60:], y[60:])
    assert right(fitted(data), new) > 0.95


def test_size_says_nothing_where_all_count_alike():
    """Louder waves are another class, or the same, as is wished."""
    loud = np.where(np.arange(200) % 2, 3.0, 1.0)[:, None, None]
    series = waves(400, seed=2)[::2] * loud
    data, new = (examples(series[part], (np.arange(200) % 2)[part]) for part in (slice(80), slice(80, None)))
    assert right(fitted(data), new) > 0.97
    alike = fitted(data, alike=True).patterns
    np.testing.assert_allclose(
        alike.said(series[:5].reshape(5, -1) * 9)[:, : alike.count],
        alike.said(series[:5].reshape(5, -1))[:, : alike.count],
        atol=0.01,
    )


@pytest.mark.parametrize("length", [1, 5, 30])
def test_levels_of_constant_series_are_learned(length):
    level = RNG(0).normal(size=300)
    series = np.repeat(level[:, None], length, axis=1)[:, :, None]
    data, new = (
        examples(series[part], 5 * level[part] + 2, "regression", 1) for part in (slice(200), slice(200, None))
    )
    said = fitted(data).predict(new.x)[:, 0]
    assert ((said - new.y) ** 2).mean() < 0.01 * new.y.var()


def test_a_level_among_noise_is_learned():
    """What counts beside 10,000 patterns counts for more than one of them."""
    rng = RNG(0)
    level = rng.normal(size=400)
    series = rng.normal(size=(400, 50, 1)) + level[:, None, None]
    form = fitted(examples(series[:200], level[:200], "regression", 1), features=10_000)
    said = form.predict(series[200:].reshape(200, -1))[:, 0]
    assert ((said - level[200:]) ** 2).mean() < 0.2 * level[200:].var()


def test_how_long_a_series_is_may_decide():
    series, y = RNG(0).normal(size=(200, 30, 1)), np.arange(200) % 2
    series[y == 1, 20:] = np.nan
    form = fitted(examples(series[:100], y[:100]))
    assert right(form, examples(series[100:], y[100:])) > 0.97


def test_what_does_not_vary_has_no_weight():
    """Thirty times 0.1 have a mean that is not 0.1, and a spread."""
    x = np.column_stack([np.full(30, 0.1), np.arange(30.0)])
    assert x.std(axis=0)[0] > 0
    data = Examples(x, 2 * x[:, 1], "regression", 1, ())
    found_ = _left_out.ridge(data, x.copy(), np.ones(2), Clock())
    assert found_.coefficients[0] == 0
    np.testing.assert_allclose(found_.predict(x)[:, 0], data.y, atol=0.01)


@pytest.mark.parametrize("columns", [4, 30])
def test_what_is_said_of_rows_left_out_is_true(columns):
    """One fit without each row, by the definition of ridge regression, with the penalty that was chosen."""
    rng = RNG(0)
    x = rng.normal(size=(14, columns))
    x -= x.mean(axis=0)
    wanted = x[:, :2] + 0.5 * rng.normal(size=(14, 2))
    found_ = _left_out._chosen(x, wanted)
    length = (x**2).sum() / len(x)
    tried = length * np.geomspace(_left_out.LEAST, _left_out.MOST * len(x), _left_out.PENALTIES)

    def said(penalty, rows, of):
        mean, centre = wanted[rows].mean(axis=0), x[rows].mean(axis=0)
        gram = (x[rows] - centre).T @ (x[rows] - centre) + penalty * np.eye(columns)
        return mean + (of - centre) @ np.linalg.solve(gram, (x[rows] - centre).T @ (wanted[rows] - mean))

    every = np.arange(len(x))
    left_out = [np.vstack([said(p, np.delete(every, i), x[i]) for i in every]) for p in tried]
    errors = [((each - wanted) ** 2).sum() for each in left_out]
    best = int(np.argmin(errors))
    np.testing.assert_allclose(found_.left_out, left_out[best], atol=1e-8)
    np.testing.assert_allclose(x @ found_.weights + wanted.mean(axis=0), said(tried[best], every, x), atol=1e-8)


def test_probabilities_are_as_unsure_as_labels_are():
    """A fifth of the labels is wrong: no more can be known, and no more is claimed."""
    truth = np.arange(600) % 2
    flipped = np.where(RNG(7).random(600) < 0.2, 1 - truth, truth)
    series = waves(600)
    form = fitted(examples(series[:200], flipped[:200]))
    chance = form.predict(series[200:].reshape(400, -1))[np.arange(400), flipped[200:]]
    assert -np.log(chance).mean() < -0.8 * np.log(0.8) - 0.2 * np.log(0.2) + 0.06


def test_nothing_is_claimed_of_noise():
    rng = RNG(0)
    data = examples(rng.normal(size=(80, 30, 1)), rng.integers(0, 3, 80), "multiclass", 3)
    said = fitted(data).predict(rng.normal(size=(100, 30)))
    assert np.abs(said - np.bincount(data.y) / 80).max() < 0.25


def test_a_teacher_may_say_how_much_of_each_class():
    series, shares = waves(120), np.where(np.arange(120) % 2, 0.7, 0.4)
    drawn = (RNG(0).random(120) < shares).astype(np.int64)
    data = dataclasses.replace(examples(series, drawn), shares=np.column_stack([1 - shares, shares]))
    said = fitted(data).predict(waves(100, seed=4).reshape(100, -1))[:, 1]
    assert np.abs(said - np.where(np.arange(100) % 2, 0.7, 0.4)).mean() < 0.05


def test_without_time_one_sweep_is_made():
    data = examples(waves(), np.arange(60) % 2)
    assert len(fitted(data).patterns.sweeps) > 2
    assert len(fitted(data, Clock(0.0)).patterns.sweeps) == 1


def test_of_more_rows_fewer_patterns_are_asked(monkeypatch):
    monkeypatch.setattr(series_kernels, "SQUARE", 50)
    monkeypatch.setattr(series_kernels, "CELLS", 2_000)
    form = fitted(examples(waves(90), np.arange(90) % 2), features=10_000)
    assert form.patterns.count == KERNELS


def test_long_series_of_many_channels_fit_into_a_bundle():
    """The graph of the most patterns is one that the runtime takes, and passes over places."""
    data = examples(waves(4, 2_000, 3), np.arange(4) % 2)
    form = fitted(data, features=10_000)
    assert form.patterns.count > 8_000
    assert form.patterns.stride(1) == 8
    assert examine(form_graph(form, data.x.shape[1])).rows >= 1
    wide = examples(waves(4, 5_000, 20), np.arange(4) % 2)
    assert examine(form_graph(fitted(wide, features=10_000), wide.x.shape[1])).rows >= 1
    with pytest.raises(ValueError, match="too large"):
        fitted(examples(np.zeros((4, 300, 400)), np.arange(4) % 2))


def test_steps_are_parts_of_the_spread_within_series():
    series = np.array([[0.0, 2.0], [10.0, 12.0]])
    assert Stepped.of(series, (2, 1), alike=False).step.tolist() == [1.0 / GRAIN]
    constant = Stepped.of(np.array([[0.0, 0.0], [2.0, 2.0]]), (2, 1), alike=False)
    assert constant.step.tolist() == pytest.approx([FLAT / GRAIN])
    assert Stepped.of(np.ones((3, 2)), (2, 1), alike=False).step.tolist() == [1.0 / GRAIN]
