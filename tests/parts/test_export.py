"""Exports as such: destinations by name, settings, folders that are there already, names, YAML, and the wheel."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml as reader
from hypothesis import given
from hypothesis import strategies as st

import bundles
import ninefold
from ninefold.core import parts
from ninefold.core.errors import RunError, WishError
from ninefold.export import wheel, yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.exporting import export, made, names
from ninefold.export.files import put
from ninefold.export.names import checked_label, label
from ninefold_runtime.bundle import read_bundle

LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
OF_A_BUNDLE = ("docker", "huggingface", "kserve", "kubernetes", "sagemaker")
"""Destinations that a bundle is enough for; the others are held to the same in tests of their own."""


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(read_bundle(bundles.write(tmp_path_factory.mktemp("bundle") / "bundle", sketched=100, background=9)))


@pytest.mark.parametrize("to", names())
def test_every_destination_says_what_it_is(to: str) -> None:
    destination = made(to)
    assert destination.about
    assert "\n" not in destination.about
    assert all(field.metadata.get("space") for field in dataclasses.fields(destination))  # type: ignore[arg-type]


def test_destinations_are_written_with_hyphens_and_refused_with_a_suggestion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "names", lambda _: ("github_actions",))
    assert names() == ("github-actions",)
    monkeypatch.undo()
    with pytest.raises(WishError, match="there is no destination") as refused:
        made("kubernets")
    assert refused.value.details["suggestions"] == ["kubernetes"]


@pytest.mark.parametrize(
    ("pair", "code"),
    [("least", "NF-E340"), ("lest=2", "NF-E302"), ("least=two", "NF-E340"), ("least=0", "NF-E303")],
)
def test_settings_that_cannot_be_taken(pair: str, code: str) -> None:
    with pytest.raises(WishError) as refused:
        made("kubernetes", [pair])
    assert refused.value.code == code


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("to", OF_A_BUNDLE)
def test_the_same_bundle_gives_the_same_bytes(subject: Subject, tmp_path: Path, to: str) -> None:
    once, again = (export(subject, to, made(to), tmp_path / name / "it") for name in ("once", "again"))
    assert files(once.folder) == files(again.folder)
    assert once.files == again.files
    assert set(once.files) == set(files(once.folder))


@pytest.mark.parametrize("to", OF_A_BUNDLE)
def test_nothing_of_this_machine_is_written(subject: Subject, tmp_path: Path, to: str) -> None:
    folder = export(subject, to, made(to), tmp_path / "it").folder
    texts = {name: data for name, data in files(folder).items() if not name.endswith((".whl", ".gz"))}
    assert [name for name, data in texts.items() if str(tmp_path).encode() in data] == []


@dataclasses.dataclass(frozen=True)
class Notes:
    """A destination of this test."""

    names: str = parts.setting("a b", "names of the files")
    fails: bool = parts.setting(False, "after the first file")

    def write(self, subject: Subject, folder: Path) -> Told:
        for name in self.names.split():
            put(folder / name, f"{name}\n")
            if self.fails:
                raise WishError("NF-E300", "no more")
        return Told(())


def test_a_folder_with_files_is_refused_and_stays(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(WishError) as refused:
        export(subject, "notes", Notes(), tmp_path)
    assert refused.value.code == "NF-E341"
    assert files(tmp_path) == {"mine": b"kept"}


def test_force_writes_over_its_own_and_leaves_the_rest(subject: Subject, tmp_path: Path) -> None:
    place = tmp_path / "it"
    export(subject, "notes", Notes("a sub/old edited"), place)
    (place / "edited").write_text("by hand")
    (place / "mine").write_text("kept")
    export(subject, "notes", Notes("a b"), place, force=True)
    left = files(place)
    record = json.loads(left.pop(".ninefold-notes.json"))
    assert left == {"a": b"a\n", "b": b"b\n", "edited": b"by hand", "mine": b"kept"}
    assert list(record["files"]) == ["a", "b"]
    assert record["ninefold"] == ninefold.__version__
    assert [path.name for path in tmp_path.iterdir()] == ["it"]


def test_a_record_leads_to_no_file_outside(subject: Subject, tmp_path: Path) -> None:
    export(subject, "notes", Notes(), tmp_path / "it")
    (tmp_path / "outside").write_text("a\n")
    record = tmp_path / "it" / ".ninefold-notes.json"
    record.write_text(record.read_text().replace('"a":', '"../outside":'))
    export(subject, "notes", Notes("b"), tmp_path / "it", force=True)
    assert (tmp_path / "outside").exists()


def test_the_folder_one_stands_in_is_a_place(subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    export(subject, "notes", Notes(), Path())
    export(subject, "notes", Notes("b"), Path(), force=True)
    assert sorted(files(tmp_path)) == [".ninefold-notes.json", "b"]


def test_what_fails_leaves_nothing(subject: Subject, tmp_path: Path) -> None:
    with pytest.raises(WishError):
        export(subject, "notes", Notes(fails=True), tmp_path / "it")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "it").write_text("")
    with pytest.raises(WishError, match="is a file"):
        export(subject, "notes", Notes(), tmp_path / "it", force=True)


def test_a_destination_that_needs_the_run_says_so(subject: Subject) -> None:
    with pytest.raises(RunError) as refused:
        subject.must_have_run("dvc")
    assert refused.value.code == "NF-E342"


def test_a_bundle_that_was_altered_is_not_passed_on(tmp_path: Path) -> None:
    subject = Subject(read_bundle(bundles.write(tmp_path / "bundle")))
    (tmp_path / "bundle" / "schema.json").write_text("{}")
    with pytest.raises(Exception, match="not the file that was sealed"):
        export(subject, "huggingface", made("huggingface"), tmp_path / "it")


@given(st.text())
def test_a_made_label_is_one(text: str) -> None:
    assert LABEL.fullmatch(label(text))
    assert label(label(text)) == label(text)
    assert checked_label(label(text), "name") == label(text)


def test_labels_keep_what_can_be_kept() -> None:
    said = [label(text) for text in ("survived", "Überlebt? (y/n)", "2024 sales", "目標", "a" * 90)]
    assert said == ["survived", "uberlebt-y-n", "model-2024-sales", "model", "a" * 40]


LETTERS = st.characters(exclude_categories=("Cs",))
ODD = (
    "no",
    "1e3",
    "0x1f",
    "~",
    "=",
    "12:30",
    "a: b",
    "# no",
    "a\nb",
    "a\n b\n\nc\n",
    " a\nb",
    "2024-01-01",
    "<<",
    "\ufeff",
    ".5",
    "...",
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(LETTERS) | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(LETTERS), inner, max_size=3),
    max_leaves=12,
)


@given(PLAIN)
def test_yaml_is_read_as_what_was_written(value: Any) -> None:
    assert reader.safe_load(yaml.text(value)) == value


def test_yaml_is_pleasant() -> None:
    told = {"on": ["push"], "jobs": {"test": {"steps": [{"run": "make\nmake test\n"}, {"uses": "x@v1", "with": {}}]}}}
    lines = ['"on":', "  - push", "jobs:", "  test:", "    steps:", "      - run: |", "          make"]
    lines += ["          make test", "      - uses: x@v1", "        with: {}"]
    assert yaml.text(told).splitlines() == lines
    assert list(reader.safe_load_all(yaml.documents(told, [1]))) == [told, [1]]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Train by Ninefold", "Train by Ninefold"),
        ("team/it:57bde", "team/it:57bde"),
        ("pip install --quiet it", "pip install --quiet it"),
        ('$X == "web"', "'$X == \"web\"'"),
        ('it\'s "one"', '"it\'s \\"one\\""'),
        (".5", '".5"'),
        ("...", '"..."'),
        ("x: y", '"x: y"'),
        ("x #y", '"x #y"'),
        ("x ", '"x "'),
    ],
)
def test_texts_are_quoted_where_they_must_be(value: str, written: str) -> None:
    assert yaml.text({"key": value}) == f"key: {written}\n"
    assert reader.safe_load(yaml.text({"key": value})) == {"key": value}


def test_the_wheel_is_one_that_pip_takes(tmp_path: Path) -> None:
    name, data = wheel.runtime_wheel()
    (tmp_path / name).write_bytes(data)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, "--root-user-action=ignore", "--target", tmp_path / "app", tmp_path / name], check=True)
    command = [tmp_path / "app" / "bin" / "ninefold-runtime", "--help"]
    asked = subprocess.run(
        command, env={"PYTHONPATH": str(tmp_path / "app")}, capture_output=True, text=True, check=True
    )
    assert "Predict, explain, serve and watch" in asked.stdout
    with zipfile.ZipFile(tmp_path / name) as archive:
        assert archive.testzip() is None
        assert [entry for entry in archive.namelist() if entry.endswith("licenses/LICENSE")]
    assert (name, data) == wheel.runtime_wheel()


def test_the_wheel_asks_for_what_the_runtime_declares() -> None:
    assert {re.split(r"[<>=~!]", need)[0] for need in wheel.requirements()} == {
        "httptools",
        "msgspec",
        "numpy",
        "onnxruntime",
        "uvicorn",
    }
