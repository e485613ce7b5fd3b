"""F12: tables that nobody would make by intention. Each gives a model or one sentence that says what is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from breaking.outcome import Experiment, Outcome
from breaking.room import Room

ROWS = 60
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d %b %Y", "%B %d, %Y", "%Y-%m-%dT%H:%M:%S")
DATES += ("%Y-%m-%d %H:%M", "%d-%m-%y", "%Y/%m/%d", "%Y-%m-%dT%H:%M:%SZ")


def _csv(columns: dict[str, Sequence[object]]) -> bytes:
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    return "\n".join(lines).encode() + b"\n"


def _labels() -> list[str]:
    return ["yes" if i % 3 else "no" for i in range(ROWS)]


def _with(values: Sequence[object]) -> bytes:
    draw = random.Random(1)
    return _csv({"a": [f"{draw.gauss(0, 1):.3f}" for _ in range(ROWS)], "b": values, "y": _labels()})


def _cycle(*values: object) -> bytes:
    return _with([values[i % len(values)] for i in range(ROWS)])


def _dated(form: str) -> bytes:
    import datetime

    first = datetime.datetime(2020, 1, 1, 7, 5, 9, tzinfo=datetime.UTC)
    days = [(first + datetime.timedelta(days=11 * i)).strftime(form) for i in range(ROWS)]
    return _with([f'"{day}"' for day in days])


def _plain() -> bytes:
    return _cycle(1, 2, 3)


def _target(values: Sequence[object]) -> bytes:
    return _csv({"a": list(range(ROWS)), "b": [i * i % 7 for i in range(ROWS)], "y": values})


TABLES: dict[str, Callable[[], bytes]] = {
    "NaN in words": lambda: _cycle("NaN", "nan", "NULL", "1.5", "N/A", "-"),
    "infinite numbers": lambda: _cycle("inf", "-inf", "1", "Infinity"),
    "numbers up to 1e308": lambda: _cycle("1e308", "-1e308", "1e-308", "0"),
    "numbers beyond floats": lambda: _cycle("1e999", "-1e999", "3"),
    "integers beyond 64 bits": lambda: _cycle(2**63, 2**64, -(2**70), 5),
    "a hundred digits": lambda: _cycle("9" * 100, "1" * 100),
    "empty file": lambda: b"",
    "only line ends": lambda: b"\n\n\r\n\n",
    "only a header": lambda: b"a,b,y\n",
    "one row": lambda: b"a,b,y\n1,2,yes\n",
    "two rows": lambda: b"a,b,y\n1,2,yes\n2,1,no\n",
    "four rows": lambda: b"a,b,y\n1,2,yes\n2,1,no\n3,1,no\n4,1,yes\n",
    "one column, the target": lambda: b"y\n" + b"yes\nno\n" * 30,
    "a column of nothing": lambda: _with([""] * ROWS),
    "all columns of nothing": lambda: _csv({"a": [""] * ROWS, "b": [""] * ROWS, "y": _labels()}),
    "a constant column": lambda: _with(["same"] * ROWS),
    "twin names": lambda: b"a,a,y\n" + b"1,2,yes\n3,4,no\n" * 30,
    "names of nothing": lambda: b",,y\n" + b"1,2,yes\n3,5,no\n2,7,no\n" * 20,
    "a name of 10,000 letters": lambda: b"a" * 10_000 + b",b,y\n" + b"1,2,yes\n3,5,no\n" * 30,
    "names with markup, quotes and escapes": lambda: (
        b'"<script>alert(1)</script>","a""b\x1b[31m",y\n' + b"1,2,yes\n3,5,no\n" * 30
    ),
    "10,000 columns": lambda: _csv({f"c{i}": [i % 7, 1, 2, 3] for i in range(10_000)} | {"y": ["a", "b", "a", "b"]}),
    "2,000 columns, 60 rows": lambda: _csv(
        {f"c{i}": [(i * j) % 11 for j in range(ROWS)] for i in range(2_000)} | {"y": _labels()}
    ),
    "200,000 categories": lambda: _csv({"a": [f"k{i}" for i in range(200_000)], "y": ["x", "z"] * 100_000}),
    "mixed types": lambda: _cycle("1", "two", "2020-01-01", "true", "", "3.5"),
    "numbers with units": lambda: _cycle("12 kg", "13 kg", "9 kg"),
    "thousands and decimals": lambda: _cycle('"1,234.5"', '"1.234,5"', "7"),
    "a target of nothing": lambda: _target([""] * ROWS),
    "a constant target": lambda: _target(["yes"] * ROWS),
    "a class of one row": lambda: _target(["yes"] + ["no"] * (ROWS - 1)),
    "every row a class of its own": lambda: _target([f"k{i}" for i in range(ROWS)]),
    "a target with gaps": lambda: _target(["yes", "", "no", ""] * 15),
    "a target with infinite values": lambda: _target(["1.5", "inf", "2.5", "-inf"] * 15),
    "a target of one enormous value": lambda: _target([*range(ROWS - 1), "1e300"]),
    "byte order mark": lambda: b"\xef\xbb\xbf" + _plain(),
    "UTF-16": lambda: _plain().decode().encode("utf-16"),
    "UTF-16 without a mark": lambda: _plain().decode().encode("utf-16-le"),
    "UTF-32": lambda: _plain().decode().encode("utf-32"),
    "Latin-1": lambda: _cycle("caf\xe9", "th\xe9", "eau").decode().encode("latin-1"),
    "broken UTF-8": lambda: _plain() + b"1,\xc3\x28,yes\n",
    "CRLF": lambda: _plain().replace(b"\n", b"\r\n"),
    "CR": lambda: _plain().replace(b"\n", b"\r"),
    "mixed line ends": lambda: _plain().replace(b"\n", b"\r\n", 20),
    "line ends in quotes": lambda: _cycle('"a\nb"', '"c\r\nd"', "e"),
    "a quote that never ends": lambda: _plain() + b'1,"open,yes\n' + _plain(),
    "a quote in a field": lambda: _cycle('5" pipe', 'the 7"', "x"),
    "NUL bytes": lambda: _cycle("a\0b", "c", "\0").replace(b"no", b"n\0o"),
    "rows that are too short and too long": lambda: _plain() + b"1,2\n1,2,yes,4,5\n1\n",
    "only delimiters": lambda: b",,,\n,,,\n,,,\n",
    "a million letters in one field": lambda: _plain() + b"1," + b"x" * 1_000_000 + b",yes\n",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "zeros": lambda: bytes(5_000),
    "random bytes": lambda: random.Random(3).randbytes(20_000),
    "a web page": lambda: b"<!DOCTYPE html><html><body><h1>404</h1><p>Not, found</p></body></html>\n",
    "JSON that is called CSV": lambda: b'[{"a": 1, "y": "yes"}, {"a": 2, "y": "no"}]\n',
    "emoji and right-to-left": lambda: _cycle("\U0001f600", "\u05d0\u05d1", "e\u0301", "\u200b"),
    "formulas": lambda: _cycle("=1+1", "@SUM(A1)", "-2", "+3"),
    **{f"dates as {form}": (lambda form=form: _dated(form)) for form in DATES},
}


def tables(room: Room, times: int) -> Outcome:
    """Every table once; ``times`` of them, evenly drawn, where it is not 0."""
    outcome = Outcome()
    names = list(TABLES)[:: max(1, len(TABLES) // times) if times else 1]
    for name in names:
        place = room.place()
        table = place / "table.csv"
        table.write_bytes(TABLES[name]())
        outcome.note(*_judged(room, place, table, name))
    return outcome


def _judged(room: Room, place: Path, table: Path, name: str) -> tuple[str, str]:
    words = (
        "run",
        str(table),
        "--target",
        "y",
        "--work",
        "4",
        "--folds",
        "2",
        "--learner",
        "logistic_regression",
        "-q",
    )
    ended = room.run(words, place)
    if ended.trouble:
        return "broken", f"{name}: {ended.trouble}"
    room.leave(place)
    if ended.code == 0:
        return "models", ""
    refused = ended.code == 2 and ended.refusal.startswith("NF-E")
    return "refused in a sentence", "" if refused else f"{name}: ended with {ended.code}: {ended.err[-200:]}"


EXPERIMENTS = (
    Experiment("F12", "hostile tables", "a model or a sentence that says what is wrong; no traceback", 0, tables),
)
