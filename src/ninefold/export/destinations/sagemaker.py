"""SageMaker: a model archive and the recipe of a container that keeps SageMaker's contract."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from ninefold import __version__
from ninefold.core.errors import WishError
from ninefold.core.parts import setting
from ninefold.export import image as images
from ninefold.export.destination import Subject, Told
from ninefold.export.files import put, put_json
from ninefold.export.names import chosen
from ninefold_runtime.bundle import MANIFEST, Bundle

MODEL = PurePosixPath("/opt", "ml", "model")
"""Where SageMaker unpacks the archive."""
PORT = 8080
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[a-zA-Z0-9+=,.@_/-]+")
_PLACE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+")


@dataclass(frozen=True)
class SageMaker:
    """SageMaker asks who is calling before a request arrives, so that the container asks for no token."""

    about: ClassVar[str] = "model.tar.gz, the recipe of a serving container and the requests that make an endpoint"
    name: str = setting("", "name of model and endpoint; from the target where empty")
    image: str = setting("", "the image in a registry of the account (ECR)")
    data: str = setting("", "where model.tar.gz will lie, another place for each model: s3://bucket/key")
    role: str = setting("", "ARN of the role that SageMaker takes")
    machine: str = setting("ml.m5.large", "type of the instances")
    machines: int = setting(2, "instances of the endpoint; two survive the loss of a zone", low=1, high=100)
    base: str = setting(images.BASE, "image with Python, best with its digest")
    runtime: str = setting(
        "wheel", "where ninefold-runtime comes from: the code installed here, or PyPI", choices=("wheel", "pypi")
    )
    lock: str = setting("", "file of pinned requirements (with hashes, if it has any) in place of lower bounds")

    def write(self, subject: Subject, folder: Path) -> Told:
        name = chosen(self.name, subject.name)
        built = images.tagged(subject, name)
        reference = images.checked_image(self.image, "image") if self.image else _EXAMPLE["image"] + built
        version = f"{name}-{subject.digest[: images.SHORT]}"
        data = _checked(self.data, "data", _PLACE) if self.data else f"s3://example-bucket/{version}/model.tar.gz"
        role = _checked(self.role, "role", _ROLE) if self.role else _EXAMPLE["role"]
        (folder / "model.tar.gz").write_bytes(archive(subject.bundle))
        container = folder / "container"
        installed = images.put_ingredients(container, self.lock, wheels=self.runtime == "wheel")
        put(container / "Dockerfile", "\n".join(_recipe(images.checked_image(self.base, "base"), installed)))
        put(container / ".dockerignore", "*\n!requirements.txt\n!wheels\n!start.py\n")
        put(container / "start.py", _START)
        for file, request in self._requests(version, name, reference, data, role):
            put_json(folder / file, request)
        missing = [key for key in ("image", "data", "role") if not getattr(self, key)]
        return Told(
            (
                f"docker build --tag {reference} container",
                f"docker push {reference}",
                f"aws s3 cp model.tar.gz {data}",
                "aws sagemaker create-model --cli-input-json file://create-model.json",
                "aws sagemaker create-endpoint-config --cli-input-json file://create-endpoint-config.json",
                "aws sagemaker create-endpoint --cli-input-json file://create-endpoint.json",
            ),
            (f"{', '.join(missing)}: an example of AWS's stands there; give those of your account",) if missing else (),
        )

    def _requests(
        self, version: str, name: str, reference: str, data: str, role: str
    ) -> tuple[tuple[str, object], ...]:
        """What CreateModel, CreateEndpointConfig and CreateEndpoint take. The container can reach no network."""
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": version,
            "InitialInstanceCount": self.machines,
            "InstanceType": self.machine,
        }
        model = {
            "ModelName": version,
            "PrimaryContainer": {"Image": reference, "ModelDataUrl": data},
            "ExecutionRoleArn": role,
            "EnableNetworkIsolation": True,
        }
        return (
            ("create-model.json", model),
            ("create-endpoint-config.json", {"EndpointConfigName": version, "ProductionVariants": [variant]}),
            ("create-endpoint.json", {"EndpointName": name, "EndpointConfigName": version}),
        )


_EXAMPLE = {
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/",
    "data": "s3://example-bucket/model.tar.gz",
    "role": "arn:aws:iam::123456789012:role/SageMaker",
}

_START = f'''"""SageMaker starts its containers with the word "serve"."""

import os
import sys

if sys.argv[1:] != ["serve"]:
    sys.exit("this image serves: start it with the word serve")
command = ["serve", "{MODEL}/bundle", "--host", "0.0.0.0", "--port", "{PORT}"]
os.execv(sys.executable, [sys.executable, "-m", "ninefold_runtime.cli", *command])
'''


def archive(bundle: Bundle) -> bytes:
    """The bundle as ``bundle/…`` in a gzipped tar: the same files give the same bytes."""
    made = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=made, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for name in (MANIFEST, *bundle.manifest.files):
            data = (bundle.folder / name).read_bytes()
            entry = tarfile.TarInfo(f"bundle/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def _checked(text: str, key: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        message, hint = f'{key}: "{text}" is not what AWS takes', f"for example {key}={_EXAMPLE[key]}"
        raise WishError("NF-E348", message, hint=hint, given=text)
    return text


def _recipe(base: str, installed: list[str]) -> list[str]:
    """SageMaker runs containers as root, and ends them with SIGTERM, which reaches Python as it is started by exec."""
    return [
        f"# Written by ninefold {__version__} for Amazon SageMaker, which unpacks the model and guards the endpoint.",
        f"FROM {base} AS install",
        *installed,
        "",
        f"FROM {base}",
        f"ENV {images.ENVIRONMENT} NINEFOLD_GUARDED_BY=SageMaker",
        "COPY --from=install /app /app",
        "COPY start.py /start.py",
        f"EXPOSE {PORT}",
        "STOPSIGNAL SIGTERM",
        f"ENTRYPOINT {json.dumps(['python', '/start.py'])}",
        'CMD ["serve"]',
        "",
    ]
