"""Stage 8: put the graph and all that its users need into one sealed folder."""

from __future__ import annotations

import shutil

import msgspec

from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.results import Bundle, Evaluation, Model
from ninefold.core.shipping import schema_of
from ninefold.core.table import Dataset
from ninefold.deploy.card import card
from ninefold_runtime.bundle import BACKGROUND, CONFORMAL, CONTRIBUTIONS, GRAPH, MAPS, SCHEMA, seal
from ninefold_runtime.files import put_folder, write_whole
from ninefold_runtime.safety.graph import examine
from ninefold_runtime.speech import ENCODER

EXAMPLE, CARD = "example.json", "card.md"


def deploy(problem: Problem, dataset: Dataset, model: Model, evaluation: Evaluation, *, context: Context) -> Bundle:
    """Make ``bundle/`` in the run folder; one that is there is exchanged for the new one in a single step.

    Raises:
        OSError: when the disk is full; an earlier bundle is then as it was.
        BundleError: when a graph is one that the runtime would refuse, which is a defect of ours.
    """
    _refuse_unfit(model)
    fresh = context.folder / "bundle"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    schema = schema_of(problem, dataset, model)
    write_whole(fresh / GRAPH, model.graph.read_bytes())
    write_whole(fresh / SCHEMA, _pretty(schema))
    write_whole(fresh / EXAMPLE, _pretty({"rows": [schema.example]}))
    write_whole(fresh / CARD, card(problem, dataset, model, evaluation, run=context.run.name).encode())
    beside = {CONTRIBUTIONS: model.contributions, BACKGROUND: model.background, CONFORMAL: model.conformal}
    beside |= {MAPS: model.maps} | {path.name: path for path in model.networks}
    for name, made in beside.items():
        if made is not None:
            write_whole(fresh / name, made.read_bytes())
    if model.spoken is not None:
        for file in model.spoken.iterdir():
            write_whole(fresh / file.name, file.read_bytes())
    manifest = seal(fresh)
    place = context.run / "bundle"
    put_folder(fresh, place)
    digests = {name: file.sha256 for name, file in manifest.files.items()}
    return Bundle(place, digests, manifest.bytes, any(member.keeps_rows for member in model.members))


def _refuse_unfit(model: Model) -> None:
    """No bundle leaves that the runtime would turn away."""
    encoder = None if model.spoken is None else model.spoken / ENCODER
    for graph in (model.graph, model.contributions, model.maps, encoder if encoder and encoder.exists() else None):
        if graph is not None:
            examine(graph.read_bytes(), graph.name)


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
