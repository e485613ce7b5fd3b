"""Beside the graph, where a member is a network of images: that network as files for others to go on from, and a second
graph, which tells what each place of an image gives to each output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ninefold.core.book import Context
from ninefold.core.results import Member
from ninefold.core.workshop import Workshop
from ninefold.forms.onnx import compiled, const, inlined, raw_input
from ninefold.networks.stored import LAYOUT, WEIGHTS
from ninefold.train.blueprint import Blueprint
from ninefold.train.composing import called, inputs_of, stored
from ninefold_runtime.bundle import MAPS
from ninefold_runtime.files import write_whole
from ninefold_runtime.schema import Column


@dataclass(frozen=True)
class Beside:
    """What was kept; nothing where no member is a network of images."""

    maps: Path | None = None
    files: tuple[Path, ...] = ()


def save_network(blueprint: Blueprint, columns: Sequence[Column], context: Context) -> Beside:
    """Keep the heaviest network. ``maps.onnx`` takes its image column to ``map`` [N, K, h, w] and ``base`` [K] (see
    `ninefold.networks.maps`), and to ``explained``, the share of the ensemble's weight that it has."""
    workshop = Workshop(context.run)
    found = [member for member in blueprint.members if (workshop.member(member.trial) / LAYOUT).is_file()]
    if not found:
        return Beside()
    member = max(found, key=lambda member: member.weight)
    folder, files = workshop.member(member.trial), tuple(context.folder / name for name in (LAYOUT, WEIGHTS))
    for path in files:
        write_whole(path, (folder / path.name).read_bytes())
    if not (folder / MAPS).is_file():
        return Beside(None, files)
    path = context.folder / MAPS
    write_whole(path, _maps(blueprint, member, columns, workshop))
    return Beside(path, files)


def _maps(blueprint: Blueprint, member: Member, columns: Sequence[Column], workshop: Workshop) -> bytes:
    view = stored(workshop, member.trial, "view")
    inputs = {column.name: raw_input(column) for column in columns if column.name in inputs_of(view)}
    maps = inlined(stored(workshop, member.trial, "maps"), {"x": called(view, inputs)["x"]})
    share = member.weight / sum(each.weight for each in blueprint.members)
    return compiled(inputs, {**maps, "explained": const(share)})
