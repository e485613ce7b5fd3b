"""A bundle's schema and reference as messages of TensorFlow Metadata (schema.proto, statistics.proto, v0)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ninefold.export.protobuf import Enum, Field, Message, Single
from ninefold_runtime.aspects import all_aspects
from ninefold_runtime.schema import Column, Kind, Schema, Target
from ninefold_runtime.sketch import Levels, Numbers, Sketch, Sketches

BYTES, INT, FLOAT = Enum("BYTES", 1), Enum("INT", 2), Enum("FLOAT", 3)
TYPES: dict[Kind, Enum] = {"number": FLOAT, "boolean": INT}
"""Of kinds; all others are BYTES."""
TAG = "ninefold:"
"""In front of a column's kind, in an annotation: kinds say more than types and domains."""
TRAINING, SERVING = "TRAINING", "SERVING"


def schema_message(schema: Schema) -> Message:
    """``tensorflow.metadata.v0.Schema``: the columns, and the targets, which are there in training alone."""
    return (
        *(Field("feature", 1, _feature(column)) for column in schema.columns),
        *(Field("feature", 1, feature) for feature in _targets(schema.target)),
        Field("default_environment", 5, TRAINING),
        Field("default_environment", 5, SERVING),
    )


def _feature(column: Column) -> Message:
    return (
        Field("name", 1, column.name),
        *_presence(always=column.missing == 0),
        Field("type", 6, TYPES.get(column.kind, BYTES)),
        *_domain(column),
        Field("annotation", 16, (Field("tag", 1, f"{TAG}{column.kind}"),)),
    )


def _presence(*, always: bool) -> Iterator[Field]:
    """One value a row, or at most one."""
    if always:
        yield Field("presence", 14, (Field("min_fraction", 1, 1.0), Field("min_count", 2, 1)))
        yield Field("shape", 23, (Field("dim", 2, (Field("size", 1, 1),)),))
    else:
        yield Field("presence", 14, (Field("min_count", 2, 1),))
        yield Field("value_count", 5, (Field("min", 1, 1), Field("max", 2, 1)))


def _domain(column: Column) -> Iterator[Field]:
    """What values there may be. A category has a domain where all its values are known; a new one is then an anomaly
    there, while the bundle answers it as unseen."""
    if column.kind == "boolean":
        yield Field("bool_domain", 13, (Field("name", 1, column.name),))
    elif column.kind == "category" and 0 < column.distinct <= len(column.levels):
        yield _values(column.name, column.levels)
    elif column.kind == "text":
        yield Field("natural_language_domain", 24, ())
    elif column.kind == "datetime" and column.format:
        yield Field("time_domain", 28, (Field("string_format", 1, column.format),))


def _values(name: str, values: tuple[str, ...]) -> Field:
    return Field("string_domain", 11, (Field("name", 1, name), *(Field("value", 2, value) for value in values)))


def _targets(target: Target) -> Iterator[Message]:
    for position, name in enumerate(target.columns):
        values = (target.labels or target.choices or (target.classes,) * (position + 1))[position]
        yield (
            Field("name", 1, name),
            Field("presence", 14, (Field("min_count", 2, 1),)),
            Field("value_count", 5, (Field("min", 1, 1), Field("max", 2, 1))),
            Field("type", 6, BYTES if values else FLOAT),
            *((_values(name, values),) if values else ()),
            Field("not_in_environment", 19, SERVING),
        )


def statistics_message(schema: Schema, sketches: Sketches) -> Message:
    """``tensorflow.metadata.v0.DatasetFeatureStatisticsList`` of the training rows, as far as the bundle tells of them:
    no smallest and no largest value."""
    features = (_statistics(column, sketches.columns[column.name]) for column in all_aspects(schema.columns))
    told = (
        Field("name", 1, "training"),
        Field("num_examples", 2, sketches.rows),
        *(Field("features", 3, feature) for feature in features),
    )
    return (Field("datasets", 1, told),)


def _statistics(column: Column, sketch: Sketch) -> Message:
    named = Field("path", 8, (Field("step", 1, column.name),))
    common = Field("common_stats", 1, _common(sketch))
    if column.wire == "number" and isinstance(sketch, Numbers):
        return (Field("type", 2, Enum("FLOAT", 1)), Field("num_stats", 3, (common, *_numeric(sketch))), named)
    kind = Field("type", 2, Enum("STRING", 2))
    if isinstance(sketch, Levels):
        return (kind, Field("string_stats", 4, (common, *_levels(column, sketch))), named)
    length = (Field("avg_length", 4, Single(sketch.mean)),) if isinstance(sketch, Numbers) and sketch.mean else ()
    return (kind, Field("string_stats", 4, (common, *length)), named)


def _common(sketch: Sketch) -> Message:
    return (
        Field("num_non_missing", 1, sketch.present),
        Field("num_missing", 2, sketch.missing),
        Field("min_num_values", 3, 1),
        Field("max_num_values", 4, 1),
        Field("avg_num_values", 5, Single(1.0)),
        Field("tot_num_values", 8, sketch.present),
    )


def _numeric(sketch: Numbers) -> Iterator[Field]:
    if sketch.mean is not None and sketch.deviation is not None:
        yield Field("mean", 2, sketch.mean)
        yield Field("std_dev", 3, sketch.deviation)
    edges = (float("-inf"), *sketch.edges, float("inf"))
    bins = list(zip(pairwise(edges), sketch.counts, strict=True))
    if sketch.present and sketch.edges:
        yield Field("median", 6, _median(sketch))
    buckets = (_bucket(low, high, count) for (low, high), count in bins)
    yield Field("histograms", 8, (*buckets, Field("type", 4, Enum("QUANTILES", 1))))


def _bucket(low: float, high: float, count: int) -> Field:
    ends = (Field("low_value", 1, low), Field("high_value", 2, high))
    return Field("buckets", 3, (*ends, Field("sample_count", 4, float(count))))


def _median(sketch: Numbers) -> float:
    """The edge that half of the values lie at or below."""
    seen = 0
    for edge, count in zip(sketch.edges, sketch.counts, strict=False):
        seen += count
        if 2 * seen >= sketch.present:
            return edge
    return sketch.edges[-1]


def _levels(column: Column, sketch: Levels) -> Iterator[Field]:
    """The counts are of a part of the rows: told as of all."""
    counted = sum(sketch.counts.values()) + sketch.other
    scale = sketch.present / counted if counted else 0.0
    shares = [(level, count * scale) for level, count in sorted(sketch.counts.items(), key=lambda each: -each[1])]
    yield Field("unique", 2, column.distinct)
    for level, rows in shares:
        yield Field("top_values", 3, (Field("value", 2, level), Field("frequency", 3, rows)))
    ranks = (
        (
            Field("low_rank", 1, rank),
            Field("high_rank", 2, rank),
            Field("label", 4, level),
            Field("sample_count", 5, rows),
        )
        for rank, (level, rows) in enumerate(shares)
    )
    yield Field("rank_histogram", 5, tuple(Field("buckets", 1, rank) for rank in ranks))
