"""Other tasks take the same way: many classes, and values."""

from pathlib import Path

import pytest
from journey import ended, noun, only_run


@pytest.fixture(params=["wine", "diabetes"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    from sklearn.datasets import load_diabetes, load_wine

    read = {"wine": load_wine, "diabetes": load_diabetes}[request.param]
    path = tmp_path / f"{request.param}.csv"
    read(as_frame=True).frame.to_csv(path, index=False)
    return request.param, path


def test_many_classes_and_values(table: tuple[str, Path], tmp_path: Path) -> None:
    name, path = table
    done = ended("run", path, "--target", "target", "--budget", "12s", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    folder = only_run(tmp_path)
    problem, evaluation = noun(folder, 1), noun(folder, 7)
    assert problem["task"] == {"wine": "multiclass", "diabetes": "regression"}[name]
    headline = evaluation["headline"]
    better = headline["value"] - headline["baseline"]
    assert (better if headline["higher_is_better"] else -better) > 0

    done = ended("predict", folder, path, cwd=tmp_path)
    assert done.code == 0, done.err
    heading, *rows = done.out.splitlines()
    assert len(rows) == len(path.read_text("utf-8").splitlines()) - 1
    probabilities = [f"probability:{label}" for label in ("0", "1", "2")] if name == "wine" else []
    assert heading.split(",") == ["prediction", *probabilities]
