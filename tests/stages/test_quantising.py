"""Numbers of 8 bits ship where they are wished for, or where limits are only kept so, and cost what is allowed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import onnx
import pytest

from ninefold.core.problem import Budget, Limits, Wishes
from ninefold.core.results import Calibration, Quantised
from ninefold.report.command import reproduce
from ninefold.runs import Run, run
from ninefold.train.blueprint import Blueprint
from ninefold.train.deciding import Decision
from ninefold.train.drafting import Draft
from ninefold.train.quantising import Candidate, chosen, told, unshipped, why_not

NONE = np.zeros((0, 1))


def candidate(kind: str, size: int, microseconds: float, loss: float = 0.0, why: str = "") -> Candidate:
    blueprint = Blueprint(None, (), {}, Calibration("none"), Decision(None, ""), 0.0, kind=kind)  # type: ignore[arg-type]
    draft = Draft(blueprint, bytes(size), (), NONE)
    return Candidate(draft, microseconds, Quantised(kind, size, microseconds, loss, why=why) if kind else None)


PLAIN = candidate("", 400, 50.0)
WEIGHTS = candidate("int8-weights", 110, 50.0, 0.001)
PRODUCTS = candidate("int8", 100, 30.0, 0.004)


@pytest.mark.parametrize(
    ("limits", "ships"),
    [
        (Limits(), PLAIN),
        (Limits(int8=True), PRODUCTS),
        (Limits(int8=True, loss=0.002), WEIGHTS),
        (Limits(int8=True, loss=0.0005), PLAIN),
        (Limits(bytes=400, microseconds=50.0), PLAIN),
        (Limits(bytes=399), WEIGHTS),
        (Limits(bytes=105), PRODUCTS),
        (Limits(microseconds=40.0), PRODUCTS),
        (Limits(microseconds=40.0, loss=0.002), None),
        (Limits(int8=True, bytes=105, loss=0.002), None),
        (Limits(bytes=99), None),
    ],
)
def test_the_limits_choose(limits: Limits, ships: Candidate | None) -> None:
    assert chosen(limits, PLAIN, [WEIGHTS, PRODUCTS]) is ships


def test_a_loss_that_is_no_number_is_too_much() -> None:
    assert "more than the 0.50% allowed" in why_not(Limits(), candidate("int8", 1, 1.0, float("nan")))


def test_what_differs_from_its_members_does_not_ship() -> None:
    odd = candidate("int8", 100, 30.0, why="the whole graph differs from its members by 0.3")
    assert chosen(Limits(int8=True), PLAIN, [odd]) is PLAIN
    assert unshipped(Limits(int8=True), [odd], PLAIN) == {"Int8": "the whole graph differs from its members by 0.3"}


def test_why_numbers_of_8_bits_that_were_wished_for_are_not_there_is_said() -> None:
    assert unshipped(Limits(), [], PLAIN) == {}
    assert unshipped(Limits(int8=True), [PRODUCTS], PRODUCTS) == {}
    assert unshipped(Limits(int8=True), [], PLAIN) == {"Numbers of 8 bits": "no member of the graph is a network"}
    costly = unshipped(Limits(int8=True, loss=0.001), [PRODUCTS], PLAIN)
    assert costly == {"Int8": "it costs 0.40% of the lead over the baseline, more than the 0.10% allowed"}
    assert [(each.kind, each.ships) for each in told(Limits(), [WEIGHTS, PRODUCTS], PRODUCTS)] == [
        ("int8-weights", False),
        ("int8", True),
    ]


@pytest.fixture(scope="module")
def table() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(400, 3))
    return {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x[:, 0] * x[:, 1] + x[:, 2] + 0.3 * rng.normal(size=400)}


def made(table: dict[str, np.ndarray], runs: Path, limits: Limits) -> Run:
    wishes = Wishes(target="y", budget=Budget(None, 8), learners=("mlp",), limits=limits, folds=2)
    return run(table, wishes, runs=runs)


@pytest.fixture(scope="module")
def light(table: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made(table, tmp_path_factory.mktemp("light"), Limits(int8=True))


def test_a_run_with_numbers_of_8_bits_says_what_they_cost(light: Run) -> None:
    pytest.importorskip("torch")
    ships = light.model.int8
    assert ships is not None
    assert 0 <= ships.loss <= 0.005
    assert (light.model.bytes, light.model.graph.stat().st_size) == (ships.bytes, ships.bytes)
    lines = {rival.name: rival for rival in light.evaluation.rivals}
    assert {"model", "model, int8 weights"} <= set(lines)
    assert [rival.ships for rival in lines.values()].count(True) == 1
    shipped = next(rival for rival in lines.values() if rival.ships)
    assert shipped.bytes == ships.bytes < 0.5 * lines["model"].bytes
    assert shipped.sealed == light.evaluation.headline.value
    assert shipped.sealed == pytest.approx(lines["model"].sealed, rel=0.02)
    assert shipped.sealed != lines["model"].sealed
    nodes = onnx.load(light.model.graph).graph.node
    constants = {node.attribute[0].t.data_type for node in nodes if node.op_type == "Constant"}
    assert onnx.TensorProto.INT8 in constants
    assert "--quantise" in reproduce(light.problem)
    report = light.report.read_text("utf-8")
    assert "With numbers of 8 bits, and without" in report
    assert "of the lead over the baseline" in report


def test_a_limit_that_is_only_kept_so_takes_them(light: Run, table: dict[str, np.ndarray], tmp_path: Path) -> None:
    lines = {rival.name: rival.bytes for rival in light.evaluation.rivals}
    held = made(table, tmp_path, Limits(bytes=lines["model"] - 1))
    assert held.model.int8 is not None
    assert held.model.bytes < lines["model"]
    assert dataclasses.replace(held.problem.limits, bytes=None) == Limits()
