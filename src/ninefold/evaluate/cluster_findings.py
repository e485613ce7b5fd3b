"""What an evaluation of clusters may warn of, codes NF720 to NF729."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.evaluate.findings.few_rows import FEW
from ninefold.evaluate.written import number, scored

UNSTABLE = 0.75
OTHERWISE = 0.05


def findings(evaluation: Evaluation) -> Evaluation:
    """The evaluation with what is due, by code."""
    return dataclasses.replace(evaluation, findings=tuple(_found(evaluation)))


def _found(evaluation: Evaluation) -> Iterator[Finding]:
    clusters, headline = evaluation.clusters, evaluation.headline
    assert clusters is not None
    if len(evaluation.classes) == 1:
        yield Finding(
            "NF720",
            "warning",
            "No clusters",
            evaluation.verdict.sentence,
            "All rows are one cluster. Give more time, or columns that tell groups apart, or a number with --clusters.",
        )
        return
    if headline.low <= (headline.baseline or 0.0):
        yield Finding(
            "NF721",
            "warning",
            "Perhaps no structure",
            f"{scored(headline)} on {clusters.scored:,} sealed rows; one cloud of the same spread, cut the same way, "
            f"has {number(headline.baseline or 0.0)}",
            "Take the clusters as a way to divide the rows, not as groups that are there.",
        )
    if clusters.stability is not None and clusters.stability < UNSTABLE:
        yield Finding(
            "NF722",
            "warning",
            "Clusters are not stable",
            f"fits on different folds agree by an adjusted Rand index of {number(clusters.stability)}",
            "Fewer clusters or more rows would be steadier; do not rely on the cluster of a single row.",
        )
    if clusters.differs > OTHERWISE:
        yield Finding(
            "NF723",
            "info",
            "New rows are assigned by a simpler rule",
            f"{clusters.differs:.0%} of the rows it was fitted on lie nearer to the points of another cluster",
            "The scores are those of the rule that ships.",
        )
    if clusters.scored < FEW:
        yield Finding(
            "NF724",
            "warning",
            "Few sealed rows",
            f"{scored(headline)} on {clusters.scored:,} sealed rows",
            "So few rows tell neither the score nor its interval well; bring more.",
        )
