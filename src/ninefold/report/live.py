"""The what-if page: a bundle's graphs and a runtime, asked in the browser; one HTML file, or a folder for a server."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import msgspec
import numpy as np

from ninefold import __version__
from ninefold.report.environment import TEMPLATES, environment
from ninefold.report.web_runtime import SCRIPT, WASM, WebRuntime
from ninefold_runtime.bundle import CONTRIBUTIONS, GRAPH, Bundle
from ninefold_runtime.errors import BundleError
from ninefold_runtime.explain.asking import outputs_of, spoken_of
from ninefold_runtime.explain.contributed import Contributed
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.schema import SPOKEN, Column
from ninefold_runtime.wire import MISSING_WORDS, absent, from_columns

LIVE = "what-if.html"
"""The page's name in a run folder."""
FACTS = "facts.js"
SCRIPTS = ("cells.js", "arrays.js", "asking.js", "drawing.js", "page.js")
"""In this order they are one module, behind the facts and the script that gets runtime and graphs."""

NEAR, NEAR_OF_NETWORKS = 1e-9, 1e-5
"""How far from Python's a page's answer may be, in units of 1 or of the largest."""


@dataclass(frozen=True)
class _Way:
    """How a page comes by runtime and graphs. ``script`` is ours that gets them; ``modules`` and ``asked`` are what the
    policy lets it import and fetch; what is ``packed`` is written into the page, what lies ``beside`` is told to it."""

    script: str
    modules: str
    asked: str
    packed: dict[str, str] = field(default_factory=dict)
    beside: dict[str, dict[str, str]] = field(default_factory=dict)


def live_page(bundle: Bundle, runtime: WebRuntime) -> str:
    """The page; it may be opened from a disk, asks nothing of any network, and shows how near it comes to Python.

    Raises:
        BundleError: when the bundle's graph cannot be loaded.
    """
    _refuse_spoken(bundle)
    packed = {name: _packed(data) for name, data in _parts(bundle, runtime).items()}
    return _page(bundle, runtime, _Way("packed.js", "blob:", "'none'", packed=packed))


def live_folder(bundle: Bundle, runtime: WebRuntime) -> dict[str, bytes]:
    """The same page as files by name, for a web server: runtime and graphs lie beside it, and browsers keep them.

    Raises:
        BundleError: as `live_page`.
    """
    _refuse_spoken(bundle)
    parts = _parts(bundle, runtime)
    beside = {name: {"file": _FILES[name], "integrity": _digest(data)} for name, data in parts.items()}
    page = _page(bundle, runtime, _Way("beside.js", "'self'", "'self'", beside=beside))
    return {"index.html": page.encode()} | {_FILES[name]: data for name, data in parts.items()}


def _refuse_spoken(bundle: Bundle) -> None:
    task = bundle.schema.target.task
    if task in SPOKEN:
        hint = "serve it: ninefold serve"
        raise BundleError("NF-R107", f"a page asks one graph about columns, and is not for {task}", hint=hint)


_FILES = {
    "graph": GRAPH,
    "contributions": CONTRIBUTIONS,
    "web-script": PurePosixPath(SCRIPT).name,
    "web-wasm": PurePosixPath(WASM).name,
}
"""Names of the parts in a folder."""


def _parts(bundle: Bundle, runtime: WebRuntime) -> dict[str, bytes]:
    parts = {"graph": bundle.graph, "web-script": runtime.script, "web-wasm": runtime.wasm}
    return parts if bundle.contributions is None else parts | {"contributions": bundle.contributions}


def _page(bundle: Bundle, runtime: WebRuntime, way: _Way) -> str:
    script = "\n".join((TEMPLATES / "live" / name).read_text("utf-8") for name in (FACTS, way.script, *SCRIPTS))
    templates = environment()
    style = templates.get_template("live/style.css").render()
    return templates.get_template("live/page.html").render(
        policy=_policy(script, style, way),
        version=__version__,
        web_version=runtime.version,
        digest=bundle.manifest.files[GRAPH].sha256[:12],
        target=bundle.schema.target.name,
        style=style,
        script=script,
        facts=_in_html(_facts(bundle) | {"beside": way.beside}),
        packed=way.packed,
    )


def _policy(script: str, style: str, way: _Way) -> str:
    """What runs is the page's script, by its digest, and the runtime; what is loaded, if anything, lies beside it."""
    return (
        f"default-src 'none'; script-src '{_digest(script.encode())}' {way.modules} 'wasm-unsafe-eval'; "
        f"connect-src {way.asked}; style-src '{_digest(style.encode())}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(data: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"


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
        "near": NEAR_OF_NETWORKS if _is_single(bundle.graph) else NEAR,
        "answer": answer,
    }


def _is_single(graph: bytes) -> bool:
    """Whether weights are in single precision, as networks have them: browsers add them up in another order."""
    import onnx

    made = onnx.load_model_from_string(graph).graph
    nodes = (attribute.t.data_type for node in made.node for attribute in node.attribute if attribute.HasField("t"))
    return onnx.TensorProto.FLOAT in {*nodes, *(held.data_type for held in made.initializer)}


def _numbers(said: Predictions) -> np.ndarray[Any, Any]:
    """[K]: what the graph says of one row, in numbers."""
    for numbers in (said.probabilities, said.scores):
        if numbers is not None:
            return np.ravel(numbers)
    return np.ravel(said.predictions)


def _column(column: Column, start: np.ndarray[Any, Any]) -> dict[str, Any]:
    """``start`` [1] is the wired typical value; microseconds travel as text, as JavaScript's numbers are short."""
    value: Any = None if absent(start)[0] else start[0]
    if value is not None and column.wire != "text":
        value = str(value) if column.wire == "time" else value.tolist()
    named: dict[str, Any] = {"name": column.name, "kind": column.kind, "wire": column.wire, "levels": column.levels}
    named |= {"shape": column.shape, "latest": column.latest}
    bounds = {"distinct": column.distinct, "minimum": column.minimum, "maximum": column.maximum}
    return named | bounds | {"start": value}
