"""L-BFGS that looks at the clock after every step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array


def descended(objective: Callable[[Array], tuple[float, Array]], start: Array, iterations: int, clock: Clock) -> Array:
    """The weights [W] of the least ``objective``, which gives value and gradient, or where the clock ran out on the way
    (Liu and Nocedal 1989; SciPy)."""
    from scipy.optimize import minimize

    def watch(_: Array) -> None:
        if clock.left <= 0:
            raise StopIteration

    options = {"maxiter": iterations, "gtol": 1e-4, "ftol": 1e-9, "maxls": 50, "maxcor": 20}
    return np.asarray(minimize(objective, start, jac=True, method="L-BFGS-B", callback=watch, options=options).x)
