"""Takes the method's parts away one at a time and measures what each does for coherence, video by video.

python -m benchmarks.ablation

Every configuration draws the same plans from the same seeds, so each difference is one between two videos that differ in one
part only. Likeness is the correlation of a thing's pixels in successive frames, cut out along its box to a fraction of a
pixel. It is blind to a thing that gets brighter, so the thing's change is measured too: the mean difference of the same pixels,
in levels of 255. The background's change is the mean difference of successive frames outside all boxes, in levels, after the
camera's planned motion, which is a whole number of pixels a frame, was undone.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import avg_pool2d, grid_sample

from benchmarks.noise import cover, drawn, likeness, moving_plan, outside_boxes
from benchmarks.report import table, write_report
from flowzero.dss import Box

FULL = ("layered", "first")
WITHOUT = {
    "cross-frame attention": ("layered", "none"),
    "noise shifting": ("still", "first"),
    "layered noise": ("canvas", "first"),
    "cross-frame attention and noise shifting": ("still", "none"),
    "shared noise: new for each frame": ("new for each frame", "first"),
}
"""Noise and attention modes of the whole method without a part."""
PLANS = (
    ("left", 0.125, "a red car", "a city street"),
    ("none", 0.0, "a dog", "a beach"),
    ("right", 0.1875, "a green dragon", "a forest"),
    ("none", 0.0, "a fire engine", "the mountains"),
    ("up", 0.0625, "a purple balloon", "the sky"),
    ("none", 0.0, "a white rabbit", "a meadow"),
)
"""Camera motion, thing and setting; speeds that move a frame of 256 pixels by whole pixels, but latents by parts of one."""

Frames = NDArray[np.uint8]


MEASURES = ("likeness of the thing", "change of the thing", "change of the background")
"""More is better of the first, and less of the others."""


def measure(pipe: Any, plan: tuple[str, float, str, str], modes: tuple[str, str], seed: int) -> tuple[float, float, float]:
    """The means of the measures over a video's successive frames."""
    direction, speed, phrase, setting = plan
    frames, pictures = drawn(pipe, moving_plan(direction, speed, phrase, setting), modes, seed)
    covered = cover(pipe, frames[0].objects[0].phrase)
    crops = [cut(picture, frame.objects[0].box) for picture, frame in zip(pictures, frames, strict=True)]
    alike = [likeness(a, b, covered) for a, b in itertools.pairwise(crops)]
    moved = [float(np.abs(a - b)[:, covered].mean()) for a, b in itertools.pairwise(crops)]
    width = pictures.shape[2]
    changes = []
    for k in range(1, len(frames)):
        then, now = frames[k - 1].background, frames[k].background
        dx, dy = round((now.dx - then.dx) * width), round((now.dy - then.dy) * width)
        empty = [outside_boxes(pictures.shape[1:3], [frame]) for frame in frames[k - 1 : k + 1]]
        (before, clear_then), (after, clear_now) = (
            [overlap(x, sign * dx, sign * dy) for x in pair]
            for pair, sign in (((pictures[k - 1], empty[0]), -1), ((pictures[k], empty[1]), 1))
        )
        changes.append(float(np.abs(after.astype(float) - before)[clear_then & clear_now].mean()))
    return float(np.mean(alike)), float(np.mean(moved)), float(np.mean(changes))


def overlap(picture: NDArray[Any], dx: int, dy: int) -> NDArray[Any]:
    """What of a picture [H, W, ...] is still there after it moves by (-dx, -dy) over its frame."""
    height, width = picture.shape[:2]
    return picture[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)]


def cut(picture: Frames, box: Box, side: int = 48) -> NDArray[np.float64]:
    """The crop [3, side, side] along a box, to a fraction of a pixel."""
    fine = 3 * side
    along = (torch.arange(fine) + 0.5) / fine
    x, y = (2 * (low + along * length) - 1 for low, length in ((box.x, box.w), (box.y, box.h)))
    grid = torch.stack([x.expand(fine, fine), y[:, None].expand(fine, fine)], -1)[None].double()
    whole = torch.from_numpy(picture).permute(2, 0, 1)[None].double()
    crop: NDArray[np.float64] = avg_pool2d(grid_sample(whole, grid, align_corners=False), 3)[0].numpy()
    return crop


def compared(full: Sequence[float] | NDArray[Any], other: Sequence[float] | NDArray[Any]) -> tuple[str, int]:
    """The mean of full - other over videos with its 95 % interval by bootstrap, and in how many full is larger."""
    differences = np.subtract(full, other)
    draws = np.random.default_rng(0).choice(differences, (10_000, len(differences))).mean(1)
    low, high = np.percentile(draws, (2.5, 97.5))
    return f"{differences.mean():+.4f} ({low:+.4f} to {high:+.4f})", int((differences > 0).sum())


def rows(pipe: Any, seeds: int) -> list[dict[str, Any]]:
    """The whole method, then without each part: means, and paired differences."""
    names = {"the whole method": FULL} | {f"without {part}": modes for part, modes in WITHOUT.items()}
    seen: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    for seed, plan in itertools.product(range(seeds), PLANS):
        for name, modes in names.items():
            found = measure(pipe, plan, modes, seed)
            seen[name].append(found)
            said = ", ".join(f"{what} {value:.5f}" for what, value in zip(MEASURES, found, strict=True))
            print(f"seed {seed}, {plan[2]}, {name}: {said}", flush=True)
    whole = np.array(seen["the whole method"])
    return [_row(name, np.array(found), whole) for name, found in seen.items()]


def _row(name: str, mine: NDArray[np.float64], whole: NDArray[np.float64]) -> dict[str, Any]:
    """One line of the table: means over videos [V, measures], and by how much and how often the whole method is better."""
    row: dict[str, Any] = {"drawn": name}
    for k, what in enumerate(MEASURES):
        row[what] = round(float(mine[:, k].mean()), 4 if k == 0 else 3)
        sign = 1 if k == 0 else -1
        difference, wins = compared(sign * whole[:, k], sign * mine[:, k])
        part = name.startswith("without")
        row[f"the part betters {what}"] = f"by {difference}, in {wins} of {len(mine)}" if part else ""
    return row


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--backbone", default="embedded", help="or a folder")
    arguments = parser.parse_args()
    from flowzero.renderer.backbones import load_backbone

    found = rows(load_backbone(arguments.backbone, "cpu"), arguments.seeds)
    print(table(found))
    write_report(
        "ablation",
        "The method without each of its parts, as the embedded model draws it",
        " ".join(["python -m benchmarks.ablation", *sys.argv[1:]]),
        found,
        f"{len(PLANS)} plans of 16 frames, {arguments.seeds} seeds; differences by video, with 95 % bootstrap intervals.",
    )


if __name__ == "__main__":
    main()
