"""Do the files of a bundle agree with one another? Each may be well formed, and together still make no sense.

What is used later without a look must have been looked at here: lists that belong together are of one length, names
are those of the schema, numbers count something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sized
from itertools import pairwise

from ninefold_runtime.aspects import all_aspects
from ninefold_runtime.conformal import OF_CLASSES, OF_VALUES, Conformal
from ninefold_runtime.errors import BundleError
from ninefold_runtime.performance import MOST_CLASSES, Calibrated, Errors, Performance
from ninefold_runtime.reading import READER, Documents, Reading
from ninefold_runtime.reading import contradictions as reading_contradictions
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.sketch import Grouped, Levels, Numbers, Sketch, Sketches, Stamps
from ninefold_runtime.speech import SPEECH, Speech, contradictions
from ninefold_runtime.tokenizer import Tokens

_LONGEST_PATTERN = 100
QUESTION_AND_PASSAGE = 2
MOST_SIDE, IMAGE_SIDES = 1 << 16, 3
"""Pixels or steps of a side, and the sides that images have."""
_DIRECTIVE = re.compile(r"%(.)")
_DIRECTIVES = frozenset("YymdHIMSfpbBaAjzZ")
_COUNTLESS = 1 << 53
_ESTIMATED_VALUES = ("regression", "count")
_BANDED = ("number", "boolean", "datetime")
_OTHERS = 2
"""Groups behind those of levels or bands: other levels, and missing values."""


def refuse_contradictions(
    schema: Schema,
    sketches: Sketches | None,
    promise: Conformal | None,
    *,
    tokens: Tokens | None = None,
    speech: Speech | None = None,
    reading: Reading | None = None,
    documents: Documents | None = None,
) -> None:
    """Raises BundleError (NF-R108) when the files cannot be of one bundle."""
    files = {
        "schema.json": _of_schema(schema),
        "sketches.json": _of_sketches(schema, sketches) if sketches is not None else iter(()),
        "conformal.json": _of_promise(schema.target, promise) if promise is not None else iter(()),
        SPEECH: contradictions(tokens, speech) if tokens is not None and speech is not None else iter(()),
        READER: reading_contradictions(reading, documents),
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
    if (target.choices or target.task == "multitask") and len(target.choices) != len(target.several):
        yield "there are not as many choices as targets"
    if target.task == "question-answering" and len(schema.columns) != QUESTION_AND_PASSAGE:
        yield "a question and a passage are two columns"
    if len(set(target.answers)) < len(target.answers):
        yield "answers are of one name"
    yield from (f"{column.name}: no pattern of dates" for column in schema.columns if not _is_readable(column))
    yield from (f"{column.name}: no such shape" for column in schema.columns if not _has_shape(column))


def _has_shape(column: Column) -> bool:
    """Of images height, width and one or three channels, of series steps; of all else none."""
    shape = column.shape
    if not all(0 < size <= MOST_SIDE for size in shape):
        return False
    if column.kind == "image":
        return len(shape) == IMAGE_SIDES and shape[2] in {1, 3}
    return len(shape) in {1, 2} if column.kind == "series" else not shape


def _is_readable(column: Column) -> bool:
    """Whether Python's ``strptime`` can read by the pattern: it fails where a part is asked for twice."""
    if column.wire != "time" or column.format is None:
        return True
    asked = _DIRECTIVE.findall(column.format)
    known = len(set(asked)) == len(asked) and _DIRECTIVES.issuperset(asked)
    return known and len(column.format) <= _LONGEST_PATTERN and not column.format.endswith("%")


def _of_sketches(schema: Schema, sketches: Sketches) -> Iterator[str]:
    for column in all_aspects(schema.columns):
        kind = Stamps if column.wire == "time" else Levels if column.kind == "category" else Numbers
        if not isinstance(sketches.columns.get(column.name), kind):
            yield f"{column.name} is missing, or of another kind"
    yield from _of_scores(schema.target, sketches)
    for name, sketch in (*sketches.columns.items(), *sketches.scores.items()):
        if not _is_sound(sketch):
            yield f"{name}: counts that count nothing"
    if not 0 < sketches.rate < 1 or not 0 <= sketches.rows < _COUNTLESS:
        yield "a rate or a number of rows that is none"
    watched = {column.name for column in all_aspects(schema.columns)}
    if not sketches.weights.keys() <= watched or not _are_chances(sketches.weights.values()):
        yield "weights of other columns, or that are no shares"
    if sketches.performance is not None:
        yield from _of_performance(schema.target, sketches.performance)
    for grouped in sketches.groups:
        yield from _of_groups(schema, grouped)


def _of_scores(target: Target, sketches: Sketches) -> Iterator[str]:
    if sketches.scores and not sketches.scores.keys() >= _watched(target):
        yield "not all that is predicted is among the scores"
    for name, sketch in sketches.scores.items():
        if not isinstance(sketch, Levels if name == "predicted class" else Numbers):
            yield f"{name} is of another kind"
    expected = sketches.expected
    if expected is not None and (expected.rows < 1 or expected.deviation < 0 or not 0 <= expected.accuracy <= 1):
        yield "an accuracy of no rows, or none"


def _of_performance(target: Target, known: Performance) -> Iterator[str]:
    """Scores are told by name alone; what they are made from is counted with."""
    if target.task not in (*OF_CLASSES, *_ESTIMATED_VALUES):
        yield "the task has no performance that is estimated"
    if not 0 <= known.wrong <= known.rows < _COUNTLESS or not known.rows:
        yield "a performance of no rows, or with more wrong than there are"
    if (known.errors is None) != bool(target.classes) or len(known.questions) != _asked(target):
        yield "a performance of another target"
    if not all(_is_calibrated(question) for question in known.questions):
        yield "probabilities whose bins do not belong together"
    if known.errors is not None and not _is_spread(known.errors):
        yield "errors whose bins do not belong together"


def _asked(target: Target) -> int:
    """How many questions `monitor.outcomes.questions` has."""
    if target.task == "binary":
        return int(target.positive in target.classes)
    count = len(target.classes)
    return (1 + count if count <= MOST_CLASSES else 1) if count else 0


def _is_calibrated(question: Calibrated) -> bool:
    if not _are_bins(question.edges, question.chance, question.rows, question.hits):
        return False
    counted = all(0 <= hits <= rows < _COUNTLESS for rows, hits in zip(question.rows, question.hits, strict=True))
    return counted and _are_chances(question.chance)


def _is_spread(errors: Errors) -> bool:
    means = (errors.size, errors.square, errors.fourth, errors.far)
    if not _are_bins(errors.edges, errors.rows, *means) or errors.doubt < 0:
        return False
    return all(0 <= rows < _COUNTLESS for rows in errors.rows) and all(min(mean) >= 0 for mean in means)


def _are_bins(edges: tuple[float, ...], *lists: Sized) -> bool:
    """Whether edges rise, and each list has an entry for every bin between and beyond them."""
    return _rise(edges) and all(len(each) == len(edges) + 1 for each in lists)


def _rise(edges: Iterable[float]) -> bool:
    return all(a < b for a, b in pairwise(edges))


def _are_chances(values: Iterable[float]) -> bool:
    return all(0 <= value <= 1 for value in values)


def _of_groups(schema: Schema, grouped: Grouped) -> Iterator[str]:
    """Groups of a column that may be an input or not: of its levels, or of bands between ``edges``; then two more."""
    name, kind = grouped.column.name, grouped.column.kind
    if not _is_readable(grouped.column):
        yield f"{name}: no pattern of dates"
    if any(column.name == name and column.wire != grouped.column.wire for column in schema.columns):
        yield f"{name} is of another kind among the groups"
    by_level = kind == "category" and not grouped.edges
    in_bands = kind in _BANDED and bool(grouped.edges) and not grouped.levels
    count = len(grouped.levels) if by_level else len(grouped.edges) + 1
    if not (by_level or in_bands) or not _rise(grouped.edges) or len(grouped.names) != count + _OTHERS:
        yield f"{name}: groups that are none"
    if not grouped.parts.keys() <= set(grouped.names):
        yield f"{name}: a group without a name"
    for part in grouped.parts.values():
        if part.groups:
            yield f"{name}: groups within groups"
        else:
            yield from _of_sketches(schema, part)


def _watched(target: Target) -> set[str]:
    """The names of `sketch.score_arrays`; those of several targets begin differently."""
    if target.parts:
        what = "probability of" if target.labels else "quantile" if target.quantiles else "predicted"
        return {f"{what} {name}" for name in target.answers or target.parts}
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
        if not _are_bins(sketch.edges, sketch.counts) or (sketch.deviation or 0.0) < 0:
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
