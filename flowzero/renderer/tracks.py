"""Tracks and masks of a plan, in the forms that box-, mask- and point-conditioned image-to-video models take.

    tracks.json          boxes in pixels, phrases, the background's accumulated motion; null where an object is not there
    tracks.npz           boxes [F, K, 4], visible [F, K], points [P, F, 2], point_visible [P, F], point_of [P]
    masks/ID/00000.png   white where that object is seen, nearer objects before farther ones
    first_frame.png      if one is given

Points lie on a 3 by 3 grid in each object's box and on a 5 by 5 grid over the background, whose `point_of` is -1.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from flowzero.dss import DSS, Box, Frame, FrameBackground
from flowzero.errors import OutputError, SettingsError
from flowzero.files import atomic, check_folder, reason

_GRID, _BACKGROUND_GRID = 3, 5
_MAX_SIDE = 8192
_FILES = {"tracks.json", "tracks.npz", "masks", "first_frame.png"}


def export_tracks(  # noqa: PLR0913
    dss: DSS,
    folder: Path,
    *,
    width: int,
    height: int,
    frames: int | None = None,
    first_frame: NDArray[np.uint8] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a plan's tracks into a folder, whole or not at all.

    Args:
        dss: the plan.
        folder: to be made.
        width: of the video in pixels.
        height: of the video in pixels.
        frames: how many; the plan's count when not given.
        first_frame: [H, W, 3], such as the first frame of a rendering.
        overwrite: replace a folder of such files that exists.

    Raises:
        SettingsError: if a side is not in 1..8192.
        PlanError: if the plan cannot be compiled to so many frames.
        OutputError, ResourceError: if the folder exists or cannot be written.
    """
    for name, side in (("width", width), ("height", height)):
        if not 1 <= side <= _MAX_SIDE:
            raise SettingsError(f"{name} is {side}: choose 1..{_MAX_SIDE}.")
    check_tracks(folder, overwrite)
    compiled = dss.frames(frames)
    ids = [item.id for item in dss.objects]
    with atomic(folder, overwrite) as part:
        part.mkdir()
        (part / "tracks.json").write_text(json.dumps(_as_json(dss, compiled, width, height), indent=1), encoding="utf-8")
        np.savez_compressed(part / "tracks.npz", allow_pickle=False, **_as_arrays(compiled, ids, width, height))
        for name in ids:
            (part / "masks" / name).mkdir(parents=True)
        for frame in compiled:
            for name, mask in object_masks(frame, width, height).items():
                Image.fromarray(mask).save(part / "masks" / name / f"{frame.index:05d}.png")
            for name in set(ids) - {item.id for item in frame.objects}:
                Image.new("L", (width, height)).save(part / "masks" / name / f"{frame.index:05d}.png")
        if first_frame is not None:
            Image.fromarray(first_frame).save(part / "first_frame.png")
    return folder


def check_tracks(folder: Path, overwrite: bool = False) -> None:
    """Make sure, before any work, that tracks may be written there.

    Raises:
        OutputError: if it exists and may not be replaced, holds other things, or cannot be written.
    """
    try:
        if folder.exists() and not (overwrite and folder.is_dir()):
            raise OutputError(f"{str(folder)!r} exists: choose another name, or allow it to be replaced (--force).")
        if folder.exists() and not {entry.name for entry in folder.iterdir()} <= _FILES:
            raise OutputError(f"{str(folder)!r} is a folder with other things in it: choose another name.")
        check_folder(folder.parent)
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {str(folder)!r}: {reason(error)}; choose another name.") from None


def object_masks(frame: Frame, width: int, height: int) -> dict[str, NDArray[np.uint8]]:
    """By id, [H, W] with 255 where the object's box is seen: within the frame and not behind a nearer box."""
    owner = np.full((height, width), -1)
    for index, item in sorted(enumerate(frame.objects), key=lambda pair: pair[1].depth):
        x0, y0, x1, y1 = (round(v) for v in _corners(item.box, width, height))
        owner[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = index
    return {item.id: np.where(owner == index, 255, 0).astype(np.uint8) for index, item in enumerate(frame.objects)}


def _corners(box: Box, width: int, height: int) -> tuple[float, float, float, float]:
    return box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height


def _as_json(dss: DSS, frames: Sequence[Frame], width: int, height: int) -> dict[str, Any]:
    objects = []
    for thing in dss.objects:
        seen = [next((item for item in frame.objects if item.id == thing.id), None) for frame in frames]
        objects.append(
            {
                "id": thing.id,
                "depth": thing.depth,
                "phrases": [item.phrase if item else None for item in seen],
                "boxes": [[round(v, 3) for v in _corners(item.box, width, height)] if item else None for item in seen],
            }
        )
    return {
        "prompt": dss.prompt,
        "width": width,
        "height": height,
        "fps": len(frames) / dss.seconds,
        "descriptions": [frame.description for frame in frames],
        "objects": objects,
        "background": [
            {
                "dx": frame.background.dx * width,
                "dy": frame.background.dy * width,
                "scale": frame.background.scale,
                "clockwise_degrees": frame.background.angle,
            }
            for frame in frames
        ],
    }


def _as_arrays(frames: Sequence[Frame], ids: Sequence[str], width: int, height: int) -> dict[str, NDArray[Any]]:
    boxes = np.full((len(frames), len(ids), 4), np.nan, dtype=np.float32)
    for f, frame in enumerate(frames):
        for item in frame.objects:
            boxes[f, ids.index(item.id)] = _corners(item.box, width, height)
    visible = ~np.isnan(boxes[..., 0])
    steps = (np.arange(_GRID) + 0.5) / _GRID
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps))
    x0, y0, x1, y1 = (boxes[..., i, None] for i in range(4))
    inner = np.stack([x0 + (x1 - x0) * u, y0 + (y1 - y0) * v], axis=-1)  # frame object point xy
    own = inner.transpose(1, 2, 0, 3).reshape(-1, len(frames), 2)
    outer = np.stack([_background_points(frame.background, width, height) for frame in frames], axis=1)
    points = np.concatenate([own, outer]).astype(np.float32)
    x, y = points[..., 0], points[..., 1]
    return {
        "ids": np.array(ids, dtype=np.str_),
        "boxes": boxes,
        "visible": visible,
        "points": points,
        "point_visible": (x >= 0) & (x < width) & (y >= 0) & (y < height),
        "point_of": np.repeat([*range(len(ids)), -1], [_GRID**2] * len(ids) + [_BACKGROUND_GRID**2]),
    }


def _background_points(motion: FrameBackground, width: int, height: int) -> NDArray[np.float64]:
    """Where a grid over the first frame has come to: x' = c + s·R(angle)·(x - c) + d; [points, 2]."""
    steps = (np.arange(_BACKGROUND_GRID) + 0.5) / _BACKGROUND_GRID - 0.5
    x, y = (grid.ravel() for grid in np.meshgrid(steps * width, steps * height))
    c, s = (motion.scale * f(math.radians(motion.angle)) for f in (math.cos, math.sin))
    return np.stack([width * (0.5 + motion.dx) + c * x - s * y, height * 0.5 + width * motion.dy + s * x + c * y], axis=-1)
