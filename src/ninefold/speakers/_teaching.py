"""From tokens to a trained transformer and its graphs, held against one another."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.machine import threads
from ninefold.core.table import Array
from ninefold.forms.alone import alone
from ninefold.forms.speaking import Spoken
from ninefold.networks.plan import Plan
from ninefold.networks.speech.graph import decoder_graph, encoder_graph
from ninefold.networks.speech.shape import Shape
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.speech import Speech
from ninefold_runtime.tokenizer import Tokens

if TYPE_CHECKING:
    from ninefold.networks.speech.network import Speaking

COMPARED = 16
"""Rows on which graph and Python are compared."""
HALF = 2
"""The graph is asked in so many parts, as it is when it speaks: the state must carry what was said."""


def taught(
    shape: Shape,
    tokens: Tokens,
    speech: Speech,
    plan: Plan,
    *,
    lesson: Callable[[Speaking], tuple[Any, Any]],
    asked: tuple[Array, Array | None],
    rng: np.random.Generator,
    clock: Clock,
    place: Path,
) -> Spoken:
    """``lesson`` makes what a network learns from, and what it is watched on or None; ``asked`` are tokens [N, T], with
    their sources, on which the graph is held against the network."""
    import torch

    from ninefold.networks.speech.network import Speaking
    from ninefold.networks.training.loop import train

    with alone(int(rng.integers(2**31 - 1))):
        torch.set_num_threads(threads())
        network = Speaking(shape)
        teaching, watch = lesson(network)
        watched = None if watch is None else lambda: watch.watched(plan.batch)
        trained = train(network, teaching, watched, plan, clock=clock, place=place)
        weights = network.weights()
        graph = decoder_graph(shape, weights)
        encoder = encoder_graph(shape, weights) if shape.encoder else None
        told = network.log_probabilities(*(None if a is None else torch.from_numpy(a[:COMPARED]) for a in asked))
    apart = _difference(Voice(graph, encoder, tokens, speech), told.numpy(), asked)
    measures = {} if trained.lowest is None else {"perplexity": math.exp(min(50.0, trained.lowest))}
    return Spoken(graph, tokens, speech, encoder, trained.rounds, apart, measures)


def _difference(voice: Voice, python: Array, asked: tuple[Array, Array | None]) -> float:
    """The largest difference of a log-probability, the tokens given in two parts."""
    tokens, source = (None if a is None else a[:COMPARED] for a in asked)
    assert tokens is not None
    memory = None if source is None else voice.memory(source)
    state, apart = voice.start(len(tokens)), 0.0
    cut = max(1, tokens.shape[1] // HALF)
    for start, stop in ((0, cut), (cut, tokens.shape[1])):
        if stop > start:
            said, state = voice.next(tokens[:, start:stop], state, source, memory)
            wanted = python[:, start:stop] if source is None else python[:, stop - 1 : stop]
            apart = max(apart, float(np.abs(said - wanted).max()))
    return apart
