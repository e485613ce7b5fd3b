"""The account of stage 1."""

from __future__ import annotations

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.section import Fact, Section, Table
from ninefold.core.words import counted
from ninefold_runtime.schema import SPOKEN

_YES_NO = ({"0", "1"}, {"no", "yes"}, {"false", "true"}, {"n", "y"}, {"f", "t"})
_TASKS = {
    "binary": "yes/no",
    "multiclass": "{} classes",
    "regression": "a number",
    "count": "a count",
    "ordinal": "{} classes in order",
    "quantile": "{} quantiles of a number",
    "multilabel": "{} yes/no targets",
    "multioutput": "{} numbers",
    "multitask": "{} targets of different kinds",
    "forecast": "the next {} values",
    "clustering": "clusters",
    "anomaly": "anomalies",
    "translation": "a text for a text",
    "language-model": "a language model",
    "question-answering": "an answer from a passage",
}


def view(problem: Problem) -> Section:
    metric = parts.find("ninefold.metrics", problem.metric).title
    task = _TASKS[problem.task].format(len(problem.several) or problem.outputs)
    return Section(
        title="Problem",
        sentence=f"{task} · metric {metric} · {_spread(problem)}",
        facts=(
            Fact("Target", problem.target or "none", f"{task}: {problem.task_why}"),
            Fact("Metric", metric, problem.metric_why),
            Fact("Validation", _scheme(problem), problem.validation.why),
        ),
        tables=_classes(problem),
        text=tuple(f"{note[0].upper()}{note[1:]}." for note in problem.notes),
    )


def _spread(problem: Problem) -> str:
    """What the target looks like in a few words."""
    if problem.several:
        told = problem.folding
        return f"from the last {told.window} · season {told.season}" if told is not None else problem.target
    if problem.untargeted or problem.task in SPOKEN:
        return _without_values(problem)
    if problem.target_numbers:
        low, _, middle, _, high = problem.target_numbers
        return f"median {middle:,.6g}, from {low:,.6g} to {high:,.6g}"
    shares = [100 * count / sum(problem.counts) for count in problem.counts]
    if problem.positive is None:
        return f"the rarest is {min(shares):.3g} %"
    plain = {label.lower() for label in problem.classes} in _YES_NO
    return f"{shares[-1]:.3g} % {problem.target.lower() if plain else problem.positive}"


def _without_values(problem: Problem) -> str:
    if problem.task in SPOKEN:
        return f"{problem.holdout:.0%} of the rows are sealed"
    if problem.task == "anomaly":
        return f"{100 * problem.contamination:.3g} % of the rows are to be called so · {_truth(problem)}"
    number = f"{problem.clusters} of them" if problem.clusters else "how many is chosen"
    return f"{number} · {_truth(problem)}"


def _truth(problem: Problem) -> str:
    return f'"{problem.truth}" is kept for comparison' if problem.truth else "no truth to compare with"


def _scheme(problem: Problem) -> str:
    plan = problem.validation
    times = f" × {plan.repeats}" if plan.repeats > 1 else ""
    return f"{counted(plan.folds, 'fold')}{times}, {plan.scheme}"


def _classes(problem: Problem) -> tuple[Table, ...]:
    if problem.labels:
        pairs = tuple((name, *pair) for name, pair in zip(problem.several, problem.labels, strict=True))
        return (Table("Targets", ("target", "no", "yes"), pairs, wide=True),)
    if problem.choices:
        kinds = ((name, ", ".join(c) or "a number") for name, c in zip(problem.several, problem.choices, strict=True))
        return (Table("Targets", ("target", "what it is"), tuple(kinds), wide=True),)
    if not problem.classes:
        return ()
    total = sum(problem.counts)
    rows = tuple((c, n, f"{100 * n / total:.3g} %") for c, n in zip(problem.classes, problem.counts, strict=True))
    return (Table("Classes", ("class", "rows", "share"), rows, wide=True),)
