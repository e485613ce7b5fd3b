"""Contributions through functions: what they add up to before a function becomes what they add up to behind it.

Between what is said of a typical row (the base) and what is said of this one lies a straight line; a function of one
number changes along it by its secant's slope times the way, so each contribution times that slope adds up exactly
(the rescale rule of Shrikumar, Greenside and Kundaje 2017). For softmax the logarithmic mean does the same for several
numbers at once (the mean Divisia index of Ang 2004). Near the base both become the derivative.

Contributions are [N, K, P]: of P parts, to K numbers; values [N, K], bases [K].
"""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.links import HIGHEST, Link, applied, nodes
from ninefold.forms.onnx import Var, const, op

NEAR = 1e-12
"""Below this the way is too short to divide by, and the derivative stands in for the secant."""
ALIKE = 1e-3
"""Logarithms closer than this: the logarithmic mean is taken from its series, whose error is then below 1e-15."""
LAST = 2


def through_link(link: Link, scores: Var, base: Array, parts: Var) -> Var:
    """Contributions to scores as contributions to what the link makes of them.

    Raises:
        Untold: for pairs of classes, which have no such form here.
    """
    if link == "pairs":
        raise Untold("odds of pairs of classes have no path contributions")
    if link == "softmax":
        return through_softmax(scores, base, parts)
    if link == "identity":
        return parts
    if link == "exp":
        mean = nodes(link, scores)
        slope = op.where(op.less(scores, const(HIGHEST)), mean, const(0.0))
        return scaled(parts, secant(scores, base, mean, applied(link, base[None])[0], slope))
    if link == "sigmoid":
        chance = op.sigmoid(scores)
        slope = op.mul(chance, op.sub(const(1.0), chance))
        parts = scaled(parts, secant(scores, base, chance, applied(link, base[None])[0, 1:], slope))
    return op.concat([op.neg(parts), parts], axis=1)


def through_softmax(scores: Var, base: Array, parts: Var) -> Var:
    """Of K scores as contributions to K shares; those to one class are taken from the others."""
    logs, base_logs = op.log_softmax(scores, axis=1), base - np.logaddexp.reduce(base)
    shares, base_shares = op.exp(logs), const(np.exp(base_logs))
    way = op.sub(logs, const(base_logs))
    alike = op.less(op.abs(way), const(ALIKE))
    series = op.add(const(1.0), op.div(op.mul(way, way), const(24.0)))
    near = op.mul(op.sqrt(op.mul(shares, base_shares)), series)
    far = op.div(op.sub(shares, base_shares), op.where(alike, const(1.0), way))
    mean = last(op.where(alike, near, far))
    weighted = op.reduce_sum(op.mul(parts, mean), const([1], np.int64), keepdims=True)
    common = op.div(weighted, op.reduce_sum(mean, const([1], np.int64), keepdims=True))
    return op.mul(mean, op.sub(parts, common))


def through_logs(shares: Var, base: Array, parts: Var, least: float) -> Var:
    """Of shares as contributions to the logarithms of the shares, which are kept from falling below ``least``."""
    logs, base_logs = op.log(op.max([shares, const(least)])), np.log(np.maximum(base, least))
    slope = op.where(op.greater(shares, const(least)), op.div(const(1.0), op.max([shares, const(least)])), const(0.0))
    return scaled(parts, secant(shares, base, logs, base_logs, slope))


def through_floor(values: Var, base: Array, parts: Var) -> Var:
    """Of values as contributions to the larger of the value and 0."""
    slope = op.cast(op.greater(values, const(0.0)), to=np.float64)
    return scaled(parts, secant(values, base, op.max([values, const(0.0)]), np.maximum(base, 0.0), slope))


def secant(values: Var, base: Array, bent: Var, bent_base: Array, slope: Var) -> Var:
    """[N, K]: how much ``bent`` changes for each unit that ``values`` change, from the base on."""
    way = op.sub(values, const(base))
    near = op.less(op.abs(way), const(NEAR))
    return op.where(near, slope, op.div(op.sub(bent, const(bent_base)), op.where(near, const(1.0), way)))


def scaled(parts: Var, factor: Var) -> Var:
    """Contributions [N, K, P] times a factor [N, K]."""
    return op.mul(parts, last(factor))


def last(values: Var) -> Var:
    """[N, K] as [N, K, 1]."""
    return op.unsqueeze(values, const([LAST], np.int64))
