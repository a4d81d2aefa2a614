"""The pipeline against diffusers' own, bit for bit, on tiny random components."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from diffusers.models.attention_processor import AttnProcessor2_0
from diffusers.pipelines.deprecated.stable_diffusion_gligen.pipeline_stable_diffusion_gligen import (
    StableDiffusionGLIGENPipeline,
)
from diffusers.pipelines.deprecated.text_to_video_synthesis.pipeline_text_to_video_zero import CrossFrameAttnProcessor2_0

from flowzero.dss import Frame
from flowzero.errors import BackboneError, SettingsError
from flowzero.renderer.attention import CrossFrameProcessor, Pass
from flowzero.renderer.grounding import Conditioning, layout
from flowzero.renderer.pipeline import FlowZeroPipeline
from tests.renderer import tiny

SAMPLERS = [DDIMScheduler, PNDMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, UniPCMultistepScheduler]
TWO_OBJECTS = {"a red ball": (0.125, 0.25, 0.5, 0.5), "a green tree": (0.6, 0.1, 0.3, 0.8)}


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> FlowZeroPipeline:
    return tiny.pipeline(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> FlowZeroPipeline:
    return tiny.pipeline(tmp_path_factory.mktemp("tokenizer"), painted=True)


def gligen(pipe: FlowZeroPipeline, scheduler: Any) -> StableDiffusionGLIGENPipeline:
    """diffusers' pipeline over the same components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = StableDiffusionGLIGENPipeline(
            vae=pipe.vae,
            text_encoder=pipe.text_encoder,
            tokenizer=pipe.tokenizer,
            unet=pipe.unet,
            scheduler=scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    peer.set_progress_bar_config(disable=True)
    return peer


def draw_with_diffusers(
    pipe: FlowZeroPipeline, frame: Frame, scheduler: Any, beta: float, steps: int, **options: Any
) -> np.ndarray:
    peer = gligen(pipe, scheduler)
    try:
        return peer(
            prompt=frame.description,
            gligen_phrases=[item.phrase for item in frame.objects],
            gligen_boxes=[[o.box.x, o.box.y, o.box.x + o.box.w, o.box.y + o.box.h] for o in frame.objects],
            gligen_scheduled_sampling_beta=beta,
            num_inference_steps=steps,
            generator=torch.Generator().manual_seed(7),
            **({"output_type": "np"} | options),
        ).images
    finally:
        peer.enable_fuser(True)


def draw(pipe: FlowZeroPipeline, frames: Any, **options: Any) -> Any:
    settings: dict[str, Any] = {"num_inference_steps": 3, "grounding_fraction": 1.0, "seed": 7, "output_type": "np"}
    return pipe(frames, **(settings | options)).frames


@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_one_frame_equals_diffusers_gligen_bit_for_bit(pipe: FlowZeroPipeline, sampler: Any, fraction: float) -> None:
    pipe.scheduler = sampler.from_config(pipe.scheduler.config)
    frame = tiny.frame(objects=TWO_OBJECTS)
    theirs = draw_with_diffusers(pipe, frame, sampler.from_config(pipe.scheduler.config), fraction, 4)
    ours = draw(pipe, [frame], num_inference_steps=4, grounding_fraction=fraction)
    assert np.abs(ours - theirs).max() == 0.0


@pytest.mark.parametrize("options", [{"guidance_scale": 1.0}, {"negative_prompt": "fog"}, {"height": 24, "width": 40}])
def test_one_frame_equals_diffusers_gligen_for_other_options(pipe: FlowZeroPipeline, options: dict[str, Any]) -> None:
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    frame = tiny.frame(objects=TWO_OBJECTS)
    theirs = draw_with_diffusers(pipe, frame, pipe.scheduler, 1.0, 3, **options)
    assert np.abs(draw(pipe, [frame], **options) - theirs).max() == 0.0


@pytest.mark.parametrize(
    ("mode", "dtype", "threads"),
    [("first", torch.float32, 1), ("first", torch.float32, 2), ("first_prev", torch.float32, 1), ("first", torch.bfloat16, 1)],
)
def test_caches_and_chunks_change_nothing(tmp_path: Path, mode: str, dtype: torch.dtype, threads: int) -> None:
    """Chunks of one frame too, with and without guidance: passes of two rows and more, and of one."""
    pipe = tiny.pipeline(tmp_path)
    pipe.unet.to(dtype)
    options: dict[str, Any] = {"attention_mode": mode, "num_inference_steps": 2, "guidance_interval": (0, 0.5)}
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        whole = draw(pipe, tiny.moving(9), chunk_size=9, caches=False, **options)
        for chunk_size in (1, 2, 3, 9):
            assert np.abs(draw(pipe, tiny.moving(9), chunk_size=chunk_size, **options) - whole).max() == 0.0
    finally:
        torch.set_num_threads(before)


def equal_to_diffusers_cross_frame_attention(pipe: FlowZeroPipeline, frames: Any) -> None:
    processors = dict(pipe.unet.attn_processors)
    theirs = {
        name: CrossFrameAttnProcessor2_0(batch_size=2) if "attn1" in name else processor
        for name, processor in processors.items()
    }
    try:
        pipe.unet.set_attn_processor(theirs)
        expected = draw(pipe, frames, attention_mode="none", caches=False, chunk_size=len(frames))
    finally:
        pipe.unet.set_attn_processor(processors)
    assert np.abs(draw(pipe, frames, chunk_size=len(frames)) - expected).max() == 0.0


def test_cross_frame_attention_equals_diffusers_processor_on_attn1(pipe: FlowZeroPipeline) -> None:
    equal_to_diffusers_cross_frame_attention(pipe, tiny.moving(4))


def test_first_and_previous_frame_attention_equals_attention_over_their_joint_keys(pipe: FlowZeroPipeline) -> None:
    attn = next(module for name, module in pipe.unet.named_modules() if name.endswith("attn1"))
    x = torch.randn(6, 20, 32, generator=torch.Generator().manual_seed(0))  # two branches of three frames
    state = Pass(branches=2)
    ours = CrossFrameProcessor(state, "first_prev")(attn, x)
    keys = [torch.cat([x[b * 3], x[b * 3 + max(f - 1, 0)]]) for b in range(2) for f in range(3)]
    theirs = AttnProcessor2_0()(attn, x, encoder_hidden_states=torch.stack(keys)[:, :, :])
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-6)


def test_boxes_of_one_frame_change_that_frame_alone(pipe: FlowZeroPipeline) -> None:
    frames = list(tiny.moving(5))
    before = draw(pipe, frames)
    frames[3] = frames[3].model_copy(update={"objects": tiny.frame(objects={"a red ball": (0.3, 0.0, 0.6, 0.9)}).objects})
    difference = np.abs(draw(pipe, frames) - before).max(axis=(1, 2, 3))
    assert difference[3] > 1e-3
    assert difference[[0, 1, 2, 4]].max() == 0.0


def test_every_frame_is_drawn_from_its_own_description(pipe: FlowZeroPipeline) -> None:
    frames = list(tiny.moving(3))
    before = draw(pipe, frames)
    frames[2] = frames[2].model_copy(update={"description": "something else altogether"})
    difference = np.abs(draw(pipe, frames) - before).max(axis=(1, 2, 3))
    assert difference[2] > 1e-3
    assert difference[:2].max() == 0.0


def test_gated_attention_is_not_called_after_the_cut(pipe: FlowZeroPipeline) -> None:
    calls: list[int] = []
    steps: list[int] = []
    fuser = next(module for name, module in pipe.unet.named_modules() if name.endswith("fuser"))
    handle = fuser.register_forward_hook(lambda *_: calls.append(len(steps)))
    try:
        draw(
            pipe,
            tiny.moving(2),
            num_inference_steps=5,
            grounding_fraction=0.5,
            callback_on_step_end=lambda _pipe, index, _t, _tensors: steps.append(index) or {},
        )
    finally:
        handle.remove()
    assert steps == [0, 1, 2, 3, 4]
    assert calls == [0, 1]


def test_guidance_interval_runs_one_branch_outside_it(pipe: FlowZeroPipeline) -> None:
    rows: list[int] = []
    handle = pipe.unet.register_forward_pre_hook(lambda _unet, args: rows.append(args[0].shape[0]))
    try:
        draw(pipe, tiny.moving(2), num_inference_steps=4, guidance_interval=(0.25, 0.75))
    finally:
        handle.remove()
    assert rows == [2, 4, 4, 2]


def test_processors_position_net_and_scheduler_come_back_after_an_exception(pipe: FlowZeroPipeline) -> None:
    processors, position_net = dict(pipe.unet.attn_processors), pipe.unet.position_net
    scheduler = {key: str(value) for key, value in vars(pipe.scheduler).items()}

    def stop(*_: Any) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(pipe, tiny.moving(3), callback_on_step_end=stop)
    assert pipe.unet.position_net is position_net
    assert all(pipe.unet.attn_processors[name] is processor for name, processor in processors.items())
    assert {key: str(value) for key, value in vars(pipe.scheduler).items()} == scheduler
    draw(pipe, tiny.moving(3))


def test_a_step_callback_may_replace_the_latents(pipe: FlowZeroPipeline) -> None:
    zero = draw(pipe, [tiny.frame()], callback_on_step_end=lambda *a: {"latents": torch.zeros_like(a[3]["latents"])})
    expected = pipe.decode(torch.zeros(1, 4, 8, 8), "np")
    assert np.abs(zero - expected).max() == 0.0


def test_chunks_report_the_frames_they_have_done(pipe: FlowZeroPipeline) -> None:
    seen: list[tuple[int, int]] = []
    draw(pipe, tiny.moving(5), num_inference_steps=2, chunk_size=2, callback_on_chunk_end=lambda *done: seen.append(done))
    assert seen == [(0, 1), (0, 3), (0, 5), (1, 1), (1, 3), (1, 5)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(pipe: FlowZeroPipeline) -> None:
    frames = tiny.moving(3)
    first = draw(pipe, frames, output_type="uint8")
    assert first.dtype == np.uint8 and first.shape == (3, 32, 32, 3)
    assert np.array_equal(first, draw(pipe, frames, output_type="uint8"))
    assert not np.array_equal(first, draw(pipe, frames, output_type="uint8", seed=8))


def test_uint8_pil_and_np_hold_the_same_picture(pipe: FlowZeroPipeline) -> None:
    as_bytes = draw(pipe, [tiny.frame()], output_type="uint8")
    as_pil = draw(pipe, [tiny.frame()], output_type="pil")
    assert np.array_equal(as_bytes[0], np.asarray(as_pil[0]))
    assert np.abs(draw(pipe, [tiny.frame()], output_type="np") * 255 - as_bytes).max() <= 0.5 + 1e-4


def test_a_longer_video_begins_with_the_same_frames(pipe: FlowZeroPipeline) -> None:
    frames = tiny.moving(6)
    assert np.abs(draw(pipe, frames)[:3] - draw(pipe, frames[:3])).max() == 0.0


def test_a_frame_without_objects_is_drawn(pipe: FlowZeroPipeline, painted: FlowZeroPipeline) -> None:
    for one in (pipe, painted):
        assert np.isfinite(draw(one, [tiny.frame(objects={})])).all()


def test_a_phrase_longer_than_the_encoder_reads_is_cut(pipe: FlowZeroPipeline) -> None:
    long = " ".join(["enormous"] * 14)[:120]
    frame = tiny.frame(objects={long: (0.1, 0.1, 0.5, 0.5)}, description="word " * 90)
    assert np.isfinite(draw(pipe, [frame])).all()


def test_objects_outside_the_frame_are_left_out(pipe: FlowZeroPipeline) -> None:
    inside = {"a red ball": (0.1, 0.1, 0.5, 0.5)}
    gone = inside | {"a bird": (1.2, 0.1, 0.3, 0.3)}
    assert np.abs(draw(pipe, [tiny.frame(objects=gone)]) - draw(pipe, [tiny.frame(objects=inside)])).max() == 0.0


def test_more_objects_than_places_keeps_the_nearest(tmp_path: Path) -> None:
    pipe = tiny.pipeline(tmp_path)
    pipe.register_to_config(max_objects=1)
    both = tiny.frame(objects=TWO_OBJECTS, depths=(5, 1))
    near = tiny.frame(objects={"a red ball": TWO_OBJECTS["a red ball"]})
    assert np.abs(draw(pipe, [both]) - draw(pipe, [near])).max() == 0.0


def test_the_painted_layout_stays_after_the_grounding_cut(painted: FlowZeroPipeline) -> None:
    here, there = ([tiny.frame(objects={"a red ball": box})] for box in ((0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5)))
    assert np.abs(draw(painted, here, grounding_fraction=0.0) - draw(painted, there, grounding_fraction=0.0)).max() > 1e-3


def test_the_unconditional_branch_is_painted_without_boxes(painted: FlowZeroPipeline) -> None:
    inputs: list[torch.Tensor] = []
    handle = painted.unet.register_forward_pre_hook(lambda _unet, args: inputs.append(args[0]))
    try:
        draw(painted, [tiny.frame()], num_inference_steps=1)
    finally:
        handle.remove()
    empty = painted.layout_painter(torch.zeros(1, 30, 4), torch.zeros(1, 30, tiny.WIDTH), torch.zeros(1, 30), 8, 8)
    assert torch.equal(inputs[0][0, 4:], empty[0])
    assert not torch.equal(inputs[0][1, 4:], empty[0])


def test_nearer_objects_are_painted_over_farther_ones(painted: FlowZeroPipeline) -> None:
    both = {"a red ball": (0.1, 0.1, 0.6, 0.6), "a tree": (0.1, 0.1, 0.6, 0.6)}
    ball_near = layout(tiny.frame(objects=both, depths=(1, 0)), 30)
    tree_near = layout(tiny.frame(objects=both, depths=(0, 1)), 30)
    assert ball_near.phrases == ("a tree", "a red ball")
    assert tree_near.phrases == ("a red ball", "a tree")


@pytest.mark.parametrize("painted_too", [False, True])
def test_v_prediction_with_zero_terminal_snr_draws_finite_pictures(
    pipe: FlowZeroPipeline, painted: FlowZeroPipeline, painted_too: bool
) -> None:
    one = painted if painted_too else pipe
    before = one.scheduler
    one.scheduler = DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
    )
    try:
        picture = draw(one, tiny.moving(2), num_inference_steps=8, guidance_scale=2.5)
    finally:
        one.scheduler = before
    assert np.isfinite(picture).all()
    assert picture.std() > 1e-3


def test_a_bfloat16_unet_draws_with_float32_latents_and_object_tokens(tmp_path: Path) -> None:
    pipe = tiny.pipeline(tmp_path)
    reference = draw(pipe, tiny.moving(2), output_type="latent")
    pipe.unet.to(torch.bfloat16)
    latents = draw(pipe, tiny.moving(2), output_type="latent")
    assert latents.dtype == torch.float32
    assert (latents - reference).abs().mean() < 0.02 * reference.abs().mean()
    assert pipe.unet.position_net.linears[0].weight.dtype == torch.bfloat16


def test_given_latents_are_the_base_or_every_frames_own_noise(pipe: FlowZeroPipeline) -> None:
    frames = [tiny.frame(index=i) for i in range(3)]
    base = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(7))
    assert np.abs(draw(pipe, frames, latents=base) - draw(pipe, frames)).max() == 0.0
    own = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(7))
    assert np.abs(np.diff(draw(pipe, frames, latents=own), axis=0)).max() > 1e-3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"height": 30}, "height is 30: choose a positive multiple of 4"),
        ({"width": 0}, "width is 0"),
        ({"width": 4_000_000}, "at most 4096"),
        ({"num_inference_steps": 0}, "num_inference_steps is 0: choose 1..1000"),
        ({"grounding_fraction": 1.5}, "grounding_fraction is 1.5: choose 0..1"),
        ({"guidance_interval": (0.0, 2.0)}, "guidance_interval is 2: choose 0..1"),
        ({"guidance_scale": float("nan")}, "guidance_scale is nan"),
        ({"chunk_size": 0}, "chunk_size is 0"),
        ({"noise_mode": "sideways"}, "noise_mode is 'sideways': choose one of canvas"),
        ({"attention_mode": "last"}, "attention_mode is 'last'"),
        ({"latents": torch.zeros(2, 4, 8, 8)}, "latents are (2, 4, 8, 8)"),
    ],
)
def test_an_option_out_of_range_is_named_with_its_range(pipe: FlowZeroPipeline, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        draw(pipe, tiny.moving(3), **options)


def test_no_frames_is_refused(pipe: FlowZeroPipeline) -> None:
    with pytest.raises(SettingsError, match="no frames"):
        draw(pipe, [])


def test_a_unet_without_gated_attention_is_refused(pipe: FlowZeroPipeline) -> None:
    components = pipe.components | {"unet": tiny.unet(attention_type="default")}
    with pytest.raises(BackboneError, match="no gated self-attention"):
        FlowZeroPipeline(**components)


def test_a_unet_with_channels_that_nobody_paints_is_refused(pipe: FlowZeroPipeline) -> None:
    components = pipe.components | {"unet": tiny.unet(in_channels=9)}
    with pytest.raises(BackboneError, match="takes 9 channels"):
        FlowZeroPipeline(**components)


def test_a_place_is_painted_behind_every_frame_as_the_camera_moves_over_it(tmp_path: Path) -> None:
    pipe = tiny.embedded(tmp_path)
    frames = [
        tiny.frame(index, shift=shift).model_copy(update={"setting": place})
        for index, (place, shift) in enumerate(
            [("meadow", (0, 0)), ("meadow", (-0.25, 0)), ("city at night", (0, 0)), ("", (0, 0))]
        )
    ]

    def painted(start: float = 0.0) -> torch.Tensor:
        kept: dict[int, Conditioning] = {}
        pipe.condition(frames, [slice(0, 4)], kept, height=64, width=64, negative_prompt="", start=start)
        maps = kept[0].painted
        assert maps is not None and len(kept[0].layout_of) == 4
        return maps[kept[0].layout_of]

    still, moved, night, nowhere = painted()
    assert all(not torch.equal(still, other) for other in (moved, night, nowhere))
    elsewhere = painted(start=0.25)
    assert torch.equal(elsewhere[3], nowhere) and torch.allclose(elsewhere[0], moved, atol=1e-5)


def test_another_seed_begins_elsewhere_in_its_place_and_the_same_one_there_again(tmp_path: Path) -> None:
    pipe = tiny.embedded(tmp_path)
    frames, noise = [tiny.frame().model_copy(update={"setting": "meadow"})], torch.zeros(1, 4, 8, 8)
    call = {"num_inference_steps": 2, "latents": noise, "output_type": "latent"}
    one, again, other = (pipe(frames, seed=seed, **call).frames for seed in (1, 1, 2))
    assert torch.equal(one, again) and not torch.equal(one, other)
