"""A plan becomes frames: options, notes, cancelling, memory that runs short."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import EulerAncestralDiscreteScheduler

from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Scene
from flowzero.errors import PlanError, RenderCancelledError, RenderError, ResourceError, SettingsError
from flowzero.renderer.backbones import EMBEDDED, load_backbone
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.renderer.render import Rendering, render
from tests.renderer import tiny
from tests.renderer.test_pipeline import SAMPLERS

PLAN = DSS(
    seconds=1.0,
    fps=5.0,
    scenes=(Scene(start=0, description="a red ball on a meadow"),),
    objects=(
        Object(
            id="ball",
            phrase="a red ball",
            path=(Keyframe(t=0, box=Box(x=0, y=0.5, w=0.3, h=0.3)), Keyframe(t=1, box=Box(x=0.7, y=0.5, w=0.3, h=0.3))),
        ),
    ),
    background=(BackgroundMotion(direction="left", speed=0.3),),
)


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> FlowZeroPipeline:
    return tiny.pipeline(tmp_path_factory.mktemp("tokenizer"), painted=True)


def draw(pipe: FlowZeroPipeline, **options: Any) -> Rendering:
    return render(PLAN, **({"backbone": pipe, "seed": 3, "steps": 2} | options))


def test_a_plan_becomes_its_number_of_frames_at_its_pace(pipe: FlowZeroPipeline) -> None:
    drawn = draw(pipe)
    assert drawn.frames.shape == (5, 32, 32, 3)
    assert drawn.frames.dtype == np.uint8
    assert drawn.fps == 5.0
    assert drawn.seed == 3
    assert drawn.notes == ()
    assert set(drawn.seconds) == {"load", "denoise", "decode"}


def test_another_number_of_frames_keeps_the_length(pipe: FlowZeroPipeline) -> None:
    drawn = draw(pipe, frames=3, width=40, height=24)
    assert drawn.frames.shape == (3, 24, 40, 3)
    assert drawn.fps == 3.0


def test_the_same_seed_gives_the_same_bytes(pipe: FlowZeroPipeline) -> None:
    assert np.array_equal(draw(pipe).frames, draw(pipe).frames)


def test_without_a_seed_one_is_chosen_that_gives_the_same_bytes_again(pipe: FlowZeroPipeline) -> None:
    drawn = draw(pipe, seed=None)
    assert drawn.seed != draw(pipe, seed=None).seed
    assert np.array_equal(draw(pipe, seed=drawn.seed).frames, drawn.frames)


def test_a_rendering_says_how_to_draw_it_again(pipe: FlowZeroPipeline, tmp_path: Path) -> None:
    drawn = draw(pipe, seed=None, frames=3, noise_mode="layered", guidance_scale=3.0)
    again = render(PLAN, backbone=pipe, **json.loads(json.dumps(drawn.options)))
    assert np.array_equal(drawn.frames, again.frames)
    assert drawn.weights == again.weights
    other = tiny.pipeline(tmp_path, painted=True)
    with torch.no_grad():
        other.unet.conv_out.bias.add_(0.01)
    assert draw(other).weights != drawn.weights


def test_a_loaded_pipeline_keeps_the_defaults_of_its_backbone(tmp_path: Path) -> None:
    tiny.embedded(tmp_path)
    loaded = load_backbone(str(tmp_path), "cpu")
    assert draw(loaded).backbone == str(tmp_path)
    loaded.backbone = replace(EMBEDDED, resolver=None)
    drawn = draw(loaded, steps=None)
    assert drawn.backbone == "embedded"
    assert (drawn.options["steps"], drawn.options["noise_mode"]) == (EMBEDDED.steps, "layered")


def test_every_step_is_reported(pipe: FlowZeroPipeline) -> None:
    seen: list[tuple[int, int]] = []
    draw(pipe, steps=3, on_step=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_frames_of_every_step_are_reported(pipe: FlowZeroPipeline) -> None:
    seen: list[tuple[int, int]] = []
    draw(pipe, chunk_size=3, on_frames=lambda done, frames: seen.append((done, frames)))
    assert seen == [(2, 5), (5, 5)] * 2


def test_a_render_stops_within_a_step_when_asked_to(pipe: FlowZeroPipeline) -> None:
    steps: list[int] = []
    asked: list[None] = []

    def should_cancel() -> bool:
        asked.append(None)
        return len(asked) == 4  # after the second chunk of the second step

    with pytest.raises(RenderCancelledError):
        draw(pipe, steps=5, chunk_size=3, on_step=lambda done, _: steps.append(done), should_cancel=should_cancel)
    assert steps == [1]
    draw(pipe)


class Limited(torch.nn.Module):
    """Runs out of memory, as torch says it, for batches over a limit."""

    def __init__(self, limit: int, error: Exception) -> None:
        super().__init__()
        self.limit, self.error = limit, error

    def forward(self, _module: Any, args: tuple[torch.Tensor, ...]) -> None:
        if args[0].shape[0] > self.limit:
            raise self.error


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    MemoryError(),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."
    ),
    RuntimeError("could not create a primitive"),  # oneDNN, under `ulimit -v`
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: type(error).__name__)
def test_memory_that_runs_short_is_met_with_fewer_frames_at_a_time_and_said(pipe: FlowZeroPipeline, error: Exception) -> None:
    whole = draw(pipe, chunk_size=3)
    handle = pipe.unet.register_forward_pre_hook(Limited(6, error))
    try:
        drawn = draw(pipe, chunk_size=5)
    finally:
        handle.remove()
    assert drawn.notes == ("Memory ran short: frames were drawn 2 at a time.",)
    assert np.abs(drawn.frames.astype(int) - whole.frames).max() <= 1


class Large(Limited):
    """Runs out of memory for pictures over a width."""

    def forward(self, _module: Any, args: tuple[torch.Tensor, ...]) -> None:
        if args[0].shape[-1] > self.limit:
            raise self.error


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: type(error).__name__)
def test_a_decoder_that_runs_short_of_memory_works_in_tiles_and_says_so(pipe: FlowZeroPipeline, error: Exception) -> None:
    pipe.vae.enable_tiling()
    expected = draw(pipe, width=64, height=64, frames=2)
    pipe.vae.disable_tiling()
    handle = pipe.vae.decoder.register_forward_pre_hook(Large(8, error))
    try:
        drawn = draw(pipe, width=64, height=64, frames=2)
        assert drawn.notes == ("Memory ran short: pictures were decoded in tiles.",)
        assert np.array_equal(drawn.frames, expected.frames)
        with pytest.raises(ResourceError, match="while decoding"):
            handle_all = pipe.vae.decoder.register_forward_pre_hook(Large(0, error))
            try:
                draw(pipe)
            finally:
                handle_all.remove()
    finally:
        handle.remove()
    assert not pipe.vae.use_tiling


def test_memory_that_does_not_hold_one_frame_is_said_in_a_sentence(pipe: FlowZeroPipeline) -> None:
    handle = pipe.unet.register_forward_pre_hook(Limited(0, OUT_OF_MEMORY[0]))
    try:
        with pytest.raises(ResourceError, match="choose a smaller width and height"):
            draw(pipe)
    finally:
        handle.remove()


def test_a_model_that_fails_otherwise_gives_a_render_error(pipe: FlowZeroPipeline) -> None:
    handle = pipe.unet.register_forward_pre_hook(Limited(0, RuntimeError("mat1 and mat2 shapes cannot be multiplied\nmore")))
    try:
        with pytest.raises(RenderError, match=r"^the model failed while drawing: mat1 and mat2 shapes cannot be multiplied$"):
            draw(pipe)
    finally:
        handle.remove()


def test_a_model_whose_numbers_overflow_gives_a_render_error(tmp_path: Path) -> None:
    pipe = tiny.pipeline(tmp_path)
    with torch.no_grad():
        pipe.unet.conv_out.bias.fill_(float("nan"))
    with pytest.raises(RenderError, match="not finite"):
        draw(pipe)


@pytest.mark.parametrize(
    ("options", "said", "error"),
    [
        ({"seed": -1}, "seed is -1", SettingsError),
        ({"steps": 0}, "num_inference_steps is 0", SettingsError),
        ({"width": 0}, "width is 0: choose 1..4096.", SettingsError),
        ({"height": -5}, "height is -5: choose 1..4096.", SettingsError),
        ({"height": 4097}, "height is 4097: choose 1..4096.", SettingsError),
        ({"frames": 0}, "cannot be compiled to 0 frames", PlanError),
    ],
)
def test_an_option_out_of_range_is_named(
    pipe: FlowZeroPipeline, options: dict[str, Any], said: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        draw(pipe, **options)


class KilledError(Exception):
    """Stands for whatever ends a process."""


def stop_after(step: int) -> Callable[[int, int], None]:
    def on_step(done: int, _total: int) -> None:
        if done == step:
            raise KilledError

    return on_step


@pytest.mark.parametrize("sampler", [*SAMPLERS, EulerAncestralDiscreteScheduler])
def test_a_killed_render_goes_on_from_its_snapshot_and_gives_the_same_bytes(tmp_path: Path, sampler: Any) -> None:
    pipe = tiny.pipeline(tmp_path)
    pipe.scheduler = sampler.from_config(pipe.scheduler.config)
    whole = draw(pipe, steps=5)
    kept, seen = tmp_path / "kept", []
    with pytest.raises(KilledError):
        draw(pipe, steps=5, snapshot=kept, on_step=stop_after(3))
    rest = draw(pipe, steps=5, snapshot=kept, on_step=lambda done, _: seen.append(done))
    assert seen[0] == 4
    assert np.array_equal(rest.frames, whole.frames)
    assert not kept.exists()


def test_a_snapshot_of_another_render_is_refused(pipe: FlowZeroPipeline, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with pytest.raises(KilledError):
        draw(pipe, snapshot=kept, on_step=stop_after(1))
    with pytest.raises(SettingsError, match="another plan, backbone or option"):
        draw(pipe, snapshot=kept, seed=4)
    assert kept.exists()


class Harm:
    """Unpickles into a call."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.witness),)


def test_a_file_that_is_no_snapshot_is_refused_and_runs_nothing(pipe: FlowZeroPipeline, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"text")
    with pytest.raises(SettingsError, match="no snapshot"):
        draw(pipe, snapshot=kept)
    torch.save({"format": 1, "key": Harm(tmp_path / "harm")}, kept)
    with pytest.raises(SettingsError, match="no snapshot"):
        draw(pipe, snapshot=kept)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("scratch", [False, True])
def test_any_size_is_the_middle_of_the_next_larger_one_that_the_model_draws(
    pipe: FlowZeroPipeline, tmp_path: Path, scratch: bool
) -> None:
    kept = {"scratch": tmp_path} if scratch else {}
    odd = render(PLAN, backbone=pipe, seed=3, steps=1, width=33, height=30, **kept)
    whole = render(PLAN, backbone=pipe, seed=3, steps=1, width=36, height=32)
    assert odd.frames.shape == (*whole.frames.shape[:1], 30, 33, 3)
    assert (odd.options["width"], odd.options["height"]) == (33, 30)
    assert np.array_equal(np.stack(list(odd.frames)), whole.frames[:, 1:31, 1:34])
    assert np.array_equal(odd.frames[1], whole.frames[1, 1:31, 1:34])
