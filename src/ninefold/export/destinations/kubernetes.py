"""Kubernetes: manifests of a service that scales, rolls over without a gap and trusts nobody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold.core.parts import setting
from ninefold.export import pods, yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import put
from ninefold.export.names import checked_label, chosen


@dataclass(frozen=True)
class Kubernetes(pods.Pods):
    """Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget and NetworkPolicy, and what kustomize reads."""

    about: ClassVar[str] = "manifests for Kubernetes 1.30 or newer, of an image that --to docker makes"
    callers: str = setting("", "namespaces besides the service's own that may call it, separated by commas")

    def write(self, subject: Subject, folder: Path) -> Told:
        name = chosen(self.name, subject.name)
        pods.check_bounds(self.least, self.most)
        reference, notes = pods.reference(subject, name, self.image)
        objects = {
            "deployment": ("apps/v1", "Deployment", self._deployment(name, reference, subject)),
            "service": ("v1", "Service", self._service(name)),
            "autoscaler": ("autoscaling/v2", "HorizontalPodAutoscaler", self._autoscaler(name)),
            "disruption": ("policy/v1", "PodDisruptionBudget", _disruption(name)),
            "network": ("networking.k8s.io/v1", "NetworkPolicy", self._network(name)),
        }
        for file, (version, kind, spec) in objects.items():
            meta = {"name": name, "labels": pods.labels(name, subject)}
            put(
                folder / f"{file}.yaml",
                yaml.text({"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec}),
            )
        kustomized = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
        put(folder / "kustomization.yaml", yaml.text(kustomized | {"resources": [f"{file}.yaml" for file in objects]}))
        return Told(
            (pods.secret(name), "kubectl apply --kustomize .", f"kubectl rollout status deployment/{name}"), notes
        )

    def _deployment(self, name: str, reference: str, subject: Subject) -> dict[str, Any]:
        """Without a number of pods: that is the autoscaler's, and applying the file again must not reset it."""
        given = pods.resources(subject, self.cpu, self.memory)
        spec = pods.pod(pods.container(name, reference, self.port, name, given))
        apart = {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": pods.selector(name)},
        }
        return {
            "selector": {"matchLabels": pods.selector(name)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {
                "metadata": {"labels": pods.labels(name, subject)},
                "spec": spec | {"topologySpreadConstraints": [apart]},
            },
        }

    def _service(self, name: str) -> dict[str, Any]:
        port = {"name": "http", "port": 80, "targetPort": self.port, "protocol": "TCP"}
        return {"selector": pods.selector(name), "ports": [port]}

    def _autoscaler(self, name: str) -> dict[str, Any]:
        busy = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
        return {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": self.least,
            "maxReplicas": self.most,
            "metrics": [{"type": "Resource", "resource": busy}],
        }

    def _network(self, name: str) -> dict[str, Any]:
        """Who may call; and that the pods call nobody."""
        named = [checked_label(each.strip(), "callers") for each in self.callers.split(",") if each.strip()]
        callers: list[dict[str, Any]] = [{"podSelector": {}}]
        callers += [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": each}}} for each in named]
        return {
            "podSelector": {"matchLabels": pods.selector(name)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": callers, "ports": [{"protocol": "TCP", "port": self.port}]}],
            "egress": [],
        }


def _disruption(name: str) -> dict[str, Any]:
    """One pod at a time: "at least one stays" would stop a node of a service of one pod from ever being emptied."""
    return {"maxUnavailable": 1, "selector": {"matchLabels": pods.selector(name)}}
