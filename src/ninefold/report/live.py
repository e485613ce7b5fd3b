"""The what-if page: one HTML file that holds a bundle's graphs and a runtime, and asks them in the browser, offline."""

from __future__ import annotations

import base64
import gzip
import hashlib
from typing import Any

import msgspec
import numpy as np

from ninefold import __version__
from ninefold.report.environment import TEMPLATES, environment
from ninefold.report.web_runtime import WebRuntime
from ninefold_runtime.bundle import GRAPH, Bundle
from ninefold_runtime.explain.asking import outputs_of, spoken_of
from ninefold_runtime.explain.contributed import Contributed
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import MISSING_WORDS, absent, from_columns

LIVE = "what-if.html"
"""The page's name in a run folder."""
SCRIPTS = ("facts.js", "cells.js", "asking.js", "drawing.js", "page.js")
"""In this order they are one module."""


def live_page(bundle: Bundle, runtime: WebRuntime) -> str:
    """The page; it may be opened from a disk, asks nothing of any network, and shows how near it comes to Python.

    Raises:
        BundleError: when the bundle's graph cannot be loaded.
    """
    script = "\n".join((TEMPLATES / "live" / name).read_text("utf-8") for name in SCRIPTS)
    packed = {"graph": bundle.graph, "web-script": runtime.script, "web-wasm": runtime.wasm}
    if bundle.contributions is not None:
        packed["contributions"] = bundle.contributions
    templates = environment()
    style = templates.get_template("live/style.css").render()
    return templates.get_template("live/page.html").render(
        policy=_policy(script, style),
        version=__version__,
        web_version=runtime.version,
        digest=bundle.manifest.files[GRAPH].sha256[:12],
        target=bundle.schema.target.name,
        style=style,
        script=script,
        facts=_in_html(_facts(bundle)),
        packed={name: _packed(data) for name, data in packed.items()},
    )


def _policy(script: str, style: str) -> str:
    """Nothing is loaded; what runs is the page's script, by its digest, and the runtime that this unpacks (a blob)."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}' blob: 'wasm-unsafe-eval'; "
        f"style-src '{_digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def _in_html(facts: dict[str, Any]) -> str:
    """JSON that no browser takes for the end of its element."""
    return msgspec.json.encode(facts).decode().replace("<", "\\u003c")


def _facts(bundle: Bundle) -> dict[str, Any]:
    """What `templates/live/facts.js` reads."""
    schema = bundle.schema
    arrays = from_columns(schema, {name: [cell] for name, cell in schema.example.items()}, 1).arrays
    said = Model(bundle.graph, schema).predict_arrays(arrays)
    numbers = _numbers(said)
    answer: dict[str, Any] = {"numbers": numbers.tolist(), "labels": np.ravel(said.predictions).tolist(), "amounts": []}
    explained = 0.0
    if bundle.contributions is not None:
        parts = Contributed(bundle.contributions, schema)(arrays)
        answer["amounts"], explained = parts.amounts[0].tolist(), parts.explained
    return {
        "columns": [_column(column, arrays[column.name]) for column in schema.columns],
        "missing": sorted(MISSING_WORDS),
        "target": schema.target.name,
        "outputs": outputs_of(schema.target),
        "spoken": spoken_of(schema.target, numbers),
        "shares": said.probabilities is not None,
        "explained": explained,
        "answer": answer,
    }


def _numbers(said: Predictions) -> np.ndarray[Any, Any]:
    """[K]: what the graph says of one row, in numbers."""
    for numbers in (said.probabilities, said.scores):
        if numbers is not None:
            return np.ravel(numbers)
    return np.ravel(said.predictions)


def _column(column: Column, start: np.ndarray[Any, Any]) -> dict[str, Any]:
    """``start`` [1] is the wired typical value; microseconds travel as text, as JavaScript's numbers are short."""
    value = None if absent(start)[0] else str(start[0]) if column.wire == "time" else start[0]
    value = float(value) if column.wire == "number" and value is not None else value
    named = {"name": column.name, "kind": column.kind, "wire": column.wire, "levels": column.levels}
    bounds = {"distinct": column.distinct, "minimum": column.minimum, "maximum": column.maximum}
    return named | bounds | {"start": value}
