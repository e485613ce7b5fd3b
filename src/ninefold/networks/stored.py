"""A network as files: what it is made of as JSON, its weights as safetensors. Nothing in them can be run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ninefold.core import parts
from ninefold.core.errors import NinefoldError, WishError
from ninefold.core.table import Array
from ninefold.networks.form import NetworkForm
from ninefold.networks.head import Head
from ninefold.networks.inputs.input import Input
from ninefold.networks.layer import Layer, Named

LAYOUT, WEIGHTS = "network.json", "network.safetensors"
MOST_JSON = 4 << 20
"""Bytes."""
PACKAGES = {"layer": "ninefold.networks.layers", "input": "ninefold.networks.inputs"}
"""Where what is named in the JSON may come from."""


class Layout(msgspec.Struct, frozen=True):
    """``input`` and ``body`` are `told`; the rest is the head's, row by row."""

    input: dict[str, Any]
    body: dict[str, Any]
    softmax: bool
    out: list[list[float]]
    base: list[float]
    rounds: int | None = None


def files_of(form: NetworkForm) -> dict[str, bytes]:
    """The two files by name, of a network with one target."""
    from safetensors.numpy import save

    head = form.head
    assert isinstance(head, Head)
    layout = Layout(told(form.input), told(form.body), head.softmax, head.out.tolist(), head.base.tolist(), form.rounds)
    weights = save({name: np.ascontiguousarray(w) for name, w in form.weights})
    return {LAYOUT: msgspec.json.format(msgspec.json.encode(layout)) + b"\n", WEIGHTS: weights}


def read_form(folder: Path) -> NetworkForm:
    """What `files_of` wrote.

    Raises:
        WishError: NF-E373 when a file is missing or is not what it should be.
    """
    path = folder / LAYOUT
    try:
        if path.stat().st_size > MOST_JSON:
            raise _unfit(path, f"it has more than {MOST_JSON >> 20} MB")
        layout = msgspec.json.decode(path.read_bytes(), type=Layout)
        input, body = (_made(kind, held) for kind, held in (("input", layout.input), ("layer", layout.body)))
    except (OSError, msgspec.DecodeError, TypeError, KeyError, RecursionError, NinefoldError) as error:
        raise _unfit(path, str(error)) from error
    head = Head(layout.softmax, np.array(layout.out, np.float64), np.array(layout.base, np.float64))
    return NetworkForm(input, body, head, read_weights(folder / WEIGHTS), layout.rounds)


def read_weights(path: Path) -> Named:
    """All weights of a safetensors file that are numbers with a point, as float32, whatever their precision there.

    Raises:
        WishError: NF-E373 when it cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), "pt") as file:
            held = [(name, file.get_tensor(name)) for name in file.keys()]  # noqa: SIM118  the file is no mapping
    except (OSError, SafetensorError) as error:
        raise _unfit(path, str(error)) from error
    return tuple((name, w.float().numpy()) for name, w in held if w.is_floating_point())


def told(part: Layer | Input) -> dict[str, Any]:
    """A layer or an input as plain data: ``is``, the name of its file, and its fields."""
    fields = {f.name: _plain(getattr(part, f.name)) for f in dataclasses.fields(part)}  # type: ignore[arg-type]
    return {"is": type(part).__module__.rpartition(".")[2], **fields}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return told(value)  # type: ignore[arg-type]
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def _made(kind: str, held: Mapping[str, Any]) -> Any:
    fields = {name: _value(value) for name, value in held.items() if name != "is"}
    return parts.find(PACKAGES[kind], held["is"])(**fields)


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _made("layer", value)
    return tuple(_value(v) for v in value) if isinstance(value, list) else value


def fitting(body: Layer, shape: tuple[int, ...], weights: Named) -> str:
    """Why the weights are not those of the layers; empty where they are."""
    from ninefold.forms.alone import alone

    with alone(0):
        wanted = {n: tuple(w.shape) for n, w in body.module(shape).state_dict().items() if w.is_floating_point()}
    given = {name: w.shape for name, w in weights}
    lacking = sorted(wanted.keys() - given.keys())
    if lacking:
        return f"it lacks {lacking[0]}" + (f" and {len(lacking) - 1} more weights" if len(lacking) > 1 else "")
    unlike = [name for name, dims in wanted.items() if given[name] != dims]
    return f"{unlike[0]} is {given[unlike[0]]}, not {wanted[unlike[0]]}" if unlike else ""


def array_of(weights: Named, prefix: str) -> dict[str, Array]:
    """The weights whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): w for name, w in weights if name.startswith(prefix)}


def _unfit(path: Path, why: str) -> WishError:
    hint = "a network is a network.json with its network.safetensors, as a bundle holds them"
    return WishError("NF-E373", f"{path} cannot be used: {why}", hint=hint)
