"""The service does what it says of itself: Schemathesis finds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import bundles
from fuzzing import fuzzed
from service import start, stop

TWINS = "^/models/|/versions/"
"""The same doors under a longer name; `bench/serve_fuzz.py` opens them too."""


def test_the_description_is_exact(tmp_path: Path) -> None:
    service = start(bundles.write(tmp_path / "bundle", sketched=500, background=3))
    try:
        phases = ("--phases", "examples,coverage,fuzzing", "--exclude-path-regex", TWINS)
        done = fuzzed(service.address, tmp_path, 2, *phases, seconds=240)
        text = service.ask("/metrics").body.decode()
        known = service.ask("/predict?id=*", {"rows": [{"age": 40}]}).json["predictions"][0]["id"]
        late = service.ask("/labels", {"labels": [{"id": known, "label": "yes"}]}).json
    finally:
        assert stop(service) == 0
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert int(re.search(r"(\d+) generated", done.stdout)[1]) > 1000  # type: ignore[index]
    assert set(re.findall(r'code="(\d)', text)) == {"2", "4"}
    assert 'path="/labels",code="200"' in text and 'path="/predict",code="200"' in text
    assert late == {"taken": 1, "unreadable": 0, "unknown": []}
