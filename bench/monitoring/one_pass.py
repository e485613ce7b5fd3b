"""One pass over a file in a process of its own. Prints one JSON line.

python one_pass.py SCHEMA.json SKETCHES.json FILE
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))
from monitoring.columns import bundled
from ninefold.runs import read_chunks
from ninefold_runtime.schema import Schema
from ninefold_runtime.sketch import Sketches
from ninefold_runtime.watch import watch


def main(schema: str, sketches: str, table: str) -> None:
    kinds = msgspec.json.decode(Path(schema).read_bytes(), type=Schema)
    bundle = bundled(kinds, msgspec.json.decode(Path(sketches).read_bytes(), type=Sketches))
    start, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    report = watch(bundle, read_chunks(table, None, kinds))
    seconds = time.process_time() - begun
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "rows": report.rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
