"""The pod that serves a bundle, as plain data of Kubernetes: what a Deployment and an InferenceService share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ninefold.core.errors import WishError
from ninefold.core.parts import setting
from ninefold.export import image
from ninefold.export.destination import Subject

GRACE = 40
"""Seconds from the order to end to SIGKILL: `LAME`, the 25 that the service leaves to requests under way, and some."""
LAME = 5
"""Seconds that a pod goes on answering after it was told to end, until no proxy sends to it any more."""
_CPU = re.compile(r"[1-9][0-9]*m?")
_MEMORY = re.compile(r"[1-9][0-9]*(Mi|Gi)")


@dataclass(frozen=True)
class Pods:
    """What a user may say of them."""

    name: str = setting("", "name of all objects; from the target where empty")
    image: str = setting("", "the image where the cluster gets it; what --to docker builds where empty")
    port: int = setting(8000, "port that the image listens on", low=1024, high=65535)
    least: int = setting(2, "pods at least", low=1, high=1000)
    most: int = setting(10, "pods at most", low=1, high=1000)
    cpu: str = setting("500m", "processors that a pod is sure of")
    memory: str = setting("", "memory that a pod has; by the size of the bundle where empty")


def check_bounds(least: int, most: int) -> None:
    """Raises WishError (NF-E347) where fewer pods are allowed than wanted."""
    if least > most:
        message = f"least={least} is more than most={most}"
        raise WishError("NF-E347", message, hint="give both", given=str(least))


def reference(subject: Subject, name: str, given: str) -> tuple[str, tuple[str, ...]]:
    """The image that pods run, and what is to be known of it: the one given, or what ``--to docker`` builds."""
    if given:
        return image.checked_image(given, "image"), ()
    return image.tagged(subject, name), (
        "give image= where the cluster gets it; the one named is on the builder alone",
    )


def secret(name: str) -> str:
    """The command that makes the Secret with a token that nobody has seen."""
    return f'kubectl create secret generic {name} --from-literal=token="$(openssl rand -hex 16)"'


def labels(name: str, subject: Subject) -> dict[str, str]:
    version = {"app.kubernetes.io/version": subject.digest[: image.SHORT], "app.kubernetes.io/managed-by": "ninefold"}
    return selector(name) | version


def selector(name: str) -> dict[str, str]:
    """What stays from version to version, by which services and policies know the pods."""
    return {"app.kubernetes.io/name": name}


def resources(subject: Subject, cpu: str, memory: str) -> dict[str, Any]:
    """A share of processors that may be exceeded, and memory that may not. ``memory`` empty: what the bundle needs.

    Raises:
        WishError: NF-E346 where one is no quantity.
    """
    if not _CPU.fullmatch(cpu):
        raise WishError("NF-E346", f'cpu: "{cpu}" is no share of processors', hint="cpu=500m or cpu=2", given=cpu)
    if memory and not _MEMORY.fullmatch(memory):
        hint = "memory=512Mi or memory=2Gi"
        raise WishError("NF-E346", f'memory: "{memory}" is no amount of memory', hint=hint, given=memory)
    most = memory or f"{image.memory_for(subject)}Mi"
    return {"requests": {"cpu": cpu, "memory": most}, "limits": {"memory": most}}


def pod(container: dict[str, Any]) -> dict[str, Any]:
    """The specification of a pod of one container: no root, no capabilities, no account, no writing but to /tmp."""
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": image.USER,
            "runAsGroup": image.USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
    }


def container(name: str, reference: str, port: int, keeper: str, given: dict[str, Any]) -> dict[str, Any]:
    """The container; ``keeper`` is the Secret whose ``token`` callers must send, ``given`` are `resources`."""
    token = {"secretKeyRef": {"name": keeper, "key": "token"}}
    return {
        "name": name,
        "image": reference,
        "ports": [{"containerPort": port, "protocol": "TCP"}],
        "env": [{"name": "NINEFOLD_TOKEN", "valueFrom": token}],
        "resources": given,
        "startupProbe": _probe("/health/ready", port, every=1, failures=60),
        "readinessProbe": _probe("/health/ready", port, every=5, failures=2),
        "livenessProbe": _probe("/health/live", port, every=10, failures=3),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "lifecycle": {"preStop": {"sleep": {"seconds": LAME}}},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  the container's own
    }


def _probe(path: str, port: int, *, every: int, failures: int) -> dict[str, Any]:
    get = {"path": path, "port": port}
    return {"httpGet": get, "periodSeconds": every, "timeoutSeconds": 2, "failureThreshold": failures}
