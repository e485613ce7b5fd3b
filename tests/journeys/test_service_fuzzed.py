"""The service does what it says of itself: Schemathesis finds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import bundles
from fuzzing import fuzzed
from service import start, stop


def test_the_description_is_exact(tmp_path: Path) -> None:
    service = start(bundles.write(tmp_path / "bundle", sketched=500, background=3))
    try:
        done = fuzzed(service.address, tmp_path, 2, "--phases", "examples,coverage,fuzzing")
        text = service.ask("/metrics").body.decode()
    finally:
        assert stop(service) == 0
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert int(re.search(r"(\d+) generated", done.stdout)[1]) > 1000  # type: ignore[index]
    assert set(re.findall(r'code="(\d)', text)) == {"2", "4"}
