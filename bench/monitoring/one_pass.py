"""One pass over a file in a process of its own. Prints one JSON line.

python one_pass.py SCHEMA.json SKETCHES.json FILE
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))
from monitoring.columns import bundled
from ninefold.flow import chunked, open_source
from ninefold.runs import read_chunks
from ninefold_runtime.schema import Schema
from ninefold_runtime.sketch import Sketches
from ninefold_runtime.watch import watch


def main(schema: str, sketches: str, table: str) -> None:
    kinds = msgspec.json.decode(Path(schema).read_bytes(), type=Schema)
    bundle = bundled(kinds, msgspec.json.decode(Path(sketches).read_bytes(), type=Sketches))
    start, begun = peak(), time.process_time()
    watch(bundle, read_chunks(table, None, kinds))
    whole, megabytes = time.process_time() - begun, peak() - start
    begun = time.process_time()
    for _ in chunked(open_source(table)):
        pass
    reading = time.process_time() - begun
    print(json.dumps({"seconds": whole - reading, "reading": reading, "megabytes": megabytes}))


def peak() -> float:
    """The most memory that this process has ever held, in megabytes; what its parent held does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
