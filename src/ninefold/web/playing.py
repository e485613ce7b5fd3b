"""The playground: fields made from a bundle's schema, a row read back from them, and what the graph says of it."""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path

from ninefold.core.words import cell
from ninefold.web.pictured import held
from ninefold_runtime.bundle import MANIFEST, Bundle, read_bundle
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.asking import asked_of
from ninefold_runtime.loaded import model_of
from ninefold_runtime.model import Model, Prediction
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import NO_TIME, stamp

Value = str | float | bool | tuple[float, ...] | None
MOST_CLASSES = 12
MISSING, OTHER, LEVEL = "?", "+", "="
"""How a choice is sent: nothing, what stands in the field beside it, or a level with this before it."""
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Ready:
    """A bundle, loaded."""

    bundle: Bundle
    model: Model

    @cached_property
    def asked(self) -> Asked:
        """Made at the first question and kept: loading the graph of contributions takes as long as many answers.

        Raises:
            ExplainError: see `ninefold_runtime.explain.asking.asked_of`.
        """
        return asked_of(self.bundle, self.model)


@dataclass(frozen=True)
class Field:
    """One input. ``name`` is its place in the schema, so that no column name can be mistaken for anything else.

    ``kind``: number, choice, moment (date and time), day, image, series, or text. ``low``, ``high`` and ``step`` are
    the slider's.
    """

    name: str
    column: Column
    kind: str
    value: str
    other: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    low: str = ""
    high: str = ""
    step: str = "any"

    @property
    def span(self) -> str:
        """The slider's ends, in words."""
        if not self.low or self.kind != "number":
            return f"{self.low} to {self.high}" if self.low else ""
        return " to ".join(_end(float(end)) for end in (self.low, self.high))


@dataclass(frozen=True)
class Share:
    """A class or part with its share (0 to 1) and how it is written; ``chosen`` where it is the answer."""

    name: str
    share: float
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Answer:
    """What the graph says of a row: in large letters, what that is, the shares behind it, values of several parts."""

    headline: str
    remark: str
    shares: tuple[Share, ...] = ()
    more: int = 0
    """Classes that are not listed."""
    parts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def ready(folder: Path) -> Ready:
    """The bundle of a run.

    Raises:
        BundleError: when there is none, or it is damaged.
    """
    manifest = folder / MANIFEST
    return _loaded(folder, manifest.stat().st_mtime_ns if manifest.is_file() else 0)


@lru_cache(maxsize=4)
def _loaded(folder: Path, _written: int) -> Ready:
    bundle = read_bundle(folder)
    return Ready(bundle, model_of(bundle))


def _end(value: float) -> str:
    """3.9, where a column of a table would have 3.900."""
    text = cell(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def typical(bundle: Bundle) -> dict[str, Value]:
    """The bundle's example as a row to begin with."""
    return {name: short(value) for name, value in bundle.schema.example.items()}


def short(value: Value) -> Value:
    """A fraction with as many digits as a person would write; all else as it is."""
    return float(f"{value:.4g}") if isinstance(value, float) and not value.is_integer() else value


def fields(columns: tuple[Column, ...], row: Mapping[str, Value]) -> list[Field]:
    """An input for each column, filled with the row."""
    return [_field(f"c{i}", column, row.get(column.name)) for i, column in enumerate(columns)]


def _field(name: str, column: Column, value: Value) -> Field:
    if column.kind == "boolean":
        now = MISSING if value is None else LEVEL + ("true" if value in (True, "true", 1.0) else "false")
        return Field(name, column, "choice", now, choices=((f"{LEVEL}true", "yes"), (f"{LEVEL}false", "no")))
    if column.wire == "number":
        low, high, step = _range(column)
        return Field(name, column, "number", _plain(value), low=low, high=high, step=step)
    if column.wire == "time":
        return _moment(name, column, value)
    if column.kind == "category" and column.levels:
        return _choice(name, column, value)
    kind = column.kind if column.shape else "text"
    return Field(
        name, column, kind, _listed(value) if isinstance(value, tuple) else "" if value is None else str(value)
    )


def _listed(value: tuple[float, ...]) -> str:
    """A series as people write one; gaps are empty."""
    return ", ".join("" if math.isnan(each) else _plain(each) for each in value)


def _choice(name: str, column: Column, value: Value) -> Field:
    choices = tuple((LEVEL + level, level) for level in column.levels)
    if value is None or value in column.levels:
        return Field(name, column, "choice", MISSING if value is None else f"{LEVEL}{value}", "", choices)
    return Field(name, column, "choice", OTHER, str(value), choices)


def _moment(name: str, column: Column, value: Value) -> Field:
    edges = [edge for edge in (column.minimum, column.maximum) if edge is not None]
    days = all(edge % _DAY == 0 for edge in edges) and "%H" not in (column.format or "")
    now = stamp(value, column.format)
    shown = "" if now == NO_TIME else _iso(now)
    low, high = (_iso(edge) if edge is not None else "" for edge in (column.minimum, column.maximum))
    long = len("2024-01-01") if days else len("2024-01-01T00:00")
    return Field(name, column, "day" if days else "moment", shown[:long], low=low[:long], high=high[:long])


def _iso(microseconds: float) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _range(column: Column) -> tuple[str, str, str]:
    """Ends and step of the slider: whole numbers where both ends are whole, else a two-hundredth of the range."""
    low, high = column.minimum, column.maximum
    if low is None or high is None or not low < high:
        return "", "", "any"
    whole = low.is_integer() and high.is_integer() and high - low >= 2 and _is_whole(column.example)
    return _plain(low), _plain(high), "1" if whole else _plain((high - low) / 200)


def _is_whole(example: Value) -> bool:
    return not isinstance(example, float) or example.is_integer()


def _plain(value: Value) -> str:
    return "" if value is None else str(value).removesuffix(".0")


def row_in(columns: tuple[Column, ...], form: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, Value]:
    """The row that a form holds, with the files that were sent; what is left empty is missing.

    Raises:
        TableError: NF-R250 where an image was sent, without Pillow.
    """
    return {
        column.name: held(column, files[f"c{i}"]) if f"c{i}" in files else _value(column, f"c{i}", form)
        for i, column in enumerate(columns)
    }


def _value(column: Column, name: str, form: Mapping[str, str]) -> Value:
    sent = form.get(name, "").strip()
    if column.kind == "boolean":
        return None if sent in ("", MISSING) else sent == f"{LEVEL}true"
    if column.wire == "number":
        return _number(sent)
    if column.wire == "time":
        return _written(column, sent)
    if column.kind == "series":
        return _numbers(sent)
    if column.kind == "image":
        return form.get(f"{name}-held", "") or None
    if column.kind == "category" and column.levels:
        sent = form.get(f"{name}-other", "").strip() if sent == OTHER else sent.removeprefix(LEVEL).strip(MISSING)
    return sent or None


def _number(sent: str) -> Value:
    """What is no finite number goes to the graph as it is, so that its note says so."""
    try:
        read = float(sent) if sent else None
    except ValueError:
        return sent
    return sent if read is not None and not math.isfinite(read) else read


def _numbers(sent: str) -> Value:
    """Numbers between commas, semicolons, spaces or lines, an empty place or ``null`` being a gap; what is no list of
    numbers goes to the graph as it is."""
    body = sent.removeprefix("[").removesuffix("]").strip()
    parts = re.split(r"\s*[,;]\s*|\s+", body) if body else []
    try:
        return tuple(float(part) if part not in ("", "null") else math.nan for part in parts) or None
    except ValueError:
        return sent


def _written(column: Column, sent: str) -> Value:
    """A browser's date as the source writes dates."""
    try:
        moment = datetime.fromisoformat(sent)
    except ValueError:
        return None
    return moment.strftime(column.format) if column.format else moment.isoformat()


def answer(loaded: Ready, row: Mapping[str, Value]) -> Answer:
    """Predict one row."""
    target = loaded.model.schema.target
    made = loaded.model.predict_one(row)
    notes = tuple(note.message for note in made.notes)
    if isinstance(made.prediction, dict):
        shares = tuple(Share(n, p, f"{p:.1%}") for n, p in (made.probabilities or {}).items())
        parts = tuple((_part(target.quantiles, name), cell(value)) for name, value in made.prediction.items())
        return Answer(f"{len(parts)} answers", target.name, shares, parts=parts, notes=notes)
    if target.task == "translation" and made.score is not None:
        return Answer(str(made.prediction), f"how sure of a token: {made.score:.2f}", notes=notes)
    if target.task == "question-answering" and made.score is not None:
        return Answer(str(made.prediction) or "no answer", f"probability {made.score:.2f}", notes=notes)
    if made.score is not None:
        told = f"more unusual than {made.score:.1%} of the training rows"
        return Answer(str(made.prediction), told, (Share("unusual", made.score, f"{made.score:.3f}"),), notes=notes)
    if made.probabilities is None:
        return Answer(cell(float(made.prediction)), target.name, notes=notes)
    return _classes(target.name, made, notes)


def _classes(target: str, made: Prediction, notes: tuple[str, ...]) -> Answer:
    ranked = sorted((made.probabilities or {}).items(), key=lambda pair: -pair[1])
    shares = tuple(Share(name, p, f"{p:.1%}", name == made.prediction) for name, p in ranked)
    chosen = next(share for share in shares if share.chosen)
    top = shares[:MOST_CLASSES]
    return Answer(f"{target} = {made.prediction}", f"probability {chosen.text}", top, len(shares) - len(top), (), notes)


def _part(quantiles: tuple[float, ...], name: str) -> str:
    return f"{float(name):.0%} quantile" if quantiles else name


def curl(columns: tuple[Column, ...], row: Mapping[str, Value]) -> str:
    """The same question to `ninefold serve`, for a shell."""
    images = [column.name for column in columns if column.kind == "image"]
    if images:
        fields = [*(f"{name}=@{name}.png" for name in images), *(f"{n}={v}" for n, v in row.items() if n not in images)]
        sent = "".join(f" \\\n  -F {shlex.quote(field)}" for field in fields)
        return f"curl -s http://127.0.0.1:8000/predict{sent}"
    plain = {name: _json(value) for name, value in row.items()}
    body = json.dumps({"rows": [plain]}, ensure_ascii=False)
    return "curl -s http://127.0.0.1:8000/predict \\\n  -H 'content-type: application/json' \\\n  -d " + shlex.quote(
        body
    )


def _json(value: Value) -> object:
    """As JSON would have it: whole numbers without a point, gaps of a series as null."""
    if isinstance(value, tuple):
        return [None if math.isnan(each) else _json(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
