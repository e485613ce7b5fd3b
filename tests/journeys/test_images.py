"""A folder of images from `ninefold run` to a service that is watched."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from journey import CLEAN, ended, noun, only_run

from pictures import KINDS, encoded, folder_of, picture

RNG = np.random.default_rng(9)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run over ``photos`` has ended; one image is torn, and one is there twice."""
    place = tmp_path_factory.mktemp("images")
    photos = folder_of(place / "photos", 25)
    (photos / "discs" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (photos / "rings" / "again.png").write_bytes((photos / "rings" / "000.png").read_bytes())
    made = ended("run", "photos", "--work", "10", "--learner", "logistic_regression", "--json", cwd=place)
    assert made.code == 0, made.err
    return place


def test_the_folder_is_a_table_of_images(place: Path) -> None:
    problem, dataset = (noun(only_run(place), number) for number in (1, 2))
    assert problem["target"] == "class"
    assert problem["classes"] == list(KINDS)
    (column,) = dataset["columns"]
    assert (column["name"], column["kind"], column["shape"]) == ("image", "image", [16, 16, 1])
    assert dataset["unreadable"] == {"image": 1}
    assert any("torn.png" in note for note in dataset["notes"])
    assert any("1 rows are exact copies" in note for note in dataset["notes"])


def test_it_learns_and_tells_of_light_and_not_of_rows(place: Path) -> None:
    evaluation = noun(only_run(place), 7)
    assert evaluation["headline"]["value"] < 0.7 * evaluation["headline"]["baseline"]
    assert [each["column"] for each in evaluation["importances"]] == ["image"]
    bundle = only_run(place) / "bundle"
    assert not (bundle / "background.json").exists()
    image = (place / "photos" / "bars" / "000.png").read_bytes()
    assert not any(image in path.read_bytes() for path in bundle.iterdir())


def test_the_report_shows_the_worst_images_and_the_bundle_none(place: Path) -> None:
    run = only_run(place)
    closer = noun(run, 7)["closer"]
    assert closer["method"] == "occlusion" and len(closer["images"]) == 12
    pictures = [each["picture"]["png"] for each in closer["images"]]
    report = (run / "report.html").read_text()
    assert all(picture in report for picture in pictures)
    shipped = b"".join(path.read_bytes() for path in (run / "bundle").iterdir())
    assert not any(
        picture.encode() in shipped or base64.b64decode(picture.split(",")[1]) in shipped for picture in pictures
    )
    again = ended("report", str(run), cwd=place)
    assert again.code == 0, again.err
    assert pictures[0] in (run / "report.html").read_text()


def test_new_folders_and_lists_of_paths_are_predicted_alike(place: Path) -> None:
    folder_of(place / "new", 4, seed=5)
    names = [f"new/{kind}/{i:03}.png" for kind in KINDS for i in range(4)]
    (place / "list.csv").write_text("\n".join(["image", *names]) + "\n")
    bundle = str(only_run(place) / "bundle")
    told = [ended("predict", bundle, table, cwd=place) for table in ("new", "list.csv")]
    runtime = [sys.executable, "-m", "ninefold_runtime.cli", "predict", bundle]
    told_apart = [
        subprocess.run([*runtime, table], cwd=place, env=CLEAN, capture_output=True, text=True, check=True)
        for table in ("new", "list.csv")
    ]
    assert len({each.out for each in told} | {each.stdout for each in told_apart}) == 1
    rows = list(csv.DictReader(io.StringIO(told[0].out)))
    right = sum(row["prediction"] == name.split("/")[1] for row, name in zip(rows, names, strict=True))
    assert right >= 9
    assert [row["image"] for row in rows] == names


def test_darker_images_are_noticed(place: Path) -> None:
    dark = place / "dark"
    for i in range(60):
        (dark / "bars").mkdir(parents=True, exist_ok=True)
        (dark / "bars" / f"{i}.png").write_bytes(encoded(picture(KINDS[i % 3], RNG) // 3))
    bundle = str(only_run(place) / "bundle")
    made = ended("watch", bundle, "dark", "--json", cwd=place)
    assert made.code == 1
    drifted = {column["name"] for column in made.answer["columns"] if column["drifted"]}
    assert "image brightness" in drifted


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "ninefold_runtime.cli", "serve", str(only_run(place) / "bundle"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=CLEAN) as process:
        assert process.stderr is not None
        found = next(found for line in process.stderr if (found := re.search(r"try it\s+(http://\S+)", line)))
        try:
            yield found[1].rstrip("/")
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            process.wait(60)


def sent(address: str, body: bytes, media: str) -> Any:
    request = urllib.request.Request(address, body, {"content-type": media})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def got(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        read: bytes = answer.read()
        return read


def form(images: list[bytes]) -> tuple[bytes, str]:
    head = b'--x\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    return b"".join(head + image + b"\r\n" for image in images) + b"--x--\r\n", 'multipart/form-data; boundary="x"'


def test_every_door_says_the_same(address: str) -> None:
    levels = picture("discs", RNG)
    image = encoded(levels)
    text = base64.b64encode(image).decode()
    alone = sent(f"{address}/predict", image, "image/png")["predictions"]
    assert sent(f"{address}/predict", *form([image, image]))["predictions"] == 2 * alone
    for cell in (text, f"data:image/png;base64,{text}", levels.tolist()):
        body = json.dumps({"rows": [{"image": cell}]}).encode()
        assert sent(f"{address}/predict", body, "application/json")["predictions"] == alone
    tensors = (
        {"name": "image", "shape": [1, 16, 16, 1], "datatype": "UINT8", "data": levels.ravel().tolist()},
        {"name": "image", "shape": [1, 16, 16, 1], "datatype": "UINT8", "data": levels[None, ..., None].tolist()},
        {"name": "image", "shape": [1], "datatype": "BYTES", "data": [text]},
    )
    (name,) = [model["name"] for model in json.loads(got(f"{address}/models"))["models"]]
    for tensor in tensors:
        body = json.dumps({"inputs": [tensor]}).encode()
        told = sent(f"{address}/v2/models/{name}/infer", body, "application/json")
        assert told["outputs"][0]["data"] == [alone[0]["prediction"]]


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"no image", "image/png", 422),
        (b'{"rows": [{"image": "/etc/hostname"}]}', "application/json", 422),
        (b'{"rows": [{"image": [[1, 2], [3, 4]]}]}', "application/json", 422),
        (b"--x\r\n", 'multipart/form-data; boundary="x"', 400),
        (b"--x--\r\n", "multipart/form-data", 400),
    ],
)
def test_what_is_no_image_is_refused(address: str, body: bytes, media: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        sent(f"{address}/predict", body, media)
    with refused.value as answer:
        assert answer.code == status


def test_the_service_describes_its_images(address: str) -> None:
    document = json.loads(got(f"{address}/openapi.json"))
    content = document["paths"]["/predict"]["post"]["requestBody"]["content"]
    assert {"multipart/form-data", "image/png", "image/jpeg"} <= content.keys()
    assert b'type="file"' in got(address)
