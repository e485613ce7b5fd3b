"""The planted-leak suite of the bench, on few tables: leaks are found, and clean tables are not called leaky."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCH = Path(__file__).parents[2] / "bench"
TABLES = ("wine", "diabetes", "rare class")


@pytest.fixture(scope="module")
def leaks() -> ModuleType:
    """`bench/leaks.py`, which imports its neighbour."""
    sys.path.insert(0, str(BENCH))
    try:
        spec = importlib.util.spec_from_file_location("leaks", BENCH / "leaks.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["leaks"] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCH))
    return module


def test_planted_leaks_are_found(leaks: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    found = {
        (table.name, kind): leaks.is_found(leaks.told(leaky, 0))
        for table in leaks.tables(tmp_path, 0)
        if table.name in TABLES
        for kind, plant in leaks.PLANTS.items()
        if (leaky := plant(table, rng)) is not None
    }
    assert len(found) >= 40
    assert sum(found.values()) >= leaks.FOUND * len(found), [place for place, good in found.items() if not good]


def test_clean_tables_are_not_called_leaky(leaks: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    told = {
        (table.name, kind): leaks.told(change(table, rng), 0)
        for table in leaks.tables(tmp_path, 0)
        if table.name != "digits"
        for kind, change in leaks.CLEAN.items()
    }
    assert len(told) >= 25
    assert [place for place, codes in told.items() if codes] == []
