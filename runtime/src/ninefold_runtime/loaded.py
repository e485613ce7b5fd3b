"""A bundle as the model that it holds: one that answers rows by its graph alone, or one that speaks."""

from __future__ import annotations

import os

from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.language.answerer import Answerer
from ninefold_runtime.language.listener import Listener
from ninefold_runtime.language.reader import Reader
from ninefold_runtime.language.translator import Translator
from ninefold_runtime.language.voice import Voice
from ninefold_runtime.model import Model


def load(path: str | os.PathLike[str]) -> Model:
    """Read, verify and load a bundle.

    Raises:
        BundleError: see `ninefold_runtime.bundle.read_bundle`.
    """
    return model_of(read_bundle(path))


def model_of(bundle: Bundle) -> Model:
    """The model of a bundle that was read.

    Raises:
        BundleError: its graph cannot be used.
    """
    task = bundle.schema.target.task
    if task == "translation":
        return Translator(Voice.of(bundle), bundle.schema)
    if task == "language-model":
        return Listener(Voice.of(bundle), bundle.schema)
    if task == "question-answering":
        return Answerer(Reader.of(bundle), bundle.schema, bundle.documents)
    return Model(bundle.graph, bundle.schema)
