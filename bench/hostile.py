"""Hostile and broken bundles, each loaded in a child: the corpus of the tests, then random mutations of honest bundles.

A mutation changes, cuts, doubles or removes bytes of one file. Half of the bundles are sealed again, as somebody could
who means harm; some are packed into a zip file first. The rest must be refused as altered. A child that dies, ends in
anything but one of our errors, takes more than 256 MB or more than 2 s of CPU, or opens a file elsewhere breaks the
claim.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import results

sys.path.insert(0, str(results.ROOT / "tests"))

import bundles
from confined import LIMIT_MB, LIMIT_S, Confined
from hostile import CASES, reseal
from ninefold_runtime.bundle import pack

TASKS = ("binary", "multiclass", "regression", "multilabel", "quantile")
WORDS = (b"\x00" * 8, b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\x80" * 9 + b"\x01", b"-1", b"1e308", b"null", b"[", b'"')
"""What numbers and texts are replaced with."""


@dataclass
class Tally:
    """What became of the bundles of one kind."""

    codes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    mb: float = 0.0
    cpu: float = 0.0

    def add(self, name: str, told: dict[str, Any], wanted: str | None = None) -> None:
        self.codes[told["code"] or ("crashed" if told["crash"] else "used")] += 1
        self.mb, self.cpu = max(self.mb, told["mb"]), max(self.cpu, told["cpu"])
        wrong = wanted is not None and told["code"] != wanted
        if told["crash"] or told["events"] or told["mb"] > LIMIT_MB or told["cpu"] > LIMIT_S or wrong:
            self.faults.append(f"{name}: {told}")

    def row(self, name: str) -> list[object]:
        codes = ", ".join(f"{code} {count}" for code, count in sorted(self.codes.items()))
        return [name, self.codes.total(), codes, f"{self.mb:.0f}", f"{self.cpu:.2f}", len(self.faults)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000, help="mutations")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bundle", type=Path, action="append", default=[], help="a bundle to mutate, besides our own")
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args()
    process = Confined()
    with tempfile.TemporaryDirectory() as scratch:
        tallies = {"corpus": _corpus(Path(scratch), process)}
        tallies |= _mutated(Path(scratch), process, chosen)
    process.close()
    body = results.table(
        ["bundles", "count", "what became of them", "MB at most", "CPU s at most", "broken claims"],
        [tally.row(name) for name, tally in tallies.items()],
    )
    faults = [fault for tally in tallies.values() for fault in tally.faults]
    for fault in faults:
        print(fault, file=sys.stderr)
    claim = f"None may crash, take {LIMIT_MB} MB or {LIMIT_S:g} s of CPU, or open a file elsewhere: "
    body += f"\n\nSeed {chosen.seed}. {claim}{'MISSED' if faults else 'kept'}."
    if chosen.write:
        results.write("hostile", body)
    else:
        print(body)
    return int(bool(faults))


def _corpus(scratch: Path, process: Confined) -> Tally:
    """Every case of the tests, refused by its code."""
    honest, tally = bundles.write(scratch / "honest", sketched=200, background=5), Tally()
    for i, (name, case) in enumerate(CASES.items()):
        folder = scratch / f"case {i}" / "bundle"
        shutil.copytree(honest, folder)
        changed = case.change(folder)
        tally.add(name, process.load(changed if isinstance(changed, Path) else folder), case.code)
        shutil.rmtree(folder.parent)
    return tally


def _mutated(scratch: Path, process: Confined, chosen: argparse.Namespace) -> dict[str, Tally]:
    tallies = {"mutated, sealed again": Tally(), "mutated": Tally(), "mutated zip": Tally()}
    made = [bundles.write(scratch / task, task, sketched=200, background=5) for task in TASKS]
    rng = random.Random(chosen.seed)
    for number, place in enumerate(_places(scratch, [*made, *chosen.bundle], chosen.count)):
        kind = rng.choices(list(tallies), (2, 1, 1))[0]
        target = _damaged(place, kind, rng)
        wanted = "NF-R105" if kind == "mutated" else None
        tallies[kind].add(f"{kind} {number}", process.load(target), wanted)
    return tallies


def _places(scratch: Path, sources: list[Path], count: int) -> Iterator[Path]:
    """A fresh copy of a bundle, again and again."""
    place = scratch / "mutant" / "bundle"
    for number in range(count):
        shutil.rmtree(place.parent, ignore_errors=True)
        shutil.copytree(sources[number % len(sources)], place)
        yield place


def _damaged(place: Path, kind: str, rng: random.Random) -> Path:
    if kind == "mutated zip":
        target = place.parent / "bundle.zip"
        pack(place, target)
    else:
        target = rng.choice([path for path in sorted(place.iterdir()) if path.name != "MANIFEST.json"])
    data = target.read_bytes()
    mutant = data
    while mutant == data:
        mutant = _mutant(data, rng)
    target.write_bytes(mutant)
    if kind == "mutated, sealed again":
        reseal(place)
    return target if kind == "mutated zip" else place


def _mutant(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at, size = rng.randrange(len(made) + 1), rng.choice((1, 1, 2, 4, 8, 64))
        change = rng.randrange(6)
        if change == 0:
            made[at : at + size] = rng.randbytes(size)
        elif change == 1:
            del made[at : at + size]
        elif change == 2:
            made[at:at] = made[at : at + size]
        elif change == 3:
            word = rng.choice(WORDS)
            made[at : at + len(word)] = word
        elif change == 4:
            made[at:at] = rng.randbytes(size)
        elif at < len(made):
            made[at] ^= 1 << rng.randrange(8)
    return bytes(made[: rng.randrange(len(made) + 1)] if rng.random() < 0.05 else made)


if __name__ == "__main__":
    sys.exit(main())
