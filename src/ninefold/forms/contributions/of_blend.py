"""From what raw columns add to each member to what they add to the ensemble: blend, second layer, calibration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.blend import blend_graph
from ninefold.forms.calibration import TINY as LEAST
from ninefold.forms.contributions.of_form import Explained
from ninefold.forms.contributions.secants import through_link, through_logs, through_softmax
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.linear import Linear
from ninefold.forms.links import applied, nodes
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.stack import TINY, Signals, Stack


def blended(members: Mapping[int, Explained], weights: Mapping[int, float]) -> Explained:
    """The weighted sum of everything."""
    said = blend_graph([(weight, members[trial].said) for trial, weight in weights.items()])
    parts = blend_graph([(weight, members[trial].parts) for trial, weight in weights.items()])
    base = sum(weight * members[trial].base for trial, weight in weights.items())
    return Explained(said, np.asarray(base), parts)


def calibrated(told: Explained, temperature: float) -> Explained:
    """Through `ninefold.forms.calibration.calibrated`."""
    logs = op.div(op.log(op.max([told.said, const(LEAST)])), const(temperature))
    base = np.log(np.maximum(told.base, LEAST)) / temperature
    parts = op.div(through_logs(told.said, told.base, told.parts, LEAST), const(temperature))
    return Explained(op.softmax(logs, axis=1), applied("softmax", base[None])[0], through_softmax(logs, base, parts))


def stacked(members: Mapping[int, Explained], stack: Stack) -> Explained:
    """Through the second layer.

    Raises:
        Untold: when the second layer is no weighted sum.
    """
    form = stack.form
    if not isinstance(form, Linear):
        raise Untold("the second layer is no weighted sum")
    order = [members[trial] for trial in stack.order]
    signals = [stack.signals.nodes(member.said) for member in order]
    base = np.hstack([stack.signals.of(member.base[None]) for member in order])[0]
    parts = [_signal_parts(stack.signals, member) for member in order]
    scores = op.add(op.matmul(_joined(signals), const(form.coefficients)), const(form.intercept))
    score_base = base @ form.coefficients + form.intercept
    score_parts = op.matmul(const(form.coefficients.T), _joined(parts))
    said = nodes(form.link, scores)
    return Explained(
        said, applied(form.link, score_base[None])[0], through_link(form.link, scores, score_base, score_parts)
    )


def _signal_parts(signals: Signals, member: Explained) -> Var:
    if signals.task == "regression":
        return op.div(member.parts, const(signals.spread))
    logs = through_logs(member.said, member.base, member.parts, TINY)
    if signals.task == "multiclass":
        return logs
    first, second = (op.gather(logs, const([k], np.int64), axis=1) for k in (0, 1))
    return op.sub(second, first)


def _joined(values: list[Var]) -> Var:
    return values[0] if len(values) == 1 else op.concat(values, axis=1)


def untold(said: Var, mean: Array, columns: int) -> Explained:
    """A member that cannot tell: it says ``mean`` [K] on average, and no raw column adds anything."""
    shape = op.concat([op.shape(said), const([columns], np.int64)], axis=0)
    return Explained(said, mean, op.expand(const(0.0), shape))
