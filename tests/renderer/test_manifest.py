"""A video and the manifest that reproduces it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import flowzero
from flowzero.errors import InputError, OutputError
from flowzero.renderer.backbones import unet_dtype
from flowzero.renderer.manifest import METADATA_KEY, Manifest, beside, differences, read_manifest
from flowzero.renderer.produce import Outputs, Video
from flowzero.renderer.video import read_frames, read_metadata
from tests.renderer import tiny
from tests.renderer.test_render import PLAN


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint")
    tiny.pipeline(tmp_path_factory.mktemp("tokenizer")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def first(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Video:
    """A video with every option that is not its default."""
    options: dict[str, Any] = {"noise_mode": "wrap", "attention_mode": "first_prev", "negative_prompt": "fog", "chunk_size": 2}
    folder = tmp_path_factory.mktemp("first")
    options["frames_dir"] = folder / "frames"
    return flowzero.render(
        PLAN,
        folder / "ball.mp4",
        backbone=str(checkpoint),
        seed=7,
        steps=2,
        frames=3,
        guidance_scale=3,
        device="cpu",
        **options,
    )


def test_a_manifest_says_what_was_drawn_with_what(first: Video, checkpoint: Path) -> None:
    assert first.manifest == beside(first.path)
    said = read_manifest(first.manifest)
    assert said.plan == first.plan
    assert (said.options.seed, said.options.steps, said.options.frames, said.options.chunk_size) == (7, 2, 3, 2)
    assert (said.options.noise_mode, said.options.attention_mode) == ("wrap", "first_prev")
    assert said.backbone == str(checkpoint)
    precision = str(unet_dtype("cpu")).removeprefix("torch.")
    assert (said.video, said.place, said.threads) == ("ball.mp4", f"cpu {precision}", torch.get_num_threads())
    assert {"flowzero", "torch", "diffusers", "av", "python"} <= said.versions.keys()
    assert said.seconds is not None
    assert {"load", "denoise", "decode"} <= said.seconds.keys()


@pytest.mark.parametrize("source", ["manifest", "video"])
def test_the_same_machine_renders_a_manifest_into_the_same_bytes(
    first: Video, checkpoint: Path, tmp_path: Path, source: str
) -> None:
    path = first.manifest if source == "manifest" else first.path
    assert path is not None
    again = flowzero.reproduce(path, tmp_path / "again.mp4", backbone=str(checkpoint))
    assert again.path.read_bytes() == first.path.read_bytes()
    said = ("This video is the first one, byte for byte.",) if source == "manifest" else ()
    assert again.notes == said


def test_the_number_of_threads_is_that_of_then_and_comes_back(first: Video, tmp_path: Path) -> None:
    assert first.manifest is not None
    then = read_manifest(first.manifest)
    then = then.model_copy(update={"threads": 2, "options": then.options.model_copy(update={"steps": 1, "frames": 1})})
    before = torch.get_num_threads()
    again = flowzero.reproduce(then, tmp_path / "again.mp4")
    assert again.manifest is not None
    assert read_manifest(again.manifest).threads == 2
    assert torch.get_num_threads() == before


def test_another_kind_of_file_shows_the_same_frames(first: Video, tmp_path: Path) -> None:
    assert first.manifest is not None
    again = flowzero.reproduce(first.manifest, tmp_path / "again", frames_dir=tmp_path / "too")
    assert again.notes == ()
    assert np.array_equal(read_frames(again.path), read_frames(first.path.parent / "frames"))
    assert np.array_equal(read_frames(again.path), read_frames(tmp_path / "too"))


def test_a_video_carries_its_recipe_and_nothing_of_the_day_or_the_disk(first: Video, checkpoint: Path) -> None:
    said = read_metadata(first.path)
    recipe = json.loads(said[METADATA_KEY])
    assert recipe["backbone"] == checkpoint.name
    assert not {"seconds", "machine", "sha256", "video", "threads", "place"} & recipe.keys()
    assert str(checkpoint) not in json.dumps(said)
    assert said["comment"].endswith("seed 7")


def test_what_differs_is_said_in_one_sentence(first: Video, checkpoint: Path, tmp_path: Path) -> None:
    assert first.manifest is not None
    then = read_manifest(first.manifest)
    older = then.model_copy(update={"versions": then.versions | {"torch": "1.0"}, "weights": "0" * 16, "sha256": "0" * 64})
    said = differences(older, then)
    assert said is not None
    assert said.startswith(
        f"This video may differ from the first: torch was 1.0 and is {then.versions['torch']}; the weights or"
    )
    assert flowzero.reproduce(older, tmp_path / "again.mp4").notes == (said,)
    assert differences(then, then) is None


def change(text: str, **changes: Any) -> str:
    return json.dumps(json.loads(text) | changes)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: "", "is no manifest and no video"),
        (lambda text: text[:100], "is no manifest"),
        (lambda text: change(text, options={"seed": -1}), "is no manifest: options"),
        (lambda text: change(text, manifest=2), "is no manifest"),
        (lambda text: change(text, threads=0), "is no manifest: threads"),
        (lambda text: change(text, plan_sha256="0" * 64), "was changed by hand"),
    ],
)
def test_what_is_no_manifest_is_refused_in_one_sentence(first: Video, tmp_path: Path, damage: Any, said: str) -> None:
    assert first.manifest is not None
    path = tmp_path / "x.json"
    path.write_text(damage(first.manifest.read_text()))
    with pytest.raises(InputError, match=said) as caught:
        read_manifest(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="cannot read"):
        read_manifest(tmp_path / "nowhere.json")


def test_a_plan_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(PLAN.model_dump_json())
    with pytest.raises(InputError, match="is no manifest"):
        read_manifest(tmp_path / "plan.json")


def test_everything_asked_for_beside_the_video_is_written(checkpoint: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"backbone": str(checkpoint), "steps": 1, "frames": 2, "manifest": False}
    places = {"sheet": tmp_path / "s.png", "frames_dir": tmp_path / "f", "tracks": tmp_path / "t"}
    video = flowzero.render(PLAN, tmp_path / "a.webm", **options, **places)
    assert video.manifest is None
    assert {path.name for path in tmp_path.iterdir()} == {"a.webm", "s.png", "f", "t"}
    assert len(read_frames(tmp_path / "f")) == 2
    assert (tmp_path / "t" / "first_frame.png").exists()
    assert len(list((tmp_path / "t" / "masks" / "ball").iterdir())) == 2


@pytest.mark.parametrize(
    "places",
    [
        {"sheet": "a.webp"},
        {"frames": "out"},
        {"tracks": "t", "frames": "t"},
        {"sheet": "t/s.png", "tracks": "t"},
    ],
)
def test_outputs_that_would_stand_in_each_others_place_are_refused(tmp_path: Path, places: dict[str, str]) -> None:
    named = {name: tmp_path / place for name, place in places.items()}
    video = tmp_path / ("out/a.mp4" if "frames" in places and len(places) == 1 else "a.webp")
    with pytest.raises(OutputError, match="two outputs"):
        Outputs(video, **named).check()
    assert list(tmp_path.iterdir()) == []


def test_no_output_is_begun_where_another_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.manifest.json").write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        Outputs(tmp_path / "a.mp4").check()
    Outputs(tmp_path / "a.mp4", manifest=False).check()
    Outputs(tmp_path / "a.mp4", overwrite=True).check()
    assert isinstance(Manifest.model_json_schema(), dict)
