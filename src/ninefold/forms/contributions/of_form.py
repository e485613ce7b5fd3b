"""Which forms can tell what each raw column adds to what they predict, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.columns import Columns
from ninefold.forms.contributions.margins import Learned, Margin, of_forest, of_linear, of_rules
from ninefold.forms.contributions.secants import through_floor, through_link
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.floored import Floored
from ninefold.forms.forest import Forest
from ninefold.forms.linear import Linear
from ninefold.forms.links import applied, nodes
from ninefold.forms.looked_up import LookedUp, slots
from ninefold.forms.mean import Mean
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.rules import Rules


@dataclass(frozen=True, eq=False)
class Explained:
    """A prediction ``said`` [N, K], which is ``base`` [K] for a typical row, and what raw columns add, ``parts``
    [N, K, C]: base and parts add up to what is said, but for columns of the view that belong to no raw one."""

    said: Var
    base: Array
    parts: Var


def has_path(form: Form) -> bool:
    """Whether forms of its kind can tell."""
    return type(form) in _WAYS


def explained(form: Form, x: Var, learned: Learned) -> Explained:
    """The form's prediction for view rows ``x`` with its parts.

    Raises:
        Untold: for forms without a path (kernels, neighbours, networks), too large ones, and links without one.
    """
    if not has_path(form):
        raise Untold(f"{type(form).__name__} has no path")
    return _WAYS[type(form)](form, x, learned)


def _linked(margin_of: Callable[[Any, Var, Learned], Margin]) -> Way:
    def way(form: Any, x: Var, learned: Learned) -> Explained:
        margin = margin_of(form, x, learned)
        parts = through_link(form.link, margin.scores, margin.base, margin.parts)
        return Explained(nodes(form.link, margin.scores), applied(form.link, margin.base[None])[0], parts)

    return way


def _looked_up(form: LookedUp, x: Var, learned: Learned) -> Explained:
    """A looked-up column is the raw column's whose code it is looked up for."""
    codes = slots(learned.matrix[:, form.sources], form.tables.shape[1])
    found = form.tables[np.arange(len(form.tables)), codes]
    shares = np.vstack([learned.shares, learned.shares[form.sources]])
    return explained(form.inner, form.beside(x), Learned(np.hstack([learned.matrix, found]), shares))


def _mean(form: Mean, x: Var, learned: Learned) -> Explained:
    each = [explained(member, x, learned) for member in form.members]
    count = const(float(len(each)))
    said, parts = op.sum([e.said for e in each]), op.sum([e.parts for e in each])
    return Explained(op.div(said, count), np.mean([e.base for e in each], axis=0), op.div(parts, count))


def _columns(form: Columns, x: Var, learned: Learned) -> Explained:
    each = [(explained(inner, x, learned), last) for inner, last in form.lasts]
    said = op.concat([op.gather(e.said, const(last, np.int64), axis=1) for e, last in each], axis=1)
    parts = op.concat([op.gather(e.parts, const(last, np.int64), axis=1) for e, last in each], axis=1)
    return Explained(said, np.concatenate([e.base[last] for e, last in each]), parts)


def _floored(form: Floored, x: Var, learned: Learned) -> Explained:
    inner = explained(form.form, x, learned)
    parts = through_floor(inner.said, inner.base, inner.parts)
    return Explained(op.max([inner.said, const(0.0)]), np.maximum(inner.base, 0.0), parts)


Way = Callable[[Any, Var, Learned], Explained]
_WAYS: dict[type, Way] = {
    Linear: _linked(of_linear),
    Rules: _linked(of_rules),
    Forest: _linked(of_forest),
    LookedUp: _looked_up,
    Mean: _mean,
    Columns: _columns,
    Floored: _floored,
}
