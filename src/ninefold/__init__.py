"""From a table to a watched model in nine stages."""

from importlib import import_module as _import_module
from typing import Any as _Any

__version__ = "0.1.0"

# Loaded when first used, so that `import ninefold` costs nothing.
_HOMES = {
    "Classifier": "estimators",
    "Clusterer": "estimators",
    "Regressor": "estimators",
    "load": "api",
    "run": "api",
}

__all__ = ["Classifier", "Clusterer", "Regressor", "__version__", "load", "run"]


def __getattr__(name: str) -> _Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_import_module(f"ninefold.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
