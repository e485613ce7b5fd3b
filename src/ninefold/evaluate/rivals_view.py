"""Teacher, student, what had no teacher, and what has numbers of 8 bits: each on one line."""

from __future__ import annotations

from ninefold.core.results import Evaluation, Rival
from ninefold.core.section import Table
from ninefold.core.words import size

ALONE = ", the truth alone"


def tables(evaluation: Evaluation) -> tuple[Table, ...]:
    """One line for each, the one that ships starred; none where there is nothing to compare with."""
    if not evaluation.rivals:
        return ()
    score = evaluation.headline.title
    rows = tuple(
        (each.name, each.validation, each.sealed, size(each.bytes), f"{each.microseconds:.0f} µs")
        for each in evaluation.rivals
    )
    headings = ("model", f"{score}, out of fold", f"{score}, sealed rows", "size", "one row takes")
    starred = next(place for place, each in enumerate(evaluation.rivals) if each.ships)
    title = "Teacher and student" if _teacher(evaluation) else "With numbers of 8 bits, and without"
    return (Table(title, headings, rows, starred=starred),)


def text(evaluation: Evaluation) -> tuple[str, ...]:
    teacher = _teacher(evaluation)
    if teacher is None:
        return ()
    student = next(each for each in evaluation.rivals if each.ships)
    others = [each for each in evaluation.rivals if each.name.endswith(ALONE)]
    told = (
        f"The student takes {_share(student.microseconds, teacher.microseconds)} of its teacher's time and "
        f"{_share(student.bytes, teacher.bytes)} of its size. It was chosen by what its learner is worth on folds "
        "without a teacher, which has seen all of them; so its score out of fold does not know what teaching adds, "
        "and the sealed rows, which chose nothing, do."
    )
    return (told, *(_kept(teacher, student, other, evaluation.headline.higher_is_better) for other in others))


def _teacher(evaluation: Evaluation) -> Rival | None:
    return next((each for each in evaluation.rivals if each.name == "teacher"), None)


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.0%}" if part < whole else f"{part / whole:.1f} times as much"


def _kept(teacher: Rival, student: Rival, other: Rival, higher: bool) -> str:
    kept = gain_kept(teacher, student, other, higher)
    if kept is None:
        return f"On the sealed rows the teacher gains nothing over {other.name}, which its student could keep."
    return f"On the sealed rows it keeps {kept:.0%} of what its teacher gains over {other.name}."


def gain_kept(teacher: Rival, student: Rival, other: Rival, higher: bool) -> float | None:
    """The share of the teacher's gain over another that its student has; None where there is none."""
    if teacher.sealed is None or student.sealed is None or other.sealed is None:
        return None
    sign = 1 if higher else -1
    gain = sign * (teacher.sealed - other.sealed)
    return sign * (student.sealed - other.sealed) / gain if gain > 0 else None
