"""FLUX.3 as a backbone: the captions it is given, and tiny random components through diffusers' own modular pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux3Transformer2DModel
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from flowzero.errors import BackboneError, RenderCancelledError, RenderError, SettingsError
from flowzero.renderer.backbones import FLUX3_KLEIN, load_backbone
from flowzero.renderer.flux import FluxModel, caption
from flowzero.renderer.render import Rendering, render
from tests.renderer import tiny
from tests.renderer.test_render import PLAN, KilledError, stop_after

HIDDEN = 8


def save(folder: Path, *, distilled: bool = True) -> Path:
    """A FLUX.3 checkpoint of a few thousand random weights; its text encoder has as many layers as the pipeline reads."""
    torch.manual_seed(0)
    Flux3Transformer2DModel(
        in_channels=16,
        cond_in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=8 * HIDDEN,
        timestep_channels=16,
        axes_dims_rope=(4, 4, 4, 4),
        flow_map=distilled,
    ).save_pretrained(folder / "transformer")
    AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 4, 4),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        sample_size=64,
    ).save_pretrained(folder / "vae")
    words = tiny.tokenizer(folder.parent / "letters")
    words.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    words.save_pretrained(folder / "tokenizer")
    text = {
        "hidden_size": HIDDEN,
        "intermediate_size": 8,
        "num_hidden_layers": 33,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 4,
        "vocab_size": len(words),
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [1, 1, 0]},
    }
    vision = {"depth": 1, "hidden_size": 8, "intermediate_size": 8, "num_heads": 1, "out_hidden_size": HIDDEN}
    config = Qwen3VLConfig(text_config=text, vision_config=vision | {"deepstack_visual_indexes": [0]})
    Qwen3VLForConditionalGeneration(config).save_pretrained(folder / "text_encoder")
    FlowMatchEulerDiscreteScheduler(shift=6.93).save_pretrained(folder / "scheduler")
    return folder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("flux") / "model")


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> FluxModel:
    loaded = load_backbone(str(checkpoint), "cpu")
    assert isinstance(loaded, FluxModel)
    return loaded


def draw(model: FluxModel, **options: Any) -> Rendering:
    settings = {"backbone": model, "seed": 3, "steps": 2, "width": 96, "height": 64, "frames": 3}
    return render(PLAN, **(settings | options))


def table(text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(text[text.index(" [") :])
    return rows


BALL, TREE = {"a red ball": (0.1, 0.2, 0.3, 0.4)}, {"a tree": (0.6, 0.1, 0.6, 0.8)}


def test_the_first_caption_cites_each_thing_and_tells_its_box_from_top_to_right() -> None:
    text = caption(tiny.frame(description="a meadow.", objects=BALL | TREE))
    assert text.startswith("a meadow. It shows a red ball <a_red_ball_1>, a tree <a_tree_1>. [")
    assert table(text)[0] == {"id": "a_red_ball_1", "bbox": [200, 100, 600, 400], "desc": "a red ball"}
    assert table(text)[1]["bbox"] == [100, 600, 900, 1000]


def test_a_later_caption_says_what_moves_stays_comes_and_goes() -> None:
    first = tiny.frame(objects=BALL | TREE | {"a dog": (0, 0, 0.1, 0.1)})
    moved = {"a red ball": (0.5, 0.2, 0.3, 0.4)} | TREE | {"a bird": (0.4, 0.4, 0.2, 0.2), "a cat": (1.5, 0, 0.2, 0.2)}
    text = caption(tiny.frame(index=4, objects=moved, shift=(-0.12, 0.03), scale=1.1), first)
    for said in (
        "Move a red ball <a_red_ball_1> to its new place.",
        "Keep a tree <a_tree_1> where it is.",
        "Remove a dog <a_dog_1>.",
        "Add a bird <a_bird_1>.",
        "the background moves 12% of the picture's width to the left and 3% of the picture's width down.",
        "Zoom in so that the background is 110% of its size.",
        "<ref_image_0>",
    ):
        assert said in text
    assert "cat" not in text
    rows = {row["id"]: row for row in table(text)}
    assert rows["a_red_ball_1"]["src_bbox"] == [200, 100, 600, 400]
    assert rows["a_red_ball_1"]["tgt_bbox"] == [200, 500, 600, 800]
    assert (rows["a_dog_1"]["from"], rows["a_dog_1"]["tgt_bbox"]) == ("ref_image_0", None)
    assert (rows["a_bird_1"]["from"], rows["a_bird_1"]["src_bbox"]) == ("target", None)


def test_diffusers_reads_the_table_of_our_captions() -> None:
    from diffusers.modular_pipelines.flux3.prompt_upsampler import split_caption, valid_added_row, valid_canvas_box

    first = tiny.frame(objects=BALL | TREE)
    text, rows = split_caption(caption(first))
    assert rows is not None
    assert all(valid_canvas_box(row["bbox"]) and f"<{row['id']}>" in text for row in rows)
    text, rows = split_caption(caption(tiny.frame(objects=BALL | {"a bird": (0, 0, 0.5, 0.5)}), first))
    assert rows is not None
    assert len(rows) == 3
    assert all(valid_added_row(row, text) == row for row in rows)


def test_a_frame_without_things_is_its_description() -> None:
    assert caption(tiny.frame(objects={}, description="an empty sea")) == "an empty sea."


def test_a_plan_becomes_frames_of_which_the_later_ones_see_the_first(model: FluxModel) -> None:
    seen: list[tuple[int, int]] = []
    drawn = draw(model, on_step=lambda done, total: seen.append((done, total)))
    assert drawn.frames.shape == (3, 64, 96, 3)
    assert seen == [(k, 6) for k in range(1, 7)]
    assert drawn.backbone == str(model.backbone.source if model.backbone else "")
    shown: list[Any] = []
    handle = model.pipeline.transformer.register_forward_pre_hook(
        lambda _module, _args, call: shown.append(call.get("image_cond_hidden_states")), with_kwargs=True
    )
    try:
        draw(model)
    finally:
        handle.remove()
    assert [reference is None for reference in shown] == [True, True, False, False, False, False]


def test_the_same_seed_gives_the_same_frames_and_boxes_matter(model: FluxModel) -> None:
    drawn = draw(model, frames=2)
    assert np.array_equal(drawn.frames, draw(model, frames=2).frames)
    assert not np.array_equal(drawn.frames, draw(model, frames=2, seed=4).frames)
    other = PLAN.model_copy(update={"objects": ()})
    assert not np.array_equal(drawn.frames, render(other, backbone=model, **drawn.options).frames)


def test_the_noise_moves_with_the_background(model: FluxModel) -> None:
    frames = [tiny.frame(), tiny.frame(index=1, shift=(-0.25, 0.0))]
    noise = torch.stack(list(model._noise(frames, 64, 128, {"seed": 1, "noise_mode": "wrap"})))
    assert noise.shape == (2, 16, 4, 8)
    torch.testing.assert_close(noise[1], noise[0].roll(-2, dims=-1), atol=1e-5, rtol=0)
    base = torch.randn(4, 8, 16, generator=torch.Generator().manual_seed(1))
    from diffusers.modular_pipelines.flux3.encoders import Flux3VaeEncoderStep

    assert torch.equal(noise[0], Flux3VaeEncoderStep._patchify_latents(base[None])[0])


def test_a_whole_model_takes_guidance_and_its_own_defaults(tmp_path: Path) -> None:
    whole = load_backbone(str(save(tmp_path / "model", distilled=False)), "cpu")
    entry = whole.backbone
    assert entry is not None
    assert (entry.steps, entry.guidance_scale, entry.size) == (50, 4.0, (1024, 1024))
    pictures = [draw(whole, frames=1, guidance_scale=scale).frames for scale in (1.0, 4.0)]
    assert not np.array_equal(*pictures)


def test_a_distilled_model_has_the_defaults_of_the_registrys(model: FluxModel) -> None:
    assert model.backbone is not None
    assert (model.backbone.steps, model.backbone.guidance_scale) == (FLUX3_KLEIN.steps, FLUX3_KLEIN.guidance_scale)


def test_a_killed_render_goes_on_with_the_frame_it_was_at(model: FluxModel, tmp_path: Path) -> None:
    whole = draw(model)
    kept, seen = tmp_path / "kept", []
    with pytest.raises(KilledError):
        draw(model, snapshot=kept, on_step=stop_after(5))
    rest = draw(model, snapshot=kept, on_step=lambda done, _: seen.append(done))
    assert seen == [5, 6]
    assert np.array_equal(rest.frames, whole.frames)
    assert not kept.exists()


def test_a_render_stops_within_a_step(model: FluxModel) -> None:
    asked: list[None] = []

    def should_cancel() -> bool:
        asked.append(None)
        return len(asked) == 3

    with pytest.raises(RenderCancelledError):
        draw(model, should_cancel=should_cancel)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"width": 0}, "width is 0"),
        ({"height": 8192}, "height is 8192"),
        ({"steps": 0}, "steps is 0"),
    ],
)
def test_an_option_out_of_range_is_named(model: FluxModel, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        draw(model, **options)


def test_a_size_smaller_than_it_draws_is_the_middle_of_the_smallest(model: FluxModel) -> None:
    assert model.side(1) == model.side(64) == 64
    assert model.side(65) == 80
    assert draw(model, width=40, height=70).frames.shape[1:3] == (70, 40)


def test_numbers_that_are_not_finite_give_a_render_error(checkpoint: Path) -> None:
    broken: Any = load_backbone(str(checkpoint), "cpu")
    with torch.no_grad():
        next(broken.pipeline.vae.decoder.parameters()).fill_(float("nan"))
    with pytest.raises(RenderError, match="not finite"):
        draw(broken)


def test_an_incomplete_checkpoint_and_options_that_do_not_apply_are_refused(tmp_path: Path) -> None:
    folder = save(tmp_path / "model")
    with pytest.raises(SettingsError, match="neither offloaded nor compiled"):
        load_backbone(str(folder), "cpu", compiled=True)
    next((folder / "vae").glob("*.safetensors")).unlink()
    with pytest.raises(BackboneError, match="vae holds no weights"):
        load_backbone(str(folder), "cpu")
