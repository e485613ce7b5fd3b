"""Multi30k, German to English, by `ninefold run`: BLEU on test2016 of the bundle, of copying and of a dictionary.

The claim: within ``--budget`` (10 minutes) the bundle is better than both by 15 points. ``--write`` writes the section.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import ninefold as nf
import results
from ninefold.core.problem import Budget, Wishes
from ninefold.core.workshop import Workshop
from ninefold.forms.saying import predicted
from ninefold.forms.speaking import Texts, voice_in
from ninefold.metrics.bleu import Bleu
from ninefold.metrics.chrf import Chrf
from ninefold.runs import run

AHEAD = 15.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    data = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--budget", type=float, default=600.0)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.data / "text" / "multi30k"
    sources, targets = (_lines(folder / f"test_2016_flickr.{language}.gz") for language in ("de", "en"))
    with tempfile.TemporaryDirectory() as work:
        table = Path(work) / "pairs.csv"
        _write(table, *(_lines(folder / f"train.{language}.gz") for language in ("de", "en")))
        began = time.monotonic()
        made = run(table, Wishes(target="english", budget=Budget(chosen.budget)), runs=Path(work) / "runs")
        taken = time.monotonic() - began
        trials = {trial.learner: trial for trial in made.leaderboard.trials if trial.state == "finished"}
        voices = {name: voice_in(Workshop(made.folder).spoken(trial.id)) for name, trial in trials.items()}
        said = {name: predicted(voice, Texts("translation", sources, targets)) for name, voice in voices.items()}
        shipped = nf.load(made.bundle).predict({"german": sources}).predictions[:, None]
        size = sum(file.stat().st_size for file in made.bundle.iterdir())
    truth = np.array(targets, object)
    scores = {name: (Bleu().score(truth, each), Chrf().score(truth, each)) for name, each in said.items()}
    ours = Bleu().score(truth, shipped)
    rows = [
        [name, f"{bleu:.1f}", f"{chrf:.1f}", f"{trials[name].seconds:.0f} s"] for name, (bleu, chrf) in scores.items()
    ]
    best = max(scores[name][0] for name in ("copy", "dictionary") if name in scores)
    holds = ours >= best + AHEAD and taken <= 1.05 * chosen.budget
    text = (
        f"`ninefold run pairs.csv --target english --budget {chosen.budget:.0f}s` on the 29,000 pairs of Multi30k, "
        f"{taken:.0f} s with report and bundle ({size / 1e6:.1f} MB). Scores are sacreBLEU's (13a, case kept) on the "
        f"1,000 pairs of test2016. The bundle has {ours:.1f} BLEU, {ours - best:+.1f} beside the better baseline; "
        f"claimed are {AHEAD:+.0f}: {'it holds' if holds else 'it does not hold'}.\n\n"
        + results.table(["speaker", "BLEU", "chrF", "fit"], rows)
    )
    if chosen.write:
        results.write("Translation: Multi30k, German to English", text)
    else:
        print(text)
    return 0 if holds else 1


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.strip() for line in file]


def _write(path: Path, german: list[str], english: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["german", "english"])
        lines.writerows(zip(german, english, strict=True))


if __name__ == "__main__":
    sys.exit(main())
