"""The Open Inference Protocol, version 2, over REST: one tensor for each raw column, of shape [N] or [N, 1].

Source: kserve/open-inference-protocol, specification/protocol/inference_rest.md. Beyond it: a missing cell is null;
the parameter ``level`` of a request adds ``low`` and ``high``, or ``set``; warnings come as a parameter of the answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, wraps
from importlib import metadata
from typing import Any

import msgspec
import numpy as np

from ninefold_runtime import web
from ninefold_runtime.beside import beside
from ninefold_runtime.doors.call import GET, POST, Call, Route
from ninefold_runtime.limits import Limits
from ninefold_runtime.model import SCORED, Predictions
from ninefold_runtime.schema import WORDED, Schema, Wire
from ninefold_runtime.served import Served
from ninefold_runtime.web import JSON, Refused, Response, media_of

_WHOLE = {f"{sign}INT{bits}": bits for sign in ("", "U") for bits in (8, 16, 32, 64)}
_FLOATS = {"FP16": 65504.0, "FP32": 3.4028235677973366e38, "FP64": math.inf}
DATATYPES = ("BOOL", *_WHOLE, *_FLOATS, "BYTES")
_DATATYPE: dict[Wire, str] = {
    "number": "FP64",
    "text": "BYTES",
    "time": "BYTES",
    "pixels": "UINT8",
    "series": "FP64",
}


class Input(msgspec.Struct, frozen=True):
    name: str
    shape: list[int]
    datatype: str
    data: list[Any]
    parameters: dict[str, Any] = {}


class Output(msgspec.Struct, frozen=True):
    name: str
    parameters: dict[str, Any] = {}


class Request(msgspec.Struct, frozen=True):
    inputs: list[Input]
    id: str | None = None
    parameters: dict[str, Any] = {}
    outputs: list[Output] = []


Answer = Callable[[Call], Any]


def _in_its_words(answer: Answer) -> Answer:
    """Refusals as the protocol has them: a status, 400 for whatever is wrong with a request, and ``error``."""

    @wraps(answer)
    async def guarded(call: Call) -> Response:
        try:
            return await answer(call)  # type: ignore[no-any-return]
        except Refused as problem:
            status = 400 if problem.status == 422 else problem.status
            document = {"error": problem.document["detail"], **problem.document, "status": status}
            return Response(status, msgspec.json.encode(document), headers=problem.headers)

    return guarded


async def _server(_: Call) -> Response:
    return web.as_json({"name": "ninefold-runtime", "version": _version(), "extensions": []})


@cache
def _version() -> str:
    try:
        return metadata.version("ninefold-runtime")
    except metadata.PackageNotFoundError:  # used from its sources
        return "unknown"


async def _live(_: Call) -> Response:
    return web.as_json({"live": True})


async def _ready(call: Call) -> Response:
    call.check_ready()
    return web.as_json({"live": True, "ready": True})


async def _model_ready(call: Call) -> Response:
    call.check_ready()
    return web.as_json({"name": _served(call).name, "ready": True})


async def _metadata(call: Call) -> Response:
    served = _served(call)
    schema = served.bundle.schema
    inputs = [_tensor(column.name, _DATATYPE[column.wire], [-1, *column.shape]) for column in schema.columns]
    return web.as_json(
        {
            "name": served.name,
            "versions": [served.short],
            "platform": "ninefold_onnx",
            "inputs": inputs,
            "outputs": outputs(schema),
        }
    )


def outputs(schema: Schema) -> list[dict[str, Any]]:
    """The tensors that are answered, without their data."""
    target = schema.target
    labels = target.decides or target.task in WORDED
    parts = [len(target.parts)] if target.parts else []
    told = [_tensor("prediction", "BYTES" if labels else "FP64", [-1, *parts])]
    if target.task in SCORED:
        return [*told, _tensor("score", "FP64", [-1]), *_places(schema)]
    shares = target.shares or target.parts or target.classes
    return [*told, _tensor("probability", "FP64", [-1, len(shares)])] if labels else told


def _places(schema: Schema) -> list[dict[str, Any]]:
    """Where an answer stands, and in which document where there are some to be searched."""
    if schema.target.task != "question-answering":
        return []
    named = [_tensor("document", "BYTES", [-1])] if schema.columns[1].optional else []
    return [_tensor("start", "INT64", [-1]), _tensor("end", "INT64", [-1]), *named]


def _tensor(name: str, datatype: str, shape: list[int]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape}


def _served(call: Call) -> Served:
    version = call.names.get("version")
    served = call.served
    if version is None or version in {served.version, served.short}:
        return served
    raise Refused(404, "No such version", f"{served.name} is of version {served.short}")


async def _infer(call: Call) -> Response:
    body = await call.body()
    served = _served(call)
    if (media := media_of(call.headers)) not in {"", JSON}:
        raise Refused(415, "Unsupported media type", f"send application/json, not {media[:80]}")
    return await call.answered(served, body, partial(_inferred, served, body, call.desk.limits))


def _inferred(served: Served, body: bytes, limits: Limits, until: float) -> tuple[Response, Predictions]:
    request = _request(body, served.bundle.schema)
    shapes = {column.name: column.shape for column in served.bundle.schema.columns}
    given = {tensor.name: cells(tensor, shapes.get(tensor.name, ())) for tensor in request.inputs}
    made = served.predict(given, limits, until)
    level = request.parameters.get("level")
    told = tensors(made, {} if level is None else beside(made, served.bundle.conformal, _number(level)))
    answer = {
        "model_name": served.name,
        "model_version": served.short,
        **({} if request.id is None else {"id": request.id}),
        "parameters": {"warnings": "; ".join(note.message for note in made.notes)} if made.notes else {},
        "outputs": [told[name] for name in _wanted(request, told)],
    }
    return web.as_json(answer), made


def _request(body: bytes, schema: Schema) -> Request:
    try:
        request = msgspec.json.decode(body, type=Request)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "Not a request", str(error) or "it is nested too deeply") from error
    names = [tensor.name for tensor in request.inputs]
    if len(set(names)) < len(names) or not names:
        raise Refused(400, "Not a request", "give one input for each column, each once")
    parts: list[Input | Output] = [*request.inputs, *request.outputs]
    given = [request.parameters, *(part.parameters for part in parts)]
    if any("binary_data" in key for parameters in given for key in parameters):
        raise Refused(400, "Not supported", "tensors are taken and given as JSON, not as binary data")
    known = {tensor["name"] for tensor in outputs(schema)} | {"low", "high", "set"}
    for wanted in request.outputs:
        if wanted.name not in known and wanted.name.partition(":")[0] not in {"low", "high"}:
            raise Refused(400, "No such output", f"there is no output {wanted.name[:80]!r}", suggestions=sorted(known))
    return request


def _wanted(request: Request, told: Mapping[str, Any]) -> list[str]:
    """Names of the outputs that are asked for; all where none is named."""
    names = list(dict.fromkeys(wanted.name for wanted in request.outputs)) or list(told)
    if absent := [name for name in names if name not in told]:
        hint = 'give "parameters": {"level": 0.9} for low, high and set'
        raise Refused(400, "No such output", f"there is no output {absent[0][:80]!r} in this answer", hint=hint)
    return names


def _number(level: object) -> float:
    if isinstance(level, bool) or not isinstance(level, int | float):
        raise Refused(400, "Not a level", f"level is a number such as 0.9, not {str(level)[:40]}")
    return float(level)


def cells(tensor: Input, of: tuple[int, ...] = ()) -> list[Any]:
    """The values of a column, checked against shape and datatype; ``of`` is the shape of a cell. Images may come as
    tensors, or encoded, as base64 texts.

    Raises:
        Refused: 400.
    """
    shape = tensor.shape
    if of and tuple(shape[1:]) == of:
        return _arrays(tensor, of)
    if not shape or len(shape) > 2 or shape[1:] not in ([], [1]) or shape[0] < 0:
        raise _wrong(tensor, f"its shape is [N] or [N, 1], not {shape[:8]}")
    data = tensor.data
    if len(shape) == 2 and all(isinstance(row, list) for row in data):
        if any(len(row) != 1 for row in data):
            raise _wrong(tensor, "each of its rows has one value")
        data = [row[0] for row in data]
    if len(data) != shape[0]:
        raise _wrong(tensor, f"its shape says {shape[0]} values and its data has {len(data)}")
    fits = _fits(tensor.datatype)
    if fits is None:
        raise _wrong(tensor, f"its datatype is one of {', '.join(DATATYPES)}, not {tensor.datatype[:20]!r}")
    _refuse_others(tensor, data, fits)
    return data


def _arrays(tensor: Input, of: tuple[int, ...]) -> list[Any]:
    """Rows of numbers, which lie flat or nested as the shape says."""
    flat, fits = tensor.data, _fits(tensor.datatype)
    for _ in of:
        flat = [value for part in flat for value in part] if flat and all(isinstance(p, list) for p in flat) else flat
    if len(flat) != math.prod(tensor.shape) or tensor.shape[0] < 0:
        raise _wrong(tensor, f"its shape says {math.prod(tensor.shape)} values and its data has {len(flat)}")
    if fits is None or tensor.datatype == "BYTES":
        raise _wrong(tensor, f"its datatype is one of numbers, not {tensor.datatype[:20]!r}")
    _refuse_others(tensor, flat, fits)
    return list(np.array(flat, np.float64).reshape(tensor.shape))


def _refuse_others(tensor: Input, data: list[Any], fits: Callable[[Any], bool]) -> None:
    row = next((row for row, value in enumerate(data) if value is not None and not fits(value)), None)
    if row is not None:
        raise _wrong(tensor, f"value {row} is not of datatype {tensor.datatype}")


def _wrong(tensor: Input, why: str) -> Refused:
    return Refused(400, "Not a tensor", f'input "{tensor.name[:80]}": {why}', column=tensor.name[:80])


def _fits(datatype: str) -> Callable[[Any], bool] | None:
    """Whether a JSON value is of the datatype; None where there is no such type."""
    if datatype in _WHOLE:
        low, high = (0, 2 ** _WHOLE[datatype]) if datatype[0] == "U" else _signed(_WHOLE[datatype])
        return lambda value: type(value) is int and low <= value < high
    if datatype in _FLOATS:
        most = _FLOATS[datatype]
        return lambda value: type(value) in {int, float} and -most <= value <= most
    kind = {"BOOL": bool, "BYTES": str}.get(datatype)
    return None if kind is None else lambda value: type(value) is kind


def _signed(bits: int) -> tuple[int, int]:
    return -(2 ** (bits - 1)), 2 ** (bits - 1)


def tensors(made: Predictions, more: Mapping[str, Sequence[object]]) -> dict[str, dict[str, Any]]:
    """By name, with their data in row order."""
    told = {"prediction": _filled("prediction", made.predictions)}
    if made.probabilities is not None:
        classes = json.dumps(made.named, ensure_ascii=False)
        told["probability"] = _filled("probability", made.probabilities) | {"parameters": {"classes": classes}}
    if made.scores is not None:
        told["score"] = _filled("score", made.scores)
    told |= {name: _filled(name, values) for name, values in made.more.items()}
    for name, values in more.items():
        plain = [json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value for value in values]
        told[name] = _filled(name, np.array(plain, object if name == "set" else np.float64))
    return told


def _filled(name: str, values: Any) -> dict[str, Any]:
    """Numbers beside labels are written as text: a tensor is of one type."""
    shape = list(values.shape)
    if values.dtype.kind in "fi":
        kind = "FP64" if values.dtype.kind == "f" else "INT64"
        return _tensor(name, kind, shape) | {"data": values.ravel().tolist()}
    return _tensor(name, "BYTES", shape) | {"data": [str(value) for value in values.ravel().tolist()]}


_MODEL = "/v2/models/{model}"
_VERSION = "/v2/models/{model}/versions/{version}"
ROUTES = (
    Route("/v2", GET, _server),
    Route("/v2/health/live", GET, _live, free=True),
    Route("/v2/health/ready", GET, _in_its_words(_ready), free=True),
    *(Route(path, GET, _in_its_words(_metadata)) for path in (_MODEL, _VERSION)),
    *(Route(f"{path}/ready", GET, _in_its_words(_model_ready)) for path in (_MODEL, _VERSION)),
    *(Route(f"{path}/infer", POST, _in_its_words(_infer)) for path in (_MODEL, _VERSION)),
)
