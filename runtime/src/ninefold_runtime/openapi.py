"""The service described in OpenAPI 3.1, from the schema of its bundle."""

from __future__ import annotations

from typing import Any

from ninefold_runtime.explain.asking import outputs_of
from ninefold_runtime.explain.finding import names
from ninefold_runtime.explaining import MOST_ROWS
from ninefold_runtime.schema import Column, Kind, Schema

_TYPES: dict[Kind, list[str]] = {
    "number": ["number", "string", "null"],
    "boolean": ["boolean", "number", "string", "null"],
    "datetime": ["string", "integer", "null"],
}
_ANY = ["string", "number", "boolean", "null"]


def document(schema: Schema, name: str) -> dict[str, Any]:
    example = {"rows": [schema.example]}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Predict {schema.target.name}", "version": "1"},
        "paths": {
            "/predict": {"post": _predict(schema, example)},
            "/explain": {"post": _explain(schema, example)},
            **{path: {"get": _get(text)} for path, text in _PLAIN.items()},
        },
        "components": {
            "schemas": _schemas(schema),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_PLAIN = {
    "/health/live": "The process answers.",
    "/health/ready": "The model is loaded and takes requests; 503 while it shuts down.",
    "/metrics": "Counters in the Prometheus text format.",
    "/schema": "The columns, their kinds and the target.",
    "/openapi.json": "This document.",
}


def _get(text: str) -> dict[str, Any]:
    return {"summary": text, "responses": {"200": {"description": text}}}


def _predict(schema: Schema, example: dict[str, Any]) -> dict[str, Any]:
    one_of = [{"$ref": f"#/components/schemas/{name}"} for name in ("Rows", "Columns", "Row")]
    return {
        "summary": f"Predict {schema.target.name} for one row or many",
        "description": "Columns may be missing (with a warning); unknown columns and unreadable values are refused.",
        "parameters": [_LEVEL],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"oneOf": one_of}, "example": example},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
        "responses": {
            "200": {
                "description": "One prediction per row, in order.",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Answer"}},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            **_refusals(_PROBLEMS),
        },
    }


def _explain(schema: Schema, example: dict[str, Any]) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["rows"],
        "properties": {
            "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "maxItems": MOST_ROWS},
            "method": {"type": "string", "enum": list(names()), "default": "shap"},
            "outputs": {"type": "array", "items": {"type": "string", "enum": list(outputs_of(schema.target))}},
            "seed": {"type": "integer", "minimum": 0, "default": 0},
            "settings": {"type": "object", "description": "Of the method, such as to and fixed of counterfactual."},
        },
    }
    explanation = {"type": "array", "items": {"$ref": "#/components/schemas/Explanation"}}
    answer = _object({"explanations": explanation, "warnings": {"type": "array", "items": {"type": "object"}}})
    return {
        "summary": f"Why {schema.target.name} is predicted so, row by row",
        "description": "What each column adds to what is said of typical rows. Costs thousands of predictions a row.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": body, "example": example}}},
        "responses": {
            "200": {
                "description": "One explanation per row, in order.",
                "content": {"application/json": {"schema": answer}},
            },
            **_refusals(_PROBLEMS | _UNEXPLAINED),
        },
    }


_LEVEL = {
    "name": "level",
    "in": "query",
    "description": "Adds low and high, or a set of classes, that hold the truth so often: 0.8, 0.9 or 0.95.",
    "schema": {"type": "number"},
}


def _refusals(problems: dict[int, str]) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": text, "content": content} for status, text in problems.items()}


_PROBLEMS = {
    400: "The body cannot be parsed.",
    401: "The token is missing or wrong.",
    413: "The body is too large.",
    415: "The content type is neither JSON nor CSV.",
    422: "A column is unknown or a value does not fit; names row and column.",
}
_UNEXPLAINED = {
    415: "The content type is not JSON.",
    422: "A row, the method or an output cannot be used, or there are too many rows.",
    501: "The bundle was made without background rows.",
}


def _schemas(schema: Schema) -> dict[str, Any]:
    cells: dict[str, Any] = {name: {} for name in (*schema.ignored, *schema.target.columns)}
    cells |= {column.name: _cell(column) for column in schema.columns}
    values = {name: {"type": "array", "items": cell} for name, cell in cells.items()}
    reference = {"$ref": "#/components/schemas/Row"}
    return {
        "Row": {"type": "object", "properties": cells, "additionalProperties": False},
        "Rows": {"type": "object", "required": ["rows"], "properties": {"rows": {"type": "array", "items": reference}}},
        "Columns": {
            "type": "object",
            "required": ["columns"],
            "properties": {"columns": {"type": "object", "properties": values, "additionalProperties": False}},
        },
        "Answer": {
            "type": "object",
            "required": ["predictions", "warnings"],
            "properties": {
                "predictions": {"type": "array", "items": _prediction(schema)},
                "warnings": {"type": "array", "items": {"type": "object"}},
            },
        },
        "Explanation": _explanation(),
        "Problem": {
            "type": "object",
            "required": ["title", "status", "detail"],
            "properties": {
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "code": {"type": "string"},
                "hint": {"type": "string"},
                "row": {"type": "integer"},
                "column": {"type": "string"},
                "suggestions": {"type": "array", "items": {"type": "string"}},
            },
        },
    }


def _explanation() -> dict[str, Any]:
    number, text = {"type": "number"}, {"type": "string"}
    bound = {"type": ["number", "null"]}
    part = _object({"column": text, "cell": {"type": _ANY}, "amount": number, "low": bound, "high": bound})
    account = _object({"output": text, "base": number, "value": number, "contributions": _list(part)})
    table = _object({"title": text, "headings": _list(text), "rows": _list(_list({"type": _ANY}))})
    return _object(
        {"method": text, "scale": text, "accounts": _list(account), "notes": _list(text), "tables": _list(table)}
    )


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _cell(column: Column) -> dict[str, Any]:
    cell: dict[str, Any] = {"type": _TYPES.get(column.kind, _ANY), "description": column.kind}
    if column.example is not None:
        cell["examples"] = [column.example]
    return cell


def _prediction(schema: Schema) -> dict[str, Any]:
    target = schema.target
    probability = {"type": "number", "minimum": 0, "maximum": 1}
    if target.labels:
        pairs = zip(target.several, target.labels, strict=True)
        made = _object({name: {"type": "string", "enum": list(pair)} for name, pair in pairs})
    elif target.parts:
        made = _object({name: {"type": "number"} for name in target.parts})
    else:
        made = {"type": "string", "enum": list(target.classes)} if target.classes else {"type": "number"}
    if target.task == "anomaly":
        return _object({"prediction": made, "score": probability})
    shares = target.several if target.labels else target.classes
    if not shares:
        return _object({"prediction": made})
    return _object({"prediction": made, "probabilities": _object({name: probability for name in shares})})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
