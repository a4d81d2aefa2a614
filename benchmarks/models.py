"""Stable Diffusion GLIGEN with random weights at any width: what speed and memory are measured on without a checkpoint."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from flowzero.renderer.pipeline import FlowZeroPipeline

CHARACTERS = [*"abcdefghijklmnopqrstuvwxyz "]
VOCABULARY = [*CHARACTERS, *(c + "</w>" for c in CHARACTERS), "<|startoftext|>", "<|endoftext|>"]


def spelling_tokenizer() -> CLIPTokenizer:
    """A CLIP tokenizer with one token a letter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(VOCABULARY)}))
        (folder / "merges.txt").write_text("#version: 0.2\n")
        return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def sd_gligen(width: float = 1.0, size: int = 64, dtype: torch.dtype = torch.float32) -> FlowZeroPipeline:
    """The SD 1.4 GLIGEN architecture.

    Args:
        width: of the U-Net as a fraction of the real one's channels; an eighth is the least. Heads keep their size.
        size: of the latents.
        dtype: of the U-Net.
    """
    torch.manual_seed(0)
    channels = tuple(int(c * width) for c in (320, 640, 1280, 1280))
    with torch.device("meta"):
        unet: Any = UNet2DConditionModel(  # type: ignore[no-untyped-call]
            sample_size=size,
            cross_attention_dim=768,
            attention_head_dim=max(1, round(8 * width)),
            attention_type="gated",
            block_out_channels=channels,
            norm_num_groups=min(32, channels[0] // 5),
        )
    unet = unet.to(dtype).to_empty(device="cpu")
    _fill(unet)
    text_encoder: Any = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(VOCABULARY),
            hidden_size=768,
            intermediate_size=768,
            num_hidden_layers=1,
            num_attention_heads=12,
            bos_token_id=len(VOCABULARY) - 2,
            eos_token_id=len(VOCABULARY) - 1,
            pad_token_id=len(VOCABULARY) - 1,
        )
    )
    vae: Any = AutoencoderKL(  # type: ignore[no-untyped-call]
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
    )
    scheduler = DDIMScheduler(  # type: ignore[no-untyped-call]
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    for part in (vae, text_encoder, unet):
        part.eval().requires_grad_(False)
    pipeline = FlowZeroPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=spelling_tokenizer(), unet=unet, scheduler=scheduler
    )
    pipeline.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    return pipeline


@torch.no_grad()
def _fill(unet: Any) -> None:
    """Random weights that keep activations in range, in seconds where torch's own initialisers take a minute."""
    for name, parameter in unet.named_parameters():
        bound = parameter[0].numel() ** -0.5 if parameter.ndim > 1 else 0.02
        parameter.uniform_(-bound, bound)
        if parameter.ndim == 1 and "norm" in name and name.endswith("weight"):
            parameter.add_(1)
        if "alpha_" in name:
            parameter.fill_(1)
