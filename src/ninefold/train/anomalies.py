"""What training does otherwise for anomalies: no truth to calibrate by, but a scale, and a share of rows to call so."""

from __future__ import annotations

import dataclasses

import numpy as np

from ninefold.core.problem import DETECTED, Problem
from ninefold.core.results import Calibration, Leaderboard, Member
from ninefold.core.shipping import may_ship
from ninefold.core.table import Array
from ninefold.forms.blend import evenly
from ninefold.forms.ranked import Scale
from ninefold.train.blueprint import Blueprint
from ninefold.train.deciding import Decision


def blueprint_of(
    problem: Problem, members: list[Member], views: dict[int, str], tolerance: float, blend: Array
) -> Blueprint:
    """Out-of-fold scores ``blend`` [N, 1], NaN where never validated, say what a score is worth: they are of rows
    that the detectors had not seen, as new rows will be."""
    share = problem.contamination
    decision = Decision(1 - share, f"{share:.3g} of the training rows score higher out of fold")
    scale = Scale.of(blend[~np.isnan(blend[:, 0]), 0])
    named = dataclasses.replace(problem, classes=DETECTED)
    return Blueprint(named, tuple(members), views, Calibration("none"), decision, tolerance, scale=scale)


def without(problem: Problem, board: Leaderboard, refused: dict[int, str]) -> dict[int, float]:
    """Equal weights for the detectors that were not refused; the baseline, where there is no other."""
    ships = [t for t in board.trials if t.state == "finished" and may_ship(problem, t.learner, t.bytes)]
    left = [trial.id for trial in ships if trial.id not in refused]
    members = [number for number in left if number != board.baseline] or left
    return evenly(members) if members else {}
