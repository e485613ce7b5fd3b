"""Nothing that we write or read can execute code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import ROOT, modules

BENCH = tuple(sorted((ROOT / "bench").glob("*.py")))
FILES = tuple(module.path for module in modules()) + BENCH
FORBIDDEN_MODULES = {"pickle", "cPickle", "cloudpickle", "dill", "shelve", "marshal", "joblib"}
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "yaml.load",
    "yaml.unsafe_load",
    "joblib.load",
    "joblib.dump",
    "os.system",
}


def faults(tree: ast.AST) -> Iterator[str]:
    """Each place where code could come out of data, in words."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            yield from (f"line {node.lineno}: imports {n}" for n in names if n.split(".")[0] in FORBIDDEN_MODULES)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in FORBIDDEN_CALLS:
                yield f"line {node.lineno}: calls {called}"
            yield from (
                f"line {node.lineno}: {called}({keyword.arg}={ast.unparse(keyword.value)})"
                for keyword in node.keywords
                if keyword.arg in ("allow_pickle", "shell") and ast.unparse(keyword.value) != "False"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_comes_out_of_data(path: Path) -> None:
    assert list(faults(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import pickle",
        "from joblib import dump",
        "def f():\n    import cloudpickle.compat",
        "eval(text)",
        "exec(text)",
        "np.load(path, allow_pickle=True)",
        "yaml.load(text)",
        "subprocess.run(text, shell=True)",
    ],
)
def test_the_search_finds(planted: str) -> None:
    assert len(list(faults(ast.parse(planted)))) == 1


def test_the_search_accepts_what_is_safe() -> None:
    assert (
        list(faults(ast.parse("import json\nnp.load(path)\nnp.load(path, allow_pickle=False)\nre.compile('a')"))) == []
    )
