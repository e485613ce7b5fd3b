"""A row over HTTP as FastAPI's manual has it: a model of pydantic, an ``async def``, the bare call of ONNX Runtime.

python fastapi_app.py BUNDLE
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI
from pydantic import create_model

FOLDER = Path(sys.argv[1])
SCHEMA = json.loads((FOLDER / "schema.json").read_text())
COLUMNS = [(column["name"], column["kind"]) for column in SCHEMA["columns"]]
Row: Any = create_model("Row", **{name: (float if kind == "number" else str, ...) for name, kind in COLUMNS})
Prediction: Any = create_model("Prediction", prediction=(str, ...), probabilities=(dict[str, float], ...))
Answer: Any = create_model("Answer", predictions=(list[Prediction], ...))
OPTIONS = ort.SessionOptions()
OPTIONS.intra_op_num_threads = OPTIONS.inter_op_num_threads = 1
SESSION = ort.InferenceSession(str(FOLDER / "model.onnx"), OPTIONS, providers=["CPUExecutionProvider"])
app = FastAPI()


async def predict(row: Row) -> Any:
    feed = {name: np.array([getattr(row, name)], np.float64 if kind == "number" else object) for name, kind in COLUMNS}
    probabilities, labels = SESSION.run(["probability", "label"], feed)
    shares = dict(zip(SCHEMA["target"]["classes"], probabilities[0].tolist(), strict=True))
    return {"predictions": [{"prediction": labels[0], "probabilities": shares}]}


predict.__annotations__ = {"row": Row, "return": Answer}
app.post("/predict")(predict)

if __name__ == "__main__":
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, http="httptools", loop="auto", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])
