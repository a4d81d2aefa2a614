"""Draws test scenes with a model, through the pipeline that users render with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import UniPCMultistepScheduler
from torch import Tensor

from flowzero.dss import Frame, FrameObject
from flowzero.renderer.backbones import EMBEDDED
from flowzero.renderer.embedded import PatchAutoencoder
from flowzero.renderer.looks import caption, phrase
from flowzero.renderer.pipeline import FlowZeroPipeline
from training.renderer.config import Config
from training.renderer.language import Language
from training.renderer.model import Denoiser, build_autoencoder, build_scheduler
from training.renderer.scenes import Scene


def load_pipeline(config: Config, run: Path, text: Path) -> FlowZeroPipeline:
    """The pipeline around a run's running mean; with the decoder that it began with, where it trained none."""
    state = torch.load(run / "state.pt", weights_only=True, map_location="cpu")
    denoiser, autoencoder = Denoiser(config), build_autoencoder(config)
    denoiser.load_state_dict(state["mean"])
    trained = (run / "decoder.pt").exists()
    file, part = ("decoder.pt", "mean") if trained else ("painter.pt", "autoencoder")
    autoencoder.load_state_dict(torch.load(run / file, weights_only=True, map_location="cpu")[part])
    return assemble(denoiser, autoencoder, Language(text))


def assemble(denoiser: Denoiser, autoencoder: PatchAutoencoder, language: Language) -> FlowZeroPipeline:
    """The pipeline of these parts."""
    pipeline = FlowZeroPipeline(
        vae=autoencoder.train(False),
        text_encoder=language.encoder,
        tokenizer=language.tokenizer,
        unet=denoiser.train(False).unet,
        scheduler=UniPCMultistepScheduler.from_config(build_scheduler().config),  # type: ignore[no-untyped-call]
        layout_painter=denoiser.painter,
    )
    pipeline.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    return pipeline


def draw(pipeline: FlowZeroPipeline, scenes: Sequence[Scene], seed: int = 0, steps: int = EMBEDDED.steps) -> Tensor:
    """Latents [N, C, h, w] of independent pictures, one a scene, each from noise of its own."""
    frames = [_frame(index, scene) for index, scene in enumerate(scenes)]
    size = pipeline.unet.config.sample_size
    noise = torch.randn(len(frames), pipeline.latent_channels, size, size, generator=torch.Generator().manual_seed(seed))
    latents: Tensor
    (latents,) = pipeline(
        frames,
        num_inference_steps=steps,
        guidance_scale=EMBEDDED.guidance_scale,
        grounding_fraction=EMBEDDED.grounding_fraction,
        latents=noise,
        attention_mode="none",
        chunk_size=8,
        output_type="latent",
        return_dict=False,
    )
    return latents


def _frame(index: int, scene: Scene) -> Frame:
    names = [phrase(thing.noun, thing.colour) for thing in scene.things]
    objects = tuple(
        FrameObject(id=f"o{k}", phrase=thing.phrase, box=thing.box, depth=k) for k, thing in enumerate(scene.things)
    )
    name = scene.place.name
    return Frame(
        index=index, time=0.5, description=caption(names, name), setting=name, background=scene.camera, objects=objects
    )
