"""TFX: the schema and the statistics of the training rows, as its validators and its metadata store read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ninefold.export.destination import Subject, Told
from ninefold.export.files import put
from ninefold.export.metadata import schema_message, statistics_message
from ninefold.export.protobuf import binary, text

SCHEMA, STATISTICS, BINARY = "schema.pbtxt", "statistics.pbtxt", "FeatureStats.pb"


@dataclass(frozen=True)
class TFX:
    """TensorFlow Metadata, as text and, of the statistics, as bytes too: the names are those that TFX gives them."""

    about: ClassVar[str] = "schema and statistics of the training rows as TensorFlow Metadata"

    def write(self, subject: Subject, folder: Path) -> Told:
        schema, sketches = subject.bundle.schema, subject.bundle.sketches
        put(folder / SCHEMA, text(schema_message(schema)))
        if sketches is None:
            return Told((), ("the bundle has no reference of its training rows: no statistics",))
        statistics = statistics_message(schema, sketches)
        put(folder / STATISTICS, text(statistics))
        (folder / BINARY).write_bytes(binary(statistics))
        return Told(())
