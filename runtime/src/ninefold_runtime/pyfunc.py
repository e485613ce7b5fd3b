"""A bundle as MLflow's ``python_function`` flavour asks for it: the loader module that an ``MLmodel`` file names.

Nothing of MLflow is needed here, and what it loads is the bundle as it is: no pickle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold_runtime.loaded import load
from ninefold_runtime.model import Model
from ninefold_runtime.write import as_columns


@dataclass(frozen=True)
class Served:
    """What MLflow calls. Cells may be missing, unseen or of another type: the schema says how they are read."""

    model: Model

    def predict(self, table: Any, params: object = None) -> Any:
        """Rows as a pandas data frame in, the columns of ``ninefold predict`` as one out, in the same order."""
        return type(table)(as_columns(self.model.predict(table)), index=table.index)


def _load_pyfunc(path: str) -> Served:
    """The name that MLflow looks for; ``path`` is the bundle's folder.

    Raises:
        BundleError: when the bundle is incomplete, altered or foreign.
    """
    return Served(load(path))
