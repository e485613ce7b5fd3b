"""How templates are read: text is escaped, an unknown name is an error, and blocks leave no empty lines."""

from __future__ import annotations

from pathlib import Path

import jinja2

from ninefold.core.questions import named, told_by
from ninefold.core.words import duration
from ninefold.report.charts import passage, picture
from ninefold.report.charts.data import rows
from ninefold.report.charts.draw import draw
from ninefold.report.grid import grid

TEMPLATES = Path(__file__).parent / "templates"


def environment(*folders: Path) -> jinja2.Environment:
    """Of templates in these folders, else of the report's, with the filters that the report's parts speak of."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "chart": draw,
        "data": rows,
        "duration": duration,
        "grid": grid,
        "named": named,
        "passage": passage.draw,
        "picture": picture.draw,
        "told_by": told_by,
    }
    return made
