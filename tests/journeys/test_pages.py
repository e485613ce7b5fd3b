"""The Python on the pages runs, as it stands there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from journey import CLEAN, ROOT, TITANIC

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def block(page: str) -> str:
    """The first Python block of a page; budgets are cut to what a test can wait for."""
    found = BLOCK.findall((ROOT / page).read_text("utf-8"))
    assert found, page
    return re.sub(r'budget="\d+[sm]"', 'budget="12s"', found[0])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the example table, where README's code has made a run; its bundle is at ``bundle``."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "examples").mkdir()
    shutil.copy(TITANIC, folder / "examples")
    done = python(block("README.md"), folder)
    assert "Score(" in done.splitlines()[0]
    assert "Prediction(" in done.splitlines()[-1]
    (made,) = folder.glob("runs/*/bundle")
    shutil.copytree(made, folder / "bundle")
    return folder


def python(code: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=CLEAN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_format_of_the_bundle_is_enough_to_predict(desk: Path) -> None:
    probability, label = re.findall(
        r"array\((.*?)(?:, dtype=object)?\)", python(block("docs/reference/bundle.md"), desk)
    )
    shares = [float(share) for share in re.findall(r"[\d.]+(?:e-?\d+)?", probability)]
    assert abs(sum(shares) - 1) < 1e-6
    assert label in ("['0']", "['1']")


def test_the_tutorial_runs(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    shutil.copy(TITANIC, tmp_path / "examples")
    accuracy, headline, best = python(block("docs/tutorial.md"), tmp_path).splitlines()
    assert float(accuracy) > 0.7
    assert "roc_auc" in headline
    assert "score" in best
    assert (tmp_path / "bundle" / "model.onnx").is_file()
