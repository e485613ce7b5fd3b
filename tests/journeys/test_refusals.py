"""Tables and wishes that cannot be used: exit code 2, what came, what to do, and no traceback; or they simply work."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from journey import Ended, ended

ROWS = 40


def write(path: Path, columns: dict[str, list[object]]) -> None:
    rows = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows) + "\n", "utf-8")


def plain(**columns: list[object]) -> dict[str, list[object]]:
    """A small table with a learnable target ``y``, and ``columns`` in place of or beside its own."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=ROWS)
    y = np.where(x + 0.3 * rng.normal(size=ROWS) > 0, "yes", "no")
    return {"x": x.round(3).tolist(), "port": list(rng.choice(["S", "C"], ROWS)), "y": y.tolist()} | columns


@dataclass(frozen=True)
class Refused:
    """``says``: words the text must hold, one of them the code."""

    make: Callable[[Path], object]
    says: tuple[str, ...]
    target: str = "y"


def picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20)


def twice(path: Path) -> None:
    path.write_text("x,x,y\n" + "1,2,yes\n3,4,no\n" * ROWS, "utf-8")


REFUSED = {
    "file missing": Refused(lambda path: None, ("NF-E101", "there is no file")),
    "not a table": Refused(picture, ("NF-E103", "not a table")),
    "empty": Refused(lambda path: path.write_bytes(b""), ("NF-E104", "is empty")),
    "header only": Refused(lambda path: path.write_text("x,y\n"), ("NF-E105", "no rows")),
    "one row": Refused(lambda path: path.write_text("x,y\n1,yes\n"), ("NF-E205", "row")),
    "target misspelt": Refused(lambda path: write(path, plain()), ("NF-E201", '"prt"', "port"), target="prt"),
    "target constant": Refused(lambda path: write(path, plain(y=["yes"] * ROWS)), ("NF-E203", '"y"')),
    "target all missing": Refused(lambda path: write(path, plain(y=[""] * ROWS)), ("NF-E202", '"y"')),
    "target unique": Refused(lambda path: write(path, plain(y=[f"n{i}" for i in range(ROWS)])), ("NF-E204", '"y"')),
    "columns of one name": Refused(twice, ("NF-E206", '"x"')),
    "ten thousand columns": Refused(
        lambda path: write(path, plain(**{f"c{i}": [i % 7] * ROWS for i in range(10_000)})), ("NF-E110", "columns")
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_in_words(tmp_path: Path, case: Refused) -> None:
    case.make(tmp_path / "table.csv")
    done = ended("run", "table.csv", "--target", case.target, "--budget", "10s", cwd=tmp_path)
    assert done.code == 2, done
    assert [word for word in case.says if word not in done.err] == [], done.err
    assert "hint" in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_an_error_is_an_object_where_json_is_asked_for(tmp_path: Path) -> None:
    done = ended("run", "nothing.csv", "--target", "y", "--json", cwd=tmp_path)
    assert done.code == 2
    assert done.answer["error"]["code"] == "NF-E101"
    assert done.answer["error"]["hint"]


def test_a_wish_that_does_not_exist_is_answered_with_a_near_one(tmp_path: Path) -> None:
    write(tmp_path / "table.csv", plain())
    done = ended("run", "table.csv", "--target", "y", "--metric", "roc_aux", cwd=tmp_path)
    assert done.code == 2
    assert "roc_auc" in done.err


def mixed(path: Path) -> None:
    write(path, plain(x=[f"{i}" if i % 9 else "a lot" for i in range(ROWS)]))


def infinite(path: Path) -> None:
    write(path, plain(x=[i if i % 9 else "inf" for i in range(ROWS)]))


def with_nul(path: Path) -> None:
    write(path, plain())
    path.write_bytes(path.read_bytes().replace(b",S,", b",S\x00,", 3))


def latin(path: Path) -> None:
    write(path, plain(port=["Orléans" if i % 2 else "Besançon" for i in range(ROWS)]))
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))


def wide_characters(path: Path) -> None:
    write(path, plain())
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))


@pytest.mark.parametrize("make", [mixed, infinite, with_nul, latin, wide_characters])
def test_what_is_odd_but_usable_is_used(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "table.csv")
    done: Ended = ended("run", "table.csv", "--target", "y", "--work", "6", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (tmp_path / done.answer["bundle"] / "MANIFEST.json").is_file()
