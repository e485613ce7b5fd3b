"""The fifty questions about machine learning that the workbench puts into practice, in a few words each."""

from __future__ import annotations

from collections.abc import Iterable

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
