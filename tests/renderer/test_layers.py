"""One background: what frames with layered noise share, and what they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from flowzero.dss import Frame
from flowzero.renderer.layers import SharedBackground
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.renderer.sampling import State
from tests.renderer import tiny


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> FlowZeroPipeline:
    return tiny.pipeline(tmp_path_factory.mktemp("tokenizer"))


def latents(pipe: FlowZeroPipeline, frames: Any, **options: Any) -> torch.Tensor:
    """What is drawn, [F, 4, 8, 8]."""
    settings: dict[str, Any] = {"num_inference_steps": 4, "grounding_fraction": 1.0, "seed": 7, "noise_mode": "layered"}
    drawn: torch.Tensor = pipe(frames, output_type="latent", return_dict=False, **(settings | options))[0]
    return drawn


def rolling(count: int = 5, **changes: Any) -> list[Frame]:
    """A small ball that rolls to the right through the upper left quarter, before a camera at rest."""
    return [tiny.frame(index=i, objects={"a red ball": (0.02 + 0.02 * i, 0.0, 0.2, 0.2)}, **changes) for i in range(count)]


@pytest.mark.parametrize("sampler", ["DDIMScheduler", "UniPCMultistepScheduler", "EulerDiscreteScheduler"])
def test_backgrounds_at_rest_are_the_first_frames_bit_for_bit(tmp_path: Path, sampler: str) -> None:
    import diffusers

    pipe = tiny.pipeline(tmp_path)
    pipe.scheduler = getattr(diffusers, sampler).from_config(pipe.scheduler.config)
    drawn = latents(pipe, rolling())
    difference = (drawn - drawn[:1]).abs().amax(1)  # frames, rows, columns
    assert difference[:, 4:, :].max() == difference[:, :, 5:].max() == 0.0
    assert difference[1:, :2, :2].amax((1, 2)).min() > 1e-3


def test_other_noise_and_noise_of_the_callers_share_nothing(pipe: FlowZeroPipeline) -> None:
    own = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(7)).expand(5, -1, -1, -1)
    for options in ({"noise_mode": "still"}, {"noise_mode": "canvas"}, {"latents": own}):
        drawn = latents(pipe, rolling(), **options)
        assert (drawn[1:, :, 4:] - drawn[:1, :, 4:]).abs().amax((1, 2, 3)).min() > 1e-6


def test_chunks_change_nothing(pipe: FlowZeroPipeline) -> None:
    whole = latents(pipe, rolling(), chunk_size=5, guidance_interval=(0, 0.5))
    for size in (1, 2, 3):
        assert torch.equal(latents(pipe, rolling(), chunk_size=size, guidance_interval=(0, 0.5)), whole)


def test_a_run_that_goes_on_after_a_step_draws_the_same(pipe: FlowZeroPipeline) -> None:
    whole, kept = latents(pipe, rolling(), chunk_size=2), {}

    def stop(_pipe: FlowZeroPipeline, index: int, *_: Any) -> dict[str, Any]:
        if index == 1:
            kept["progress"] = pipe.progress(index)
            raise KeyboardInterrupt
        return {}

    states: dict[int, State] = {}
    with pytest.raises(KeyboardInterrupt):
        latents(pipe, rolling(), chunk_size=2, states=states, callback_on_step_end=stop)
    assert torch.equal(latents(pipe, rolling(), states=states, resume=kept["progress"]), whole)


def test_boxes_of_a_later_frame_change_that_frame_alone(pipe: FlowZeroPipeline) -> None:
    frames = rolling()
    before = latents(pipe, frames)
    frames[3] = tiny.frame(index=3, objects={"a red ball": (0.5, 0.5, 0.4, 0.4)})
    changed = (latents(pipe, frames) - before).abs().amax((1, 2, 3))
    assert changed[3] > 1e-3
    assert changed[[0, 1, 2, 4]].max() == 0.0


@pytest.mark.parametrize(
    "other", [{"shift": (0.1, 0.0)}, {"scale": 1.1}, {"angle": 3.0}, {"description": "a dog on a meadow at night"}]
)
def test_a_frame_that_looks_elsewhere_or_is_told_something_else_is_drawn_by_itself(other: dict[str, Any]) -> None:
    frames = [*rolling(2), *rolling(1, **other)]
    shared = SharedBackground(frames, captions=True)
    assert shared.weight(1, 8, 8).max() == 1
    assert shared.weight(2, 8, 8).max() == 0


def test_where_the_settings_name_draws_the_background_the_caption_may_change() -> None:
    frames = [*rolling(1), *rolling(1, description="a dog and a cat on a meadow")]
    assert SharedBackground(frames, captions=False).weight(1, 8, 8).max() == 1
    frames[1] = frames[1].model_copy(update={"setting": "a beach"})
    assert SharedBackground(frames, captions=False).weight(1, 8, 8).max() == 0


@pytest.mark.parametrize("size", [(16, 16), (64, 64), (24, 40)])
def test_what_is_near_a_box_of_either_frame_is_drawn_by_itself(size: tuple[int, int]) -> None:
    """So a place that a thing has left does not show it, and a thing keeps what is around it."""
    height, width = size
    ball, gone = {"a red ball": (0.0, 0.0, 0.25, 0.25)}, {"a red ball": (0.5, 0.5, 0.25, 0.25)}
    weight = SharedBackground([tiny.frame(objects=ball), tiny.frame(index=1, objects=gone)], captions=True).weight(1, *size)
    margin = min(size) // 16
    assert weight[: height // 4 + margin, : width // 4 + margin].max() == 0
    assert weight[height // 2 - margin : 3 * height // 4 + margin, width // 2 - margin : 3 * width // 4 + margin].max() == 0
    assert weight[-1, 0] == weight[0, -1] == 1
    assert ((weight > 0) & (weight < 1)).sum() > 0


def test_without_things_all_of_it_is_shared() -> None:
    frames = [tiny.frame(index=i, objects={}) for i in range(2)]
    assert SharedBackground(frames, captions=True).weight(1, 8, 8).min() == 1
