"""Convolutional networks: augmentation, trunks of every size, what places give, and going on from others."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from ninefold.checks._bench import fitted as fit
from ninefold.core.errors import WishError
from ninefold.core.protocols import Examples
from ninefold.forms.alone import alone
from ninefold.forms.onnx import Session, form_graph
from ninefold.learners.cnn import CNN
from ninefold.learners.fine_tuned import FineTuned
from ninefold.networks.augmentation import Augmentation
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.images import head_for, trunk_for, whole
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layers.recolour import Recolour
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.maps import has_maps, map_graph
from ninefold.networks.network import Network
from ninefold.networks.stored import LAYOUT, WEIGHTS, files_of, read_form

RNG = np.random.default_rng
SMALL = CNN(width=8, epochs=6, learning_rate=0.01, shift=0.0)


def images(rows=120, height=12, width=12, channels=1, seed=0):
    """A bright square at the left, in the middle or at the right, on noise."""
    rng = RNG(seed)
    y = np.arange(rows) % 3
    x = rng.integers(0, 90, (rows, height, width, channels)).astype(np.uint8)
    for i, label in enumerate(y):
        left = int(label * (width - 4) / 2)
        x[i, height // 2 - 2 : height // 2 + 2, left : left + 4] = 230
    flat = x.reshape(rows, -1)
    names = tuple(f"photo[{i}]" for i in range(flat.shape[1]))
    return Examples(flat, y.astype(np.int64), "multiclass", 3, names, shape=(height, width, channels))


def textures(rows, seed, channels=1, side=12):
    """Stripes that stand, lie or lean, faint under noise, wherever they begin."""
    rng = RNG(seed)
    y = np.arange(rows) % 3
    down, across = np.mgrid[:side, :side]
    along = np.stack([across, down, across + down])[y]
    wave = np.sin(np.pi * (along + rng.integers(0, 4, rows)[:, None, None]) / 2)
    x = 128 + 25 * wave[..., None] + rng.normal(0, 35, (rows, side, side, channels))
    made = images(rows, side, side, channels)
    return dataclasses.replace(made, x=x.clip(0, 255).astype(np.uint8).reshape(rows, -1), y=y.astype(np.int64))


def fresh(shape, scores=3, places=True, seed=0):
    """A form with weights as drawn, norms that have seen some images."""
    channels, height, width = shape
    body = whole(trunk_for(shape, 8), head_for(scores, 0.2, places=places))
    input = Pixels(height, width, channels, (100.0,) * channels, (50.0,) * channels)
    with alone(seed):
        network = Network(input, body)
        network(input.held(RNG(1).integers(0, 256, (16, height * width * channels)).astype(np.uint8)))
        weights = network.weights()
    return NetworkForm(input, body, Head(True, np.eye(scores), np.zeros(scores)), weights, 1)


def rows_of(form, rows=5, seed=2):
    return RNG(seed).integers(0, 256, (rows, int(np.prod(form.input.shape)))).astype(np.uint8)


# Augmentation


def batch(rows=64):
    return torch.from_numpy(images(rows, 10, 14, 2).x.reshape(rows, 10, 14, 2).transpose(0, 3, 1, 2).copy())


def test_shifted_images_hold_the_same_pixels_elsewhere():
    rows, targets = batch(), torch.arange(64) % 3
    with alone(0):
        moved, same = Augmentation(3, shift=0.2)(rows, targets)
    assert moved.shape == rows.shape and moved.dtype == torch.uint8 and torch.equal(same, targets)
    assert 0 < sum(not torch.equal(a, b) for a, b in zip(moved, rows, strict=True)) <= 64
    inside = {row.tobytes() for image in rows.numpy() for row in [image[:, 5, 4:10]]}
    assert (
        sum(
            image[:, y, x : x + 6].tobytes() in inside
            for image in moved.numpy()
            for y in (3, 4, 5, 6, 7)
            for x in range(1, 8)
        )
        > 20
    )


def test_half_of_the_images_are_mirrored_and_the_others_as_they_were():
    rows = batch()
    with alone(0):
        moved, _ = Augmentation(3, flip=True)(rows, torch.zeros(64))
    as_was = [torch.equal(a, b) for a, b in zip(moved, rows, strict=True)]
    mirrored = [torch.equal(a, b.flip(2)) for a, b in zip(moved, rows, strict=True)]
    assert all(a or b for a, b in zip(as_was, mirrored, strict=True)) and 16 < sum(mirrored) < 48


def test_turned_images_keep_their_middle_and_a_turn_of_nothing_is_none():
    rows = batch()
    with alone(0):
        turned, _ = Augmentation(3, rotate=1e-9)(rows, torch.zeros(64))
        far, _ = Augmentation(3, rotate=30.0)(rows, torch.zeros(64))
    assert torch.allclose(turned, rows.float(), atol=1e-3)
    assert far.shape == rows.shape and far.min() >= 0 and far.max() <= 255 and not torch.allclose(far, rows.float())


@pytest.mark.parametrize("mix", ["mixup", "cutmix"])
@pytest.mark.parametrize("values", [False, True])
def test_mixed_targets_are_those_of_the_mixed_pixels(mix, values):
    """Each image is all one value, which is its target too: pixels and targets must be mixed alike."""
    number = torch.arange(8)
    rows = (30 * number).to(torch.uint8)[:, None, None, None].expand(8, 1, 9, 9)
    targets = number[:, None].float() if values else number
    with alone(3):
        made = [Augmentation(8, mix=mix)(rows, targets) for _ in range(12)]
    changed = [(x.float(), y) for x, y in made if not torch.equal(x.float(), rows.float())]
    assert 2 <= len(changed) < 12
    for x, y in changed:
        meant = 30 * (y[:, 0] if values else y @ torch.arange(8.0))
        assert torch.allclose(x.mean((1, 2, 3)), meant, atol=1e-3)


def test_the_seed_decides_what_is_done_to_the_images():
    rows, change = batch(), Augmentation(3, shift=0.2, rotate=5.0, flip=True, mix="cutmix")
    made = []
    for seed in (1, 1, 2):
        with alone(seed):
            made.append(change(rows, torch.arange(64) % 3)[0])
    assert torch.equal(made[0], made[1]) and not torch.equal(made[0], made[2])


def test_rows_to_stop_on_and_to_predict_are_not_augmented():
    data = images()
    form = fit(dataclasses.replace(SMALL, mix="cutmix", flip=True, rotate=20.0), data)
    assert np.array_equal(form.predict(data.x), form.predict(data.x))


# Trunks


@pytest.mark.parametrize("sides", [(1, 1), (4, 4), (8, 8), (5, 40), (28, 28), (96, 96)])
@pytest.mark.parametrize("channels", [1, 3])
def test_networks_fit_images_of_every_size_and_their_graph_is_the_same(sides, channels):
    form = fresh((channels, *sides))
    x = rows_of(form)
    graph = Session(form_graph(form, x.shape[1], np.uint8)).run({"x": x})["y"]
    assert np.abs(graph - form.predict(x)).max() < 1e-5
    assert min(trunk_for((channels, *sides), 8).shape((channels, *sides))[1:]) <= 12


def test_one_row_and_five_rows_are_learned_from():
    for count in (1, 5):
        data = images(count)
        said = fit(SMALL, data).predict(data.x)
        assert said.shape == (count, 3) and np.allclose(said.sum(axis=1), 1)


def test_it_learns_where_the_square_is():
    form = fit(SMALL, images())
    new = images(seed=5)
    assert (form.predict(new.x).argmax(axis=1) == new.y).mean() > 0.95


def test_grey_images_become_coloured_ones_and_back():
    for channels, wanted in ((1, 3), (3, 1)):
        form = fresh((channels, 8, 8))
        body = Sequential((Recolour(wanted),))
        network = Network(form.input, body)
        x = rows_of(form)
        said = network(form.input.held(x))
        assert said.shape == (5, wanted, 8, 8)
        assert torch.allclose(said.mean(1), network.input.forward(form.input.held(x)).values.mean(1), atol=1e-6)


# What places give


def maps_of(form, x):
    return Session(map_graph(form, x.shape[1])).run({"x": x})


@pytest.mark.parametrize("places", [True, False])
def test_base_and_what_places_give_are_the_score(places):
    form = fresh((1, 12, 20), places=places)
    x = rows_of(form)
    made = maps_of(form, x)
    scores = form.network().scores(form.input.held(x)).numpy()
    sums = made["base"] + made["map"].sum(axis=(2, 3))
    assert made["map"].shape[1:] == (3, 6, 10)
    assert np.abs(sums - (scores - scores.mean(axis=1, keepdims=True))).max() < 1e-4


@pytest.mark.parametrize("places", [True, False])
def test_maps_are_gradients_times_what_was_found(places):
    """HiResCAM, and of a mean over places Grad-CAM: both by autograd."""
    form = fresh((1, 12, 12), places=places)
    x = rows_of(form, 1)
    network = form.network()
    trunk, head = form.body.layers
    found = trunk.forward(network.parts[0], form.input.forward(form.input.held(x)))
    held = found.values.detach().requires_grad_()
    scores = head.forward(network.parts[1], found.of(held)).values
    (scores[0, 1] - scores[0].mean()).backward()
    hi_res = (held.grad * held)[0].sum(0).detach().numpy()
    assert np.abs(hi_res - maps_of(form, x)["map"][0, 1]).max() < 1e-5
    grad_cam = (held.grad.mean((2, 3), keepdim=True) * held)[0].sum(0).detach().numpy()
    assert (np.abs(grad_cam - hi_res).max() < 1e-5) == (not places)


def test_maps_point_at_the_square():
    form, data = fit(SMALL, images()), images(9, seed=5)
    made = maps_of(form, data.x)["map"]
    columns = made.clip(0).sum(axis=2)  # [N, K, w]
    for label, row in zip(data.y, columns, strict=True):
        thirds = [part.sum() for part in np.array_split(row[label], 3)]
        assert np.argmax(thirds) == label


def test_maps_of_randomised_weights_are_others():
    """The sanity check of Adebayo and others (2018): a map must depend on what was learned."""
    form, data = fit(SMALL, images()), images(30, seed=5)
    rng = RNG(0)
    learned = np.array([maps_of(form, data.x)["map"][i, y].ravel() for i, y in enumerate(data.y)])
    for prefix in ("0.", "1."):
        drawn = tuple(
            (n, rng.permutation(w.ravel()).reshape(w.shape) if n.startswith(prefix) else w) for n, w in form.weights
        )
        other = maps_of(dataclasses.replace(form, weights=drawn), data.x)["map"]
        random = np.array([other[i, y].ravel() for i, y in enumerate(data.y)])
        alike = np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(learned, random, strict=True)])
        assert alike < 0.5


def test_values_have_maps_in_their_own_units():
    data = images()
    data = dataclasses.replace(data, y=1000.0 + 100.0 * data.y, task="regression", outputs=1)
    form = fit(SMALL, data)
    made = maps_of(form, data.x)
    assert np.allclose(made["base"] + made["map"].sum(axis=(2, 3)), form.predict(data.x), atol=0.1)


def test_networks_with_other_heads_have_none():
    form = fresh((1, 8, 8))
    assert has_maps(form)
    assert not has_maps(dataclasses.replace(form, body=Sequential((form.body.layers[0],))))


# Files


def test_what_is_written_is_read_again(tmp_path):
    form = fresh((3, 12, 12))
    for name, data in files_of(form).items():
        (tmp_path / name).write_bytes(data)
    again = read_form(tmp_path)
    assert again.body == form.body and again.input == form.input
    assert np.array_equal(again.predict(rows_of(form)), form.predict(rows_of(form)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(b'"is": "conv2d"', b'"is": "os"'),
        lambda text: text.replace(b'"is": "conv2d"', b'"is": "../conv2d"'),
        lambda text: text.replace(b'"channels": 8', b'"chanels": 8'),
        lambda text: text[:-20],
        lambda text: b"[]",
        lambda text: b'{"input": {}, "body": {"is": "dense"}, "softmax": true, "out": [], "base": []}',
    ],
)
def test_files_that_are_not_as_written_are_refused(tmp_path, damage):
    for name, data in files_of(fresh((3, 12, 12))).items():
        (tmp_path / name).write_bytes(data)
    path = tmp_path / LAYOUT
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(WishError) as raised:
        read_form(tmp_path)
    assert raised.value.code == "NF-E373" and LAYOUT in raised.value.message


def test_a_pickle_in_place_of_weights_is_refused(tmp_path):
    form = fresh((1, 8, 8))
    (tmp_path / LAYOUT).write_bytes(files_of(form)[LAYOUT])
    torch.save(dict.fromkeys("a", torch.zeros(1)), tmp_path / WEIGHTS)
    with pytest.raises(WishError) as raised:
        read_form(tmp_path)
    assert WEIGHTS in raised.value.message


# Going on from what was learned


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a network that has learned from images like these, but coloured and larger."""
    folder = tmp_path_factory.mktemp("trained")
    for name, data in files_of(fit(SMALL, images(channels=3, height=16, width=16))).items():
        (folder / name).write_bytes(data)
    return folder


TUNED = FineTuned(epochs=2, learning_rate=0.01, shift=0.0)


def weights_of(form, prefix):
    return {name: w for name, w in form.weights if name.startswith(prefix)}


def test_frozen_stages_and_their_norms_stay_as_they_are(trained):
    before = {f"1.{name.removeprefix('0.')}": w for name, w in read_form(trained).weights if name.startswith("0.")}
    still = weights_of(fit(dataclasses.replace(TUNED, backbone=str(trained), frozen=1.0), images()), "1.")
    assert still.keys() == before.keys() and all(np.array_equal(still[name], before[name]) for name in before)
    half = weights_of(fit(dataclasses.replace(TUNED, backbone=str(trained), frozen=0.3), images()), "1.")
    moved = {name for name in before if not np.array_equal(half[name], before[name])}
    assert moved and not any(name.startswith("1.0.") for name in moved)
    assert any("running_mean" in name for name in moved)


def test_stages_near_the_images_move_less(trained):
    before = {f"1.{name.removeprefix('0.')}": w for name, w in read_form(trained).weights if name.startswith("0.")}
    made = weights_of(fit(dataclasses.replace(TUNED, backbone=str(trained), falloff=0.1), images()), "1.")
    moved = [np.abs(made[f"1.{stage}.0.weight"] - before[f"1.{stage}.0.weight"]).mean() for stage in (0, 1, 2)]
    assert moved[0] < 0.5 * moved[1] < 0.25 * moved[2]


def test_it_helps_to_have_learned_before_where_images_are_few(tmp_path):
    before = fit(dataclasses.replace(SMALL, places=False), textures(300, 1, channels=3, side=16))
    for name, data in files_of(before).items():
        (tmp_path / name).write_bytes(data)
    few, new = textures(9, 2), textures(60, 3)
    right = {}
    for start, frozen in (("trained", 1.0), ("scratch", 0.0)):
        tuned = dataclasses.replace(TUNED, epochs=10, backbone=str(tmp_path), start=start, frozen=frozen)
        right[start] = (fit(tuned, few).predict(new.x).argmax(axis=1) == new.y).mean()
    assert right["trained"] > right["scratch"] + 0.1


def test_the_graph_is_the_same(trained):
    form, x = fit(dataclasses.replace(TUNED, backbone=str(trained)), images()), images(8, seed=3).x
    graph = Session(form_graph(form, x.shape[1], np.uint8)).run({"x": x})["y"]
    assert np.abs(graph - form.predict(x)).max() < 1e-5
    assert has_maps(form)
