"""A service in a process of its own, and requests to it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROXYLESS = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    process: subprocess.Popen[str]
    address: str

    def ask(self, path: str, body: object = None, **headers: str) -> Reply:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, data, sent)
        try:
            with PROXYLESS.open(request, timeout=10) as reply:
                return Reply(reply.status, reply.read(), {k.lower(): v for k, v in reply.headers.items()})
        except urllib.error.HTTPError as refused:
            with refused:
                return Reply(refused.code, refused.read(), {k.lower(): v for k, v in refused.headers.items()})


def start(folder: Path, *options: str) -> Service:
    command = [sys.executable, "-m", "ninefold_runtime.cli", "serve", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://\S+:\d+", line):
            return Service(process, found[0])
    raise AssertionError("the service did not start")


def stop(service: Service) -> int:
    service.process.send_signal(signal.SIGTERM)
    code = service.process.wait(15)
    assert service.process.stderr is not None
    service.process.stderr.close()
    return code
