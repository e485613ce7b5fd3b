"""The fifty questions about machine learning that the workbench puts into practice, in a few words each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

PAGES = Path(__file__).parents[1] / "guide" / "pages"
"""Where the pages of the guide lie: ``q04_name.py`` answers question 4."""

QUESTIONS = (
    "what machine learning is",
    "kinds of learning",
    "AI, machine learning, deep learning",
    "bias and variance",
    "feature engineering",
    "inductive bias",
    "the nine stages",
    "cross-validation",
    "choosing a metric",
    "overfitting",
    "underfitting",
    "missing data",
    "normalisation",
    "one-hot encoding",
    "curse of dimensionality",
    "nearest neighbours",
    "decision trees",
    "random forests",
    "support vector machines",
    "logistic regression",
    "bagging and boosting",
    "ensembles",
    "k-means",
    "principal components",
    "judging clusters",
    "neural networks",
    "activation functions",
    "backpropagation",
    "dropout",
    "batch normalisation",
    "convolutional networks",
    "recurrent networks",
    "transfer learning",
    "reinforcement learning",
    "distillation",
    "language processing",
    "transformers",
    "attention",
    "contrastive learning",
    "variational autoencoders",
    "zero- and few-shot learning",
    "multi-task learning",
    "graph networks",
    "federated learning",
    "batch normalisation at work",
    "reinforcement by example",
    "explaining models",
    "running models (MLOps)",
    "transfer learning in projects",
    "trends: fairness and others",
)


def named(numbers: Iterable[int]) -> list[str]:
    """``4 bias and variance``, ``8 cross-validation``: question numbers, from 1 to 50, with what they are about."""
    return [f"{number} {QUESTIONS[number - 1]}" for number in numbers]


@cache
def guided() -> dict[int, Path]:
    """The pages of the guide by the numbers of their questions."""
    return {int(path.name[1:3]): path for path in sorted(PAGES.glob("q[0-9][0-9]_*.py"))}


def told_by(numbers: Iterable[int]) -> str:
    """``ninefold guide 4 (8, 10)``: how to read about these questions; nothing where no page does."""
    known = [number for number in numbers if number in guided()]
    if not known:
        return ""
    others = f" ({', '.join(map(str, known[1:]))})" if known[1:] else ""
    return f"ninefold guide {known[0]}{others}"
