"""The least that answers a row over HTTP: the body's types written by hand, the bare call of ONNX Runtime, no checks.

python lean_asgi.py BUNDLE asyncio|uvloop|granian
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime as ort

FOLDER = Path(sys.argv[1])
COLUMNS = [
    (column["name"], column["kind"]) for column in msgspec.json.decode((FOLDER / "schema.json").read_bytes())["columns"]
]
CLASSES = msgspec.json.decode((FOLDER / "schema.json").read_bytes())["target"]["classes"]
Row = msgspec.defstruct("Row", [(name, float if kind == "number" else str) for name, kind in COLUMNS])
OPTIONS = ort.SessionOptions()
OPTIONS.intra_op_num_threads = OPTIONS.inter_op_num_threads = 1
SESSION = ort.InferenceSession(str(FOLDER / "model.onnx"), OPTIONS, providers=["CPUExecutionProvider"])
OUTPUTS = ["probability", "label"]
DECODE, ENCODE = msgspec.json.Decoder(Row).decode, msgspec.json.Encoder().encode
HEADERS = [(b"content-type", b"application/json")]


async def app(_: Any, receive: Any, send: Any) -> None:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    row = DECODE(body)
    feed = {name: np.array([getattr(row, name)], np.float64 if kind == "number" else object) for name, kind in COLUMNS}
    probabilities, labels = SESSION.run(OUTPUTS, feed)
    shares = dict(zip(CLASSES, probabilities[0].tolist(), strict=True))
    answer = ENCODE({"predictions": [{"prediction": labels[0], "probabilities": shares}]})
    headers = [*HEADERS, (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def main(loop: str) -> None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    if loop == "granian":
        from granian.server.embed import Server  # its main server forks, and would be another process

        listener.close()
        print(f"http://127.0.0.1:{port}", flush=True)
        import asyncio

        asyncio.run(Server(app, "127.0.0.1", port, interface="asgi").serve())
        return
    import uvicorn

    config = uvicorn.Config(app, http="httptools", loop=loop, lifespan="off", log_level="warning", access_log=False)
    print(f"http://127.0.0.1:{port}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[2])
