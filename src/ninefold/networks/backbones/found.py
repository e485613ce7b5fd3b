"""The backbone in a folder or file, whoever made it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from ninefold.core.errors import NinefoldError, WishError
from ninefold.networks.backbones.backbone import Backbone
from ninefold.networks.backbones.resnet import HUGGING_FACE, TIMM, Steps, read
from ninefold.networks.form import NetworkForm
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layer import Named
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.stored import LAYOUT, array_of, fitting, read_form, read_weights
from ninefold_runtime.bundle import MANIFEST, read_bundle

CONFIG, PREPROCESSOR, MODEL = "config.json", "preprocessor_config.json", "model.safetensors"
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and spread of red, green and blue where a folder does not say, on the scale 0 to 1."""
UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".npy", ".h5")
TRIED = 64
"""Side of the images that a trunk is tried on."""
T = TypeVar("T")


class _Pretrained(msgspec.Struct, frozen=True):
    mean: tuple[float, ...] = IMAGENET[0]
    std: tuple[float, ...] = IMAGENET[1]


class _Config(msgspec.Struct, frozen=True):
    """What is read of config.json; everything else in it is passed over."""

    model_type: str = ""
    architecture: str = ""
    hidden_act: str = "relu"
    downsample_in_first_stage: bool = False
    downsample_in_bottleneck: bool = False
    pretrained_cfg: _Pretrained | None = None


class _Preprocessor(msgspec.Struct, frozen=True):
    image_mean: tuple[float, ...] = IMAGENET[0]
    image_std: tuple[float, ...] = IMAGENET[1]


def backbone_at(path: Path) -> Backbone:
    """Of a bundle or run of Ninefold that holds a network of images, of a folder with config.json and
    model.safetensors (residual networks by timm or Hugging Face), or of a safetensors file alone.

    Raises:
        WishError: NF-E370 when there is none, or none of these. BundleError: when the bundle is damaged.
    """
    for folder in (path, path / "bundle"):
        if (folder / LAYOUT).is_file():
            if (folder / MANIFEST).is_file():
                read_bundle(folder)
            return _of_form(folder.name if folder == path else path.name, read_form(folder), folder)
    if (path / MANIFEST).is_file() or (path / "bundle").is_dir():
        raise _unfit(path, "no member of its ensemble is a network of images, or it was made before they were kept")
    weights = path / MODEL if path.is_dir() else path
    if not weights.exists():
        raise _unfit(path, f"there is no {weights.name}")
    if weights.suffix in UNSAFE:
        raise _unfit(path, "such files can run code when they are read")
    return _residual(path, weights)


def _of_form(title: str, form: NetworkForm, folder: Path) -> Backbone:
    """The trunk is the last layer but one."""
    body = form.body
    if not isinstance(form.input, Pixels) or not isinstance(body, Sequential) or len(body.layers) < 2:
        raise _unfit(folder, "its network is not one of images")
    place = len(body.layers) - 2
    trunk, weights = body.layers[place], tuple(array_of(form.weights, f"{place}.").items())
    if not isinstance(trunk, Sequential):
        raise _unfit(folder, "its network has no stages")
    return _checked(folder, Backbone(title, trunk, weights, form.input.mean, form.input.spread))


def _residual(path: Path, file: Path) -> Backbone:
    config = _read(file.with_name(CONFIG), _Config)
    if config.hidden_act != "relu":
        raise _unfit(path, f"its activation is {config.hidden_act}, not relu")
    weights = {name.removeprefix("resnet."): w for name, w in read_weights(file)}
    names = HUGGING_FACE if f"{HUGGING_FACE.stem[0]}.weight" in weights else TIMM
    try:
        trunk, named = read(weights, names, Steps(config.downsample_in_first_stage, config.downsample_in_bottleneck))
    except KeyError as error:
        raise _unfit(path, f"it is no residual network: it lacks {error.args[0]}") from error
    except ValueError as error:
        raise _unfit(path, str(error)) from error
    mean, spread = _scale(file, config)
    seen = _channels(named)
    if len(mean) != seen:
        mean, spread = (tuple([sum(each) / len(each)] * seen) for each in (mean, spread))
    title = config.architecture or path.stem
    return _checked(path, Backbone(title, trunk, named, *(tuple(255 * v for v in each) for each in (mean, spread))))


def _scale(file: Path, config: _Config) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if config.pretrained_cfg is not None:
        return config.pretrained_cfg.mean, config.pretrained_cfg.std
    held = _read(file.with_name(PREPROCESSOR), _Preprocessor)
    return held.image_mean, held.image_std


def _channels(weights: Named) -> int:
    return int(dict(weights)["0.0.weight"].shape[1])


def _checked(path: Path, backbone: Backbone) -> Backbone:
    """Raises WishError where layers and weights do not fit each other."""
    try:
        why = fitting(backbone.trunk, (backbone.channels, TRIED, TRIED), backbone.weights)
    except (TypeError, ValueError, IndexError, AttributeError, RuntimeError) as error:
        raise _unfit(path, f"its layers cannot be built: {error}") from error
    if why:
        raise _unfit(path, why)
    return backbone


def _read(path: Path, kind: type[T]) -> T:
    """The file, or what it says where there is none: nothing."""
    if not path.is_file():
        return kind()
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, OSError) as error:
        raise _unfit(path, str(error)) from error


def _unfit(path: Path, why: str) -> NinefoldError:
    hint = "a backbone is a bundle or run that holds a network, or a residual network: config.json, model.safetensors"
    return WishError("NF-E370", f"{path} is no backbone that can be used: {why}", hint=hint, given=str(path))
