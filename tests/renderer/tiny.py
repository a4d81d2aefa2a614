"""Tiny random components of every layout that the renderer loads: real classes, a few thousand parameters, on the CPU."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from transformers import AutoTokenizer, BertConfig, CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from flowzero.dss import Box, Frame, FrameBackground, FrameObject
from flowzero.renderer.embedded import PatchAutoencoder, PhraseEncoder
from flowzero.renderer.layout_painter import LayoutPainter
from flowzero.renderer.pipeline import FlowZeroPipeline

WIDTH = 32  # of a text token

_CHARACTERS = [*"abcdefghijklmnopqrstuvwxyz0123456789,.-'"]
_VOCABULARY = [*_CHARACTERS, *(c + "</w>" for c in _CHARACTERS), "<|startoftext|>", "<|endoftext|>"]


def tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIP tokenizer that spells: one token a letter, 77 at most."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(_VOCABULARY)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def text_encoder() -> CLIPTextModel:
    """A two-layer CLIP text model."""
    torch.manual_seed(1)
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(_VOCABULARY),
            hidden_size=WIDTH,
            intermediate_size=37,
            num_hidden_layers=2,
            num_attention_heads=4,
            projection_dim=WIDTH,
            bos_token_id=len(_VOCABULARY) - 2,
            eos_token_id=len(_VOCABULARY) - 1,
            pad_token_id=len(_VOCABULARY) - 1,
        )
    ).eval()


def unet(in_channels: int = 4, **changes: Any) -> UNet2DConditionModel:
    """A two-level gated U-Net whose gates are open and whose null object is not zero."""
    torch.manual_seed(2)
    model = UNet2DConditionModel(
        **{
            "sample_size": 8,
            "in_channels": in_channels,
            "out_channels": 4,
            "block_out_channels": (16, 32),
            "layers_per_block": 1,
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": WIDTH,
            "attention_head_dim": 4,
            "norm_num_groups": 8,
            "attention_type": "gated",
            **changes,
        }
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "alpha_" in name:
                parameter.fill_(0.7)
            if "null_" in name:
                parameter.normal_()
    return model.eval()


def vae() -> AutoencoderKL:
    """An autoencoder that halves the picture twice."""
    torch.manual_seed(3)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    ).eval()


def embedded(folder: Path) -> FlowZeroPipeline:
    """The embedded model's classes at a tiny size, over its real tokenizer."""
    words = AutoTokenizer.from_pretrained(files("flowzero.renderer") / "weights" / "tokenizer")
    torch.manual_seed(5)
    painter = LayoutPainter(WIDTH, phrase_channels=3, widths=(8, 8), latent_channels=4, patch=4, scenery_widths=(8, 8))
    size = {"hidden_size": WIDTH, "intermediate_size": 37, "num_hidden_layers": 1, "num_attention_heads": 4}
    encoder = PhraseEncoder(BertConfig(vocab_size=len(words), max_position_embeddings=64, **size))
    pipe = FlowZeroPipeline(
        vae=PatchAutoencoder(patch=4, latent_channels=4, width=8, depth=1, context=8, upscale=2).eval(),
        text_encoder=encoder.eval(),
        tokenizer=words,
        unet=unet(in_channels=4 + painter.channels),
        scheduler=DDIMScheduler(
            beta_schedule="squaredcos_cap_v2",
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
            clip_sample=False,
        ),
        layout_painter=painter.eval(),
    )
    pipe.set_progress_bar_config(disable=True)
    for name in ("vae", "text_encoder", "tokenizer", "unet", "scheduler", "layout_painter"):
        getattr(pipe, name).save_pretrained(folder / name)
    return pipe


class Painter(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """A layout painter by the contract: each box filled with its phrase, later ones on top, and two coordinate channels."""

    @register_to_config
    def __init__(self, width: int = WIDTH, channels: int = 3) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.project = torch.nn.Linear(width, channels)

    def forward(self, boxes: torch.Tensor, phrases: torch.Tensor, masks: torch.Tensor, height: int, width: int) -> torch.Tensor:
        y = (torch.arange(height) + 0.5) / height
        x = (torch.arange(width) + 0.5) / width
        inside_x = (x >= boxes[..., 0:1]) & (x < boxes[..., 2:3])  # batch objects width
        inside_y = (y >= boxes[..., 1:2]) & (y < boxes[..., 3:4])
        inside = inside_y[..., :, None] & inside_x[..., None, :] & (masks > 0)[..., None, None]
        paint = self.project(phrases)
        picture = torch.zeros(boxes.shape[0], paint.shape[-1], height, width)
        for k in range(boxes.shape[1]):
            picture = torch.where(inside[:, k, None], paint[:, k, :, None, None], picture)
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy")).expand(boxes.shape[0], -1, -1, -1)
        return torch.cat([picture, grid], dim=1)


def scheduler() -> DDIMScheduler:
    """As Stable Diffusion's checkpoints have it."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def pipeline(folder: Path, *, painted: bool = False, **unet_changes: Any) -> FlowZeroPipeline:
    """A pipeline of tiny random components; `painted` gives its U-Net five more channels and a layout painter."""
    pipe = FlowZeroPipeline(
        vae=vae(),
        text_encoder=text_encoder(),
        tokenizer=tokenizer(folder),
        unet=unet(in_channels=9 if painted else 4, **unet_changes),
        scheduler=scheduler(),
        layout_painter=Painter() if painted else None,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def frame(
    index: int = 0,
    *,
    description: str = "a dog on a meadow",
    objects: dict[str, tuple[float, float, float, float]] | None = None,
    shift: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    angle: float = 0.0,
    depths: tuple[int, ...] = (),
) -> Frame:
    """A compiled frame; `objects` maps phrases to x, y, w, h, and `shift` is in frame widths."""
    objects = {"a red ball": (0.125, 0.25, 0.5, 0.5)} if objects is None else objects
    return Frame(
        index=index,
        time=0.5,
        description=description,
        background=FrameBackground(
            direction="none", speed=0.0, zoom=0.0, roll=0.0, dx=shift[0], dy=shift[1], scale=scale, angle=angle
        ),
        objects=tuple(
            FrameObject(
                id=phrase.replace(" ", "-").lower()[:40],
                phrase=phrase,
                box=Box(x=box[0], y=box[1], w=box[2], h=box[3]),
                depth=depths[k] if k < len(depths) else 0,
            )
            for k, (phrase, box) in enumerate(objects.items())
        ),
    )


def moving(count: int) -> tuple[Frame, ...]:
    """A ball that travels right over a background that drifts left, with a new description half-way."""
    return tuple(
        frame(
            index=i,
            description="a dog on a meadow" if i < count / 2 else "a cat on a beach",
            objects={"a red ball": (0.05 + 0.5 * i / max(count - 1, 1), 0.25, 0.4, 0.4), "a tree": (0.6, 0.1, 0.3, 0.8)},
            shift=(-0.03 * i, 0.0),
        )
        for i in range(count)
    )
