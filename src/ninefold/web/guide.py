"""The questions about machine learning that a user's own runs answer, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ninefold.core import parts
from ninefold.runs import Run

MOST_RUNS = 20
"""The latest runs, whose sections are looked through."""
MOST_PLACES = 2
"""Runs that are named for a question."""

QUESTIONS: dict[int, str] = {
    1: "What is machine learning?",
    2: "Which kinds of learning are there?",
    3: "How do AI, machine learning and deep learning differ?",
    4: "What is the trade-off of bias and variance?",
    5: "What is feature engineering, and why does it matter?",
    6: "What is inductive bias?",
    7: "What are the stages of a machine-learning workflow?",
    8: "What is cross-validation, and why use it?",
    9: "How is a metric chosen?",
    10: "What is overfitting, and what helps?",
    11: "What is underfitting, and what helps?",
    12: "How are missing data treated?",
    13: "Normalise or standardise?",
    14: "What is one-hot encoding, and when is it used?",
    15: "What is the curse of dimensionality?",
    16: "How does k-nearest neighbours work?",
    17: "How does a decision tree decide?",
    18: "What makes a random forest better than a tree?",
    19: "What does a support vector machine do?",
    20: "How does logistic regression learn?",
    21: "How do bagging and boosting differ?",
    22: "What are ensembles for?",
    23: "How does k-means find clusters?",
    24: "What do principal components show?",
    25: "How are clusters judged without a truth?",
    26: "How do neural networks work?",
    27: "Which activation functions are there?",
    28: "What is backpropagation?",
    29: "What does dropout do?",
    30: "What does batch normalisation do?",
    31: "What is a convolutional network?",
    32: "How do RNN, LSTM and GRU differ?",
    33: "What is transfer learning?",
    34: "What is reinforcement learning?",
    35: "What is distillation?",
    36: "How is language turned into numbers?",
    37: "What is a transformer?",
    38: "How does attention work?",
    39: "What is contrastive learning?",
    40: "How does an autoencoder model data and find anomalies?",
    41: "What are zero-shot and few-shot learning?",
    42: "What is multi-task learning?",
    43: "What is a graph neural network?",
    44: "What is federated learning?",
    45: "When does batch normalisation fail?",
    46: "How does an agent learn by example?",
    47: "How is a model explained?",
    48: "What is MLOps?",
    49: "How is transfer learning used in projects?",
    50: "Which trends matter: fairness, edge, generative?",
}


@dataclass(frozen=True)
class Place:
    """A run and the sections of its report: the anchor in its page, and the title, of each."""

    run: Run
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    number: int
    text: str
    places: tuple[Place, ...]
    learners: tuple[str, ...]
    """Learners whose cards name the question."""


def entries(runs: list[Run]) -> list[Entry]:
    """Every question with the sections that show it, those of the latest runs first."""
    places: dict[int, list[Place]] = {}
    for run in runs[:MOST_RUNS]:
        for question, sections in _shown(run).items():
            places.setdefault(question, []).append(Place(run, tuple(sections)))
    learners = _learners()
    return [
        Entry(number, text, tuple(places.get(number, ())[:MOST_PLACES]), tuple(learners.get(number, ())))
        for number, text in QUESTIONS.items()
    ]


def _shown(run: Run) -> dict[int, list[tuple[str, str]]]:
    """Anchor and title of the sections of a run's report by the question that they answer."""
    found: dict[int, list[tuple[str, str]]] = {}
    for number, section, _ in run.sections():
        for question in section.questions:
            found.setdefault(question, []).append((f"stage-{number}", section.title))
    return found


@cache
def _learners() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name in parts.names("ninefold.learners"):
        for question in parts.find("ninefold.learners", name).card.questions:
            found.setdefault(question, []).append(name.replace("_", " "))
    return found
