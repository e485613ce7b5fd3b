"""The parity gate: the finished graph against the fitted Python, on training rows and on rows nobody would send."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.results import Parity
from ninefold.core.table import Array, Dataset, Rows, write_rows
from ninefold.core.tasks import difference
from ninefold.core.workshop import Workshop, load_array
from ninefold.forms.onnx import Session
from ninefold.train.blueprint import Blueprint
from ninefold.train.fuzz import fuzzed

TRAINING, FUZZED = 2_000, 500


@dataclass(frozen=True, eq=False)
class Gate:
    """The rows every member and the whole graph are tried on; the first ``training`` are training rows."""

    rows: Rows
    training: int


def make_gate(problem: Problem, dataset: Dataset, workshop: Workshop) -> Gate:
    """Draw the rows and store them for the crew."""
    rng = np.random.default_rng([problem.seed, 60])
    training = dataset.rows.take(np.sort(rng.permutation(dataset.train_rows)[:TRAINING]))
    odd = fuzzed(dataset, FUZZED, rng)
    columns = {name: np.concatenate([training.columns[name], odd.columns[name]]) for name in dataset.names}
    gate = Gate(Rows(columns, np.concatenate([training.target, odd.target])), len(training))
    write_rows(gate.rows, workshop.gate)
    return gate


def parity(blueprint: Blueprint, graph: bytes, gate: Gate, workshop: Workshop) -> Parity:
    """Carry the blueprint out on the members' own predictions in NumPy, and compare with what the graph says."""
    expected = natively(blueprint, workshop)
    got = Session(graph).rows(gate.rows.columns)
    given = got["prediction"].reshape(expected.shape) if "prediction" in got else got["probability"]
    equal = "label" not in got or _labels_equal(got["label"], expected, blueprint, blueprint.own(gate.rows.columns))
    apart = difference(blueprint.problem.task, expected, given)
    return Parity(gate.training, len(gate.rows) - gate.training, apart, equal, blueprint.tolerance)


def natively(blueprint: Blueprint, workshop: Workshop) -> Array:
    """[rows, K]: what the blueprint makes of what its members say of the gate's rows by themselves."""
    said = {m.trial: workshop.existing(m.trial, blueprint.kind, "gate.npy") for m in blueprint.members}
    return blueprint.predict({trial: load_array(path) for trial, path in said.items()})


def _labels_equal(labels: Array, expected: Array, blueprint: Blueprint, own: Array | None) -> bool:
    """Labels must agree wherever probabilities lie further from a tie than rounding reaches."""
    decided = blueprint.decision.labels(expected, blueprint.problem.classes, blueprint.problem.labels, own)
    clear = blueprint.decision.margin(expected, own) > blueprint.tolerance
    return bool((labels.astype(str) == decided)[clear].all())
