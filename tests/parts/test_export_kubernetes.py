"""Manifests against the schemas of Kubernetes, strictly, and against the models of KServe."""

from __future__ import annotations

import ast
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate import ValidationError, validate

import bundles
from ninefold.core.errors import WishError
from ninefold.export.destination import Subject
from ninefold.export.exporting import export, made
from ninefold_runtime.bundle import read_bundle

RELEASE = "0.21.0"
"""Of KServe, whose wheel `make test` fetches: its models say which fields there are."""
VERSIONS = ("1.30", "1.37")
"""The oldest release that the manifests are for, and the newest that the checker knows."""


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(read_bundle(bundles.write(tmp_path_factory.mktemp("bundle") / "bundle")))


def written(subject: Subject, to: str, folder: Path, *settings: str) -> dict[str, Any]:
    """The objects by kind."""
    made_at = export(subject, to, made(to, settings), folder).folder
    objects = [yaml.safe_load(path.read_text()) for path in sorted(made_at.glob("*.yaml"))]
    return {each["kind"]: each for each in objects}


@pytest.fixture(scope="module")
def objects(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    settings = ("image=registry.example.com/team/outcome:1", "callers=ingress, monitoring", "memory=512Mi")
    return written(subject, "kubernetes", tmp_path_factory.mktemp("manifests") / "it", *settings)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid_without_a_field_too_many(objects: dict[str, Any], version: str) -> None:
    kinds = {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"}
    assert set(objects) == kinds | {"Kustomization"}
    for kind in kinds:
        validate(objects[kind], version, strict=True)


def test_the_checker_bites(objects: dict[str, Any]) -> None:
    spoilt = yaml.safe_load(yaml.safe_dump(objects["Deployment"]))
    spoilt["spec"]["template"]["spec"]["containers"][0]["readinessprobe"] = {}
    with pytest.raises(ValidationError):
        validate(spoilt, VERSIONS[0], strict=True)


def test_the_objects_mean_the_same_pods_and_port(objects: dict[str, Any]) -> None:
    deployment = objects["Deployment"]["spec"]
    marks = deployment["template"]["metadata"]["labels"].items()
    (container,) = deployment["template"]["spec"]["containers"]
    (port,) = container["ports"]
    selectors = [
        deployment["selector"]["matchLabels"],
        objects["Service"]["spec"]["selector"],
        objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector.items() <= marks for selector in selectors)
    assert {port["containerPort"]} == {
        objects["Service"]["spec"]["ports"][0]["targetPort"],
        objects["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"],
        container["readinessProbe"]["httpGet"]["port"],
    }
    assert (
        objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"]
        == objects["Deployment"]["metadata"]["name"]
    )
    assert {file for file in objects["Kustomization"]["resources"]} == {
        "deployment.yaml",
        "service.yaml",
        "autoscaler.yaml",
        "disruption.yaml",
        "network.yaml",
    }


def test_a_pod_is_locked_and_ends_in_peace(objects: dict[str, Any]) -> None:
    """What the restricted profile of pod security demands; and a hook that leaves time for the requests under way."""
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["lifecycle"]["preStop"]["sleep"]["seconds"] < pod["terminationGracePeriodSeconds"]
    assert objects["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert objects["NetworkPolicy"]["spec"]["egress"] == []


def test_a_token_is_named_and_never_written(objects: dict[str, Any]) -> None:
    (container,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert [set(variable) for variable in container["env"]] == [{"name", "valueFrom"}]


def test_callers_are_the_namespaces_own_pods_and_those_named(
    objects: dict[str, Any], subject: Subject, tmp_path: Path
) -> None:
    (rule,) = objects["NetworkPolicy"]["spec"]["ingress"]
    named = [each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for each in rule["from"][1:]]
    assert rule["from"][0] == {"podSelector": {}}
    assert named == ["ingress", "monitoring"]
    alone = written(subject, "kubernetes", tmp_path / "it")
    assert alone["NetworkPolicy"]["spec"]["ingress"][0]["from"] == [{"podSelector": {}}]


WRONG = ["image=a b", "cpu=much", "cpu=0", "memory=512", "least=11", "port=80", "most=0"]


@pytest.mark.parametrize(
    ("to", "setting"),
    [("kubernetes", "callers=No Label"), *((to, setting) for to in ("kubernetes", "kserve") for setting in WRONG)],
)
def test_what_a_cluster_would_refuse_is_refused_here(subject: Subject, tmp_path: Path, to: str, setting: str) -> None:
    with pytest.raises(WishError):
        export(subject, to, made(to, [setting]), tmp_path / "it")


@pytest.fixture(scope="module")
def models() -> zipfile.ZipFile:
    path = Path(__file__).parents[2] / "build" / f"kserve-{RELEASE}-py3-none-any.whl"
    if not path.exists():
        pytest.fail(f"this test needs {path}: pip download --no-deps --dest {path.parent} kserve=={RELEASE}")
    return zipfile.ZipFile(path)


def fields(models: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Type by JSON key of one of KServe's models, read and not run."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("v1beta1", "v1beta1_").replace("__", "_")
    tree = ast.parse(models.read(f"kserve/models/{words}.py"))
    (kind,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    said = {
        target.id: ast.literal_eval(node.value)
        for node in kind.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {said["attribute_map"][attribute]: of for attribute, of in said["openapi_types"].items()}


def test_kserve_knows_every_field(subject: Subject, tmp_path: Path, models: zipfile.ZipFile) -> None:
    service = written(subject, "kserve", tmp_path / "it")["InferenceService"]
    known = fields(models, "V1beta1InferenceService")
    assert set(service) <= set(known)
    assert known["spec"] == "V1beta1InferenceServiceSpec"
    assert fields(models, known["spec"])["predictor"] == "V1beta1PredictorSpec"
    assert set(service["spec"]) == {"predictor"}
    predictor, known = service["spec"]["predictor"], fields(models, "V1beta1PredictorSpec")
    assert set(predictor) <= set(known)
    plain = {"int": int, "bool": bool, "str": str}
    assert [key for key, value in predictor.items() if not isinstance(value, plain.get(known[key], object))] == []


def test_kserves_predictor_is_a_pod(subject: Subject, tmp_path: Path, models: zipfile.ZipFile) -> None:
    """All of it that is not KServe's own, in the schema of Kubernetes."""
    service = written(subject, "kserve", tmp_path / "it")["InferenceService"]
    own = set(fields(models, "V1beta1ComponentExtensionSpec"))
    pod = {key: value for key, value in service["spec"]["predictor"].items() if key not in own}
    assert [container["name"] for container in pod["containers"]] == ["kserve-container"]
    named = {"apiVersion": "v1", "kind": "Pod", "metadata": service["metadata"], "spec": pod}
    for version in VERSIONS:
        validate(named, version, strict=True)
