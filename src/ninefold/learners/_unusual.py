"""What detectors of anomalies have in common."""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Examples, Form
from ninefold.forms.ranked import Ranked, Scale

SAMPLE = 10_000
"""Known rows that a scale is measured on at most."""


def is_uniform(data: Examples) -> bool:
    """No columns, or all rows alike: none is more unusual than another."""
    return data.x.shape[1] == 0 or bool(((data.x == data.x[0]) | np.isnan(data.x)).all())


def ranked(scores: Form, data: Examples, rng: np.random.Generator) -> Ranked:
    """``scores`` on the scale of the rows they were learned from."""
    rows = np.sort(rng.permutation(len(data.x))[:SAMPLE])
    return Ranked(scores, Scale.of(scores.predict(data.x[rows])[:, 0]))
