"""Beside a member's graph, where it is a network: of images, the network as files and the graph of its maps; of images
and texts, the graph of what the report shows of its inside."""

from __future__ import annotations

from pathlib import Path

from ninefold.core.protocols import Form
from ninefold.core.workshop import LOOKS
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.looks import looks_graph
from ninefold.networks.maps import has_maps, map_graph
from ninefold.networks.stored import LAYOUT, WEIGHTS, files_of
from ninefold_runtime.bundle import MAPS


def keep(form: Form, width: int, folder: Path) -> None:
    """Write ``network.json``, ``network.safetensors`` and, where its scores are sums over places, ``maps.onnx`` (``x``
    [N, D] to ``map`` [N, K, h, w]) into the folder of a member, and ``looks.onnx`` (see `ninefold.networks.looks`);
    nothing for members of another kind, nor for networks of mixed targets."""
    for name in (LAYOUT, WEIGHTS, MAPS, LOOKS):
        (folder / name).unlink(missing_ok=True)  # of an earlier fit
    if (looks := looks_graph(form, width)) is not None:
        (folder / LOOKS).write_bytes(looks)
    if not isinstance(form, NetworkForm) or not isinstance(form.input, Pixels) or not isinstance(form.head, Head):
        return
    for name, data in files_of(form).items():
        (folder / name).write_bytes(data)
    if has_maps(form):
        (folder / MAPS).write_bytes(map_graph(form, width))
