"""Twin layers: one branch of guidance computed for both, with the numbers of both computed."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from flowzero.renderer import pipeline as pipeline_module
from flowzero.renderer.attention import frame_attention
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.renderer.twins import twin_layers
from tests.renderer import tiny

FRAMES = [tiny.frame(description="a ball", objects={"a red ball": (0.1 * k, 0.2, 0.4, 0.4)}) for k in range(5)]
STABLE_DIFFUSION = {
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
}


@pytest.fixture
def pipe(tmp_path: Path) -> FlowZeroPipeline:
    """One whose first layers are those of Stable Diffusion."""
    return tiny.pipeline(tmp_path, **STABLE_DIFFUSION)


def draw(pipe: FlowZeroPipeline, **options: Any) -> torch.Tensor:
    call = {"num_inference_steps": 3, "seed": 4, "output_type": "latent", "grounding_fraction": 0.5} | options
    latents: torch.Tensor = pipe(FRAMES, **call).frames
    return latents


@pytest.mark.parametrize("mode", ["first", "first_prev", "none"])
def test_both_branches_come_out_as_if_each_was_computed(
    pipe: FlowZeroPipeline, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = draw(pipe, attention_mode=mode)
    monkeypatch.setattr(pipeline_module, "twin_layers", lambda *_: nullcontext())
    torch.testing.assert_close(twins, draw(pipe, attention_mode=mode), rtol=1e-4, atol=1e-5)


def test_the_first_layers_see_one_branch(pipe: FlowZeroPipeline) -> None:
    rows: list[int] = []
    with pipe.unet.down_blocks[0].resnets[0].conv1.register_forward_hook(lambda _, args, output: rows.append(len(output))):
        draw(pipe, guidance_interval=(0.0, 0.5))
    assert rows == [len(FRAMES)] * 3


@pytest.mark.parametrize("mode", ["first", "first_prev", "none"])
def test_chunks_change_nothing(pipe: FlowZeroPipeline, mode: str) -> None:
    whole = draw(pipe, attention_mode=mode)
    for size in (1, 2, 3, 4):
        assert torch.equal(draw(pipe, attention_mode=mode, chunk_size=size), whole)


def test_the_layers_are_their_own_again_after_an_error_and_of_one_frame_throughout(pipe: FlowZeroPipeline) -> None:
    def changed() -> int:
        return sum("forward" in vars(module) for module in pipe.unet.modules())

    with frame_attention(pipe.unet, mode="first", frames=1) as state, twin_layers(pipe.unet, state):
        assert changed() == 0
    with pytest.raises(KeyError), frame_attention(pipe.unet, mode="first", frames=2) as state, twin_layers(pipe.unet, state):
        assert changed() == 3
        raise KeyError
    assert changed() == 0
