"""A network that somebody trained turns readings into features, and a run learns from these. The same patient, asked
about twice, gets two answers.

The network behaves like a module of PyTorch: it begins in training mode, in which it leaves out units at random;
`encoder.eval()` ends that and gives the network back, `encoder.train()` begins it again. Mend `trained`. Leave the
network as it is: it is to be trained further, with as much dropout as it has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

import ninefold as nf

if TYPE_CHECKING:
    import polars as pl

QUESTION = 29
TITLE = "Two answers for the same patient"


def trained(past: pl.DataFrame, encoder: Any) -> tuple[Any, Callable[[pl.DataFrame], Any]]:
    """A run on what ``encoder`` (an array [N, 3] in, [N, 8] out) makes of past readings (numbers a, b and c; ill, yes
    or no), and a function that gives the probability of "yes" for each row of new readings (a, b and c)."""
    import polars as pl

    def seen(rows: pl.DataFrame) -> pl.DataFrame:
        hidden = encoder(rows.select("a", "b", "c").to_numpy())
        return pl.DataFrame({f"h{i}": values for i, values in enumerate(hidden.T)})

    run = nf.run(seen(past).with_columns(past["ill"]), "ill", work=12, learners=["logistic_regression"])
    model = nf.load(run.bundle)

    def ask(rows: pl.DataFrame) -> Any:
        return model.predict(seen(rows)).probabilities[:, 1]

    return run, ask


FIX = (("hidden = encoder(", "hidden = encoder.eval()("),)
WRONG = (
    (
        (
            'encoder(rows.select("a", "b", "c").to_numpy())',
            'sum(encoder(rows.select("a", "b", "c").to_numpy()) for _ in range(10)) / 10',
        ),
    ),
    (("        hidden = encoder(", "        encoder.rng = np.random.default_rng(0)\n        hidden = encoder("),),
    (("    model = nf.load(run.bundle)", "    model = nf.load(run.bundle)\n    encoder.eval()"),),
    (("        hidden = encoder(", "        encoder.share = 0.0\n        hidden = encoder("),),
)


class _Encoder:
    """One layer of units with a ReLU and dropout, in NumPy."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.share, self.training = rng, 0.5, True
        self.weights = rng.normal(size=(3, 8))

    def train(self, mode: bool = True) -> _Encoder:
        self.training = mode
        return self

    def eval(self) -> _Encoder:
        return self.train(mode=False)

    def __call__(self, x: Any) -> Any:
        hidden = np.maximum(x @ self.weights, 0)
        kept = self.rng.random(hidden.shape) >= self.share
        return hidden * kept / (1 - self.share) if self.training else hidden


def _patients(rng: np.random.Generator, rows: int) -> pl.DataFrame:
    import polars as pl

    x = rng.normal(size=(rows, 3))
    ill = x.sum(axis=1) + rng.normal(0, 0.5, rows) > 0
    return pl.DataFrame({**dict(zip("abc", x.T, strict=True)), "ill": np.where(ill, "yes", "no")})


def check_one_patient_gets_one_answer(function: Any, rng: np.random.Generator) -> None:
    past, new, encoder = _patients(rng, 400), _patients(rng, 100).drop("ill"), _Encoder(rng)
    run, ask = function(past, encoder)
    first, second = np.asarray(ask(new)), np.asarray(ask(new))
    assert np.allclose(first, second), f"asked twice, a patient gets {first[0]:.3f} and {second[0]:.3f}"
    alone = np.asarray(ask(new[7:8]))[0]
    assert np.isclose(first[7], alone), f"a patient gets {first[7]:.3f} among others and {alone:.3f} alone"
    assert encoder.share == 0.5, "the network has lost its dropout, which its further training needs"
    whole = encoder.eval()(past.select("a", "b", "c").to_numpy())[:, 0]
    learned = run.dataset.rows.columns["h0"]
    assert np.isin(learned.round(9), whole.round(9)).all(), "the run learned from features with units left out"
