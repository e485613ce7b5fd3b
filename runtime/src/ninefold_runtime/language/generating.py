"""Text that goes on from a prompt, token by token, drawn from what the graph holds for likely.

Temperature divides the log-probabilities; ``top_k`` keeps the likeliest tokens (Fan et al. 2018), ``top_p`` the
smallest set of them that holds so much of the probability (Holtzman et al. 2020).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.errors import SpeechError
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.tokenizer import BEGIN, END, PADDING

Array = NDArray[Any]
MOST = 10_000
"""Tokens that may be asked for."""
KEPT = 0.75
"""Share of a full window that is looked back on when the next one begins."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """``temperature`` 0 takes the likeliest token each time."""

    prompt: str = ""
    tokens: int = 200
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0


def checked(asked: Asked) -> Asked:
    """What was asked for.

    Raises:
        SpeechError: NF-R601 when a number lies out of bounds.
    """
    wrong = {
        "tokens": (asked.tokens, 1 <= asked.tokens <= MOST, f"1 to {MOST:,}"),
        "temperature": (asked.temperature, 0 <= asked.temperature <= 100, "0 to 100"),
        "top_k": (asked.top_k, asked.top_k is None or asked.top_k >= 1, "1 or more"),
        "top_p": (asked.top_p, asked.top_p is None or 0 < asked.top_p <= 1, "above 0, up to 1"),
        "seed": (asked.seed, asked.seed >= 0, "0 or more"),
    }
    for name, (value, fits, bounds) in wrong.items():
        if not fits:
            raise SpeechError("NF-R601", f"{name} {value} is out of bounds", hint=f"give {bounds}")
    return asked


def generate(voice: Voice, asked: Asked) -> Iterator[int]:
    """The tokens that follow the prompt, one by one; fewer than asked for where the text ends.

    Raises:
        SpeechError: as `checked` does.
    """
    rng = np.random.default_rng(checked(asked).seed)
    said = [BEGIN, *voice.tokenizer.encode(asked.prompt)]
    due, state = said[-voice.speech.window :], voice.start(1)
    for _ in range(asked.tokens):
        told, state = voice.next(np.array([due], np.int64), state)
        token = drawn(told[0, -1], asked, rng)
        if token == END:
            return
        yield token
        said.append(token)
        due = [token]
        if state.shape[1] >= voice.speech.window:
            due, state = said[-max(1, int(KEPT * voice.speech.window)) :], voice.start(1)


def drawn(told: Array, asked: Asked, rng: np.random.Generator) -> int:
    """One token by its log-probability among ``told`` [V]."""
    told = np.array(told, np.float64)
    told[[PADDING, BEGIN]] = -np.inf
    if asked.temperature == 0:
        return int(told.argmax())
    order = np.argsort(-told, kind="stable")[: asked.top_k]
    scaled = told[order] / asked.temperature
    shares = np.exp(scaled - scaled[0])
    shares /= shares.sum()
    if asked.top_p is not None:
        few = int(np.searchsorted(shares.cumsum(), asked.top_p)) + 1
        order, shares = order[:few], shares[:few] / shares[:few].sum()
    return int(order[min(int(np.searchsorted(shares.cumsum(), rng.random(), side="right")), len(order) - 1)])
