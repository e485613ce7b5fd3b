"""Stage 8: put the graph and all that its users need into one sealed folder."""

from __future__ import annotations

import shutil

import msgspec

from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Bundle, Evaluation, Model
from ninefold.core.table import Dataset
from ninefold.deploy.card import card
from ninefold_runtime.bundle import GRAPH, SCHEMA, seal
from ninefold_runtime.files import put_folder, write_whole
from ninefold_runtime.schema import Schema, Target

EXAMPLE, CARD = "example.json", "card.md"


def deploy(problem: Problem, dataset: Dataset, model: Model, evaluation: Evaluation, *, context: Context) -> Bundle:
    """Make ``bundle/`` in the run folder; one that is there is exchanged for the new one in a single step.

    Raises:
        OSError: when the disk is full; an earlier bundle is then as it was.
    """
    fresh = context.folder / "bundle"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    schema = schema_of(problem, dataset, model)
    write_whole(fresh / GRAPH, model.graph.read_bytes())
    write_whole(fresh / SCHEMA, _pretty(schema))
    write_whole(fresh / EXAMPLE, _pretty({"rows": [schema.example]}))
    write_whole(fresh / CARD, card(problem, dataset, model, evaluation, run=context.run.name).encode())
    manifest = seal(fresh)
    place = context.run / "bundle"
    put_folder(fresh, place)
    digests = {name: file.sha256 for name, file in manifest.files.items()}
    return Bundle(place, digests, manifest.bytes, any(member.keeps_rows for member in model.members))


def schema_of(problem: Problem, dataset: Dataset, model: Model) -> Schema:
    """The inputs of the graph in its order; every other column of the table is accepted and ignored."""
    target = Target(
        name=problem.target or problem.one_of_them,
        task=problem.task,
        classes=model.classes or problem.classes,
        positive=problem.positive,
        several=problem.several,
        labels=problem.labels,
        quantiles=problem.quantiles,
        metric=problem.metric,
    )
    others = (*dataset.names, *dataset.refused, *problem.drop, problem.group, problem.time, problem.truth)
    ignored = dict.fromkeys(name for name in others if name and name not in {*model.columns, *problem.targets})
    columns = tuple(dataset.column(name) for name in model.columns)
    return Schema(columns=columns, target=target, ignored=tuple(ignored), source=dataset.digest)


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
