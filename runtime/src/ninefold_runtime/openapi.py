"""The service described in OpenAPI 3.1, from the schema of a bundle: all that the doors do, and no more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ninefold_runtime.decode import IMAGES
from ninefold_runtime.explain.asking import outputs_of, usual
from ninefold_runtime.explain.finding import names
from ninefold_runtime.explaining import MOST_ROWS
from ninefold_runtime.forms import FORM
from ninefold_runtime.language import generating
from ninefold_runtime.limits import LIMITS
from ninefold_runtime.model import SCORED
from ninefold_runtime.schema import Column, Schema
from ninefold_runtime.wire import FALSE_WORDS, MISSING_WORDS, TRUE_WORDS

Part = dict[str, Any]
_NUMBER, _TEXT, _WHOLE = {"type": "number"}, {"type": "string"}, {"type": "integer"}
_ANY = ["string", "number", "boolean", "null"]
_ARROW = "application/vnd.apache.arrow.stream"
_STAMP = 2**63 - 1
_DATATYPES = ["BOOL", *(f"{s}INT{n}" for s in ("", "U") for n in (8, 16, 32, 64)), "FP16", "FP32", "FP64", "BYTES"]


def document(schema: Schema, name: str, version: str) -> Part:
    """Of the model that is called ``name``. ``version`` is as the Open Inference Protocol has it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Predict {schema.target.name}", "version": version},
        "paths": {
            **_own(schema, ""),
            **_own(schema, "/models/{model}", _named("model", name)),
            **{path: {"get": _get(path, text, _OBJECT)} for path, text in _ABOUT.items()},
            "/": {"get": _get("/", "A page to try it.", {"text/html": {"schema": _TEXT}})},
            "/metrics": {"get": _get("/metrics", "Counters for Prometheus.", {"text/plain": {"schema": _TEXT}})},
            "/ping": {"get": _get("/ping", "SageMaker: whether requests are taken.", None, free=True)},
            "/invocations": {"post": _invocations(schema)},
            **{path: {"get": _get(path, text, _OBJECT, free=True)} for path, text in _HEALTH.items()},
            **_inference("/v2/models/{model}", [_named("model", name)]),
            **_inference("/v2/models/{model}/versions/{version}", [_named("model", name), _named("version", version)]),
        },
        "components": {"schemas": _schemas(schema), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


_OBJECT: Part = {"application/json": {"schema": {"type": "object"}}}
_ABOUT = {
    "/models": "The models that are served.",
    "/v2": "Open Inference Protocol: the server.",
}
_HEALTH = {
    "/health/live": "The process answers.",
    "/health/ready": "The model is loaded and takes requests; 503 while it shuts down.",
    "/v2/health/live": "Open Inference Protocol: the process answers.",
    "/v2/health/ready": "Open Inference Protocol: requests are taken.",
}
_PROBLEMS = {
    400: "The body cannot be read.",
    401: "The token is missing or wrong.",
    403: "A page of another site asks.",
    404: "There is no such model, nobody watches it, or it is no language model.",
    405: "Another method is wanted; the header allow names it.",
    408: "The body, or the answer, was too slow.",
    409: "Answers are not kept here: the service runs without a monitor.",
    413: "The body is too large.",
    415: "The content type is none of those that are taken.",
    421: "Without a token the service answers to its own names only.",
    422: "A column is unknown, a value does not fit, or there are too many rows; names row and column.",
    501: "It lacks what this needs: background rows in the bundle, or nanoarrow where it runs.",
    503: "Too much to do, or shutting down; the header retry-after says when to ask again.",
}
_ALWAYS = (401, 403, 405, 408, 421, 503)


def _refusals(*more: int, inference: bool = False) -> Part:
    shape, media = ("Failure", "application/json") if inference else ("Problem", "application/problem+json")
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    own = {media: {"schema": _ref(shape)}}
    return {
        str(status): {"description": _PROBLEMS[status], "content": problem | own}
        for status in sorted({*_ALWAYS, *more})
    }


def _get(path: str, text: str, content: Part | None, *, free: bool = False, parameters: Iterable[Part] = ()) -> Part:
    answer: Part = {"description": text}
    if content is not None:
        answer["content"] = content
    more = (404,) if "{" in path else ()
    described: Part = {
        "summary": text,
        "parameters": [*parameters],
        "responses": {"200": answer, **_refusals(*more, inference=path.startswith("/v2"))},
    }
    return described if free else described | _GUARDED


_GUARDED: Part = {"security": [{}, {"token": []}]}


def _named(parameter: str, value: str) -> Part:
    return {"name": parameter, "in": "path", "required": True, "schema": {"type": "string", "enum": [value]}}


def _own(schema: Schema, prefix: str, *parameters: Part) -> Part:
    """Our own protocol, of the model that answers by default or of a named one."""
    monitor = _get(f"{prefix}/monitor", "What the monitor saw; 404 if there is none.", _OBJECT, parameters=parameters)
    monitor["responses"] |= _refusals(404)
    return {
        f"{prefix}/predict": {"post": _predict(schema, parameters)},
        f"{prefix}/generate": {"post": _generate(parameters)},
        f"{prefix}/explain": {"post": _explain(schema, parameters)},
        f"{prefix}/labels": {"post": _labels(parameters)},
        f"{prefix}/schema": {
            "get": _get(f"{prefix}/schema", "The columns, their kinds and the target.", _OBJECT, parameters=parameters)
        },
        f"{prefix}/monitor": {"get": monitor},
        f"{prefix}/openapi.json": {
            "get": _get(prefix, "The description of this model.", _OBJECT, parameters=parameters)
        },
    }


def _predict(schema: Schema, parameters: Iterable[Part]) -> Part:
    return {
        "summary": f"Predict {schema.target.name} for one row or many",
        "description": "Missing columns, unseen categories and numbers beyond those of training are warned of; unknown "
        "columns and values that do not fit are refused. Of a key that is given twice the last value counts.",
        "parameters": [*parameters, _LEVEL, _ID],
        "requestBody": _body(schema, _ref("Table"), "application/x-ndjson"),
        "responses": {"200": _predictions(), **_refusals(400, 404, 409, 413, 415, 422, 501)},
        **_GUARDED,
    }


def _generate(parameters: Iterable[Part]) -> Part:
    asked = {
        "prompt": {"type": "string"},
        "tokens": {"type": "integer", "minimum": 1, "maximum": generating.MOST},
        "temperature": {"type": "number", "minimum": 0, "maximum": 100},
        "top_k": {"type": ["integer", "null"], "minimum": 1},
        "top_p": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1},
        "seed": {"type": "integer", "minimum": 0},
    }
    body = {"type": "object", "properties": asked, "additionalProperties": False}
    answer = _object({"text": _TEXT, "tokens": _WHOLE})
    return {
        "summary": "Text that goes on from a prompt",
        "description": "Temperature 0 takes the likeliest token each time; the same seed gives the same text.",
        "parameters": [*parameters],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {"description": "What follows the prompt.", "content": {"application/json": {"schema": answer}}},
            **_refusals(400, 404, 413, 415, 422),
        },
        **_GUARDED,
    }


def _labels(parameters: Iterable[Part]) -> Part:
    label = {
        "type": "object",
        "required": ["id", "label"],
        "properties": {"id": {"type": ["string", "integer"]}, "label": {"type": _ANY}},
    }
    body = {"type": "object", "required": ["labels"], "properties": {"labels": {"type": "array", "items": label}}}
    answer = {
        "type": "object",
        "properties": {"taken": _WHOLE, "unreadable": _WHOLE, "unknown": {"type": "array", "items": _TEXT}},
    }
    return {
        "summary": "Labels of rows that were predicted with an id, once they are known",
        "parameters": [*parameters],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {
                "description": "How many found their answer; ids that nobody waits for.",
                "content": {"application/json": {"schema": answer}},
            },
            **_refusals(400, 404, 409, 413),
        },
        **_GUARDED,
    }


def _body(schema: Schema, json: Part, *lines: str) -> Part:
    example = {"rows": [schema.example]}
    content = {media: {"schema": _TEXT} for media in ("text/csv", *lines)}
    content |= _of_images(schema)
    content[_ARROW] = {"schema": {"type": "string", "contentMediaType": _ARROW}}
    return {"required": True, "content": {"application/json": {"schema": json, "example": example}, **content}}


def _of_images(schema: Schema) -> Part:
    """Images as they are, alone or as the parts of a form."""
    images = [column.name for column in schema.columns if column.kind == "image"]
    if not images:
        return {}
    parts = {
        name: {"type": "string", "contentMediaType": "image/*"} if name in images else _TEXT for name in schema.names
    }
    form: Part = {FORM: {"schema": {"type": "object", "properties": parts}}}
    alone = {media: {"schema": {"type": "string", "contentMediaType": media}} for media in IMAGES}
    return form | (alone if len(images) == 1 else {})


def _predictions() -> Part:
    content = {media: {"schema": _TEXT} for media in ("text/csv", "application/x-ndjson", _ARROW)}
    return {
        "description": "One prediction per row, in order, in the format that accept names. All but JSON give the "
        "number of warnings in the header ninefold-warnings.",
        "content": {"application/json": {"schema": _ref("Answer")}, **content},
    }


def _invocations(schema: Schema) -> Part:
    return {
        "summary": "SageMaker and MLflow: predictions",
        "description": "CSV has a header if the content type says header=present, or if its first line is of known "
        "columns; else its cells are in the order of /schema.",
        "requestBody": _body(schema, _ref("Invocation"), "application/jsonlines", "application/x-ndjson"),
        "responses": {"200": _predictions(), **_refusals(400, 413, 415, 422, 501)},
        **_GUARDED,
    }


def _explain(schema: Schema, parameters: Iterable[Part]) -> Part:
    asked = _object(
        {
            "rows": {"type": "array", "items": _ref("Row"), "maxItems": MOST_ROWS},
            "method": {"type": "string", "enum": list(names()), "default": usual(schema.target.task)},
            "outputs": _list({"type": "string", "enum": list(outputs_of(schema.target))}),
            "seed": {"type": "integer", "minimum": 0, "default": 0},
            "settings": {"type": "object", "description": "Of the method, such as to and fixed of counterfactual."},
        },
        "rows",
    )
    answer = _object({"explanations": _list(_ref("Explanation")), "warnings": _list(_ref("Warning"))})
    example = {"rows": [schema.example]}
    return {
        "summary": f"Why {schema.target.name} is predicted so, row by row",
        "description": "What each column adds to what is said of typical rows. Costs thousands of predictions a row.",
        "parameters": [*parameters],
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked, "example": example}}},
        "responses": {
            "200": {
                "description": "One explanation per row, in order.",
                "content": {"application/json": {"schema": answer}},
            },
            **_refusals(400, 404, 413, 415, 422, 501),
        },
        **_GUARDED,
    }


_LEVEL = {
    "name": "level",
    "in": "query",
    "description": "Adds low and high, or a set of classes, that hold the truth so often: 0.8, 0.9 or 0.95.",
    "schema": {"type": "number"},
}


_ID = {
    "name": "id",
    "in": "query",
    "description": "The column of the rows that holds their ids, or * for new ones: labels may come later, by id.",
    "schema": {"type": "string"},
}


def _inference(prefix: str, parameters: list[Part]) -> Part:
    """The Open Inference Protocol's doors to a model."""
    ready = {"application/json": {"schema": _object({"name": _TEXT, "ready": {"type": "boolean"}})}}
    metadata = {"application/json": {"schema": _ref("ModelMetadata")}}
    infer = {
        "summary": "Open Inference Protocol: predict",
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("InferenceRequest")}}},
        "responses": {
            "200": {"description": "Tensors.", "content": {"application/json": {"schema": _ref("InferenceResponse")}}},
            **_refusals(400, 404, 413, 415, inference=True),
        },
        **_GUARDED,
    }
    return {
        prefix: {"get": _get(prefix, "Open Inference Protocol: the model.", metadata, parameters=parameters)},
        f"{prefix}/ready": {"get": _get(prefix, "Open Inference Protocol: is it?", ready, parameters=parameters)},
        f"{prefix}/infer": {"post": infer},
    }


def _schemas(schema: Schema) -> Part:
    cells: Part = {name: {} for name in (*schema.ignored, *schema.target.columns)}
    cells |= {column.name: _cell(column) for column in schema.columns}
    lists = {name: _list(cell) for name, cell in cells.items()}
    rows = _list(_ref("Row")) | {"maxItems": LIMITS.rows}
    warning = {"kind": _TEXT, "column": _TEXT, "message": _TEXT, "rows": _WHOLE, "suggestions": _list(_TEXT)}
    return {
        "Row": {"type": "object", "properties": cells, "additionalProperties": False},
        "Rows": _object({"rows": rows}),
        "Columns": _object({"columns": {"type": "object", "properties": lists, "additionalProperties": False}}),
        "Table": {"anyOf": [_ref("Rows"), _ref("Columns"), _ref("Row")]},
        "Invocation": _invocation(schema, cells, rows),
        "Answer": _object({"predictions": _list(_prediction(schema)), "warnings": _list(_ref("Warning"))}),
        "Warning": _object(warning),
        "Explanation": _explanation(),
        "Problem": _problem(),
        "Failure": _object({"error": _TEXT}),
        **_tensors(schema),
    }


def _invocation(schema: Schema, cells: Part, rows: Part) -> Part:
    placed = {
        "type": "array",
        "prefixItems": [cells[name] for name in schema.names],
        "minItems": len(schema.names),
        "maxItems": len(schema.names),
    }
    given = {"anyOf": [rows, _list(placed)]}
    split = _object({"columns": _list({"enum": list(cells)}) | {"uniqueItems": True}, "data": _list(_list({}))})
    shapes = [_object({key: given}) for key in ("instances", "inputs", "dataframe_records")]
    lists = {"type": "object", "properties": {name: _list(cell) for name, cell in cells.items()}}
    shapes += [_object({"inputs": lists | {"additionalProperties": False}}), _object({"dataframe_split": split})]
    return {"anyOf": [_ref("Rows"), _ref("Columns"), _ref("Row"), *shapes]}


def _problem() -> Part:
    told: Part = {"type": _TEXT, "title": _TEXT, "status": _WHOLE, "detail": _TEXT, "code": _TEXT, "hint": _TEXT}
    where = {"row": _WHOLE, "column": _TEXT, "suggestions": _list(_TEXT)}
    return _object(told | where, "title", "status", "detail")


def _explanation() -> Part:
    bound = {"type": ["number", "null"]}
    part = _object({"column": _TEXT, "cell": {"type": _ANY}, "amount": _NUMBER, "low": bound, "high": bound})
    account = _object({"output": _TEXT, "base": _NUMBER, "value": _NUMBER, "contributions": _list(part)})
    table = _object({"title": _TEXT, "headings": _list(_TEXT), "rows": _list(_list({"type": _ANY}))})
    areas = {"height": _WHOLE, "width": _WHOLE, "amounts": _list(_list(_NUMBER))}
    map_ = _object({"column": _TEXT, "output": _TEXT, **areas})
    told: Part = {"method": _TEXT, "scale": _TEXT, "accounts": _list(account), "notes": _list(_TEXT)}
    return _object({**told, "tables": _list(table), "maps": _list(map_), "against": _TEXT})


def _tensors(schema: Schema) -> Part:
    """Shapes of the Open Inference Protocol, by its specification."""
    parameters = {"type": "object"}
    shape = _list({"type": "integer", "minimum": -1})
    about = {"name": _TEXT, "datatype": _TEXT, "shape": shape}
    told = _object({**about, "parameters": parameters, "data": _list({"type": _ANY})}, *about, "data")
    asked = _object(
        {
            "name": {"type": "string", "enum": [*schema.names, *schema.ignored, *schema.target.columns]},
            "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1, "maxItems": 4},
            "datatype": {"type": "string", "enum": _DATATYPES},
            "parameters": parameters,
            "data": {"type": "array"},
        },
        "name",
        "shape",
        "datatype",
        "data",
    )
    wanted = _object({"name": _TEXT, "parameters": parameters}, "name")
    metadata = {"name": _TEXT, "versions": _list(_TEXT), "platform": _TEXT}
    answer = {
        "model_name": _TEXT,
        "model_version": _TEXT,
        "id": _TEXT,
        "parameters": parameters,
        "outputs": _list(told),
    }
    request = {
        "id": {"type": ["string", "null"]},
        "parameters": parameters,
        "inputs": _list(asked) | {"minItems": 1},
        "outputs": _list(wanted),
    }
    return {
        "InferenceRequest": _object(request, "inputs"),
        "InferenceResponse": _object(answer, "model_name", "outputs"),
        "ModelMetadata": _object(metadata | {"inputs": _list(_object(about)), "outputs": _list(_object(about))}),
    }


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Part) -> Part:
    return {"type": "array", "items": items}


def _cell(column: Column) -> Part:
    missing = [None, *sorted(MISSING_WORDS)]
    cell: Part = {"type": _ANY}
    if column.shape:
        texts = {"type": "string", "contentEncoding": "base64"} if column.kind == "image" else _TEXT
        numbers = {"type": "array", "description": f"numbers of shape {list(column.shape)}"}
        cell = {"anyOf": [texts, numbers, {"type": "null"}]}
    if column.kind == "number":
        cell = {"anyOf": [_NUMBER, {"enum": missing}, {"type": "string", "pattern": _PATTERNS[column.format]}]}
    if column.kind == "boolean":
        cell = {"enum": [True, False, 0, 1, *missing, *sorted(TRUE_WORDS | FALSE_WORDS)]}
    if column.wire == "time":
        stamp = {"type": "integer", "minimum": -_STAMP, "maximum": _STAMP}
        text = [{"type": "string", "format": kind} for kind in ("date-time", "date")]
        cell = {"anyOf": [stamp, {"enum": missing}, *([_TEXT] if column.format else text)]}
    if column.wire == "series":
        value = {"anyOf": [_NUMBER, {"type": "null"}]}
        cell = {"anyOf": [{"type": "array", "items": value}, {"enum": missing}]}
    about: Part = {"description": f"{column.kind}, as {column.format}" if column.format else column.kind}
    return cell | about | ({} if column.example is None else {"examples": [column.example]})


_PATTERNS = {
    None: r"^[+-]?([0-9]{1,99}\.?[0-9]{0,99}|\.[0-9]{1,99})([eE][+-]?[0-9]{1,2})?$",
    "point": r"^[+-]?[0-9]{1,99}(\.[0-9]{1,99})?$",
    "comma": r"^[+-]?[0-9]{1,99}(,[0-9]{1,99})?$",
}


def _prediction(schema: Schema) -> Part:
    target = schema.target
    probability = {"type": "number", "minimum": 0, "maximum": 1}
    if target.labels:
        pairs = zip(target.several, target.labels, strict=True)
        made = _object({name: {"type": "string", "enum": list(pair)} for name, pair in pairs})
    elif target.choices:
        made = _object({name: _one_of(classes) for name, classes in zip(target.several, target.choices, strict=True)})
    elif target.parts:
        made = _object({name: {"type": "number"} for name in target.parts})
    else:
        made = _one_of(target.classes)
    if target.task == "translation":
        made = {"type": "string"}
    if target.task == "question-answering":
        return _answer(schema.columns[1].optional, probability)
    if target.task in SCORED:
        return _object({"prediction": made, "score": probability})
    shares = target.several if target.labels else target.shares or target.classes
    if not shares:
        return _object({"prediction": made})
    return _object({"prediction": made, "probabilities": _object({name: probability for name in shares})})


def _answer(searched: bool, probability: Part) -> Part:
    """Words of a passage, empty where it has no answer; where they stand in it, and which document it is."""
    place = {"type": "integer", "minimum": -1}
    named = {"document": {"type": "string"}} if searched else {}
    return _object({"prediction": {"type": "string"}, "score": probability, "start": place, "end": place, **named})


def _one_of(classes: tuple[str, ...]) -> Part:
    """A class, or a number where there are none."""
    return {"type": "string", "enum": list(classes)} if classes else {"type": "number"}


def _object(properties: Part, *required: str) -> Part:
    """All properties are required where none is named."""
    return {"type": "object", "properties": properties, "required": list(required or properties)}
