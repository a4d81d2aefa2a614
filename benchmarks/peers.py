"""Who renders the same plan: ours, and what diffusers offers. All of them over the components of one pipeline.

"Equal output" means the same steps, guidance and grounding, and latents that differ by rounding alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import diffusers
import torch
from diffusers.pipelines.deprecated.stable_diffusion_gligen.pipeline_stable_diffusion_gligen import (
    StableDiffusionGLIGENPipeline,
)
from diffusers.pipelines.deprecated.text_to_video_synthesis.pipeline_text_to_video_zero import CrossFrameAttnProcessor2_0
from torch import Tensor

from flowzero.dss import DSS, BackgroundMotion, Box, Frame, Keyframe, Object, Scene
from flowzero.renderer.backbones import GLIGEN_SD14
from flowzero.renderer.grounding import distinct, encode_captions, encode_phrases, layout, layout_tensors
from flowzero.renderer.pipeline import FlowZeroPipeline

GUIDANCE = 7.5
NAIVE, GLIGEN = "Text2Video-Zero attention, naive batch", "GLIGEN pipeline, frame by frame"


def plan() -> DSS:
    """A ball that travels over a drifting meadow, beside a tree."""
    return DSS(
        scenes=(
            Scene(start=0, description="a red ball rolls over a meadow"),
            Scene(start=0.5, description="a ball on a beach"),
        ),
        objects=(
            Object(
                id="ball",
                phrase="a red ball",
                path=(Keyframe(t=0, box=Box(x=0, y=0.5, w=0.3, h=0.3)), Keyframe(t=1, box=Box(x=0.7, y=0.5, w=0.3, h=0.3))),
            ),
            Object(id="tree", phrase="a green tree", path=(Keyframe(t=0, box=Box(x=0.6, y=0.1, w=0.3, h=0.8)),)),
        ),
        background=(BackgroundMotion(direction="left", speed=0.2),),
    )


@torch.no_grad()
def naive(pipe: FlowZeroPipeline, frames: Sequence[Frame], steps: int, fraction: float) -> Tensor:
    """The obvious loop over one batch of all frames, with Text2Video-Zero's attention and nothing kept from step to step."""
    device, unet = pipe.device, pipe.unet
    texts, index = distinct([frame.description for frame in frames])
    captions = encode_captions(pipe.text_encoder, pipe.tokenizer, texts, device)[index]
    empty = encode_captions(pipe.text_encoder, pipe.tokenizer, [""], device).expand(len(frames), -1, -1)
    words, _ = distinct([item.phrase for frame in frames for item in frame.objects])
    known = dict(zip(words, encode_phrases(pipe.text_encoder, pipe.tokenizer, words, device), strict=True))
    tensors = layout_tensors([layout(frame, 30) for frame in frames], known, 768, 30, device)
    boxes, phrases, masks = (torch.cat([x[1:], x[1:]]) for x in (tensors.boxes, tensors.phrases, tensors.masks))
    masks[: len(frames)] = 0
    dtype = unet.dtype
    text = torch.cat([empty, captions]).to(dtype)
    gligen = {"gligen": {"boxes": boxes.to(dtype), "positive_embeddings": phrases.to(dtype), "masks": masks.to(dtype)}}
    pipe.scheduler.set_timesteps(steps, device=device)
    size = unet.config.sample_size
    latents = (
        torch.randn(1, 4, size, size, generator=torch.Generator().manual_seed(0)).expand(len(frames), -1, -1, -1).to(device)
    )
    cross_frame: Any = CrossFrameAttnProcessor2_0
    saved = dict(unet.attn_processors)
    unet.set_attn_processor({name: cross_frame(2) if "attn1" in name else old for name, old in saved.items()})
    try:
        for i, t in enumerate(pipe.scheduler.timesteps):
            grounded = i < int(fraction * steps)
            x = pipe.scheduler.scale_model_input(torch.cat([latents] * 2), t).to(dtype)
            e = unet(x, t, encoder_hidden_states=text, cross_attention_kwargs=gligen if grounded else None).sample.float()
            e_uncond, e_text = e.chunk(2)
            latents = pipe.scheduler.step(e_uncond + GUIDANCE * (e_text - e_uncond), t, latents).prev_sample
    finally:
        unet.set_attn_processor(saved)
    return latents


def gligen(pipe: FlowZeroPipeline, frames: Sequence[Frame], steps: int, fraction: float) -> Tensor:
    """The GLIGEN pipeline of diffusers, one frame after the other, without cross-frame attention."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts: dict[str, Any] = {
            name: getattr(pipe, name) for name in ("vae", "text_encoder", "tokenizer", "unet", "scheduler")
        }
        parts |= {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        peer: Any = StableDiffusionGLIGENPipeline(**parts)
    peer.set_progress_bar_config(disable=True)
    latents = [
        peer(
            frame.description,
            gligen_phrases=[item.phrase for item in frame.objects],
            gligen_boxes=[[o.box.x, o.box.y, o.box.x + o.box.w, o.box.y + o.box.h] for o in frame.objects],
            gligen_scheduled_sampling_beta=fraction,
            num_inference_steps=steps,
            generator=torch.Generator().manual_seed(0),
            output_type="latent",
        ).images
        for frame in frames
    ]
    peer.enable_fuser(True)
    return torch.cat(latents)


def ours(pipe: FlowZeroPipeline, frames: Sequence[Frame], steps: int, fraction: float, **options: Any) -> Tensor:
    """The pipeline, without noise shifting so that all start alike."""
    call: dict[str, Any] = {"noise_mode": "still", "seed": 0, "output_type": "latent"} | options
    (latents,) = pipe(frames, num_inference_steps=steps, grounding_fraction=fraction, return_dict=False, **call)
    result: Tensor = latents
    return result


def ours_at_defaults(pipe: FlowZeroPipeline, frames: Sequence[Frame]) -> Tensor:
    """What `flowzero render --backbone gligen-sd1.4` runs between loading and decoding."""
    entry, before = GLIGEN_SD14, pipe.scheduler
    if entry.sampler:
        pipe.scheduler = getattr(diffusers, entry.sampler).from_config(before.config)
    try:
        return ours(
            pipe,
            frames,
            entry.steps,
            entry.grounding_fraction,
            guidance_scale=entry.guidance_scale,
            guidance_interval=entry.guidance_interval,
            noise_mode=entry.noise_mode,
        )
    finally:
        pipe.scheduler = before
