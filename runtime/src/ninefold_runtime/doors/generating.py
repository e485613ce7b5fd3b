"""``/generate``: text from a bundle that holds a language model."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec

from ninefold_runtime import web
from ninefold_runtime.doors.call import POST, Call, Route
from ninefold_runtime.errors import SpeechError
from ninefold_runtime.language.generating import Asked, generate
from ninefold_runtime.language.listener import Listener
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.web import JSON, Refused, Response, media_of


class _Sent(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request may say."""


@dataclass(frozen=True)
class _Said:
    text: str
    tokens: int


async def _generated(call: Call) -> Response:
    """In a thread: a text takes as long as thousands of predictions."""
    body = await call.body()
    model = call.served.model
    if (media := media_of(call.headers)) != JSON:
        raise Refused(415, "Unsupported media type", f"send application/json, not {media[:80] or 'nothing'}")
    if not isinstance(model, Listener):
        raise Refused(404, "Not in this bundle", "this bundle holds no language model; ask /predict")
    try:
        asked = msgspec.json.decode(body, type=_Sent)
    except msgspec.DecodeError as error:
        raise Refused(400, "Not a question", f'send {{"prompt": "…", "tokens": 200}}: {error}') from error
    until = time.monotonic() + call.desk.limits.seconds
    try:
        return web.as_json(await call.desk.threaded(lambda: _said(model.voice, asked, until)))
    except SpeechError as error:
        raise Refused.of(422, "Out of bounds", error) from error
    except TimeoutError as error:
        raise web.busy(str(error)) from error


def _said(voice: Voice, asked: Asked, until: float) -> _Said:
    """Raises TimeoutError: `time.monotonic` passed ``until`` before the last token."""
    tokens = []
    for token in generate(voice, asked):
        tokens.append(token)
        if time.monotonic() > until:
            raise TimeoutError(f"{len(tokens)} of {asked.tokens} tokens were said in time; ask for fewer")
    return _Said(voice.tokenizer.decode(tokens), len(tokens))


ROUTES = (Route("/generate", POST, _generated), Route("/models/{model}/generate", POST, _generated))
