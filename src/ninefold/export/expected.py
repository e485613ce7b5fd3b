"""A schema of TensorFlow Metadata as the kinds of columns that are expected."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from ninefold.core.errors import WishError
from ninefold.export.metadata import TAG
from ninefold.export.textproto import Entry, parse
from ninefold_runtime.schema import Kind

DOMAINS: dict[str, Kind] = {
    "bool_domain": "boolean",
    "string_domain": "category",
    "natural_language_domain": "text",
    "time_domain": "datetime",
    "time_of_day_domain": "text",
}
"""What a domain says of a column."""


def expected_kinds(path: Path) -> dict[str, Kind]:
    """The kind of every feature whose kind the schema settles: by what Ninefold noted there, a domain, or its type.

    Raises:
        WishError: NF-E399 when it is not a schema in the text format.
    """
    try:
        schema = parse(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        hint = "give a schema.pbtxt, as TensorFlow Data Validation writes it"
        raise WishError("NF-E399", f"{path} cannot be read as a schema: {error}", hint=hint, given=str(path)) from error
    domains = {_word(entries, "name") for name, entries in schema if name == "string_domain"}
    features = [entries for name, entries in schema if name == "feature" and isinstance(entries, list)]
    kinds = {_word(feature, "name"): _kind(feature, domains) for feature in features}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind(feature: list[Entry], domains: set[str]) -> Kind | None:
    noted = [_word(entries, "tag").removeprefix(TAG) for name, entries in feature if name == "annotation"]
    for kind in noted:
        if kind in get_args(Kind):
            return cast("Kind", kind)
    for name, entries in feature:
        if name in DOMAINS:
            return DOMAINS[name]
        if name in {"int_domain", "float_domain"} and _word(entries, "is_categorical") == "true":
            return "category"
    if _word(feature, "domain") in domains - {""}:
        return "category"
    return "number" if _word(feature, "type") in {"INT", "FLOAT"} else None


def _word(entries: str | list[Entry], name: str) -> str:
    """The first value of a field that is no message; empty where there is none."""
    if isinstance(entries, str):
        return ""
    return next((value for key, value in entries if key == name and isinstance(value, str)), "")
