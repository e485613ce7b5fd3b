"""Do the files of a bundle agree with one another? Each may be well formed, and together still make no sense.

What is used later without a look must have been looked at here: lists that belong together are of one length, names
are those of the schema, numbers count something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ninefold_runtime.conformal import OF_CLASSES, OF_VALUES, Conformal
from ninefold_runtime.errors import BundleError
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.sketch import Levels, Numbers, Sketch, Sketches, Stamps

_LONGEST_PATTERN = 100
_DIRECTIVE = re.compile(r"%(.)")
_DIRECTIVES = frozenset("YymdHIMSfpbBaAjzZ")
_COUNTLESS = 1 << 53


def refuse_contradictions(schema: Schema, sketches: Sketches | None, promise: Conformal | None) -> None:
    """Raises BundleError (NF-R108) when the files cannot be of one bundle."""
    files = {
        "schema.json": _of_schema(schema),
        "sketches.json": _of_sketches(schema, sketches) if sketches is not None else iter(()),
        "conformal.json": _of_promise(schema.target, promise) if promise is not None else iter(()),
    }
    for name, found in files.items():
        if (why := next(found, None)) is not None:
            message = f"{name} is not as expected: {why[:200]}"
            raise BundleError("NF-R108", message, hint="make the bundle again", refused="contradiction")


def _of_schema(schema: Schema) -> Iterator[str]:
    target = schema.target
    if not schema.columns or len(set(schema.names)) < len(schema.columns):
        yield "columns are missing, or of one name"
    if len(set(target.classes)) < len(target.classes) or len(set(target.parts)) < len(target.parts):
        yield "classes or targets are of one name"
    if target.labels and len(target.labels) != len(target.several):
        yield "there are not as many labels as targets"
    yield from (f"{column.name}: no pattern of dates" for column in schema.columns if not _is_readable(column))


def _is_readable(column: Column) -> bool:
    """Whether Python's ``strptime`` can read by the pattern: it fails where a part is asked for twice."""
    if column.wire != "time" or column.format is None:
        return True
    asked = _DIRECTIVE.findall(column.format)
    known = len(set(asked)) == len(asked) and _DIRECTIVES.issuperset(asked)
    return known and len(column.format) <= _LONGEST_PATTERN and not column.format.endswith("%")


def _of_sketches(schema: Schema, sketches: Sketches) -> Iterator[str]:
    for column in schema.columns:
        kind = Stamps if column.wire == "time" else Levels if column.kind == "category" else Numbers
        if not isinstance(sketches.columns.get(column.name), kind):
            yield f"{column.name} is missing, or of another kind"
    if sketches.scores and not sketches.scores.keys() >= _watched(schema.target):
        yield "not all that is predicted is among the scores"
    for name, sketch in (*sketches.columns.items(), *sketches.scores.items()):
        if not _is_sound(sketch):
            yield f"{name}: counts that count nothing"
    if not 0 < sketches.rate < 1 or not 0 <= sketches.rows < _COUNTLESS:
        yield "a rate or a number of rows that is none"
    if sketches.expected is not None and (sketches.expected.rows < 1 or sketches.expected.deviation < 0):
        yield "an accuracy of no rows"


def _watched(target: Target) -> set[str]:
    """The names of `sketch.score_arrays`; those of several targets begin differently."""
    if target.parts:
        what = "probability of" if target.labels else "quantile" if target.quantiles else "predicted"
        return {f"{what} {name}" for name in target.parts}
    if target.task == "anomaly" or not target.classes:
        return {"predicted value"}
    if target.task == "binary" and target.positive in target.classes:
        return {"predicted probability"}
    return {"largest probability", "predicted class"}


def _is_sound(sketch: Sketch) -> bool:
    counts = [sketch.present, sketch.missing]
    if isinstance(sketch, Levels):
        counts += [*sketch.counts.values(), sketch.other]
    if isinstance(sketch, Numbers):
        counts += sketch.counts
        rising = all(a < b for a, b in pairwise(sketch.edges))
        if not rising or len(sketch.counts) != len(sketch.edges) + 1 or (sketch.deviation or 0.0) < 0:
            return False
    return all(0 <= count < _COUNTLESS for count in counts)


def _of_promise(target: Target, promise: Conformal) -> Iterator[str]:
    wide = len(promise.levels)
    if target.task in OF_CLASSES and (promise.score is None or len(promise.limits) != wide):
        yield "there is not a limit for each level"
    if target.task in OF_VALUES and (promise.score or len(promise.reaches) != max(1, len(target.parts))):
        yield "there is not a reach for each value"
    if target.task not in (*OF_CLASSES, *OF_VALUES):
        yield "the task has no such promise"
    for reach in promise.reaches:
        bands = {len(far) for far in reach.far}
        if len(reach.far) != wide or bands - {len(reach.edges) + 1}:
            yield "a reach does not have each level and band"
