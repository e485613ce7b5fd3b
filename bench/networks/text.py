"""How well texts are told apart: MR by ten folds, SST-2 and TREC on their official test sets."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.problem import Budget, Wishes
from ninefold.core.protocols import Block, Examples, Known
from ninefold.forms.recipe import apply_step
from ninefold.runs import run
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.model import Model

WANTED = {"mr": 0.79, "sst2": 0.81, "trec": 0.88}
"""Accuracy by the best of all text learners, from scratch and without other texts."""
TRIED: dict[str, list[dict[str, Any]]] = {
    "text_linear": [{}, {"weigh": "tf_idf", "c": 10.0}],
    "bag_of_embeddings": [{}],
    "text_cnn": [{}],
    "text_recurrent": [{}],
    "text_transformer": [{}],
}
FOLDS, STOP = 10, 0.1
"""Of MR; share of the training rows that networks stop on."""
Texts = tuple[np.ndarray[Any, Any], list[str]]
"""Class codes and texts."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder with text/mr, text/sst, text/trec")
    parser.add_argument("--only", nargs="*", default=list(WANTED), choices=list(WANTED))
    parser.add_argument("--learner", nargs="*", default=list(TRIED), choices=list(TRIED))
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the ten folds of MR")
    parser.add_argument("--run", metavar="BUDGET", type=float, help="seconds of `ninefold run` on each as well")
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args()
    rows = []
    for name in chosen.only:
        splits = list(split(name, Path(chosen.data) / "text"))[: chosen.folds]
        for learner in chosen.learner:
            rows += [measured(name, splits, learner, settings) for settings in TRIED[learner]]
            print(*rows[-1], flush=True)
        if chosen.run:
            rows.append(whole(name, splits[0], chosen.run))
    body = results.table(("texts", "learner", "accuracy", "CPU seconds of a fit", "wanted"), rows)
    if chosen.write:
        results.write("text", body)
    else:
        print(body)
    best = {name: max(float(str(row[2])) for row in rows if row[0] == name) for name in chosen.only}
    return int(any(best[name] < WANTED[name] for name in chosen.only))


def split(name: str, folder: Path) -> Iterator[tuple[Texts, Texts]]:
    """Training and test texts, of MR ten times, stratified."""
    if name == "mr":
        y, texts = read(folder / "mr/rt-polarity.all", "latin-1")
        order = np.random.default_rng(0).permutation(len(y))
        place = np.empty(len(y), int)
        for label in (0, 1):
            of_label = order[y[order] == label]
            place[of_label] = np.arange(len(of_label)) % FOLDS
        for fold in range(FOLDS):
            sides = (np.flatnonzero(place != fold), np.flatnonzero(place == fold))
            train, test = ((y[rows], [texts[i] for i in rows]) for rows in sides)
            yield train, test
    elif name == "sst2":
        yield read(folder / "sst/stsa.binary.train", "utf-8"), read(folder / "sst/stsa.binary.test", "utf-8")
    else:
        yield read(folder / "trec/TREC.train.all", "latin-1"), read(folder / "trec/TREC.test.all", "latin-1")


def read(path: Path, encoding: str) -> Texts:
    """Lines of a class number and a text; not `splitlines`, as some texts hold other marks of a line's end."""
    pairs = [line.split(" ", 1) for line in path.read_text(encoding).split("\n") if line]
    return np.array([int(label) for label, _ in pairs]), [text for _, text in pairs]


def measured(
    name: str, splits: list[tuple[Texts, Texts]], learner: str, settings: dict[str, Any]
) -> tuple[object, ...]:
    scores, seconds = [], []
    for train, test in splits:
        started = time.process_time()
        scores.append(accuracy(train, test, learner, settings))
        seconds.append(time.process_time() - started)
    told = " ".join([learner, *(str(value) for value in settings.values() if isinstance(value, str))])
    return name, told, f"{np.mean(scores):.4f}", f"{np.mean(seconds):.1f}", WANTED[name]


def accuracy(train: Texts, test: Texts, learner: str, settings: dict[str, Any]) -> float:
    y, texts = train
    order = np.random.default_rng(1).permutation(len(y))
    y, block = y[order], Block(np.array(texts, object)[order][:, None], ("text",))
    known = Known(y, "binary" if y.max() == 1 else "multiclass", int(y.max()) + 1)
    rng = np.random.default_rng(0)
    step = parts.make("ninefold.features.steps", "word_ids").fit(block, known, rng=rng)
    part = parts.make("ninefold.learners", learner, settings)
    x = apply_step(step, block.values)
    cut = round(len(y) * (1 - STOP)) if parts.growth(part) else len(y)
    stop = Examples(x[cut:], y[cut:], known.task, known.outputs, step.names) if cut < len(y) else None
    examples = Examples(x[:cut], y[:cut], known.task, known.outputs, step.names, stop=stop)
    form = part.fit(examples, rng=rng, clock=Clock())
    said = form.predict(apply_step(step, np.array(test[1], object)[:, None]))
    return float((said.argmax(axis=1) == test[0]).mean())


def whole(name: str, texts: tuple[Texts, Texts], budget: float) -> tuple[object, ...]:
    """`ninefold run` on the training texts, scored by its bundle on the test texts."""
    (y, train), (truth, test) = texts
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.parquet"
        pl.DataFrame({"text": train, "label": [f"class {label}" for label in y]}).write_parquet(path)
        made = run(path, Wishes(target="label", budget=Budget(seconds=budget)), runs=Path(folder) / "runs")
        bundle = read_bundle(made.bundle)
        labels = Model(bundle.graph, bundle.schema).predict({"text": test}).predictions
    right = np.mean([said == f"class {label}" for said, label in zip(labels, truth, strict=True)])
    return name, f"ninefold run, {budget:.0f} s", f"{right:.4f}", "", WANTED[name]


if __name__ == "__main__":
    sys.exit(main())
