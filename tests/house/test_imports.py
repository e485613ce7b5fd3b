"""What may be imported where, beyond the star that import-linter holds (see pyproject.toml)."""

import json
import subprocess
import sys

import pytest
from source_tree import STAGES, Module, modules

LATE_ONLY = {
    "sklearn",
    "lightgbm",
    "scipy",
    "torch",
    "polars",
    "pandas",
    "pyarrow",
    "shap",
    "fairlearn",
    "sqlalchemy",
    "onnxruntime",
}
"""Libraries that take long to load: never at module level."""

MAY = {
    # An estimator must *be* a scikit-learn estimator, so its module cannot do without; `ninefold` loads it on demand.
    "ninefold.estimators": {"sklearn"},
    # Modules of a network are torch's; these files are imported inside functions alone.
    "ninefold.forms.tabm.modules": {"torch"},
    "ninefold.learners._multi_task_training": {"torch"},
    "ninefold.learners._tabm_training": {"torch"},
    "ninefold.networks.network": {"torch"},
    "ninefold.networks.reading.lessons": {"torch"},
    "ninefold.networks.reading.network": {"torch"},
    "ninefold.networks.speech.lessons": {"torch"},
    "ninefold.networks.speech.network": {"torch"},
    **{
        f"ninefold.networks.training.{name}": {"torch"}
        for name in ("batch", "checkpoint", "devices", "finder", "lesson", "loop", "masked", "optimisers")
    },
}

IMPORTED = [m for m in modules("ninefold") if not m.name.startswith("ninefold.guide.pages.")]
"""Pages of the guide are notebooks, which are run by their path and never imported."""

CORE_NEEDS = ("ninefold.core", "ninefold_runtime.schema", "ninefold_runtime.wire", "ninefold_runtime.files")


def first(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("module", IMPORTED, ids=lambda module: module.name)
def test_heavy_libraries_are_imported_where_they_are_used(module: Module) -> None:
    at_top = {first(i.name) for i in module.imports if not i.late and not i.typing}
    assert not (at_top & LATE_ONLY) - MAY.get(module.name, set())


def test_the_exceptions_are_needed() -> None:
    tops = {m.name: {first(i.name) for i in m.imports if not i.late} for m in modules("ninefold")}
    assert {name: libraries for name, libraries in MAY.items() if not libraries <= tops[name]} == {}


def test_core_stands_on_the_runtimes_schema_wire_and_files_alone() -> None:
    ours = [i.name for m in modules("ninefold") if m.room == "core" for i in m.imports if i.name.startswith("ninefold")]
    assert ours, "core imports its own modules"
    assert [name for name in ours if not f"{name}.".startswith(tuple(f"{n}." for n in CORE_NEEDS))] == []


def test_the_runtime_needs_what_it_declares() -> None:
    allowed = {"ninefold_runtime", "numpy", "onnxruntime", "msgspec", "uvicorn", "httptools"}
    allowed |= {"cryptography", "nanoarrow", "psycopg", "PIL"}  # extras, imported inside functions
    used = {first(i.name) for m in modules("ninefold_runtime") for i in m.imports}
    assert used - allowed - sys.stdlib_module_names == set()


def test_spox_and_onnx_have_one_door_per_room() -> None:
    """Only `forms` knows spox's operators; other rooms that build nodes take them from `ninefold.forms.onnx`."""
    strangers = [
        m.name for m in modules() if m.room != "forms" for i in m.imports if first(i.name) == "spox" and not i.typing
    ]
    assert strangers == []


def loaded_by(code: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter holds after running ``code``."""
    report = "import sys, json; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    command = [sys.executable, "-c", f"{code}\n{report}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


HELP = """
import sys
from ninefold.cli.main import main
sys.argv = ["ninefold", "--help"]
try:
    main()
except SystemExit as exit:
    assert not exit.code, exit.code
"""


def test_importing_ninefold_loads_nothing_heavy() -> None:
    loaded = loaded_by("import ninefold")
    assert "ninefold" in loaded
    assert loaded & (LATE_ONLY | {"numpy", "spox", "onnx", "rich", "typer", "msgspec"}) == set()


def test_help_loads_no_numpy() -> None:
    loaded = loaded_by(HELP)
    assert "typer" in loaded
    assert loaded & (LATE_ONLY | {"numpy", "spox", "onnx"}) == set()


def test_importing_the_run_loads_no_training_library() -> None:
    loaded = loaded_by("import ninefold; ninefold.run")
    assert "numpy" in loaded
    assert loaded & (LATE_ONLY | {"spox", "onnx"}) == set()


def test_nine_stage_packages_look_alike() -> None:
    names = {m.name for m in modules("ninefold")}
    missing = [
        f"{stage}.{file}" for stage in STAGES for file in ("stage", "view") if f"ninefold.{stage}.{file}" not in names
    ]
    assert missing == []
