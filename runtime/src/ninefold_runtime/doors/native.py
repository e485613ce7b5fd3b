"""Ninefold's own protocol: ``/predict``, ``/explain``, and what there is to know about a model."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import msgspec

from ninefold_runtime import arrow, explaining, openapi, page, web
from ninefold_runtime.beside import beside
from ninefold_runtime.decode import READERS, of_rows, parsed
from ninefold_runtime.doors.call import GET, INLINE_BYTES, POST, Call, Desk, Route
from ninefold_runtime.errors import ExplainError, TableError
from ninefold_runtime.forms import FORM, form_columns
from ninefold_runtime.model import Prediction, Predictions
from ninefold_runtime.monitor import late
from ninefold_runtime.served import Served
from ninefold_runtime.telemetry import exposition
from ninefold_runtime.web import JSON, Refused, Response, media_of
from ninefold_runtime.write import as_csv

_PLAIN_JSON = {b"", b"*/*", b"application/json"}
_SECURITY = ((b"content-security-policy", page.POLICY.encode()),)
_encode = msgspec.json.Encoder().encode


async def predict(call: Call) -> Response:
    body = await call.body()
    served = call.served
    media = media_of(call.headers)
    if media not in {*READERS, FORM}:
        raise Refused(415, "Unsupported media type", f"send one of: {', '.join([*READERS, FORM])}")
    plain = (
        media == JSON
        and not served.decodes
        and not call.scope.get("query_string")
        and call.headers.get(b"accept", b"") in _PLAIN_JSON
    )
    if plain and len(body) <= min(INLINE_BYTES, call.desk.limits.single, call.desk.limits.text):
        answer = _single(served, body)
        if answer is not None:
            return answer
    return await call.answered(served, body, partial(_table, call, served, media, body))


def _single(served: Served, body: bytes) -> Response | None:
    """The quick way; None where it cannot answer."""
    started = time.perf_counter()
    made = served.predict_single(body)
    if made is None:
        return None
    answer = Response(200, _encode({"predictions": (_answer(made),), "warnings": made.notes}))
    served.telemetry.predicted(1, time.perf_counter() - started, made.notes)
    return answer


def _answer(made: Prediction) -> dict[str, Any]:
    answer: dict[str, Any] = {"prediction": made.prediction}
    if made.probabilities is not None:
        answer["probabilities"] = made.probabilities
    if made.score is not None:
        answer["score"] = made.score
    return answer | made.more


def _table(call: Call, served: Served, media: str, body: bytes, until: float) -> tuple[Response, Predictions]:
    limits = call.desk.limits
    # The types of the schema leave out columns that it ignores, and ids may be in one of those.
    quick = media == JSON and not call.scope.get("query_string")
    if media == FORM:
        columns = form_columns(body, web.text_of(call.headers, b"content-type"))
    else:
        columns = served.table(body) if quick else READERS[media](body, served.bundle.schema)
    columns, ids = late.with_ids(call.scope, columns)
    made = served.predict(columns, limits, until)
    if media == JSON and not served.decodes and len(made) == 1 and len(body) > limits.single:
        raise Refused(413, "Body too large", f"one row may have {limits.single:,} bytes")
    level = _level(call)
    more: dict[str, Sequence[object]] = {"id": ids} if ids else {}
    more |= {} if level is None else beside(made, served.bundle.conformal, level)
    late.remembered(served.observer, ids, made)
    return encoded(made, more, web.text_of(call.headers, b"accept")), made


def _level(call: Call) -> float | None:
    """What ``?level=`` says."""
    asked = parse_qs(call.scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if "level" not in asked:
        return None
    said = asked["level"][0]
    try:
        return float(said)
    except ValueError as error:
        raise TableError("NF-R211", f"level {said[:40]!r} is not a number", hint="ask for level=0.9") from error


def encoded(made: Predictions, more: Mapping[str, Sequence[object]], accept: str) -> Response:
    """In the first of our formats that ``accept`` names; JSON where it names none. Only JSON tells the warnings,
    the others their number."""
    warned = ((b"ninefold-warnings", b"%d" % len(made.notes)),)
    if "text/csv" in accept:
        return Response(200, as_csv(made, more).encode(), "text/csv; charset=utf-8", warned)
    if arrow.MEDIA in accept:
        return Response(200, arrow.encoded(made, more), arrow.MEDIA, warned)
    answers = _answers(made, more)
    if "ndjson" in accept or "jsonlines" in accept:
        return Response(200, msgspec.json.Encoder().encode_lines(answers), "application/x-ndjson", warned)
    return web.as_json({"predictions": answers, "warnings": made.notes})


def _answers(made: Predictions, more: Mapping[str, Sequence[object]]) -> list[dict[str, Any]]:
    labels = made.predictions.tolist()
    if made.parts:
        labels = [dict(zip(made.parts, row, strict=True)) for row in labels]
    answers: list[dict[str, Any]] = [{"prediction": label} for label in labels]
    if made.probabilities is not None:
        names = made.named
        for answer, row in zip(answers, made.probabilities.tolist(), strict=True):
            answer["probabilities"] = dict(zip(names, row, strict=True))
    if made.scores is not None:
        for answer, score in zip(answers, made.scores.tolist(), strict=True):
            answer["score"] = score
    told = {name: values.tolist() for name, values in made.more.items()}
    for name, values in {**told, **more}.items():
        for answer, value in zip(answers, values, strict=True):
            answer[name] = value
    return answers


async def explain(call: Call) -> Response:
    """In a thread, and one request at a time: a row takes as long as thousands of predictions."""
    body = await call.body(call.desk.limits.explain_seconds)
    served = call.served
    if (media := media_of(call.headers)) != JSON:
        raise Refused(415, "Unsupported media type", f"send application/json, not {media[:80] or 'nothing'}")
    try:
        asked = served.asked
    except ExplainError as error:
        raise Refused.of(501, "Not in this bundle", error) from error
    sent = parsed(body)
    if not isinstance(sent.get("rows"), list):
        raise Refused(400, "Not a question", 'send {"rows": [{…}]}, and beside it method, outputs, seed or settings')
    columns = of_rows(sent["rows"], served.bundle.schema)
    question = explaining.question_in(body)
    async with call.desk.explaining:
        return await call.desk.threaded(lambda: explaining.answer(asked, columns, question))


async def _labels(call: Call) -> Response:
    """In a thread: the store may be slow."""
    labels, observer = late.labels_in(await call.body()), call.served.observer
    return await call.desk.threaded(lambda: late.labelled(observer, labels))


async def _page(call: Call) -> Response:
    return Response(200, page.page(call.served.bundle.schema).encode(), "text/html; charset=utf-8", _SECURITY)


async def _schema(call: Call) -> Response:
    return web.as_json(call.served.bundle.schema)


async def _monitor(call: Call) -> Response:
    served = call.served
    watching, beside = served.watching, served.beside()
    if watching is None and not beside:
        raise Refused(404, "Not monitored", "nobody watches this model")
    state: dict[str, Any] | None = {}
    if watching is not None:
        served.show()
        state = await watching.ask(watching.observer.state, None)
    if state is None:
        raise Refused(503, "Monitor failed", "the monitor cannot answer; predictions go on")
    return web.as_json(state | beside)


async def _described(call: Call) -> Response:
    served = call.served
    return web.as_json(openapi.document(served.bundle.schema, served.name, served.short))


async def _metrics(call: Call) -> Response:
    text = call.desk.together(await exposed(call.desk))
    return Response(200, text.encode(), "text/plain; version=0.0.4; charset=utf-8")


async def exposed(desk: Desk) -> str:
    """The counters of this process."""
    lines = [*desk.traffic.lines(len(desk.patience))]
    for served in desk.fleet.everyone():
        lines += served.telemetry.lines()
        watching = served.watching
        if watching is not None:
            served.show()
            lines += await watching.ask(lambda watching=watching: list(watching.observer.metrics()), [])  # type: ignore[misc]
            lines += served.telemetry.watched(watching.failures, watching.missed)
    return exposition(lines)


async def _live(_: Call) -> Response:
    return web.as_json({"status": "live"})


async def _ready(call: Call) -> Response:
    call.check_ready()
    return web.as_json({"status": "ready"})


async def _models(call: Call) -> Response:
    fleet = call.desk.fleet
    told = [{"name": served.name, "version": served.version} for served in fleet.everyone()]
    return web.as_json({"models": told, "default": fleet.default})


ROUTES = (
    Route("/predict", POST, predict),
    Route("/explain", POST, explain),
    Route("/labels", POST, _labels),
    Route("/schema", GET, _schema),
    Route("/monitor", GET, _monitor),
    Route("/models", GET, _models),
    Route("/models/{model}/predict", POST, predict),
    Route("/models/{model}/explain", POST, explain),
    Route("/models/{model}/labels", POST, _labels),
    Route("/models/{model}/schema", GET, _schema),
    Route("/models/{model}/monitor", GET, _monitor),
    Route("/models/{model}/openapi.json", GET, _described),
    Route("/", GET, _page),
    Route("/openapi.json", GET, _described),
    Route("/metrics", GET, _metrics),
    Route("/health/live", GET, _live, free=True),
    Route("/health/ready", GET, _ready, free=True),
)
