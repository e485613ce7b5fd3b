"""What the documents say is true: links lead somewhere, versions agree, the worked examples work."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from source_tree import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md"), *ROOT.glob("runtime/*.md")])
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_search_finds_links() -> None:
    assert len([target for page in PAGES for target in LINK.findall(page.read_text("utf-8"))]) > 5


def test_versions_agree() -> None:
    import ninefold

    versions = {tomllib.loads((ROOT / f).read_text("utf-8"))["project"]["version"] for f in _PROJECTS}
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert cited is not None
    assert versions | {cited[1]} == {ninefold.__version__}


_PROJECTS = ("pyproject.toml", "runtime/pyproject.toml")


def test_decisions_are_numbered_without_gaps() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Turned down",
            "Consequence",
        ], page.name


@pytest.fixture(scope="module")
def nearest_mean() -> ModuleType:
    """The learner that CONTRIBUTING.md tells how to write."""
    path = ROOT / "docs" / "how-to" / "nearest_mean.py"
    spec = importlib.util.spec_from_file_location("nearest_mean", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["nearest_mean"] = module
    spec.loader.exec_module(module)
    return module


def test_the_example_learner_equals_its_graph_and_learns(nearest_mean: ModuleType) -> None:
    from sklearn.neighbors import NearestCentroid

    from ninefold.core.clock import Clock
    from ninefold.core.protocols import Examples
    from ninefold.forms.onnx import Session, form_graph

    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    x = rng.normal(size=(300, 4)) + y[:, None] * [1.0, -1.0, 0.0, 2.0]
    data = Examples(x, y, "multiclass", 3, ("a", "b", "c", "d"))
    form = nearest_mean.NearestMean().fit(data, rng=rng, clock=Clock())
    answer = form.predict(x)
    graph = Session(form_graph(form, 4)).run({"x": x})["y"]
    assert np.abs(answer - graph).max() < 1e-9
    np.testing.assert_array_equal(answer.argmax(axis=1), NearestCentroid().fit(x, y).predict(x))
    assert (answer.argmax(axis=1) == y).mean() > 0.8


def test_the_example_learner_sits_the_checks(nearest_mean: ModuleType) -> None:
    from ninefold import checks

    results = {result.check: result.not_applicable for result in checks.run(nearest_mean.NearestMean())}
    assert {"parity", "beats_baseline", "fails", "purity", "seeds"} <= {n for n, why in results.items() if why is None}
