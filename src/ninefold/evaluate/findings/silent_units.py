"""NF773: units of a network say the same of every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence

SHARE = 0.25
"""Of a layer's units, from which on it is worth a word."""


@dataclass(frozen=True)
class SilentUnits:
    about: ClassVar[About] = About(
        "NF773",
        "Units of a network are dead",
        means="Many units of a layer give every sealed row the same output, mostly 0 behind a ReLU: they take time and "
        "tell nothing, and no gradient reaches them.",
        how="Of a layer of the network with most weight, 25 % of the units or more have outputs that do not differ "
        "over the sealed rows.",
        action="Lower the learning rate, take fewer units or GELU for ReLU, or less shrinkage of the weights.",
        mistaken="On few sealed rows, or rows that are much alike, a unit may only seem to be silent.",
        questions=(27,),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        inside = evidence.evaluation.inside
        dead = [each for each in (inside.layers if inside else ()) if each.silent >= max(SHARE * each.units, 1)]
        if inside is None or not dead:
            return None
        told = ", ".join(f"{each.silent:,} of {each.units:,} in {each.name}" for each in dead)
        return self.about.finding(
            f"{inside.title}: {told}",
            "Lower the learning rate, take fewer units or GELU for ReLU, or less shrinkage of the weights.",
        )
