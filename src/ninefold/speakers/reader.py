"""A network that reads the question and the passage, and says where the answer begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.machine import threads
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card
from ninefold.forms.alone import alone
from ninefold.forms.speaking import Read, Texts
from ninefold.networks.plan import Plan
from ninefold.networks.reading.graph import reader_graph
from ninefold.networks.reading.shape import Shape
from ninefold.speakers._questions import Lesson, lesson, reading_of
from ninefold_runtime.language.reader import Reader as Asked
from ninefold_runtime.language.words import FIRST
from ninefold_runtime.reading import Reading

if TYPE_CHECKING:
    from ninefold.networks.reading.network import ReadingNetwork
    from ninefold.networks.training.loop import Trained

HEAD = 16
"""Numbers of a head of attention."""
COMPARED = 16
"""Questions on which graph and Python are compared."""
LOOKING = 0.1
"""Share of the time that looking for passages without an answer may take."""
SEEN = 60_000
"""Questions that are looked at in all, where the number of passes is not said."""
FEWEST_PASSES, MOST_PASSES = 4, 60


@dataclass(frozen=True)
class Reader:
    """Convolutions and attention over question and passage; words that both have are marked, so that names which nobody
    has learned are found as well."""

    passes: int = setting(0, "Passes over the questions; 0: by their number", low=0, high=200, tiny=3, grows=True)
    width: int = setting(64, "Numbers of a word", low=16, high=512, log=True, tiny=16)
    blocks: int = setting(1, "Times that the passage is gone through", low=1, high=6, tiny=1)
    words: int = setting(30_000, "Words that are learned at most", low=100, high=100_000, log=True, tiny=200)
    passage: int = setting(256, "Words of a passage that are read at once", low=32, high=512, log=True)
    strange: float = setting(0.25, "Questions asked once more of a passage without the answer", low=0.0, high=1.0)
    hiding: float = setting(0.2, "Share of the words that are hidden while learning", low=0.0, high=0.6)
    rate: float = setting(2e-3, "The highest learning rate", low=1e-5, high=1e-2, log=True, tiny=4e-3)
    batch: int = setting(32, "Questions of a batch", low=4, high=512, log=True, tiny=16)
    dropout: float = setting(0.1, "Share of the numbers dropped while learning", low=0.0, high=0.5)

    card: ClassVar[Card] = Card(
        title="reader",
        solves=("question-answering",),
        view="text",
        idea="Each word of the passage sees those near it, those far from it and the question, and says whether the "
        "answer begins or ends with it.",
        inductive_bias="Answers are spans of the passage; words that the question has too tell where to look.",
        cost="passes times words times weights, and the square of a passage's length",
        source="Yu et al. 2018 (QANet), marks of shared words: Weissenborn et al. 2017 (FastQA)",
        questions=(26, 36, 38),
        family="deep",
        seconds=200.0,
        promise=0.8,
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, texts: Texts, *, rng: np.random.Generator, clock: Clock, place: Path) -> Read:
        reading = reading_of(texts, self.words, self.passage)
        look = Clock(LOOKING * max(clock.left, 0.0))
        learned = lesson(texts, reading, self.strange, rng, look)
        stop = None if texts.stop is None else lesson(texts.stop, reading, self.strange, rng, look)
        passes = self.passes or int(min(max(SEEN / len(learned.passage), FEWEST_PASSES), MOST_PASSES))
        plan = Plan(passes, self.batch, self.rate, schedule="one_cycle", warm_up=0.1, decay=0.01, clip=1.0)
        with alone(int(rng.integers(2**31 - 1))):
            network, trained = self._taught(reading, plan, (learned, stop), clock, place)
            graph = reader_graph(network.shape, network.weights())
            difference = _difference(network, Asked(graph, reading), learned)
        measures = {} if trained.lowest is None else {"loss": trained.lowest}
        return Read(graph, reading, trained.rounds, difference, measures)

    def _taught(
        self, reading: Reading, plan: Plan, lessons: tuple[Lesson, Lesson | None], clock: Clock, place: Path
    ) -> tuple[ReadingNetwork, Trained]:
        import torch

        from ninefold.networks.reading.lessons import Passages
        from ninefold.networks.reading.network import ReadingNetwork
        from ninefold.networks.training.devices import device_of
        from ninefold.networks.training.loop import train

        torch.set_num_threads(threads())
        heads = max(1, self.width // HEAD)
        shape = Shape(FIRST + len(reading.words), heads * (self.width // heads), heads, self.blocks, self.dropout)
        device = device_of(plan)
        network = ReadingNetwork(shape, self.hiding).to(device)

        def of(each: Lesson) -> Passages:
            held = (torch.from_numpy(a).to(device) for a in (each.question, each.passage, each.ends))
            return Passages(network, *held)

        learned, stop = lessons
        watched = None if stop is None else partial(of(stop).watched, plan.batch)
        trained = train(network, of(learned), watched, plan, clock=clock, place=place)
        return network.cpu(), trained


def _difference(network: ReadingNetwork, asked: Asked, learned: Lesson) -> float:
    """The largest of a log-probability of a place that holds a word."""
    import torch

    question, passage = learned.question[:COMPARED], learned.passage[:COMPARED]
    python = network.log_probabilities(torch.from_numpy(question), torch.from_numpy(passage)).numpy()
    graphed = np.stack(asked.told(question, passage), axis=2)
    return float(np.abs(python - graphed)[passage > 0].max())
