"""KServe: an InferenceService whose predictor speaks the Open Inference Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold.core.parts import setting
from ninefold.export import pods, yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import put, put_json
from ninefold.export.names import chosen
from ninefold_runtime.schema import Column, Schema

STANDARD = {"serving.kserve.io/deploymentMode": "Standard"}
"""As a Deployment of Kubernetes: Knative refuses hooks and a time to end in pods."""
CONTAINER = "kserve-container"
"""The name by which KServe knows the container that predicts."""


@dataclass(frozen=True)
class KServe(pods.Pods):
    """The pod is the one of Kubernetes; scaling, routing and canaries are KServe's."""

    about: ClassVar[str] = "an InferenceService for KServe 0.16 or newer, of an image that --to docker makes"
    name: str = setting("", "name of the service; from the target where empty")
    least: int = setting(1, "pods at least", low=1, high=1000)

    def write(self, subject: Subject, folder: Path) -> Told:
        name = chosen(self.name, subject.name)
        pods.check_bounds(self.least, self.most)
        reference, notes = pods.reference(subject, name, self.image)
        put(folder / "inferenceservice.yaml", yaml.text(self._service(name, reference, subject)))
        put_json(folder / "request.json", _request(subject.bundle.schema))
        return Told(
            (
                pods.secret(name),
                "kubectl apply --filename inferenceservice.yaml",
                f"kubectl wait --for=condition=Ready inferenceservice/{name}",
                f"curl --fail --header 'authorization: Bearer TOKEN' --json @request.json URL/v2/models/{name}/infer",
            ),
            notes,
        )

    def _service(self, name: str, reference: str, subject: Subject) -> dict[str, Any]:
        given = pods.resources(subject, self.cpu, self.memory)
        predictor = {"minReplicas": self.least, "maxReplicas": self.most}
        predictor |= pods.pod(pods.container(CONTAINER, reference, self.port, name, given))
        return {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": {"name": name, "labels": pods.labels(name, subject), "annotations": STANDARD},
            "spec": {"predictor": predictor},
        }


def _request(schema: Schema) -> dict[str, Any]:
    """The typical row as a request of the protocol: a tensor of one value for each column; what is missing is null."""
    return {"inputs": [_tensor(column) for column in schema.columns]}


def _tensor(column: Column) -> dict[str, Any]:
    is_number = column.wire == "number"
    value = float(column.example) if is_number and isinstance(column.example, (str, int, float)) else column.example
    return {"name": column.name, "shape": [1], "datatype": "FP64" if is_number else "BYTES", "data": [value]}
