"""The command that asks the same question again: every wish that differs from its default, quoted for a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from ninefold.core.problem import LOSS, Limits, Problem
from ninefold_runtime.schema import SPOKEN


def reproduce(problem: Problem) -> str:
    """``ninefold run titanic.csv --target survived --seed 0 --budget 60s`` and what else was settled."""
    words = ["ninefold", "run", problem.source, *_targets(problem), "--seed", str(problem.seed)]
    words += [*_budget(problem), *_settled(problem), *_lists(problem)]
    return shlex.join(words)


def _targets(problem: Problem) -> Iterable[str]:
    for name in problem.targets:
        yield from ("--target", name)


def _budget(problem: Problem) -> list[str]:
    if problem.budget.work is not None:
        return ["--work", str(problem.budget.work)]
    return ["--budget", f"{problem.budget.seconds:g}s"] if problem.budget.seconds else []


def _folds(problem: Problem) -> Iterable[str]:
    if problem.task in SPOKEN:
        return
    plan = problem.validation
    yield from ("--validation", plan.scheme, "--folds", str(plan.folds))
    if plan.repeats > 1:
        yield from ("--repeats", str(plan.repeats))


def _settled(problem: Problem) -> Iterable[str]:
    yield from ("--task", problem.task, "--metric", problem.metric)
    yield from _folds(problem)
    yield from ("--holdout", f"{problem.holdout:g}")
    if problem.task == "ordinal":
        yield from ("--order", json.dumps(problem.classes, ensure_ascii=False))
    if problem.quantiles:
        yield from ("--quantiles", ",".join(f"{level:g}" for level in problem.quantiles))
    if problem.group:
        yield from ("--group", problem.group)
    if problem.time:
        yield from ("--time", problem.time)
    if problem.truth:
        yield from ("--truth", problem.truth)
    if problem.clusters:
        yield from ("--clusters", str(problem.clusters))
    if problem.task == "anomaly":
        yield from ("--contamination", f"{problem.contamination:g}")
    if problem.image_size:
        yield from ("--image-size", str(problem.image_size))
    yield from _stake(problem)
    yield from _questions(problem)


def _questions(problem: Problem) -> Iterable[str]:
    if problem.context:
        yield from ("--context", problem.context)
    if problem.documents:
        yield from ("--documents", problem.documents)


def _stake(problem: Problem) -> Iterable[str]:
    if problem.gains:
        yield from ("--gains", json.dumps([[0.0 - cost for cost in row] for row in problem.costs]))
    elif problem.costs:
        yield from ("--costs", json.dumps(problem.costs))


def _limits(limits: Limits) -> Iterable[str]:
    if limits.bytes is not None:
        yield from ("--max-size", f"{limits.bytes}b")
    if limits.microseconds is not None:
        yield from ("--max-latency", f"{limits.microseconds:g}us")
    if limits.int8:
        yield "--quantise"
    if limits.loss != LOSS:
        yield from ("--max-loss", f"{limits.loss:g}")


def _lists(problem: Problem) -> Iterable[str]:
    named = {"--sensitive": problem.sensitive, "--keep": problem.keep, "--drop": problem.drop}
    named |= {"--learner": problem.learners, "--kind": tuple(f"{k}={v}" for k, v in problem.kinds.items())}
    for option, values in named.items():
        for value in values:
            yield from (option, value)
    if problem.fair:
        yield from ("--fair", problem.fair, "--fair-gap", f"{problem.fair_gap:g}")
    if problem.missing != "median":
        yield from ("--missing", problem.missing)
    if problem.scale != "standard":
        yield from ("--scale", problem.scale)
    yield from _limits(problem.limits)
    if problem.allow_rows:
        yield "--allow-rows"
