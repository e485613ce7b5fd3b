"""A bundle made ready to be asked: its graph as a function of raw columns, whatever its task, and its background."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ninefold_runtime.background import Prototypes
from ninefold_runtime.bundle import Bundle
from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Array, Arrays, Asked, Background
from ninefold_runtime.explain.contributed import Contributed
from ninefold_runtime.explain.mapped import Mapped
from ninefold_runtime.explain.owed import owing
from ninefold_runtime.model import Model
from ninefold_runtime.schema import SPOKEN, WORDED, Schema, Target, Task

NOTHING = Background({}, np.zeros(0))


def asked_of(bundle: Bundle, model: Model) -> Asked:
    """What explanations need of a bundle and its loaded graph.

    Raises:
        ExplainError: NF-R402 for a language model. BundleError: when the background rows do not fit.
    """
    if (task := bundle.schema.target.task) in {*SPOKEN} - {*WORDED}:
        hint = "predict tells how surprised it is by a text; generate lets it go on"
        raise ExplainError("NF-R402", f"explanations are of answers, and not for {task}", hint=hint)
    known = asked(model, bundle.schema, bundle.background)
    split = Contributed(bundle.contributions, bundle.schema) if bundle.contributions is not None else None
    maps = Mapped(bundle.maps, bundle.schema) if bundle.maps is not None else None
    return replace(known, conformal=bundle.conformal, split=split, maps=maps, owing=owing(model))


def asked(model: Model, schema: Schema, prototypes: Prototypes | None) -> Asked:
    """The same from its parts; `Asked.ask` runs the graph in chunks, so any number of rows may be asked about."""

    def ask(rows: Arrays) -> Array:
        made = model.predict_arrays(rows)
        said = made.predictions if made.scores is None else made.scores
        said = said if made.scaled is None else made.scaled
        said = said if made.probabilities is None else made.probabilities
        said = said if made.said is None else made.said
        return np.asarray(said, np.float64).reshape(len(made), -1)

    def decide(rows: Arrays) -> Array:
        return model.predict_arrays(rows).predictions

    background = NOTHING if prototypes is None else Background(*prototypes.wired(schema))
    return Asked(schema, ask, outputs_of(schema.target), background, decide if schema.target.decides else None)


def outputs_of(target: Target) -> tuple[str, ...]:
    """What the columns of the graph's answer are called: classes, clusters, targets, quantiles, or the target."""
    if target.task == "anomaly":
        return (target.name,)
    return target.answers or target.parts or target.classes or (target.name,)


def scale_of(target: Target) -> str:
    """What the graph's answers are in."""
    if target.task == "anomaly":
        return "score"
    return "probability" if target.classes or target.labels or target.task in WORDED else "value"


def usual(task: Task) -> str:
    """The method that is meant where none is named."""
    return "words" if task in WORDED else "shap"


def spoken_of(target: Target, said: Array) -> int:
    """Which column of an answer [K] a reader wants explained first: the positive class, else the likeliest one."""
    if target.task == "binary" and target.positive in target.classes:
        return target.classes.index(target.positive)
    return int(np.argmax(said)) if target.classes and target.task != "anomaly" else 0
