"""The fifty questions by topic: what practice and interviews spread over."""

from __future__ import annotations

TOPICS: dict[str, tuple[int, ...]] = {
    "foundations": (1, 2, 3, 6, 7),
    "fit": (4, 10, 11),
    "evaluation": (8, 9),
    "features": (5, 12, 13, 14, 15),
    "learners": (16, 17, 18, 19, 20, 21, 22),
    "clusters": (23, 24, 25),
    "networks": (26, 27, 28, 29, 30, 45),
    "deep learning": (31, 32, 33, 35, 42, 49),
    "language": (36, 37, 38, 39, 40, 41),
    "reinforcement": (34, 46),
    "graphs and devices": (43, 44),
    "operations": (47, 48, 50),
}


def topic_of(question: int) -> str:
    """
    Raises:
        StopIteration: when it is none of the fifty.
    """
    return next(topic for topic, questions in TOPICS.items() if question in questions)
