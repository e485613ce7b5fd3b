"""Whether it helps to have learned from other images: ten images of each of some classes, by a network that has learned
other classes, against the same network from scratch, over five seeds.

Five digits after five others, clothes likewise, photographs of hands that sign a digit likewise, and the characters of
one alphabet after those of four others, which is what backbones are for: many classes before, few images after. Both
networks are fitted with either head of `fine_tuned`, by the rates of its portfolio; the better head of the one is held
against the better head of the other.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results
from networks.images_cnn import examples, idx

EACH = 10
"""Images of each new class."""
GAIN = 0.05
EPOCHS = 60
RATES = {"trained": 0.0025, "scratch": 0.005}
HEADS = {"mean": False, "places": True}
CHANGED: dict[str, dict[str, Any]] = {
    "mnist": {},
    "fashion-mnist": {"flip": True},
    "signs": {"flip": True, "rotate": 10.0},
    "characters": {"rotate": 10.0},
}
"""How the backbone's training images are changed; of ten a class both networks learn more without."""
Images = tuple[np.ndarray, np.ndarray]
"""uint8 [N, H, W, C] and labels int64 [N]."""


@dataclass(frozen=True)
class Given:
    """``test`` is None where none is published. The backbone learns the classes below ``new``."""

    known: Images
    test: Images | None = None
    new: int = 5

    @property
    def old(self) -> Images:
        x, y = self.known
        return x[y < self.new], y[y < self.new]

    def fresh(self, images: Images) -> Images:
        """Those of the new classes, which are counted from 0."""
        x, y = images
        return x[y >= self.new], y[y >= self.new] - self.new


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds images/")
    parser.add_argument("--rows", type=int, default=10_000, help="images that the backbone learns from at most")
    parser.add_argument("--seconds", type=float, default=120.0, help="of the backbone's training")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args()
    rows, kept = [], {}
    for name in chosen.only:
        found = measured(name, Path(chosen.data) / "images", chosen)
        gain = better(found, "trained") - better(found, "scratch")
        kept[name] = bool(gain.mean() >= GAIN)
        rows.append([name, *(f"{each.mean():.3f}" for each in found.values()), *summed(gain), f"{gain.min():+.3f}"])
        print(*rows[-1], flush=True)
    body = f"{told(chosen, kept)}\n\n{results.table(HEADINGS, rows)}"
    if chosen.write:
        results.write("networks: transfer", body)
    else:
        print(body)
    return int(not all(kept.values()))


HEADINGS = ["data", *(f"{start}, {head}" for start in RATES for head in HEADS), "gain", "least gain"]


def told(chosen: argparse.Namespace, kept: dict[str, bool]) -> str:
    verdict = ", ".join(f"{name} {'kept' if held else 'missed'}" for name, held in kept.items())
    return (
        "Accuracy on images of classes that the backbone has never seen; it learned other classes from at most "
        f"{chosen.rows:,} images in {chosen.seconds:.0f} s. {EACH} images a class, means over {chosen.seeds} draws. "
        "The head takes means over all places, or tells places apart; the gain is between the better heads of both. "
        f"At least {GAIN:.0%}: {verdict}."
    )


def summed(gain: np.ndarray) -> list[str]:
    spread = gain.std(ddof=1) if len(gain) > 1 else 0.0
    return [f"{gain.mean():+.3f} ± {spread:.3f}"]


def better(found: dict[tuple[str, str], np.ndarray], start: str) -> np.ndarray:
    """Accuracies [seeds] with the head that is better on the mean."""
    return max((found[start, head] for head in HEADS), key=lambda each: float(each.mean()))


def measured(name: str, folder: Path, chosen: argparse.Namespace) -> dict[tuple[str, str], np.ndarray]:
    """Accuracies [seeds] by start and head; without a published test part, on all that is not learned from."""
    from ninefold.core.clock import Clock
    from ninefold.learners.fine_tuned import FineTuned

    given = SETS[name](folder)
    fresh_x, fresh_y = given.fresh(given.known)
    found: dict[tuple[str, str], list[float]] = {(start, head): [] for start in RATES for head in HEADS}
    with tempfile.TemporaryDirectory() as place:
        backbone(Path(place), *given.old, CHANGED[name], chosen)
        tuned = FineTuned(backbone=place, epochs=EPOCHS, device=chosen.device)
        for seed in range(chosen.seeds):
            rng = np.random.default_rng(seed)
            few = np.concatenate([rng.choice(np.flatnonzero(fresh_y == c), EACH, False) for c in np.unique(fresh_y)])
            rest = np.setdiff1d(np.arange(len(fresh_y)), few)
            asked, truth = (fresh_x[rest], fresh_y[rest]) if given.test is None else given.fresh(given.test)
            for (start, head), scores in found.items():
                learner = replace(tuned, start=start, places=HEADS[head], learning_rate=RATES[start])
                learned = examples(fresh_x[few], fresh_y[few])
                form = learner.fit(learned, rng=np.random.default_rng(seed), clock=Clock())
                scores.append(float((form.predict(asked.reshape(len(asked), -1)).argmax(axis=1) == truth).mean()))
    return {which: np.array(scores) for which, scores in found.items()}


def backbone(place: Path, x: np.ndarray, y: np.ndarray, changed: dict[str, Any], chosen: argparse.Namespace) -> None:
    """A network that has learned the old classes, as files."""
    from ninefold.core.clock import Clock
    from ninefold.learners.cnn import CNN
    from ninefold.networks.stored import files_of

    learner = CNN(places=False, epochs=EPOCHS, device=chosen.device, **changed)
    learned = examples(x[: chosen.rows], y[: chosen.rows])
    form = learner.fit(learned, rng=np.random.default_rng(0), clock=Clock(chosen.seconds))
    for name, data in files_of(form).items():
        (place / name).write_bytes(data)


def published(name: str) -> Callable[[Path], Given]:
    """Training and test part of an IDX set of grey images."""

    def read(folder: Path) -> Given:
        train, test = (idx(folder / name, part) for part in ("train", "t10k"))
        return Given((train[0][..., None], train[1]), (test[0][..., None], test[1]))

    return read


def signs(folder: Path) -> Given:
    """Photographs of hands."""
    known, _ = pictures(folder / "sign-language-digits" / "sign-language-digits.zip", ".jpg", "RGB", 64)
    return Given(known)


def characters(folder: Path) -> Given:
    """Characters of five alphabets, each written by twenty people; those of the last alphabet are new."""
    (x, y), names = pictures(folder / "omniglot" / "images_background_small1.zip", ".png", "L", 28)
    alphabets = [name.rpartition("/")[0] for name in names]
    return Given((255 - x, y), new=alphabets.index(alphabets[-1]))


def pictures(packed: Path, ending: str, mode: str, side: int) -> tuple[Images, list[str]]:
    """All pictures of a zip file, of ``side`` pixels a side, and the folders, each of which is a class."""
    from PIL import Image

    with zipfile.ZipFile(packed) as file:
        names = sorted(name for name in file.namelist() if name.lower().endswith(ending))
        read = [Image.open(io.BytesIO(file.read(name))).convert(mode) for name in names]
    x = np.stack([np.asarray(each.resize((side, side), Image.Resampling.BOX)) for each in read])
    folders, y = np.unique([name.rpartition("/")[0] for name in names], return_inverse=True)
    return (x.reshape(len(x), side, side, -1), y), folders.tolist()


SETS = {
    "mnist": published("mnist"),
    "fashion-mnist": published("fashion-mnist"),
    "signs": signs,
    "characters": characters,
}


if __name__ == "__main__":
    sys.exit(main())
