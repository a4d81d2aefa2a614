"""Tracks of a plan as files for other models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Scene, Span
from flowzero.errors import OutputError, SettingsError
from flowzero.renderer.tracks import export_tracks, object_masks

PLAN = DSS(
    prompt="a ball passes a tree",
    seconds=1.0,
    fps=5.0,
    scenes=(Scene(start=0, description="a ball and a tree"),),
    objects=(
        Object(
            id="ball",
            phrase="a red ball",
            path=(Keyframe(t=0, box=Box(x=0, y=0.5, w=0.25, h=0.25)), Keyframe(t=1, box=Box(x=1.0, y=0.5, w=0.25, h=0.25))),
        ),
        Object(
            id="tree",
            phrase="a tree",
            depth=1,
            path=(Keyframe(t=0, box=Box(x=0.5, y=0.25, w=0.25, h=0.75)),),
            visible=(Span(start=0, end=0.8),),
        ),
    ),
    background=(BackgroundMotion(direction="left", speed=0.5),),
)


def test_tracks_hold_boxes_in_pixels_points_and_the_backgrounds_motion(tmp_path: Path) -> None:
    folder = export_tracks(PLAN, tmp_path / "out", width=80, height=40)
    said = json.loads((folder / "tracks.json").read_text())
    assert said["fps"] == 5.0
    assert said["objects"][0]["boxes"][0] == [0.0, 20.0, 20.0, 30.0]
    assert said["objects"][1]["boxes"][4] is None
    assert said["background"][4]["dx"] == pytest.approx(-0.5 * 0.8 * 80)
    with np.load(folder / "tracks.npz", allow_pickle=False) as arrays:
        assert arrays["boxes"].shape == (5, 2, 4)
        assert arrays["visible"].tolist() == [[True, True]] * 4 + [[True, False]]
        assert arrays["points"].shape == (2 * 9 + 25, 5, 2)
        assert arrays["points"][4, 0].tolist() == [10.0, 25.0]  # the middle of the ball
        assert not arrays["point_visible"][4, 4]  # it has left the frame
        moved = arrays["points"][arrays["point_of"] == -1]
        np.testing.assert_allclose(moved[:, 1] - moved[:, 0], np.tile([-8.0, 0.0], (25, 1)), atol=1e-4)


def test_masks_show_what_is_seen_of_each_object(tmp_path: Path) -> None:
    folder = export_tracks(PLAN, tmp_path / "out", width=80, height=40)
    ball, tree = (np.asarray(Image.open(folder / "masks" / name / "00002.png")) for name in ("ball", "tree"))
    assert ball.shape == (40, 80)
    assert not (ball & tree).any()
    assert tree[10:40, 40:60].all()  # nearer than the ball, which passes behind it
    assert not np.asarray(Image.open(folder / "masks" / "tree" / "00004.png")).any()
    assert len(list((folder / "masks" / "ball").iterdir())) == 5


def test_boxes_beyond_the_frame_leave_masks_within_it() -> None:
    frames = PLAN.frames(5)
    masks = object_masks(frames[4], 80, 40)
    assert masks["ball"].shape == (40, 80)
    assert not masks["ball"].any()


def test_a_first_frame_is_kept_beside_them(tmp_path: Path) -> None:
    picture = np.full((40, 80, 3), 7, dtype=np.uint8)
    folder = export_tracks(PLAN, tmp_path / "out", width=80, height=40, first_frame=picture)
    assert np.array_equal(np.asarray(Image.open(folder / "first_frame.png")), picture)


def test_a_plan_without_objects_has_background_points_alone(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"objects": ()})
    folder = export_tracks(plan, tmp_path / "out", width=80, height=40, frames=3)
    with np.load(folder / "tracks.npz") as arrays:
        assert arrays["points"].shape == (25, 3, 2)
        assert arrays["boxes"].shape == (3, 0, 4)


def test_a_folder_that_exists_is_replaced_only_when_allowed(tmp_path: Path) -> None:
    folder = export_tracks(PLAN, tmp_path / "out", width=80, height=40)
    with pytest.raises(OutputError, match="exists"):
        export_tracks(PLAN, folder, width=80, height=40)
    export_tracks(PLAN, folder, width=16, height=16, overwrite=True)
    assert json.loads((folder / "tracks.json").read_text())["width"] == 16
    assert list(tmp_path.iterdir()) == [folder]
    (folder / "thesis.txt").write_text("precious")
    with pytest.raises(OutputError, match="other things in it"):
        export_tracks(PLAN, folder, width=16, height=16, overwrite=True)
    assert (folder / "thesis.txt").exists()


def test_a_side_out_of_range_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="width is 0"):
        export_tracks(PLAN, tmp_path / "out", width=0, height=40)
    assert not (tmp_path / "out").exists()
