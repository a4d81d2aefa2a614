"""What each way of moving noise does to its statistics, and whether it moves as planned.

    python -m benchmarks.noise            the noise itself
    python -m benchmarks.noise --model    what the embedded model makes of it: background drift, looks of a moving object

A diffusion model expects unit variance, kurtosis 3 and no correlation between pixels; a motion is true when undoing it exactly
gives the base back.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.deprecated.text_to_video_synthesis.pipeline_text_to_video_zero import (
    create_motion_field_and_warp_latents,
)
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample, interpolate

from benchmarks.report import table, write_report
from flowzero.dss import DSS, VECTORS, BackgroundMotion, Box, Frame, Keyframe, Object, Scene
from flowzero.renderer.grounding import encode_phrases
from flowzero.renderer.noise import NoisePlane, View, fourier_roll, fourier_shift, frame_noise

Shift = Callable[[Tensor, float, float], Tensor]
MARGIN = 8


def naive_phase(noise: Tensor, dx: float, dy: float) -> Tensor:
    """The paper's equation read literally: fft2, phase, ifft2, and the real part of it."""
    fy = torch.fft.fftfreq(noise.shape[-2])[:, None]
    fx = torch.fft.fftfreq(noise.shape[-1])[None, :]
    moved: Tensor = torch.fft.ifft2(torch.fft.fft2(noise) * torch.exp(-2j * math.pi * (fx * dx + fy * dy))).real
    return moved


def rounded(noise: Tensor, dx: float, dy: float) -> Tensor:
    return torch.roll(noise, (round(dy), round(dx)), dims=(-2, -1))


def bilinear(noise: Tensor, dx: float, dy: float) -> Tensor:
    height, width = noise.shape[-2:]
    theta = torch.tensor([[[1, 0, -2 * dx / width], [0, 1, -2 * dy / height]]])
    grid = affine_grid(theta, [1, *noise.shape], align_corners=False)
    return grid_sample(noise[None], grid, padding_mode="reflection", align_corners=False)[0]


def text2video_zero(noise: Tensor, dx: float, dy: float) -> Tensor:
    """Its warp is nearest-neighbour with reflection; its flow is in pixels of 512 and points the other way."""
    height, width = noise.shape[-2:]
    warp: Any = create_motion_field_and_warp_latents
    moved: Tensor = warp(-dx * 512 / width, -dy * 512 / height, [1], noise[None])[0]
    return moved


def canvas(noise: Tensor, dx: float, dy: float) -> Tensor:
    return NoisePlane(noise, "benchmark").look(View(dx=dx, dy=dy)).float()


SHIFTS: dict[str, Shift] = {
    "phase shift, literal": naive_phase,
    "phase shift, Hermitian (mode wrap)": fourier_shift,
    "canvas and phase shift (mode canvas)": canvas,
    "rounded roll": rounded,
    "bilinear": bilinear,
    "Text2Video-Zero warp": text2video_zero,
}


def statistics(noise: Tensor) -> dict[str, float]:
    """Variance, kurtosis, and the largest correlation with a neighbour, right, below or diagonal."""
    noise = noise.double()
    centred = noise - noise.mean()
    variance = centred.square().mean()
    neighbours = [
        (centred[..., :-1] * centred[..., 1:]).mean(),
        (centred[..., :-1, :] * centred[..., 1:, :]).mean(),
        (centred[..., :-1, :-1] * centred[..., 1:, 1:]).mean(),
    ]
    return {
        "variance": float(variance),
        "kurtosis": float((centred**4).mean() / variance**2),
        "neighbour correlation": max((float(c / variance) for c in neighbours), key=abs),
    }


def inner_correlation(a: Tensor, b: Tensor, margin: int = MARGIN) -> float:
    a, b = (x.double()[..., margin:-margin, margin:-margin] for x in (a, b))
    return float((a * b).mean() / (a.square().mean() * b.square().mean()).sqrt())


def phase_correlation(a: NDArray[Any], b: NDArray[Any]) -> tuple[float, float]:
    """The shift (x, y) that carries picture a to b, to a fraction of a pixel: where the whitened cross-spectrum peaks."""
    cross = np.fft.rfft2(b) * np.conj(np.fft.rfft2(a))
    surface = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-12), s=a.shape[-2:])
    surface = surface.reshape(-1, *a.shape[-2:]).sum(0)
    y, x = np.unravel_index(int(surface.argmax()), surface.shape)
    return _vertex(surface[y, :], int(x)), _vertex(surface[:, x], int(y))


def _vertex(line: NDArray[Any], peak: int) -> float:
    """The top of the sinc through a peak and its larger neighbour, as a signed shift."""
    n = len(line)
    left, top, right = line[peak - 1], line[peak], line[(peak + 1) % n]
    side, sign = (right, 1) if right > left else (left, -1)
    part = sign * float(max(side, 0.0) / (max(side, 0.0) + top))
    whole = peak - n if peak > n / 2 else peak
    return whole + part


def shift_rows(size: int, channels: int) -> list[dict[str, Any]]:
    """Each way of shifting, over eight directions and several distances."""
    base = torch.randn(channels, size, size, generator=torch.Generator().manual_seed(0))
    rows = []
    for name, method in SHIFTS.items():
        seen: list[dict[str, float]] = []
        for (ux, uy), distance in itertools.product(VECTORS.values(), (0.5, 1.3, 3.7)):
            dx, dy = ux * distance, uy * distance
            moved = method(base, dx, dy)
            x, y = phase_correlation(base.double().numpy(), moved.double().numpy())
            seen.append(
                statistics(moved)
                | {
                    "true to the shift": inner_correlation(fourier_shift(moved, -dx, -dy), base),
                    "displacement error": math.hypot(x - dx, y - dy),
                }
            )
        rows.append({"motion": name} | _worst(seen))
    return rows


def other_rows(size: int, channels: int) -> list[dict[str, Any]]:
    """Roll, zoom and layers, against bilinear resampling."""
    base = torch.randn(channels, size, size, generator=torch.Generator().manual_seed(0))
    plane = NoisePlane(base, "benchmark")

    def resampled(angle: float, scale: float) -> Tensor:
        c, s = math.cos(math.radians(angle)) / scale, math.sin(math.radians(angle)) / scale
        grid = affine_grid(torch.tensor([[[c, s, 0], [-s, c, 0]]]), [1, *base.shape], align_corners=False)
        return grid_sample(base[None], grid, padding_mode="reflection", align_corners=False)[0]

    def true_roll(noise: Tensor, angle: float) -> float:
        return inner_correlation(fourier_roll(noise.double(), -angle), base, size // 4)

    def true_zoom(noise: Tensor, scale: float) -> float:
        """Against the base at twice the size: both averaged over the pixels of the base."""
        small = interpolate(noise[None].double(), scale_factor=1 / scale, mode="area")[0]
        cut = (size - small.shape[-1]) // 2
        return inner_correlation(small, base[:, cut : cut + small.shape[-2], cut : cut + small.shape[-1]])

    rows: list[dict[str, Any]] = []
    for angle in (10.0, 33.0):
        for name, moved in (
            (f"roll {angle:g}° by three shears", plane.look(View(angle=angle))),
            (f"roll {angle:g}° bilinear", resampled(angle, 1)),
        ):
            rows.append({"motion": name} | statistics(moved) | {"true to the motion": true_roll(moved, angle)})
    for name, moved in (("zoom 2 by area", plane.look(View(sx=2, sy=2))), ("zoom 2 bilinear", resampled(0, 2))):
        rows.append({"motion": name} | statistics(moved) | {"true to the motion": true_zoom(moved, 2)})
    frames = moving_plan("left", 0.2).frames(8)
    layered = frame_noise(base, frames, mode="layered")
    rows.append(
        {"motion": "layered, last of 8 frames"}
        | statistics(layered[-1])
        | {"true to the motion": box_identity(layered, frames)}
    )
    still = frame_noise(base, frames, mode="canvas")
    rows.append(
        {"motion": "canvas, last of 8 frames"} | statistics(still[-1]) | {"true to the motion": box_identity(still, frames)}
    )
    return rows


def box_identity(noise: Tensor, frames: Sequence[Frame]) -> float:
    """Correlation of the noise inside the object's box in the last frame with the first, moved back exactly."""
    size = noise.shape[-1]
    first, last = frames[0].objects[0].box, frames[-1].objects[0].box
    back = fourier_shift(noise[-1].double(), (first.x - last.x) * size, (first.y - last.y) * size)
    x0, y0, x1, y1 = (round(v * size) for v in (first.x, first.y, first.x + first.w, first.y + first.h))
    a, b = (x[:, y0 + 2 : y1 - 2, x0 + 2 : x1 - 2].double() for x in (noise[0], back))
    return float((a * b).mean() / (a.square().mean() * b.square().mean()).sqrt())


def _worst(seen: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of every column the value farthest from the ideal."""
    ideal = {"variance": 1.0, "kurtosis": 3.0, "true to the shift": 1.0}
    return {name: max((row[name] for row in seen), key=lambda v, n=name: abs(v - ideal.get(n, 0.0))) for name in seen[0]}  # type: ignore[misc]


def moving_plan(direction: str, speed: float, phrase: str = "a red car", setting: str = "a meadow") -> DSS:
    """A thing that crosses the picture to the right, 16 frames long, while the background moves."""
    return DSS(
        setting=setting,
        scenes=(Scene(start=0, description=f"{phrase} in {setting}"),),
        objects=(
            Object(
                id="thing",
                phrase=phrase,
                path=(Keyframe(t=0, box=Box(x=0.05, y=0.5, w=0.3, h=0.3)), Keyframe(t=1, box=Box(x=0.6, y=0.5, w=0.3, h=0.3))),
            ),
        ),
        background=(BackgroundMotion.model_validate({"direction": direction, "speed": speed}),),
        seconds=2.0,
        fps=8.0,
    )


CONFIGURATIONS = (
    ("new for each frame", "first"),
    ("still", "first"),
    ("rounded roll", "first"),
    ("wrap", "first"),
    ("canvas", "first"),
    ("layered", "first"),
    ("layered", "first_prev"),
    ("layered", "none"),
)
"""Noise and attention modes; the first and the rounded roll are no modes of the pipeline and get their noise as latents."""
THINGS = (("a red car", "a meadow"), ("a dog", "a beach"))
MOTIONS = (("left", 0.5), ("up", 0.5), ("none", 0.0))


@dataclass
class Seen:
    """What pairs of successive frames show."""

    errors: list[float] = field(default_factory=list)
    """Pixels between the background's drift and the planned one, where it moves."""
    drifts: list[float] = field(default_factory=list)
    """Drift over planned drift."""
    changes: list[float] = field(default_factory=list)
    """Mean change of the background where the camera stands still, in levels of 255."""
    alike: list[float] = field(default_factory=list)
    """Likeness of the thing."""


def model_rows(seeds: int) -> list[dict[str, Any]]:
    """Rendered by the embedded model: how the background drifts or holds still, and how alike the thing stays."""
    from flowzero.renderer.backbones import load_backbone

    pipe: Any = load_backbone("embedded", "cpu")
    rows = []
    for noise, attention in CONFIGURATIONS:
        seen = Seen()
        for seed, (phrase, setting), (direction, speed) in itertools.product(range(seeds), THINGS, MOTIONS):
            look(pipe, moving_plan(direction, speed, phrase, setting), (noise, attention), seed, seen)
        rows.append(
            {
                "noise": noise,
                "attention": attention,
                "likeness of the thing, frame to frame": round(float(np.mean(seen.alike)), 3),
                "background change, still camera": round(float(np.mean(seen.changes)), 2),
                "background drift error, pixels a frame": round(float(np.median(seen.errors)), 2),
                "drift over planned drift": round(float(np.median(seen.drifts)), 2),
            }
        )
        print(rows[-1], flush=True)
    return rows


def drawn(pipe: Any, plan: DSS, modes: tuple[str, str], seed: int) -> tuple[Sequence[Frame], NDArray[np.uint8]]:
    """The frames of a plan in the model's words, and as it draws them with a noise and an attention mode."""
    noise, attention = modes
    entry = pipe.backbone
    frames, _ = entry.resolve(plan, plan.frames(), pipe)
    call: dict[str, Any] = {"noise_mode": noise}
    size, random = pipe.unet.config.sample_size, torch.Generator().manual_seed(seed)
    if noise == "rounded roll":
        base = torch.randn(pipe.latent_channels, size, size, generator=random)
        call = {"latents": torch.stack([rounded(base, f.background.dx * size, f.background.dy * size) for f in frames])}
    elif noise == "new for each frame":
        call = {"latents": torch.randn(len(frames), pipe.latent_channels, size, size, generator=random)}
    pictures: NDArray[np.uint8] = pipe(
        frames,
        num_inference_steps=entry.steps,
        guidance_scale=entry.guidance_scale,
        grounding_fraction=entry.grounding_fraction,
        attention_mode=attention,
        output_type="uint8",
        seed=seed,
        **call,
    ).frames
    return frames, pictures


def look(pipe: Any, plan: DSS, modes: tuple[str, str], seed: int, seen: Seen) -> None:
    """Render a plan with a noise and an attention mode, and note what each frame and the next show."""
    frames, pictures = drawn(pipe, plan, modes, seed)
    covered = cover(pipe, frames[0].objects[0].phrase)
    for k in range(1, len(frames)):
        seen.alike.append(likeness(crop(pictures[k - 1], frames[k - 1]), crop(pictures[k], frames[k]), covered))
        then, now = frames[k - 1].background, frames[k].background
        px, py = (now.dx - then.dx) * pictures.shape[2], (now.dy - then.dy) * pictures.shape[2]
        if px == py == 0:
            outside = outside_boxes(pictures.shape[1:3], frames[k - 1 : k + 1])
            seen.changes.append(float(np.abs(pictures[k].astype(float) - pictures[k - 1])[outside].mean()))
            continue
        x, y = background_shift(pictures[k - 1], pictures[k])
        seen.errors.append(math.hypot(x - px, y - py))
        seen.drifts.append((x * px + y * py) / (px * px + py * py))


def outside_boxes(shape: Sequence[int], frames: Sequence[Frame], margin: float = 0.03) -> NDArray[np.bool_]:
    """The pixels [H, W] that no thing of these frames comes near."""
    height, width = shape
    y, x = (np.arange(height) + 0.5)[:, None] / height, (np.arange(width) + 0.5)[None] / width
    outside = np.ones((height, width), bool)
    for frame in frames:
        for item in frame.objects:
            b = item.box
            outside &= (abs(x - b.cx) > b.w / 2 + margin) | (abs(y - b.cy) > b.h / 2 + margin)
    return outside


def background_shift(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[float, float]:
    """Shift of the upper half, where no object is, in pixels."""
    half = before.shape[0] // 2
    window = np.outer(np.hanning(half), np.hanning(before.shape[1]))
    a, b = ((p[:half].astype(float).mean(-1) - p[:half].mean()) * window for p in (before, after))
    return phase_correlation(a[None], b[None])


def crop(picture: NDArray[np.uint8], frame: Frame) -> NDArray[np.float64]:
    height, width = picture.shape[:2]
    box = frame.objects[0].box
    cut = picture[
        round(box.y * height) : round((box.y + box.h) * height), round(box.x * width) : round((box.x + box.w) * width)
    ]
    tensor = torch.from_numpy(cut.astype(np.float32)).permute(2, 0, 1)[None]
    return interpolate(tensor, size=(48, 48), mode="area")[0].double().numpy()


def cover(pipe: Any, phrase: str) -> NDArray[np.bool_]:
    """Where in its crop a thing is, and not what is behind it, [48, 48]."""
    with torch.no_grad():
        picture = pipe.layout_painter.picture(encode_phrases(pipe.text_encoder, pipe.tokenizer, [phrase], torch.device("cpu")))
    inside: NDArray[np.bool_] = (interpolate(picture[:, 3:], size=(48, 48), mode="area")[0, 0] > 0.9).numpy()
    return inside


def likeness(a: NDArray[np.float64], b: NDArray[np.float64], where: NDArray[np.bool_]) -> float:
    """Correlation of two crops [3, 48, 48] over the colours of the pixels in question."""
    return float(np.corrcoef(a[:, where].ravel(), b[:, where].ravel())[0, 1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.noise", description=__doc__)
    parser.add_argument("--size", type=int, default=64, help="of the latents")
    parser.add_argument("--channels", type=int, default=16, help="more give steadier numbers")
    parser.add_argument("--model", action="store_true", help="render with the embedded model")
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    command = " ".join(["python -m benchmarks.noise", *sys.argv[1:]])
    if arguments.model:
        rows = model_rows(arguments.seeds)
        print(table(rows))
        write_report("noise_model", "Noise modes, as the embedded model draws them", command, rows)
        return
    shifts, others = (make(arguments.size, arguments.channels) for make in (shift_rows, other_rows))
    for name, title, rows in (
        ("noise_shifts", "Ways of shifting noise: the worst of eight directions and three distances", shifts),
        ("noise_motions", "Roll, zoom and layers", others),
    ):
        print(table(rows))
        write_report(name, title, command, rows, f"{arguments.channels} channels of {arguments.size}x{arguments.size} noise.")


if __name__ == "__main__":
    main()
