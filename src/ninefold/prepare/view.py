"""What preparation has to say."""

from __future__ import annotations

from ninefold.core.findings import About
from ninefold.core.recipe import Audit, Preparation
from ninefold.core.section import Figure, Finding, Section, Series, Table
from ninefold.core.words import counted
from ninefold.prepare.auditing import auditors
from ninefold.prepare.texts import texts_view


def view(preparation: Preparation) -> Section:
    if not preparation.complete:
        return texts_view(preparation)
    known = {auditor.about.code: auditor.about for auditor in auditors()}
    leaks = [audit.column for audit in preparation.left_out if known[audit.code].level == "serious"]
    others = len(preparation.left_out) - len(leaks)
    said = [f"{', '.join(leaks)} left out: {'they tell' if len(leaks) > 1 else 'it tells'} the answer"] if leaks else []
    said += [f"{others} more left out" if leaks else f"{counted(others, 'column')} left out"] if others else []
    said += [f"gaps in {counted(len(preparation.missing), 'column')}"] if preparation.missing else []
    return Section(
        title="Preparation",
        sentence=" · ".join(said) or f"{counted(len(preparation.columns), 'column')}, nothing to repair",
        questions=(7, 12, 13),
        findings=(*(_finding(audit, known[audit.code]) for audit in preparation.left_out), *preparation.findings),
        tables=(_left_out(preparation),) if preparation.left_out else (),
        figures=(_gaps(preparation),) if preparation.missing else (),
        text=_text(preparation),
    )


def _finding(audit: Audit, about: About) -> Finding:
    return about.finding(
        f"{audit.column}: {audit.why}.",
        f"Overrule with --keep {audit.column}.",
        title=f"{about.title}: {audit.column}",
        columns=(audit.column,),
    )


def _left_out(preparation: Preparation) -> Table:
    rows = tuple((audit.column, audit.why, audit.code) for audit in preparation.left_out)
    return Table("Columns left out", ("column", "why", "code"), rows, wide=True)


def _gaps(preparation: Preparation) -> Figure:
    worst = sorted(preparation.missing.items(), key=lambda item: -item[1])[:20]
    series = Series("missing", tuple(name for name, _ in worst), tuple(share for _, share in worst))
    return Figure("bars", f"{worst[0][0]} has the most gaps.", (series,), x_label="share of training rows missing")


def _text(preparation: Preparation) -> tuple[str, ...]:
    fill = preparation.complete[0].settings["how"]
    told = [
        f"Missing numbers stay missing for trees; for other learners they are filled ({fill}), an indicator column "
        "marks where, and outliers are clipped. All of it is fitted inside folds and lies in the graph."
    ]
    if preparation.duplicates:
        told.append(f"{preparation.duplicates} training rows repeat another row exactly; they were kept.")
    return tuple(told)
