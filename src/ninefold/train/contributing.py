"""Beside the graph, a second one: what each raw column adds to the graph's own output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ninefold.core.book import Context
from ninefold.core.table import Array
from ninefold.core.workshop import Workshop, load_array
from ninefold.forms.contributions.of_blend import blended, calibrated, stacked, untold
from ninefold.forms.contributions.of_form import Explained
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.onnx import Session, Var, compiled, const, inlined, op, raw_input
from ninefold.train.blueprint import Blueprint
from ninefold.train.composing import called, formed, inputs_of, stored
from ninefold.train.gate import Gate
from ninefold_runtime.bundle import CONTRIBUTIONS
from ninefold_runtime.files import write_whole
from ninefold_runtime.schema import UNTARGETED, Column

LARGEST = 5_000_000
"""Bytes of this file and the graph together; one that would go beyond is left out of the bundle."""
LEAST_SECONDS = 2.0
"""What must be left of the run's time: the file is worth less than what comes after."""
EXACT = 1e-9
"""What base and parts may differ by from the graph's output, relative to the largest output."""


def save_contributions(
    blueprint: Blueprint, columns: Sequence[Column], graph: bytes, gate: Gate, context: Context
) -> tuple[Path | None, float]:
    """Write ``contributions.onnx`` for the finished ``graph`` over these raw columns; its path, and the share of the
    ensemble's weight that is told of.

    None where no member tells, where time or room is lacking, or where the parts do not add up to what the graph says.
    """
    problem, workshop = blueprint.problem, Workshop(context.run)
    weights = {member.trial: member.weight for member in blueprint.members}
    telling = {trial for trial in weights if (workshop.member(trial) / "paths.onnx").is_file()}
    if problem.task in UNTARGETED or not telling or context.clock.left < LEAST_SECONDS:
        return None, 0.0
    context.progress("splitting what the graph says by column")
    inputs = {column.name: raw_input(column) for column in columns}
    share = sum(weights[trial] for trial in telling) / sum(weights.values())
    try:
        told = _combined(blueprint, _members(blueprint, inputs, telling, gate, workshop))
    except Untold:
        return None, 0.0
    made = compiled(inputs, _outputs(told, share))
    if len(made) > min(LARGEST - len(graph), problem.limits.bytes or LARGEST) or not adds_up(made, graph, gate):
        return None, 0.0
    path = context.folder / CONTRIBUTIONS
    write_whole(path, made)
    return path, share


def _members(
    blueprint: Blueprint, inputs: Mapping[str, Var], telling: set[int], gate: Gate, workshop: Workshop
) -> dict[int, Explained]:
    graphs = {view: stored(workshop, trial, "view") for trial, view in blueprint.views.items()}
    matrices = {view: called(graph, inputs)["x"] for view, graph in graphs.items()}
    members: dict[int, Explained] = {}
    for trial, view in blueprint.views.items():
        x, names = {"x": matrices[view]}, inputs_of(graphs[view])
        if trial in telling:
            told = inlined(stored(workshop, trial, "paths"), x)
            parts = _spread(told["parts"], names, list(inputs))
            members[trial] = Explained(told["said"], np.array(load_array(workshop.member(trial) / "base.npy")), parts)
        else:
            said = inlined(formed(workshop, trial, blueprint.kind), x)["y"]
            mean = load_array(workshop.existing(trial, blueprint.kind, "gate.npy"))[: gate.training].mean(axis=0)
            members[trial] = untold(said, np.asarray(mean), len(inputs))
    return members


def _combined(blueprint: Blueprint, members: Mapping[int, Explained]) -> Explained:
    if blueprint.stack is not None:
        told = stacked(members, blueprint.stack)
    else:
        told = blended(members, {member.trial: member.weight for member in blueprint.members})
    calibration = blueprint.calibration
    return calibrated(told, calibration.parameters[0]) if calibration.kind == "temperature" else told


def _spread(parts: Var, names: Sequence[str], all_names: Sequence[str]) -> Var:
    """[N, K, c] of the raw columns that a view reads, as [N, K, C] of all, 0 for the others."""
    if list(names) == list(all_names):
        return parts
    padded = op.pad(parts, const([0, 0, 0, 0, 0, 1], np.int64), const(0.0))
    places = [names.index(name) if name in names else len(names) for name in all_names]
    return op.gather(padded, const(places, np.int64), axis=2)


def _outputs(told: Explained, explained: float) -> dict[str, Var]:
    """``contribution`` [N, K, C + 1], ``base`` [K] and ``explained``, the share of the weight that is told of.

    What is left of the way from the base to what is said comes behind the columns, as one part more.
    """
    whole = op.sub(told.said, const(told.base))
    rest = op.sub(whole, op.reduce_sum(told.parts, const([2], np.int64), keepdims=False))
    parts = op.concat([told.parts, op.unsqueeze(rest, const([2], np.int64))], axis=2)
    return {"contribution": parts, "base": const(told.base), "explained": const(explained)}


def adds_up(made: bytes, graph: bytes, gate: Gate) -> bool:
    """Base and parts give the graph's output on all rows of the gate, odd ones included."""
    told, said = Session(made).run(gate.rows.columns), Session(graph).run(gate.rows.columns)
    output: Array = said["probability"] if "probability" in said else said["prediction"]
    sums = told["base"] + told["contribution"].sum(axis=2)
    allowed = EXACT * max(1.0, float(np.abs(output[: gate.training]).max()))
    apart = np.abs(sums - output.reshape(sums.shape))
    return bool((apart <= np.maximum(allowed, EXACT * np.abs(output.reshape(sums.shape)))).all())
