"""How templates are read: text is escaped, an unknown name is an error, and blocks leave no empty lines."""

from __future__ import annotations

from pathlib import Path

import jinja2

from ninefold.core.questions import named, told_by
from ninefold.core.words import duration

TEMPLATES = Path(__file__).parent / "templates"


def environment(*folders: Path) -> jinja2.Environment:
    """Of templates in these folders, else of the report's."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"duration": duration, "named": named, "told_by": told_by}
    return made
