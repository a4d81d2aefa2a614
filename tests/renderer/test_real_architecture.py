"""The whole architecture of SD 1.4 GLIGEN, with random weights, against diffusers' own pipeline, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from flowzero.renderer.pipeline import FlowZeroPipeline
from tests.renderer import tiny
from tests.renderer.test_pipeline import (
    SAMPLERS,
    TWO_OBJECTS,
    draw,
    draw_with_diffusers,
    equal_to_diffusers_cross_frame_attention,
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> FlowZeroPipeline:
    """A billion random weights (4.3 GB), for 16 x 16 latents."""
    pipe = tiny.pipeline(tmp_path_factory.mktemp("tokenizer"))
    with torch.device("meta"):
        unet = UNet2DConditionModel(sample_size=16, cross_attention_dim=768, attention_head_dim=8, attention_type="gated")
    unet = unet.to_empty(device="cpu").eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(0)
    for name, parameter in unet.named_parameters():
        fan_in = parameter[0].numel() if parameter.ndim > 1 else 0
        bound = fan_in**-0.5 if fan_in else 0.02
        parameter.uniform_(-bound, bound, generator=generator)
        if parameter.ndim == 1 and "norm" in name and name.endswith("weight"):
            parameter.add_(1)
        if "alpha_" in name:
            parameter.fill_(0.7)
    text_encoder = CLIPTextModel(
        CLIPTextConfig(**(pipe.text_encoder.config.to_dict() | {"hidden_size": 768, "intermediate_size": 768}))
    ).eval()
    whole = FlowZeroPipeline(**(pipe.components | {"unet": unet, "text_encoder": text_encoder}))
    whole.set_progress_bar_config(disable=True)
    return whole


ONCE = (DDIMScheduler, 0.3)
"""The combination that every run of the tests draws."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sampler", "fraction"),
    [
        pytest.param(sampler, fraction, marks=() if (sampler, fraction) == ONCE else pytest.mark.thorough)
        for sampler in SAMPLERS
        for fraction in (0.0, 0.3, 1.0)
    ],
)
def test_the_real_architecture_of_sd_1_4_gligen_equals_diffusers_bit_for_bit(
    real: FlowZeroPipeline, sampler: Any, fraction: float
) -> None:
    real.scheduler = sampler.from_config(real.scheduler.config)
    frame, steps = tiny.frame(objects=TWO_OBJECTS), 4  # PNDM takes no fewer
    theirs = draw_with_diffusers(real, frame, sampler.from_config(real.scheduler.config), fraction, steps, output_type="latent")
    ours = draw(real, [frame], num_inference_steps=steps, grounding_fraction=fraction, output_type="latent")
    assert torch.isfinite(ours).all()
    assert (ours - theirs).abs().max() == 0.0


@pytest.mark.slow
@pytest.mark.thorough
def test_frames_of_the_real_architecture_do_not_depend_on_chunks_nor_on_each_others_boxes(real: FlowZeroPipeline) -> None:
    real.scheduler = DDIMScheduler.from_config(real.scheduler.config)
    frames = [tiny.frame(index=i, objects={"a red ball": (0.1 * i, 0.2, 0.5, 0.5)}) for i in range(4)]
    call: dict[str, Any] = {"num_inference_steps": 2, "output_type": "latent", "guidance_interval": (0, 0.5)}
    whole = draw(real, frames, chunk_size=4, **call)
    for chunk_size in (1, 2):
        assert (draw(real, frames, chunk_size=chunk_size, **call) - whole).abs().max() == 0.0
    frames[2] = tiny.frame(index=2, objects={"a red ball": (0.0, 0.5, 0.4, 0.4)})
    difference = (draw(real, frames, chunk_size=4, **call) - whole).abs().amax(dim=(1, 2, 3))
    assert difference[2] > 1e-3
    assert difference[[0, 1, 3]].max() == 0.0


@pytest.mark.slow
def test_cross_frame_attention_of_the_real_architecture_equals_diffusers_processor(real: FlowZeroPipeline) -> None:
    real.scheduler = DDIMScheduler.from_config(real.scheduler.config)
    equal_to_diffusers_cross_frame_attention(real, [tiny.frame(index=i, objects=TWO_OBJECTS) for i in range(2)])
