"""What is shown of the insides of networks."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ninefold.core.inside import Inside, Training
from ninefold.core.results import Map
from ninefold.core.section import Figure, Series, Table
from ninefold.evaluate.written import number

MOST_LAYERS = 6
"""Layers whose gradients are shown: the first, the last, and others evenly between."""
SMALLEST = 1e-12
"""Norms are drawn from here on."""


def figures(inside: Inside | None, drawn: tuple[Map, ...]) -> Iterator[Figure]:
    if inside is None:
        return
    for training in inside.trainings:
        yield _losses(training)
        if len({each.rate for each in training.epochs}) > 1:
            yield _rates(training)
        if training.layers:
            yield _gradients(training)
    yield from (_map(inside, each) for each in drawn)


def _map(inside: Inside, drawn: Map) -> Figure:
    points = list(zip(drawn.x, drawn.y, drawn.codes, strict=True))
    own = {code: [(x, y) for x, y, of in points if of == code] for code in sorted(set(drawn.codes))}
    series = tuple(
        Series(inside.groups[code], tuple(x for x, _ in places), tuple(y for _, y in places))
        for code, places in own.items()
    )
    title = f"{inside.title}: sealed rows as its last layer sees them ({drawn.name})"
    return Figure("scatter", title, series, note=drawn.note, topic="diagnosis")


def _named(training: Training) -> str:
    return f"{training.title} (trial {training.trial})"


def _losses(training: Training) -> Figure:
    epochs = training.epochs
    x = tuple(float(each.epoch) for each in epochs)
    series = [Series("training", x, tuple(each.loss for each in epochs))]
    if all("loss" in each.watched for each in epochs):
        series.append(Series("stopping rows", x, tuple(each.watched["loss"] for each in epochs)))
    title = f"{_named(training)}: best at epoch {training.best} of {epochs[-1].epoch}"
    rate = number(max(each.rate for each in epochs))
    note = f"The first fold, rate {rate}. Dropout and weights of losses are at work in training alone."
    return Figure("lines", title, tuple(series), "epoch", "loss", note, topic="diagnosis")


def _rates(training: Training) -> Figure:
    x, y = zip(*((float(each.epoch), each.rate) for each in training.epochs), strict=True)
    title = f"{_named(training)}: learning rate up to {number(max(y))}"
    return Figure("lines", title, (Series("rate", x, y),), "epoch", "learning rate", topic="diagnosis")


def _gradients(training: Training) -> Figure:
    x = tuple(float(each.epoch) for each in training.epochs)
    layers = training.layers
    step = max(1, math.ceil((len(layers) - 1) / (MOST_LAYERS - 1)))
    shown = dict.fromkeys((*layers[:-1:step], layers[-1]))
    series = tuple(
        Series(layer, x, tuple(math.log10(max(norm, SMALLEST)) for norm in training.gradient(layer))) for layer in shown
    )
    title = f"{_named(training)}: gradients, layer by layer"
    note = "Lines that part by many powers of ten tell that the first layers learn nothing, or that all runs away."
    label = "norm of the gradient, as a power of 10"
    return Figure("lines", title, series, "epoch", label, note, topic="diagnosis")


def tables(inside: Inside | None) -> Iterator[Table]:
    if inside is not None and inside.layers:
        rows = tuple((each.name, each.units, each.silent, each.zeros, each.spread) for each in inside.layers)
        headings = ("layer", "units", "silent", "share of zeros", "spread")
        title = f"{inside.title}: what comes out of its layers"
        yield Table(title, headings, rows, wide=True, topic="diagnosis")
