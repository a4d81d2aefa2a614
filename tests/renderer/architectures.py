"""Checkpoints of the architectures that people have, whole or small, in every layout: SD 1.4 and SD 2.1 with GLIGEN."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

from tests.renderer import tiny

UNETS: dict[str, dict[str, Any]] = {
    "sd1.4": {"cross_attention_dim": 768, "attention_head_dim": 8},
    "sd2.1": {"cross_attention_dim": 1024, "attention_head_dim": (5, 10, 20, 20), "use_linear_projection": True},
}
TEXTS: dict[str, dict[str, Any]] = {
    "sd1.4": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
    "sd2.1": {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 23,
        "num_attention_heads": 16,
        "hidden_act": "gelu",
    },
}
SMALL_UNETS: dict[str, dict[str, Any]] = {
    "sd1.4": {"cross_attention_dim": 24, "attention_head_dim": 2},
    "sd2.1": {"cross_attention_dim": 32, "attention_head_dim": (1, 2, 4, 4), "use_linear_projection": True},
}
SMALL_TEXTS: dict[str, dict[str, Any]] = {
    "sd1.4": {"hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2},
    "sd2.1": {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "hidden_act": "gelu",
    },
}


def build(folder: Path, name: str, *, small: bool) -> Path:
    """A checkpoint of random weights as diffusers writes it, with traces of a safety checker in its index.

    Args:
        folder: to write into.
        name: sd1.4 or sd2.1.
        small: a thirtieth of the width and fewer text layers; the same blocks otherwise. Whole ones are in half precision.
    """
    dtype = torch.float32 if small else torch.float16
    sizes = {"block_out_channels": (16, 16, 32, 32), "norm_num_groups": 8, "sample_size": 8} if small else {"sample_size": 64}
    unet = {"attention_type": "gated", **sizes, **(SMALL_UNETS if small else UNETS)[name]}
    _save(lambda: UNet2DConditionModel(**unet), folder / "unet", dtype)
    vae = {
        "block_out_channels": (8, 8, 8, 8) if small else (128, 256, 512, 512),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "layers_per_block": 1 if small else 2,
        "norm_num_groups": 4 if small else 32,
    }
    _save(lambda: AutoencoderKL(**vae), folder / "vae", dtype)
    tokenizer = tiny.tokenizer(folder.parent / "letters")
    tokenizer.save_pretrained(folder / "tokenizer")
    ids = {"vocab_size": len(tokenizer), "bos_token_id": len(tokenizer) - 2, "eos_token_id": len(tokenizer) - 1}
    text = CLIPTextConfig(**(SMALL_TEXTS if small else TEXTS)[name], **ids, pad_token_id=len(tokenizer) - 1)
    _save(lambda: CLIPTextModel(text), folder / "text_encoder", dtype)
    tiny.scheduler().save_pretrained(folder / "scheduler")
    index = {
        "_class_name": "StableDiffusionGLIGENPipeline",
        "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
        "feature_extractor": ["transformers", "CLIPImageProcessor"],
        "requires_safety_checker": True,
    }
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def _save(make: Callable[[], Any], folder: Path, dtype: torch.dtype) -> None:
    """Write a model with random weights that keep activations in range, without the minutes that initialisers take."""
    with torch.device("meta"):
        model = make().to(dtype)
    model = model.to_empty(device="cpu")
    noise = torch.rand(1_000_003, generator=torch.Generator().manual_seed(0)).mul_(2).sub_(1)
    for name, parameter in model.named_parameters():
        count = parameter.numel()
        bound = parameter[0].numel() ** -0.5 if parameter.ndim > 1 else 0.02
        values = noise.repeat(-(-count // len(noise)))[:count].view(parameter.shape) * bound
        if parameter.ndim == 1 and "norm" in name and name.endswith("weight"):
            values = values + 1
        parameter.data.copy_(torch.tensor(0.7) if "alpha_" in name else values)
    for name, buffer in model.named_buffers():
        if name.endswith("position_ids"):
            buffer.copy_(torch.arange(buffer.numel()).view(buffer.shape))
    model.save_pretrained(folder)


def as_written(folder: Path) -> None:
    """Safetensors, as diffusers writes them today."""


def to_bin(folder: Path) -> None:
    """Old repositories: pickled weights only."""
    for part, new in (
        ("unet", "diffusion_pytorch_model"),
        ("vae", "diffusion_pytorch_model"),
        ("text_encoder", "pytorch_model"),
    ):
        file = next((folder / part).glob("*.safetensors"))
        torch.save(load_file(file), folder / part / f"{new}.bin")
        file.unlink()


def to_half_precision(folder: Path) -> None:
    """Half-precision files alone, as variants."""
    for part in ("unet", "vae", "text_encoder"):
        file = next((folder / part).glob("*.safetensors"))
        halves = {name: tensor.half().contiguous() for name, tensor in load_file(file).items()}
        save_file(halves, file.with_name(f"{file.stem}.fp16.safetensors"), {"format": "pt"})
        file.unlink()


def to_prefixed_clip(folder: Path) -> None:
    """Text encoders as transformers wrote them before version 5, with their position ids."""
    file = folder / "text_encoder" / "model.safetensors"
    tensors = load_file(file)
    names = {name if name.startswith("text_model.") else f"text_model.{name}": tensor for name, tensor in tensors.items()}
    names["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save_file(names, file, {"format": "pt"})


def to_bare_clip(folder: Path) -> None:
    """Text encoders without that prefix."""
    file = folder / "text_encoder" / "model.safetensors"
    save_file({name.removeprefix("text_model."): tensor for name, tensor in load_file(file).items()}, file, {"format": "pt"})


def to_no_index(folder: Path) -> None:
    """A folder without model_index.json, and so without a word of a safety checker."""
    (folder / "model_index.json").unlink()


LAYOUTS = (as_written, to_bin, to_prefixed_clip, to_bare_clip, to_no_index)
"""Those that hold the same weights; :func:`to_half_precision` rounds them."""
