"""``ninefold retrain``: a newer model, and whether it may serve. The exit code says it, for cron and CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ninefold.cli import start
from ninefold.cli.places import Json, Runs, run_at
from ninefold.core.errors import WishError

if TYPE_CHECKING:
    from ninefold.core.problem import Budget
    from ninefold.retrain import Place, Verdict

MODELS = "models.json"
"""The file of names and what serves them, beside the runs."""
As = Annotated[
    str | None,
    typer.Option("--as", metavar="[FILE:]NAME", help="The name to take over, in RUNS/models.json; else RUN's own."),
]


def retrain(  # noqa: PLR0917  typer reads the options off the signature
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run whose model is to be replaced.")],
    data: Annotated[str, typer.Argument(metavar="NEWDATA", help="New rows: a file or a database URL.")],
    labels: Annotated[
        str | None, typer.Option(metavar="FILE", help="Labels of the new rows, in another table.")
    ] = None,
    key: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column that says whose label it is.")] = None,
    rows: Annotated[
        str, typer.Option(metavar="all|new", help="Learn from the old rows and the new, or from the new alone.")
    ] = "all",
    judge: Annotated[
        float, typer.Option(metavar="SHARE", min=0.05, max=0.95, help="Of the new rows, those that judge both models.")
    ] = 0.3,
    require: Annotated[
        str, typer.Option(metavar="better|not-worse", help="What the new model must be shown to be.")
    ] = "better",
    margin: Annotated[
        float, typer.Option(metavar="M", min=0, help="With not-worse: by how much it may be worse.")
    ] = 0.0,
    metric: Annotated[str | None, typer.Option(metavar="NAME", help="What decides; else what chose RUN.")] = None,
    budget: Annotated[str | None, typer.Option(metavar="TIME", help="Time for the new run; else as RUN had.")] = None,
    work: Annotated[int | None, typer.Option(metavar="N", min=1, help="Learner fits instead of time.")] = None,
    name: As = None,
    why: Annotated[str, typer.Option(help="A reason to write down; else that of the alert that started this.")] = "",
    query: Annotated[str | None, typer.Option(help="SQL, where NEWDATA is a database.")] = None,
    runs: Runs = Path("runs"),
    as_json: Json = False,
) -> None:
    """Train again on newer rows, and let the new model serve where it is better on rows that neither has seen.

    Exit code 1 when it is not: then nothing changes. The new run names RUN as its parent.
    """
    from ninefold.cli.live import listening
    from ninefold.cli.told import Told
    from ninefold.compare.comparing import Asked
    from ninefold.retrain import Retraining
    from ninefold.retrain import retrain as go
    from ninefold.runs import read_order

    parent = run_at(run, runs)
    wish = Retraining(
        data=data,
        query=query,
        rows=_one_of("--rows", rows, ("all", "new")),
        labels=labels,
        key=key,
        judged=judge,
        budget=_budget(budget, work),
        require=_one_of("--require", require, ("better", "not-worse")),
        why=why or _alerted(),
    )
    wishes = read_order(parent).wishes
    seconds = (wish.budget or wishes.budget).seconds
    told = Told(start.STARTED, Path(data).name, wishes.sought, seconds, wishes.seed)
    place = _place(name, parent, runs)
    with listening(told, quiet=as_json, verbose=False, jsonl=False) as tell:
        verdict = go(parent, wish, Asked(metric, margin), place=place, tell=tell)
    _say(verdict, place.file if place else runs / MODELS, as_json=as_json)
    raise typer.Exit(0 if verdict.passed else 1)


def _say(verdict: Verdict, models: Path, *, as_json: bool) -> None:
    from ninefold.cli.tables import of_section
    from ninefold.cli.terminal import answers, words, write_line
    from ninefold.compare.view import view

    if as_json:
        import msgspec

        write_line(msgspec.json.encode(verdict).decode())
        return
    of_section(None, view(verdict.comparison), answers())
    mark = ("✓ ", "green") if verdict.passed else ("✗ ", "red")
    answers().print(words(mark, f"{verdict.challenger} is {verdict.sentence}"), soft_wrap=True)
    if verdict.serves is not None:
        back = f"the way back: ninefold rollback {models} {verdict.serves}"
        answers().print(words(f"{verdict.serves} is {verdict.challenger} now; {back}"), soft_wrap=True)
    elif verdict.passed:
        answers().print(words(f"Serve it: ninefold promote {models} NAME={verdict.challenger}"), soft_wrap=True)


def _place(named: str | None, parent: Path, runs: Path) -> Place | None:
    """``FILE:NAME`` or a name among the models beside the runs; else the one name there that the parent has."""
    from ninefold.retrain import Place
    from ninefold_runtime.serving.pointer import read_models

    file, _, name = (named or "").rpartition(":")
    models = Path(file) if file else runs / MODELS
    if name or not models.exists():
        return Place(models, name) if name else None
    held = (parent / "bundle").resolve()
    found = [n for n, entry in read_models(models).models.items() if (models.parent / entry.bundle).resolve() == held]
    return Place(models, found[0]) if len(found) == 1 else None


def _one_of(option: str, word: str, known: tuple[str, ...]) -> Any:
    if word not in known:
        raise WishError("NF-E343", f'{option} cannot be "{word}"', hint=f"choose from: {', '.join(known)}", given=word)
    return word


def _budget(budget: str | None, work: int | None) -> Budget | None:
    from ninefold.core.problem import Budget

    return None if budget is None and work is None else Budget.of(budget or "60s", work)


def _alerted() -> str:
    """What the monitor says that started this command."""
    import json

    try:
        return "; ".join(json.loads(os.environ.get("NINEFOLD_ALERT", "{}")).get("why", ()))
    except (ValueError, AttributeError):
        return ""
