"""NF600: the graph equals the fitted Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.results import Model
from ninefold.core.section import Finding


@dataclass(frozen=True)
class Proven:
    about: ClassVar[About] = About(
        "NF600",
        "The graph equals the fitted Python",
        means="What ships (one ONNX graph) gives the same predictions as what was fitted and scored.",
        how="Both are asked about training rows and about rows made to be awkward (extreme, missing, unseen values, "
        "values exactly on thresholds); the largest difference must stay within the tolerance, and all labels must "
        "be equal.",
        action="Nothing. A learner whose graph differs is left out of it by name (NF601).",
        mistaken="It holds for the rows that were asked about, and for this version of ONNX Runtime.",
        level="good",
        questions=(7,),
    )

    def find(self, seen: Model) -> Finding | None:
        proof = seen.parity
        evidence = (
            f"On {proof.training_rows:,} training rows and {proof.fuzzed_rows:,} rows with extreme, missing and unseen "
            f"values the largest difference is {proof.largest_difference:.1e} (allowed: {proof.tolerance:.0e}); "
            "the labels are identical."
        )
        if seen.int8 is not None:
            evidence += f" That is the graph without numbers of 8 bits; what ships has {seen.int8.cost}."
        return self.about.finding(evidence, "")
