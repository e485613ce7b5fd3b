"""Images that exports describe: linted, laid out as the recipe says, started as its user, and asked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import bundles
import simulated
from ninefold.core.errors import SourceError, WishError
from ninefold.export.destination import Subject
from ninefold.export.destinations.sagemaker import MODEL
from ninefold.export.exporting import export, made
from ninefold_runtime import load
from ninefold_runtime.bundle import read_bundle

TOKEN = "0123456789abcdef"
LARGEST = 150_000_000
ROW = json.dumps({"rows": [{"age": 61.5, "port": "Cherbourg", "remark": "good"}]})
BASES = "python:3.13-slim@sha256:" + "0" * 64


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(read_bundle(bundles.write(tmp_path_factory.mktemp("bundle") / "bundle", sketched=200)))


@pytest.fixture(scope="module")
def port() -> int:
    return simulated.free_port()


@pytest.fixture(scope="module")
def docker(subject: Subject, port: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docker") / "it"
    export(subject, "docker", made("docker", [f"port={port}", f"base={BASES}"]), folder)
    return folder


@pytest.fixture(scope="module")
def image(docker: Path) -> Iterator[simulated.Image]:
    with simulated.image(docker, ("/tmp", "/app", "/models")) as laid_out:
        yield laid_out


def lint(recipe: Path) -> str:
    """What hadolint says, nothing where it is content."""
    command = [shutil.which("hadolint") or Path(sys.executable).parent / "hadolint", "--no-color", recipe]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_recipe_is_clean_and_the_linter_bites(docker: Path, tmp_path: Path) -> None:
    assert lint(docker / "Dockerfile") == ""
    spoilt = (docker / "Dockerfile").read_text().replace("USER 65532:65532", "USER root").replace(BASES, "python")
    (tmp_path / "Dockerfile").write_text(spoilt)
    assert {"DL3002", "DL3006"} <= set(lint(tmp_path / "Dockerfile").split())


def test_it_is_small_and_holds_nothing_of_training(image: simulated.Image) -> None:
    assert 10_000_000 < image.size(compiled=False) < LARGEST
    held = {path.name for path in (image.place / "app").iterdir()}
    assert {"ninefold_runtime", "onnxruntime", "numpy"} <= held
    assert held & {"ninefold", "sklearn", "polars", "onnx", "pandas", "lightgbm", "torch"} == set()


def test_it_serves_as_nobody_in_particular_and_ends_when_told(
    image: simulated.Image, port: int, subject: Subject
) -> None:
    assert image.user == 65532
    with simulated.serving(image, port, NINEFOLD_TOKEN=TOKEN) as process:
        assert image.ended(image.health) == (0, "")
        send = {"content_type": "application/json"}
        assert simulated.ask(port, "POST", "/predict", ROW, **send)[0] == 401
        status, text = simulated.ask(port, "POST", "/predict", ROW, **send, authorization=f"Bearer {TOKEN}")
        assert status == 200
        said = load(subject.bundle.folder).predict_one(json.loads(ROW)["rows"][0])
        assert json.loads(text)["predictions"][0]["probabilities"] == said.probabilities
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert image.ended(image.health)[0] != 0


def test_it_speaks_the_protocol_that_kserve_asks_for(
    image: simulated.Image, port: int, subject: Subject, tmp_path: Path
) -> None:
    folder = export(subject, "kserve", made("kserve", [f"port={port}"]), tmp_path / "it").folder
    request = (folder / "request.json").read_text()
    send = {"content_type": "application/json", "authorization": f"Bearer {TOKEN}"}
    with simulated.serving(image, port, NINEFOLD_TOKEN=TOKEN):
        assert simulated.ask(port, "GET", "/v2/health/ready")[0] == 200
        status, text = simulated.ask(port, "POST", f"/v2/models/{subject.name}/infer", request, **send)
    assert status == 200, text
    said = load(subject.bundle.folder).predict_one(subject.bundle.schema.example)
    outputs = {output["name"]: output["data"] for output in json.loads(text)["outputs"]}
    assert outputs["prediction"] == [said.prediction]
    assert said.probabilities is not None
    assert outputs["probability"] == list(said.probabilities.values())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_its_user_can_write_to_no_file_of_the_image(image: simulated.Image) -> None:
    trying = "import pathlib; pathlib.Path('/app/ninefold_runtime/errors.py').open('a')"
    assert "PermissionError" in image.ended(["python", "-c", trying])[1]


def test_without_a_token_it_does_not_start(image: simulated.Image) -> None:
    code, text = image.ended(image.command)
    assert code == 2
    assert "NF-R301" in text


def test_a_lock_is_taken_as_it_is_and_its_hashes_are_demanded(subject: Subject, tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("numpy==2.4.6 --hash=sha256:00\n")
    export(subject, "docker", made("docker", [f"lock={lock}"]), tmp_path / "it")
    assert (tmp_path / "it" / "requirements.txt").read_text() == lock.read_text()
    assert "--require-hashes --requirement" in (tmp_path / "it" / "Dockerfile").read_text()
    with pytest.raises(SourceError, match="cannot be read"):
        export(subject, "docker", made("docker", ["lock=nowhere.txt"]), tmp_path / "other")


def test_the_runtime_may_come_from_the_index(subject: Subject, tmp_path: Path) -> None:
    export(subject, "docker", made("docker", ["runtime=pypi"]), tmp_path / "it")
    assert (tmp_path / "it" / "requirements.txt").read_text().startswith("ninefold-runtime==")
    assert not (tmp_path / "it" / "wheels").exists()
    assert lint(tmp_path / "it" / "Dockerfile") == ""


@pytest.mark.parametrize("setting", ["base=python AS x\nRUN evil", "base=", "name=No Label", "name=-a"])
def test_what_is_no_name_never_reaches_a_recipe(subject: Subject, tmp_path: Path, setting: str) -> None:
    with pytest.raises(WishError) as refused:
        export(subject, "docker", made("docker", [setting]), tmp_path / "it")
    assert refused.value.code in {"NF-E343", "NF-E345"}
    assert not (tmp_path / "it").exists()


@pytest.fixture(scope="module")
def sagemaker(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sagemaker") / "it"
    export(subject, "sagemaker", made("sagemaker"), folder)
    return folder


def test_sagemakers_container_keeps_the_contract(sagemaker: Path, subject: Subject) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html"""
    assert lint(sagemaker / "container" / "Dockerfile") == ""
    port = simulated.free_port()
    with simulated.image(sagemaker / "container", ("/app", "/start.py", str(MODEL)), {"8080": str(port)}) as image:
        with tarfile.open(sagemaker / "model.tar.gz") as archive:
            archive.extractall(f"{image.place}{MODEL}", filter="data")
        assert image.command[-1] == "serve"
        with simulated.serving(image, port) as process:
            assert simulated.ask(port, "GET", "/ping")[0] == 200
            status, text = simulated.ask(port, "POST", "/invocations", ROW, content_type="application/json")
            assert status == 200
            said = load(subject.bundle.folder).predict_one(json.loads(ROW)["rows"][0])
            assert json.loads(text)["predictions"][0]["probabilities"] == said.probabilities
            lines = "age,port,remark\n61.5,Cherbourg,good\n"
            assert simulated.ask(port, "POST", "/invocations", lines, content_type="text/csv")[0] == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        code, text = image.ended([*image.command[:-1], "train"])
        assert code == 1
        assert "with the word serve" in text


def test_the_archive_names_no_owner_and_no_time(sagemaker: Path) -> None:
    with tarfile.open(sagemaker / "model.tar.gz") as archive:
        members = archive.getmembers()
    assert {member.name.split("/")[0] for member in members} == {"bundle"}
    assert {(member.mtime, member.uid, member.uname, member.mode) for member in members} == {(0, 0, "", 0o644)}
    assert (sagemaker / "model.tar.gz").read_bytes()[4:8] == b"\0\0\0\0"


REQUESTS = {
    "create-model.json": "CreateModel",
    "create-endpoint-config.json": "CreateEndpointConfig",
    "create-endpoint.json": "CreateEndpoint",
}


@pytest.mark.parametrize(("file", "operation"), REQUESTS.items())
def test_requests_are_what_aws_takes(sagemaker: Path, file: str, operation: str) -> None:
    import botocore.session
    from botocore.validate import ParamValidator

    model = botocore.session.Session().get_service_model("sagemaker")
    shape = model.operation_model(operation).input_shape
    request = json.loads((sagemaker / file).read_text())
    assert ParamValidator().validate(request, shape).generate_report() == ""
    assert "Unknown parameter" in ParamValidator().validate({**request, "Colour": 1}, shape).generate_report()
    assert [key for key, why in misfits(request, shape)] == []


def misfits(value: object, shape: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Texts that do not match the pattern or length of their shape, which botocore leaves to the service."""
    import re

    if isinstance(value, dict):
        for name, inner in value.items():
            yield from misfits(inner, shape.members[name], f"{key}.{name}")  # type: ignore[attr-defined]
    elif isinstance(value, list):
        for inner in value:
            yield from misfits(inner, shape.member, key)  # type: ignore[attr-defined]
    elif isinstance(value, str):
        rules = shape.metadata  # type: ignore[attr-defined]
        if not re.fullmatch(rules.get("pattern", ".*"), value) or len(value) > rules.get("max", len(value)):
            yield key, value


@pytest.mark.parametrize("setting", ["role=me", "data=https://bucket/x", "image=a b", "machines=0"])
def test_what_aws_would_refuse_is_refused_here(subject: Subject, tmp_path: Path, setting: str) -> None:
    with pytest.raises(WishError):
        export(subject, "sagemaker", made("sagemaker", [setting]), tmp_path / "it")
