"""NF711: a share of the labels is probably wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.section import Finding
from ninefold.evaluate import labels
from ninefold.evaluate.evidence import Evidence


@dataclass(frozen=True)
class LabelNoise:
    about: ClassVar[About] = About(
        "NF711",
        "Some labels are probably wrong",
        means="Even the rows that the model is surest of come out otherwise at a steady rate. Classes that overlap "
        "do not look like that: there, errors fade where the model is sure. So labels seem to have been mixed up at "
        "random.",
        how="Out-of-fold predictions of the training rows, two counts. How many labels: the rows off the diagonal "
        "of the confident joint (confident learning, Northcutt and others 2021). Whether to say so: the share of "
        f"errors in the surest quarter of the rows lies above {labels.LEAST:.0%} by {labels.SIGMAS:.0f} standard "
        f"errors, and that of the next quarter is below {labels.STEEP:.0f} times as many (less still where errors "
        f"are common) by {labels.APART:.0f}; in logistic models of any strength overlap makes more of it. From "
        f"{labels.FEWEST:,} rows on.",
        action="Look at the rows whose label the predictions deny, correct them in the source, and run again. "
        "Sealed rows have wrong labels too, so the score is an underestimate of the model and an honest one of the "
        "data.",
        mistaken="Events that nothing in the columns foretells look the same, as where rows fall into a few large "
        "cells. Mistakes that follow a rule (one labeller, one kind of row) are learned like truth and not seen; "
        "neither is noise in problems that are hard.",
        questions=(7, 9),
    )

    def find(self, seen: Evidence) -> Finding | None:
        found = seen.labels
        if found is None or not found.is_noise or not found.denied:
            return None
        given, likely = (seen.problem.classes[code] for code in found.pair)
        evidence = (
            f"{found.surest:.1%} of the labels contradict the model where it is surest, {found.next:.1%} in the next "
            f"quarter of the rows; about {found.denied:,} of {found.rows:,} training rows "
            f"({found.denied / found.rows:.1%}) are denied out of fold, most often {given} for {likely} "
            f"({found.times:,})"
        )
        return self.about.finding(evidence, "Look at how rows were labelled; correct them in the source and run again.")
