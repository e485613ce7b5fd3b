"""Hugging Face: the folder of a model repository, with its card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold.core import book
from ninefold.core.errors import WishError
from ninefold.core.parts import setting
from ninefold.core.results import Evaluation
from ninefold.export import wheel, yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import copy_bundle, put
from ninefold.export.names import chosen
from ninefold_runtime.schema import Task

CARD = "card.md"
"""The bundle's own card, where it has one."""
_LICENCE = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_CLASSES: tuple[Task, ...] = ("binary", "multiclass", "multilabel", "ordinal")
_VALUES: tuple[Task, ...] = ("regression", "multioutput", "count", "quantile")


@dataclass(frozen=True)
class HuggingFace:
    """The bundle as it is, and README.md: metadata as the hub reads them, how to use it, and the bundle's own card.

    Scores are those on the sealed rows, and stand there where the run is given and not the bundle alone.
    """

    about: ClassVar[str] = "a model repository for the Hugging Face hub: the bundle's files and a model card"
    name: str = setting("", "name of the model; from the target where empty")
    licence: str = setting("", "identifier of the model's licence on the hub, such as apache-2.0")

    def write(self, subject: Subject, folder: Path) -> Told:
        name = chosen(self.name, subject.name)
        copy_bundle(subject.bundle, folder / "bundle")
        head = yaml.text(_metadata(name, _checked(self.licence), subject))
        put(folder / "README.md", f"---\n{head}---\n\n{_use(name)}\n{_card(subject)}")
        put(folder / ".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n")
        notes = () if self.licence else ("without licence= nobody may use what you upload",)
        return Told((f"hf upload YOUR-NAME/{name} .",), notes)


def _checked(licence: str) -> str:
    if licence and not _LICENCE.fullmatch(licence):
        hint = "the hub lists them: apache-2.0, mit, cc-by-4.0, other"
        raise WishError("NF-E349", f'"{licence}" is no identifier of a licence', hint=hint, given=licence)
    return licence


def _metadata(name: str, licence: str, subject: Subject) -> dict[str, Any]:
    task = subject.bundle.schema.target.task
    tag = _tag(task)
    told: dict[str, Any] = {"library_name": "ninefold", "tags": ["ninefold", "onnx", "tabular", task]}
    told |= {"license": licence} if licence else {}
    told |= {"pipeline_tag": tag} if tag else {}
    measured = _measured(subject)
    return told | (
        {"model-index": [{"name": name, "results": [_result(tag or "other", measured)]}]} if measured else {}
    )


def _tag(task: Task) -> str:
    """What the hub calls the task; nothing for what it has no name of."""
    if task in _CLASSES:
        return "tabular-classification"
    return "tabular-regression" if task in _VALUES else ""


def _measured(subject: Subject) -> Evaluation | None:
    """What the run's sealed rows said; None where there is no run, or it was not evaluated."""
    if subject.run is None or book.read_chapter(subject.run, 7) is None:
        return None
    return book.read_noun(subject.run, 7, Evaluation)


def _result(task: str, measured: Evaluation) -> dict[str, Any]:
    return {
        "task": {"type": task},
        "dataset": {"name": f"{measured.rows} sealed rows of the training table", "type": "tabular"},
        "metrics": [{"type": score.metric, "name": score.title, "value": score.value} for score in measured.scores],
    }


def _use(name: str) -> str:
    return f"""# {name}

One ONNX graph over raw columns, made by [Ninefold](https://pypi.org/project/ninefold/): no pickle, no code of its own.

```
pip install huggingface_hub {wheel.DISTRIBUTION}
hf download YOUR-NAME/{name} --local-dir {name}
ninefold-runtime predict {name}/bundle new.csv --output predictions.csv
ninefold-runtime serve {name}/bundle
```

`bundle/schema.json` tells the columns. `bundle/MANIFEST.json` holds the digest of every file, which the runtime
compares before it reads any.
"""


def _card(subject: Subject) -> str:
    """The bundle's card, one heading lower, as the page has a title already."""
    if CARD not in subject.bundle.manifest.files:
        return ""
    text = (subject.bundle.folder / CARD).read_text("utf-8")
    return re.sub(r"^#", "##", text, flags=re.MULTILINE)
