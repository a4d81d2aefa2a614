"""The training's settings, read from one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict

from flowzero.renderer.backbones import unet_dtype


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(_Section):
    size: int
    patch: int
    latent_channels: int
    whitening: float
    phrase_channels: int


class UNet(_Section):
    block_out_channels: tuple[int, ...]
    attention: tuple[bool, ...]
    layers_per_block: int
    heads: int


class Training(_Section):
    seed: int
    samples: int
    batch: int
    learning_rate: float
    warmup: int
    ema: float
    half: bool
    recorded: bool
    drop_all: float
    drop_caption: float
    pairs: float
    fit: int
    nouns: int


class Regression(_Section):
    """Of a generator of pictures, for looks and for places."""

    widths: tuple[int, ...]
    samples: int
    batch: int
    learning_rate: float


class Decoder(_Section):
    width: int
    depth: int
    context: int
    upscale: int
    noise: float
    redrawn: float
    samples: int
    batch: int
    learning_rate: float


class Classifier(_Section):
    samples: int
    batch: int
    learning_rate: float


class Config(_Section):
    picture: Picture
    unet: UNet
    training: Training
    painter: Regression
    scenery: Regression
    decoder: Decoder
    classifier: Classifier


FILE = Path(__file__).with_name("config.toml")


def load_config(path: Path = FILE, *, continued: bool = False, device: str = "cpu") -> Config:
    """The settings of a training on a device, such as "cpu" or "cuda:0".

    On a GPU, those of its tables replace others of the same name; where a training starts from exported weights, so do those
    of the `continued` ones. A processor that only emulates bfloat16 is fifty times as slow with it, and computes in full
    precision whatever `half` says.
    """
    tables = tomllib.loads(path.read_text())
    on_gpu, later = tables.pop("gpu", {}), tables.pop("continued", {})
    for more in ([on_gpu] if device.startswith("cuda") else []) + ([later] if continued else []):
        tables = {name: table | more.get(name, {}) for name, table in tables.items()}
    tables["training"]["half"] &= unet_dtype(device) is torch.bfloat16
    return Config.model_validate(tables)
