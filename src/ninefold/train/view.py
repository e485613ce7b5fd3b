"""What training has to say."""

from __future__ import annotations

from ninefold.core import words
from ninefold.core.fairness import GroupThresholds
from ninefold.core.findings import found
from ninefold.core.problem import DETECTED
from ninefold.core.results import Model, Quantised
from ninefold.core.section import Fact, Section, Table

FINDINGS = "ninefold.train.findings"


def view(model: Model) -> Section:
    if model.spoken is not None:
        return _speaker(model)
    proof = model.parity
    rows = proof.training_rows + proof.fuzzed_rows
    size, members = words.size(model.bytes), words.counted(len(model.members), "member")
    proven = f"equals Python on {rows:,} rows" if model.int8 is None else model.int8.cost
    return Section(
        title="Training",
        sentence=f"one ONNX graph, {size}, {members} · {proven}",
        questions=(7, 20, 22),
        facts=(_speed(model),) if model.microseconds is not None else (),
        findings=found(FINDINGS, model),
        tables=(_members(model),),
        text=_text(model),
    )


def _speaker(model: Model) -> Section:
    size, title = words.size(model.bytes), model.members[0].title
    return Section(
        title="Training",
        sentence=f"{title} as it was judged, {size}",
        questions=(36,),
        facts=(_speed(model),) if model.microseconds is not None else (),
        tables=(_members(model),),
        text=(
            "The log-probabilities of the graph were held against those of the fitted Python: largest difference "
            f"{model.parity.largest_difference:.1e}.",
        ),
    )


def _speed(model: Model) -> Fact:
    return Fact("Answers in", f"{model.microseconds:.0f} µs", "one row, ONNX Runtime, one thread")


def _members(model: Model) -> Table:
    rows = tuple((m.title, m.weight, m.rounds, f"{m.difference:.1e}") for m in model.members)
    return Table("Members of the graph", ("member", "weight", "rounds", "|graph − Python|"), rows)


def _text(model: Model) -> tuple[str, ...]:
    told = []
    if model.group_thresholds is not None:
        told.append(_by_group(model.group_thresholds))
    elif model.threshold is not None:
        what = "anomalies from a score" if model.classes == DETECTED else "positive from a probability"
        told.append(f"Rows are labelled {what} of {model.threshold:.3f}: {model.threshold_why}.")
    told += [_light(each) for each in model.quantised]
    if model.thresholds:
        from_ = ", ".join(f"{name} from {threshold:.3f}" for name, threshold in model.thresholds.items())
        told.append(f"Targets are labelled yes from a probability of their own: {from_} ({model.threshold_why}).")
    if model.calibration.loss_before is not None and model.calibration.loss_after is not None:
        change = f"{model.calibration.loss_before:.4f} → {model.calibration.loss_after:.4f}"
        done = "calibrates" if model.calibration.kind != "none" else "was not needed"
        told.append(f"Temperature scaling {done} (log-loss out of fold {change}).")
    if model.contributions is not None:
        told.append(
            f"What each column adds is told for {model.explained:.0%} of the members' weight, by a second graph."
        )
    return tuple(told)


def _light(each: Quantised) -> str:
    ships = "It ships." if each.ships else f"It does not ship: {each.why}." if each.why else "It does not ship."
    return (
        f"With {each.title} the graph has {words.size(each.bytes)}, answers in {each.microseconds:.0f} µs and costs "
        f"{each.loss:.2%} of the lead over the baseline, out of fold or on training rows, whichever is more. {ships}"
    )


def _by_group(own: GroupThresholds) -> str:
    each = ", ".join(f"{name} from {threshold:.3f}" for name, threshold in own.thresholds.items())
    aim = own.criterion.replace("-", " ") + (f", groups at most {own.slack:g} apart" if own.slack else "")
    return (
        f"Rows are labelled positive from a probability of their group's own ({aim}): "
        f"{own.column} {each}. The graph looks the group up, so that {own.column} must come with every row."
    )
