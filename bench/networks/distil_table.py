"""A distilled table ensemble keeps at least 95 % of its gain over a single LightGBM at no more than a fifth of its
latency: adult, california and diamonds, three seeds each.

Every seed is a run of its own with the budget, which seals a fifth of all rows, and a student of it. The gain is that
on the sealed rows: teacher, student, and the best LightGBM of the teacher's search, which learned the truth alone, are
asked there by their graphs. Latency is the median of a bare call with one row, all three side by side.

Times are of an idle machine or of none: with ``--work`` runs do so many fits in place of taking the budget, so that
what is kept does not depend on how busy it is.

    .venv/bin/python bench/networks.py distil_table --data ../shared/data --budget 60s --write
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from ninefold.runs import Run
from results import table, write

TARGETS = {"adult": "class", "california": "median_house_value", "diamonds": "price"}
KEPT, FASTER = 0.95, 0.2
OF_STUDENT = 70
"""Fits: of every setting of a student and of its rival on all folds."""
NINEFOLD = Path(sys.executable).with_name("ninefold")


@dataclass(frozen=True)
class Line:
    """One seed of one table. ``scores`` and ``us`` of teacher, student and what learned the truth alone."""

    name: str
    seed: int
    scores: tuple[float, ...]
    us: tuple[float, ...]
    bytes: tuple[int, ...]
    higher: bool

    @property
    def gains(self) -> tuple[float, float]:
        """What teacher and student are better by than the truth alone."""
        sign = 1 if self.higher else -1
        teacher, student, alone = self.scores
        return sign * (teacher - alone), sign * (student - alone)


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path(os.environ.get("NINEFOLD_DATA", "../shared/data")))
    asked.add_argument("--only", nargs="*", default=list(TARGETS))
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--budget", default="60s", help="for the teacher, and as much for its student")
    asked.add_argument("--work", type=int, help="fits of the teacher in place of a budget; its student has 70")
    asked.add_argument("--rows", type=int, default=None, help="made rows that teachers are asked about")
    asked.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    given = asked.parse_args(words)
    lines = []
    for name in given.only:
        for seed in range(given.seeds):
            lines.append(measured(name, seed, given))
            print(lines[-1], flush=True)
    body, holds = told(lines, f"{given.work} fits" if given.work else given.budget)
    if given.write:
        write("distilled table ensembles", body)
    else:
        print(body)
    return 0 if holds else 1


def measured(name: str, seed: int, given: argparse.Namespace) -> Line:
    """A run that seals a fifth of the rows, and its student; each line of its table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        parts = [folder.joinpath(f"{part}.csv") for part in ("train", "test")]
        for part in parts:
            with gzip.open(given.data / "tables" / f"{name}.{part.stem}.csv.gz", "rt", encoding="utf-8") as packed:
                part.write_text(packed.read(), "utf-8")
        more = parts[1].read_text("utf-8").partition("\n")[2]
        (folder / "rows.csv").write_text(parts[0].read_text("utf-8").rstrip("\n") + "\n" + more, "utf-8")
        words = ["run", "rows.csv", "--target", TARGETS[name], "--holdout", "0.2", "--seed", str(seed)]
        spent = ["--work", str(given.work)] if given.work else ["--budget", given.budget]
        teacher = answered([*words, *spent], folder)
        spent = ["--work", str(OF_STUDENT)] if given.work else spent
        student = ["distil", str(teacher["run"]), *spent]
        student += [] if given.rows is None else ["--rows", str(given.rows)]
        fifth = FASTER * float(Run(folder / "runs" / str(teacher["run"])).model.microseconds or 0.0)
        made = answered([*student, "--max-latency", f"{fifth:.0f}us"], folder, student)
        lines = three(made["rivals"])
        if len(lines) < 3:
            raise SystemExit(f"{name}: no time was left for LightGBM without a teacher; give it more with --budget")
        scores, us, sizes = (tuple(line[key] for line in lines) for key in ("sealed", "us", "bytes"))
        return Line(name, seed, scores, us, sizes, teacher["metric"] == "roc_auc")


def three(rivals: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Teacher, the student that ships, and what learned the truth alone."""
    teacher = [each for each in rivals if each["name"] == "teacher"]
    ships = [each for each in rivals if each["ships"]]
    return [*teacher, *ships, *(each for each in rivals if each["name"].endswith(", the truth alone"))]


def answered(words: Sequence[str], folder: Path, otherwise: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON answer of a command; where it fails, that of the other one: a fifth may be less than any graph takes."""
    done = subprocess.run([NINEFOLD, *words, "--json"], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode and otherwise:
        return answered(otherwise, folder)
    if done.returncode:
        raise SystemExit(f"ninefold {' '.join(words)}: {done.stdout[-500:]} {done.stderr[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def told(lines: Sequence[Line], budget: str) -> tuple[str, bool]:
    """The section, and whether the claim holds on every table: of the gains' means over seeds."""
    rows, holds = [], True
    for name in dict.fromkeys(line.name for line in lines):
        own = [line for line in lines if line.name == name]
        teacher, student = np.mean([line.gains for line in own], axis=0)
        share = student / teacher if teacher > 0 else float("nan")
        time = float(np.median([line.us[1] / line.us[0] for line in own]))
        weight = float(np.median([line.bytes[1] / line.bytes[0] for line in own]))
        holds = holds and share >= KEPT and time <= FASTER
        means = [f"{value:.5g}" for value in np.mean([line.scores for line in own], axis=0)]
        rows.append((name, *means, f"{share:.0%}", f"{time:.2f}", f"{weight:.2f}"))
    heads = ("table", "teacher", "student", "LightGBM, the truth alone", "gain kept", "its latency", "its size")
    verdict = "The claim holds." if holds else "The claim does not hold on every table."
    body = f"Means over {len({line.seed for line in lines})} seeds, {budget} for each run.\n\n{table(heads, rows)}\n\n"
    return body + verdict, holds


if __name__ == "__main__":
    sys.exit(main())
