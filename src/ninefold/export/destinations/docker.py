"""Docker: the recipe of an image that serves the bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ninefold import __version__
from ninefold.core.parts import setting
from ninefold.export import image, yaml
from ninefold.export.destination import Subject, Told
from ninefold.export.files import copy_bundle, put
from ninefold.export.names import chosen


@dataclass(frozen=True)
class Docker:
    """Two stages: the first installs the runtime and what it needs, the second has that and the bundle alone."""

    about: ClassVar[str] = "a Dockerfile with all that it needs: a small image that serves, without root"
    name: str = setting("", "name of image and model; from the target where empty")
    base: str = setting(image.BASE, "image with Python, best with its digest: python:3.13-slim@sha256:…")
    port: int = setting(8000, "port that the service listens on", low=1024, high=65535)
    runtime: str = setting(
        "wheel", "where ninefold-runtime comes from: the code installed here, or PyPI", choices=("wheel", "pypi")
    )
    lock: str = setting("", "file of pinned requirements (with hashes, if it has any) in place of lower bounds")

    def write(self, subject: Subject, folder: Path) -> Told:
        name = chosen(self.name, subject.name)
        base = image.checked_image(self.base, "base")
        installed = image.put_ingredients(folder, self.lock, wheels=self.runtime == "wheel")
        copy_bundle(subject.bundle, folder / "bundle")
        put(folder / "Dockerfile", "\n".join(_recipe(name, base, self.port, installed)))
        put(folder / ".dockerignore", "*\n!requirements.txt\n!wheels\n!bundle\n")
        tag = image.tagged(subject, name)
        put(folder / "compose.yaml", yaml.text(_composed(name, tag, self.port)))
        return Told(
            (
                f"docker build --tag {tag} .",
                'export NINEFOLD_TOKEN="$(openssl rand -hex 16)"',
                "docker compose up --detach --wait",
                f'curl --fail --header "authorization: Bearer $NINEFOLD_TOKEN" localhost:{self.port}/schema',
            ),
            ()
            if "@sha256:" in base
            else (f"{base} may change: give base= with its digest for an image that does not",),
        )


def _recipe(name: str, base: str, port: int, installed: list[str]) -> list[str]:
    serve = ["python", "-m", "ninefold_runtime.cli", "serve", f"/models/{name}", "--host", "0.0.0.0", "--port"]  # noqa: S104
    check = " ".join(
        ("HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 CMD", _list(image.health(port)))
    )
    return [
        f"# Written by ninefold {__version__}. It asks for a token in NINEFOLD_TOKEN, and writes nothing but to /tmp:",
        "# docker run --read-only --tmpfs /tmp --cap-drop ALL --env NINEFOLD_TOKEN ...",
        f"FROM {base} AS install",
        *installed,
        "",
        f"FROM {base}",
        f'LABEL org.opencontainers.image.title="{name}"',
        "ENV PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 XDG_STATE_HOME=/tmp",
        "COPY --from=install /app /app",
        f"COPY bundle /models/{name}",
        f"USER {image.USER}:{image.USER}",
        f"EXPOSE {port}",
        "STOPSIGNAL SIGTERM",
        check,
        f"ENTRYPOINT {_list([*serve, str(port)])}",
        "",
    ]


def _list(command: list[str]) -> str:
    return json.dumps(command)


def _composed(name: str, tag: str, port: int) -> dict[str, Any]:
    service = {
        "image": tag,
        "build": ".",
        "ports": [f"127.0.0.1:{port}:{port}"],
        "environment": {"NINEFOLD_TOKEN": "${NINEFOLD_TOKEN:?give it a token of 16 letters or more}"},
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108  the container's own
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "stop_grace_period": "30s",
    }
    return {"services": {name: service}}
