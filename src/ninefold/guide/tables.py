"""Tables that pages use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

HERE = Path(__file__).parent
TITANIC = "titanic.csv"


def titanic() -> pl.DataFrame:
    """The passengers of the Titanic, 891 rows and 15 columns: the table of the examples, which is in the wheel too."""
    import polars as pl

    return pl.read_csv(source())


def source() -> Path:
    """Its file: in the wheel it lies here, in a checkout among the examples."""
    packed = HERE / TITANIC
    return packed if packed.exists() else HERE.parents[2] / "examples" / TITANIC
