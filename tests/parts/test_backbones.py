"""Backbones: residual networks as others write them, networks of our own, and fetching over HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from ninefold.core.errors import WishError
from ninefold.forms.alone import alone
from ninefold.networks.backbones.fetching import fetch
from ninefold.networks.backbones.found import backbone_at
from ninefold.networks.backbones.named import local
from ninefold.networks.network import Network

# Residual networks as their publishers build them, small


class Block(nn.Module):
    """Of two windows, or of three with the step in the middle one."""

    def __init__(self, into, out, stride, inner=0):
        super().__init__()
        widths = [inner, inner, out] if inner else [out, out]
        sides, at = ([1, 3, 1], 1) if inner else ([3, 3], 0)
        self.count = len(widths)
        for k, (width, side) in enumerate(zip(widths, sides, strict=True), 1):
            step = stride if k - 1 == at else 1
            setattr(
                self, f"conv{k}", nn.Conv2d(into if k == 1 else widths[k - 2], width, side, step, side // 2, bias=False)
            )
            setattr(self, f"bn{k}", nn.BatchNorm2d(width))
        if stride > 1 or into != out:
            self.downsample = nn.Sequential(nn.Conv2d(into, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        kept = self.downsample(x) if hasattr(self, "downsample") else x
        for k in range(1, self.count + 1):
            x = getattr(self, f"bn{k}")(getattr(self, f"conv{k}")(x))
            x = torch.relu(x) if k < self.count else x
        return torch.relu(x + kept)


class Residual(nn.Module):
    def __init__(self, widths, inner=(0, 0)):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(Block(4, widths[0], 1, inner[0]), Block(widths[0], widths[0], 1, inner[0]))
        self.layer2 = nn.Sequential(Block(widths[0], widths[1], 2, inner[1]))
        self.fc = nn.Linear(widths[1], 5)

    def found(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.layer2(self.layer1(x))


def residual(inner=(0, 0)):
    with alone(0):
        made = Residual((8, 12) if inner[0] else (4, 8), inner)
        for _ in range(3):
            made.found(torch.randn(8, 3, 32, 32))
    return made.eval()


def in_hugging_face(name):
    """A weight's name there."""
    parts = name.split(".")
    if parts[0] in {"conv1", "bn1"}:
        what = "convolution" if parts[0] == "conv1" else "normalization"
        return f"resnet.embedder.embedder.{what}.{parts[-1]}"
    if parts[0] == "fc":
        return f"classifier.1.{parts[-1]}"
    block = f"resnet.encoder.stages.{int(parts[0][-1]) - 1}.layers.{parts[1]}"
    if parts[2] == "downsample":
        return f"{block}.shortcut.{('convolution', 'normalization')[int(parts[3])]}.{parts[-1]}"
    kind = "convolution" if parts[2].startswith("conv") else "normalization"
    return f"{block}.layer.{int(parts[2][-1]) - 1}.{kind}.{parts[-1]}"


def written(folder, made, family, config=None):
    folder.mkdir(exist_ok=True)
    state = made.state_dict()
    if family == "huggingface":
        state = {in_hugging_face(name): w for name, w in state.items()}
    save_file({name: w.contiguous().clone() for name, w in state.items()}, folder / "model.safetensors")
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize("inner", [(0, 0), (2, 3)])
@pytest.mark.parametrize("family", ["timm", "huggingface"])
def test_residual_networks_find_what_their_publishers_find(tmp_path, family, inner):
    made = residual(inner)
    backbone = backbone_at(written(tmp_path / "net", made, family))
    network = Network(backbone.input((3, 33, 40)), backbone.trunk)
    network.load(backbone.weights)
    x = torch.randn(2, 3, 33, 40)
    with torch.inference_mode():
        network.eval()
        from ninefold.networks.layer import Flow

        ours = backbone.trunk.forward(network.parts, Flow(x)).values
        assert torch.allclose(ours, made.found(x), atol=1e-5)


def test_the_scale_of_the_images_is_the_publishers(tmp_path):
    config = {"architecture": "tiny", "pretrained_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.1]}}
    backbone = backbone_at(written(tmp_path / "net", residual(), "timm", config))
    assert backbone.title == "tiny"
    assert backbone.mean == pytest.approx((127.5, 102.0, 76.5)) and backbone.spread == pytest.approx((51, 51, 25.5))
    assert backbone.input((1, 8, 8)).mean == pytest.approx((102.0,))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "model.safetensors"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"no"), "model.safetensors"),
        (lambda folder: (folder / "config.json").write_text("{"), "config"),
        (lambda folder: (folder / "config.json").write_text('{"hidden_act": "gelu"}'), "gelu"),
        (lambda folder: changed(folder, lambda w: w.pop("bn1.running_var")), "bn1.running_var"),
        (
            lambda folder: changed(folder, lambda w: w.update({"layer1.0.se.weight": torch.ones(1)})),
            "layer1.0.se.weight",
        ),
        (lambda folder: changed(folder, lambda w: w.update({"bn1.weight": torch.ones(7)})), "0.1.weight"),
    ],
)
def test_what_is_no_residual_network_is_refused_with_the_reason(tmp_path, spoil, why):
    folder = written(tmp_path / "net", residual(), "timm")
    spoil(folder)
    with pytest.raises(WishError) as raised:
        backbone_at(folder)
    assert raised.value.code in {"NF-E373", "NF-E370"} and why in raised.value.message


def changed(folder, change):
    from safetensors.torch import load_file

    held = load_file(folder / "model.safetensors")
    change(held)
    save_file(held, folder / "model.safetensors")


def test_files_that_can_run_code_are_not_opened(tmp_path):
    path = tmp_path / "weights.pt"
    path.write_bytes(b"cos\nsystem\n(S'touch /tmp/never'\ntR.")
    with pytest.raises(WishError, match="can run code"):
        backbone_at(path)


# Fetching


@dataclass
class Site:
    """Files by path, what was asked, and how a file's first answer breaks off after so many bytes."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    """Checksums in the header of the hub."""
    address: str = ""


@pytest.fixture
def site(tmp_path, monkeypatch):
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            ranged = self.headers.get("Range", "")
            made.asked.append((self.path, ranged))
            data = made.files.get(self.path)
            if data is None:
                self.send_error(404)
                return
            etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
            start = int(ranged[6:-1]) if ranged and self.headers.get("If-Range") == etag else 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(data) - start))
            if self.path in made.told:
                self.send_header("X-Linked-Etag", f'"{made.told[self.path]}"')
            self.end_headers()
            self.wfile.write(data[start : made.breaks.pop(self.path, len(data))])

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("NINEFOLD_HUB", made.address)
    monkeypatch.setenv("NINEFOLD_CACHE", str(tmp_path / "cache"))
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


DATA = np.random.default_rng(0).bytes(3_000_000)


def test_a_download_that_breaks_goes_on_where_it_was(site, tmp_path):
    site.files["/w"], site.breaks["/w"] = DATA, 1_200_000
    heard = []
    fetch(f"{site.address}/w", tmp_path / "w", tell=lambda *told: heard.append(told))
    assert (tmp_path / "w").read_bytes() == DATA
    assert [ranged for _, ranged in site.asked] == ["", "bytes=1200000-"]
    assert heard[-1] == (len(DATA), len(DATA)) and sorted(p.name for p in tmp_path.iterdir()) == ["w"]


def test_a_part_that_another_process_left_is_gone_on_from(site, tmp_path):
    site.files["/w"], site.breaks["/w"] = DATA, 1_000_000
    site.files["/gone"] = b""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ninefold.networks.backbones.fetching.TRIES", 1)
        with pytest.raises(WishError) as raised:
            fetch(f"{site.address}/w", tmp_path / "w")
    assert raised.value.code == "NF-E371" and not (tmp_path / "w").exists()
    fetch(f"{site.address}/w", tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == DATA and site.asked[-1][1] == "bytes=1000000-"


def test_a_file_that_has_changed_meanwhile_is_fetched_anew(site, tmp_path):
    site.files["/w"], site.breaks["/w"] = DATA, 1_000_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ninefold.networks.backbones.fetching.TRIES", 1)
        with pytest.raises(WishError):
            fetch(f"{site.address}/w", tmp_path / "w")
    site.files["/w"] = DATA[::-1]
    fetch(f"{site.address}/w", tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == DATA[::-1]


def test_another_file_than_its_checksum_says_is_not_kept(site, tmp_path):
    site.files["/w"] = DATA
    with pytest.raises(WishError) as raised:
        fetch(f"{site.address}/w", tmp_path / "w", sha256="0" * 64)
    assert raised.value.code == "NF-E372" and list(tmp_path.iterdir()) == []
    fetch(f"{site.address}/w", tmp_path / "w", sha256=hashlib.sha256(DATA).hexdigest())
    site.told["/w"] = "1" * 64
    with pytest.raises(WishError, match="SHA-256"):
        fetch(f"{site.address}/w", tmp_path / "again")


def test_a_hub_is_asked_once(site, tmp_path):
    folder = written(tmp_path / "net", residual(), "timm", {"architecture": "tiny"})
    for name in ("config.json", "model.safetensors"):
        site.files[f"/owner/tiny/resolve/v1/{name}"] = (folder / name).read_bytes()
    path = local("hub:owner/tiny@v1")
    assert backbone_at(path).title == "tiny"
    asked = len(site.asked)
    assert local("hub:owner/tiny@v1") == path and len(site.asked) == asked


def test_an_address_may_carry_its_checksum(site, tmp_path):
    weights = (written(tmp_path / "net", residual(), "timm") / "model.safetensors").read_bytes()
    site.files["/a/tiny.safetensors"] = weights
    address = f"{site.address}/a/tiny.safetensors#sha256="
    with pytest.raises(WishError, match="SHA-256"):
        local(address + "0" * 64)
    assert backbone_at(local(address + hashlib.sha256(weights).hexdigest())).channels == 3


@pytest.mark.parametrize(
    "named", ["owner/name", "hub:owner", "hub:../../etc", "file:///etc/passwd", "https://host/weights.pt", "no/such"]
)
def test_what_names_nothing_is_refused_and_nobody_is_asked(site, named):
    with pytest.raises(WishError) as raised:
        local(named)
    assert raised.value.code == "NF-E370" and not site.asked


def test_what_a_hub_does_not_have_is_told(site):
    with pytest.raises(WishError) as raised:
        local("hub:owner/none")
    assert raised.value.code == "NF-E371" and "404" in raised.value.message
