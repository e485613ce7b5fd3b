"""How a bundle speaks: what is decided at training beside graph and tokenizer."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ninefold_runtime.tokenizer import LONGEST_PIECE, MOST_PIECES, Tokens

TOKENIZER, SPEECH, ENCODER = "tokenizer.json", "speech.json", "encoder.onnx"
MOST_BEAMS, LONGEST = 32, 1024


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """``speech.json``. ``width``: numbers of state for each token, the last axis of the graph's ``state``.

    ``longest``: tokens that a source, and an answer, have at most. ``window``: tokens that a language model looks back
    on. ``beams`` and ``penalty`` are those of `search.beam_search`.
    """

    width: int
    longest: int
    beams: int = 1
    penalty: float = 1.0
    window: int = 0


def contradictions(tokens: Tokens, speech: Speech) -> Iterator[str]:
    """Why these cannot be of one bundle, or of any."""
    if len(tokens.pieces) > MOST_PIECES or len(set(tokens.pieces)) < len(tokens.pieces):
        yield "too many pieces, or two that are the same"
    if not all(0 < len(piece) <= LONGEST_PIECE for piece in tokens.pieces):
        yield "a piece without letters, or with too many"
    if not (1 <= speech.beams <= MOST_BEAMS and 1 <= speech.longest <= LONGEST and 0 <= speech.window <= LONGEST):
        yield "beams or lengths out of bounds"
    if not (1 <= speech.width < 1 << 20 and 0 <= speech.penalty <= 10):
        yield "a width or a penalty out of bounds"
