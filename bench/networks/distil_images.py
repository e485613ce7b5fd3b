"""A student network closes at least 40 % of the gap between itself alone and its teacher: 10,000 images of MNIST, three
seeds, judged by graphs on the 10,000 official test images, once.

The teacher is the learner `cnn`. The student is Hinton's (2015), two layers of 800 units over all pixels. Alone and
taught it has the same images, start, passes, rates and augmentation; taught it learns the teacher's probabilities, made
softer by a temperature, mixed with the truth. What 8 bits make of the taught student stands below it.

    .venv/bin/python bench/networks.py distil_images --data ../shared/data --write
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from networks.images_cnn import examples, idx
from ninefold.core.clock import Clock
from ninefold.core.lesson import Lesson
from ninefold.core.problem import Teaching
from ninefold.core.protocols import Examples, Form
from ninefold.core.table import Rows
from ninefold.crew.teaching import taught
from ninefold.distil import OF_CLASSES, SOFT
from ninefold.forms.int8 import int8_graphs
from ninefold.forms.onnx import Session, form_graph
from ninefold.learners._images import Augmented, sides
from ninefold.learners.cnn import CNN
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layer import Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.sequential import Sequential
from ninefold.train.limits import microseconds
from results import table, write

CLOSED = 0.4
TEACHER, ALONE, TAUGHT = "teacher", "student alone", "student taught"
Array = Any


@dataclass(frozen=True)
class Student(Augmented):
    """Two layers of units over all pixels."""

    width: int = 800

    def fit(self, data: Examples, *, rng: np.random.Generator) -> Form:
        plan, pixels = self.plan(len(data.y)), Pixels.of(data.x, sides_of(data))
        return fitted(data, pixels, self._body, plan, rng=rng, clock=Clock(), augment=self.augmentation(data))

    def _body(self, scores: int) -> Layer:
        one = (Dense(self.width, start="he"), Activation())
        return Sequential((Flatten(), *one, *one, Dense(scores)))


def sides_of(data: Examples) -> tuple[int, ...]:
    channels, height, width = sides(data)
    return height, width, channels


@dataclass(frozen=True)
class Line:
    seed: int
    name: str
    right: float
    bytes: int
    microseconds: float


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path(os.environ.get("NINEFOLD_DATA", "../shared/data")))
    asked.add_argument("--rows", type=int, default=10_000)
    asked.add_argument("--tested", type=int, default=10_000, help="official test images")
    asked.add_argument("--epochs", type=int, default=20)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--temperature", type=float, default=SOFT)
    asked.add_argument("--mix", type=float, default=OF_CLASSES)
    asked.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    asked.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    given = asked.parse_args(words)
    lines: list[Line] = []
    for seed in range(given.seeds):
        for line in one_seed(seed, given):
            lines.append(line)
            print(line, flush=True)
    body, holds = told(lines, given)
    if given.write:
        write("distilled networks", body)
    else:
        print(body)
    return 0 if holds else 1


def one_seed(seed: int, given: argparse.Namespace) -> list[Line]:
    folder = given.data / "images" / "mnist"
    (x, y), (test, truth) = idx(folder, "train"), (part[: given.tested] for part in idx(folder, "t10k"))
    drawn = np.random.default_rng(seed).permutation(len(x))[: given.rows]
    data = examples(x[drawn], y[drawn])
    asked = test.reshape(len(test), -1)

    def line(name: str, graph: bytes) -> Line:
        right = float((said(graph, asked).argmax(axis=1) == truth).mean())
        return Line(seed, name, right, len(graph), microseconds(graph, Rows({"x": asked}, truth)))

    teacher = graph_of(replace(CNN(), epochs=given.epochs, rotate=8.0, device=given.device), data, seed)
    student = Student(epochs=given.epochs, dropout=0.0, device=given.device)
    learned = fit(student, lesson(data, teacher, given, seed), seed)
    return [
        line(TEACHER, teacher),
        line(ALONE, graph_of(student, data, seed)),
        line(TAUGHT, form_graph(learned, asked.shape[1], np.uint8)),
        *(line(f"{TAUGHT}, {kind}", graph) for kind, graph in int8_graphs(learned, data.x).items()),
    ]


def lesson(data: Examples, teacher: bytes, given: argparse.Namespace, seed: int) -> Examples:
    """The images with the teacher's answers beside the truth."""
    how, nothing = Teaching("cnn", given.mix, given.temperature), Rows({}, np.zeros(0))
    told = Lesson(said(teacher, data.x), nothing, np.zeros((0, data.outputs)))
    return taught(data, told, how, None, np.random.default_rng([seed, 3]))


def fit(learner: Any, data: Examples, seed: int) -> Form:
    more = {} if isinstance(learner, Student) else {"clock": Clock()}
    form: Form = learner.fit(data, rng=np.random.default_rng([seed, 1]), **more)
    return form


def graph_of(learner: Any, data: Examples, seed: int) -> bytes:
    return form_graph(fit(learner, data, seed), data.x.shape[1], np.uint8)


def said(graph: bytes, x: Array) -> Array:
    session = Session(graph)
    return np.concatenate([session.run({"x": x[i : i + 500]})["y"] for i in range(0, len(x), 500)])


def told(lines: Sequence[Line], given: argparse.Namespace) -> tuple[str, bool]:
    """The section, and whether the gap is closed as far as is claimed: of means over seeds."""
    names = list(dict.fromkeys(line.name for line in lines))
    mean = {name: float(np.mean([line.right for line in lines if line.name == name])) for name in names}
    gap, rows = mean[TEACHER] - mean[ALONE], []
    for name in names:
        own = [line for line in lines if line.name == name]
        closed = f"{(mean[name] - mean[ALONE]) / gap:.0%}" if name.startswith(TAUGHT) and gap > 0 else ""
        each = " ".join(f"{line.right:.4f}" for line in own)
        size, us = own[0].bytes, np.median([line.microseconds for line in own])
        rows.append((name, f"{mean[name]:.4f}", each, closed, f"{size / 1e3:,.0f} kB", f"{us:.0f}"))
    holds = gap > 0 and mean[TAUGHT] - mean[ALONE] >= CLOSED * gap
    heads = ("network", "right", "each seed", "of the gap", "size", "µs, 1 row")
    how = (
        f"{given.rows:,} images of MNIST, {given.epochs} passes, temperature {given.temperature:g}, mix {given.mix:g}."
    )
    verdict = "The claim holds." if holds else "The claim does not hold."
    return f"{how}\n\n{table(heads, rows)}\n\n{verdict}", holds


if __name__ == "__main__":
    sys.exit(main())
