"""Options become wishes; what cannot be read as one is said before any file is touched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

import msgspec

from ninefold.core.errors import WishError, nearest
from ninefold.core.problem import LOSS, Limits, Stake
from ninefold.core.words import bytes_in, microseconds_in
from ninefold_runtime.schema import Kind


def target(names: Sequence[str] | None) -> str | tuple[str, ...] | None:
    """One column's name, several, or None where nothing was said."""
    return names[0] if names and len(names) == 1 else tuple(names or ()) or None


def order(text: str | None) -> tuple[str, ...]:
    """Classes from low to high: separated by commas, or a JSON list where they hold commas themselves.

    Raises:
        WishError: when the text begins like JSON and is no list of words.
    """
    if text is None or not text.lstrip().startswith("["):
        return tuple(word.strip() for word in (text or "").split(",") if word.strip())
    try:
        return tuple(msgspec.json.decode(text, type=list[str]))
    except msgspec.DecodeError as error:
        raise WishError("NF-E316", f"--order is no list of classes: {error}", hint='["low", "high"]') from error


def quantiles(text: str | None) -> tuple[float, ...]:
    """Numbers separated by commas.

    Raises:
        WishError: when one is no number.
    """
    try:
        return tuple(float(level) for level in (text or "").split(",") if level.strip())
    except ValueError as error:
        raise WishError("NF-E317", f"--quantiles: {error}", hint="for example --quantiles 0.1,0.5,0.9") from error


def kinds(pairs: Sequence[str]) -> dict[str, Kind]:
    """``COLUMN=KIND`` each.

    Raises:
        WishError: when a pair has no ``=`` or names no kind.
    """
    return dict(map(_kind, pairs))


def schema_kinds(path: Path | None) -> dict[str, Kind]:
    """Those of a schema of TensorFlow Metadata, where one is named.

    Raises:
        WishError: when it cannot be read.
    """
    if path is None:
        return {}
    from ninefold.export.expected import expected_kinds

    return expected_kinds(path)


def _kind(pair: str) -> tuple[str, Kind]:
    name, equals, kind = pair.rpartition("=")
    known = get_args(Kind)
    if not equals:
        raise WishError("NF-E392", f'"{pair}" does not name a kind', hint=f"write --kind {pair}=category", given=pair)
    if kind not in known:
        hint = f"choose from: {', '.join(known)}"
        close = nearest(kind, known)
        raise WishError("NF-E392", f'there is no kind "{kind}"', hint=hint, given=kind, suggestions=close)
    return name, cast("Kind", kind)


def limits(size: str | None, latency: str | None, *, quantise: bool = False, loss: float | None = None) -> Limits:
    """Limits on the graph as texts with units, and what numbers of 8 bits may cost.

    Raises:
        WishError: when one cannot be read.
    """
    most = None if size is None else bytes_in(size)
    longest = None if latency is None else microseconds_in(latency)
    return Limits(most, longest, quantise, LOSS if loss is None else loss)


def backbone(named: str | None, runs: Path) -> str:
    """Where the trained network lies, fetched where it is named at a hub or by its address; the id of a run means that
    run's.

    Raises:
        WishError: when it cannot be had.
    """
    if not named:
        return ""
    from ninefold.cli.terminal import plain, remarks
    from ninefold.networks.backbones.named import is_remote, local

    if not is_remote(named) and not Path(named).exists() and (runs / named).is_dir():
        return str(runs / named)
    with remarks().status("looking for the backbone") as status:
        return str(local(named, lambda told: status.update(plain(told))))


def stake(word: str, text: str | None) -> Stake:
    """Costs or gains, as ``word`` says: a square of numbers [true][predicted], or numbers by the names of true and
    predicted class, as inline JSON or in a file.

    Raises:
        WishError: when it is neither.
    """
    if text is None:
        return ()
    try:
        given = json.loads(text if text.lstrip().startswith(("[", "{")) else Path(text).read_text())
    except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise _bad_stake(word, text, str(error)) from error
    if _is_named(given):
        return {true: {said: float(value) for said, value in row.items()} for true, row in given.items()}
    if not _is_square(given):
        raise _bad_stake(word, text, "it is neither a square of numbers nor numbers by true and predicted class")
    return tuple(tuple(float(value) for value in row) for row in given)


def _is_named(given: object) -> bool:
    return isinstance(given, dict) and all(
        isinstance(row, dict) and all(_is_number(value) for value in row.values()) for row in given.values()
    )


def _is_square(given: object) -> bool:
    return isinstance(given, list) and all(
        isinstance(row, list) and len(row) == len(given) and all(_is_number(value) for value in row) for row in given
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bad_stake(word: str, text: str, why: str) -> WishError:
    hint = (
        f'write --{word} \'{{"true class": {{"predicted class": 5}}}}\', or a square [true][predicted] in the order '
        "of the classes, the positive one last, or a file of either"
    )
    return WishError("NF-E393", f"the {word} cannot be read: {why}", hint=hint, given=text)
