"""Motion-guided noise shifting (arXiv 2311.15813): one base noise, carried along by the planned background motion.

All noise here is drawn on the CPU from a seed, so that a video does not depend on the device that renders it. Every map from
the plane to a frame is orthogonal, or sums disjoint pieces: each frame's noise stays exactly white with unit variance. A shift
of +d moves content by +d, in latent pixels, x to the right and y downwards. Frame 0 of a plan is the base itself.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor

from flowzero.dss import Box, Frame, FrameObject

NoiseMode = Literal["canvas", "wrap", "layered", "still"]
NOISE_MODES: tuple[NoiseMode, ...] = ("canvas", "wrap", "layered", "still")

_MARGIN = 8  # latent pixels around a window, so that what wraps around in a Fourier shift falls outside it
_SCALES = (1 / 16, 2.0**16)  # beyond these the noise keeps the last scale: nothing of the first frame is left to carry
_TILES = 192  # kept of a plane; a zoom looks at up to some 110 of three levels in each frame
_RAW_TILES = 48  # kept of their fresh numbers, which a tile of a finer level needs once
_PITCH = 4  # sub-pixels that an output pixel of a zoom spans, along each axis


def frame_noise(base: Tensor, frames: Sequence[Frame], *, mode: NoiseMode = "canvas", seed: int = 0) -> Tensor:
    """The initial noise of every frame at once, [F, C, H, W]; see :func:`noises`."""
    return torch.stack(list(noises(base, frames, mode=mode, seed=seed)))


def noises(base: Tensor, frames: Iterable[Frame], *, mode: NoiseMode = "canvas", seed: int = 0) -> Iterator[Tensor]:
    """The initial noise of one frame after the other.

    Frame i depends on the base, the seed and frames 0..i only, so a longer video starts with the same noise.

    Args:
        base: [C, H, W], unit white noise; what frames without motion get, unchanged.
        frames: compiled frames; of each the accumulated background motion is used, and its boxes when layered.
        mode: `canvas` (default) continues the base over the whole plane and looks at it through a moving window, with zoom and
            roll; `wrap` is the paper's shift of the base around its own edges; `layered` is `canvas` with noise of their own
            inside the objects' boxes, that travels with them; `still` gives every frame the base.
        seed: of the noise around the base.

    Yields:
        [C, H, W] in float32 on the CPU.
    """
    look = _looker(base.detach().to("cpu", torch.float32), mode, seed)
    for frame in frames:
        yield look(frame).to(torch.float32)


def _looker(base: Tensor, mode: NoiseMode, seed: int) -> Callable[[Frame], Tensor]:
    """What gives each next frame its noise."""
    width = base.shape[-1]
    if mode == "still":
        return lambda _: base
    if mode == "wrap":
        return lambda frame: fourier_shift(base, frame.background.dx * width, frame.background.dy * width)
    if mode == "layered":
        return _Layers(base, seed).look
    plane = NoisePlane(base, f"{seed}/background")
    return lambda frame: plane.look(_background(frame, width))


def fourier_shift(noise: Tensor, dx: float, dy: float) -> Tensor:
    """Move noise by (dx, dy) pixels around its own edges: IFFT(FFT(N) · exp(-2πi(f_x·dx + f_y·dy))).

    Real and exactly orthogonal: on a Nyquist line the sign of the frequency is free, so it follows the other axis's frequency,
    which keeps the spectrum Hermitian; the three bins that are their own mirror image take the sign of cos πd.

    Args:
        noise: [..., H, W].
        dx: to the right.
        dy: downwards.

    Returns:
        [..., H, W] of the same dtype; the very values when both shifts are zero.
    """
    if dx == 0 and dy == 0:
        return noise
    height, width = noise.shape[-2:]
    fy = torch.fft.fftfreq(height, dtype=torch.float64)[:, None].repeat(1, width // 2 + 1)
    fx = torch.fft.rfftfreq(width, dtype=torch.float64)[None, :].repeat(height, 1)
    if width % 2 == 0:
        fx[:, -1] *= torch.where(fy[:, -1] < 0, -1.0, 1.0)
    if height % 2 == 0:
        fy[height // 2, :] = 0.5
    turn = -2 * math.pi * (fx * dx + fy * dy)
    phase = torch.polar(torch.ones_like(turn), turn)
    half_x, half_y = _half_turn(dx), _half_turn(dy)
    if width % 2 == 0:
        phase[0, -1] = half_x
    if height % 2 == 0:
        phase[height // 2, 0] = half_y
    if width % 2 == 0 and height % 2 == 0:
        phase[height // 2, -1] = half_x * half_y
    spectrum = torch.fft.rfft2(noise.double())
    shifted: Tensor = torch.fft.irfft2(spectrum * phase, s=(height, width))
    return shifted.to(noise.dtype)


def fourier_roll(noise: Tensor, degrees: float) -> Tensor:
    """Turn a square patch of noise clockwise about its centre: quarter turns, then three Fourier shears, all orthogonal.

    With θ the rest, R(θ) = X(-tan θ/2) · Y(sin θ) · X(-tan θ/2), where X shifts rows by their height and Y columns by theirs.

    Args:
        noise: [..., L, L].
        degrees: any angle.
    """
    quarters = round(degrees / 90)
    noise = torch.rot90(noise, -quarters, dims=(-2, -1))
    theta = math.radians(degrees - 90 * quarters)
    if theta == 0:
        return noise
    offsets = torch.arange(noise.shape[-1], dtype=torch.float64) - (noise.shape[-1] - 1) / 2
    rows = -math.tan(theta / 2) * offsets
    columns = math.sin(theta) * offsets
    sheared = _shift_rows(noise.double(), rows)
    sheared = _shift_rows(sheared.mT, columns).mT
    return _shift_rows(sheared, rows).to(noise.dtype)


def _shift_rows(noise: Tensor, shifts: Tensor) -> Tensor:
    """Move row r of [..., H, W] by shifts[r] pixels to the right, around its own ends."""
    width = noise.shape[-1]
    turn = -2 * math.pi * shifts[:, None] * torch.fft.rfftfreq(width, dtype=torch.float64)
    phase = torch.polar(torch.ones_like(turn), turn)
    if width % 2 == 0:
        phase[:, -1] = torch.where(torch.cos(math.pi * shifts) < 0, -1.0, 1.0).to(phase.dtype)
    shifted: Tensor = torch.fft.irfft(torch.fft.rfft(noise) * phase, n=width)
    return shifted


def _half_turn(shift: float) -> float:
    """What a frequency of half a turn a pixel keeps of a shift: its real sign."""
    return -1.0 if math.cos(math.pi * shift) < 0 else 1.0


def fresh_noise(shape: Sequence[int], key: str) -> Tensor:
    """Unit white noise in float64 that depends on nothing but the shape and a name."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float32).double()


@dataclass(frozen=True)
class View:
    """How content moved since the first frame: x' = c + R(angle)·S·(x - c) + (dx, dy), in latent pixels; c is the middle."""

    dx: float = 0.0
    dy: float = 0.0
    sx: float = 1.0
    sy: float = 1.0
    angle: float = 0.0


class NoisePlane:
    """White noise over the whole plane, at every scale, whose window at the origin is the base.

    Tiles of the base's size are drawn when looked at, each from a generator of its own, so what one frame sees of a place every
    other frame sees too. Level k holds 4^k sub-pixels to a pixel; four sub-pixels z of a pixel N have the sum 2N:
    z = N/2 + (w - mean w) with w fresh, which leaves them independent and of unit variance.
    """

    def __init__(self, base: Tensor, key: str) -> None:
        """Continue a base.

        Args:
            base: [C, H, W].
            key: names the stream of random numbers around it.
        """
        self._base = base.double()
        self._draw = lru_cache(maxsize=_RAW_TILES)(self._draw_tile)
        self._fine = lru_cache(maxsize=_TILES)(self._fine_tile)
        self._key = key

    def look(self, view: View) -> Tensor:
        """The noise that the frame's window sees after the content moved: [C, H, W] in float64."""
        if view.sx != 1 or view.sy != 1:
            return self._zoomed(view)
        if view.angle % 360 != 0:
            return self._rolled(view)
        _, height, width = self._base.shape
        return self._shifted(-view.dx, -view.dy, width, height)

    def window(self, x: int, y: int, width: int, height: int, level: int = 0) -> Tensor:
        """The sub-pixels [x, x + width) by [y, y + height) of one level: [C, height, width]."""
        return self._cut(self._fine if level else self._draw, x, y, width, height, level)

    def _cut(self, tile: Callable[[int, int, int], Tensor], x: int, y: int, width: int, height: int, level: int) -> Tensor:  # noqa: PLR0913, PLR0917
        """A window of one level, out of the tiles that it lies in."""
        _, tile_height, tile_width = self._base.shape
        i0, i1 = x // tile_width, (x + width - 1) // tile_width
        j0, j1 = y // tile_height, (y + height - 1) // tile_height
        rows = [torch.cat([tile(level, i, j) for i in range(i0, i1 + 1)], dim=-1) for j in range(j0, j1 + 1)]
        left, top = x - i0 * tile_width, y - j0 * tile_height
        return torch.cat(rows, dim=-2)[:, top : top + height, left : left + width]

    def _fine_tile(self, level: int, i: int, j: int) -> Tensor:
        """The sub-pixels of a tile of a finer level; a zoom looks at the same ones in each of its frames."""
        _, height, width = self._base.shape
        x, y = i * width, j * height
        x0, y0, x1, y1 = x // 2, y // 2, -(-(x + width) // 2), -(-(y + height) // 2)
        coarse = self.window(x0, y0, x1 - x0, y1 - y0, level - 1)
        fresh = self._cut(self._draw, 2 * x0, 2 * y0, 2 * (x1 - x0), 2 * (y1 - y0), level)
        rest = coarse / 2 - torch.nn.functional.avg_pool2d(fresh, 2)
        fine = fresh + rest.repeat_interleave(2, dim=-2).repeat_interleave(2, dim=-1)
        return fine[:, y - 2 * y0 : y - 2 * y0 + height, x - 2 * x0 : x - 2 * x0 + width]

    def _draw_tile(self, level: int, i: int, j: int) -> Tensor:
        if (level, i, j) == (0, 0, 0):
            return self._base
        return fresh_noise(self._base.shape, f"{self._key}/{level}/{i}/{j}")

    def _shifted(self, x: float, y: float, width: int, height: int) -> Tensor:
        """The window whose corner lies at (x, y): cut at whole pixels, with a Fourier shift by the rest."""
        left, top = round(x), round(y)
        rest_x, rest_y = left - x, top - y
        if rest_x == 0 and rest_y == 0:
            return self.window(left, top, width, height)
        patch = self.window(left - _MARGIN, top - _MARGIN, width + 2 * _MARGIN, height + 2 * _MARGIN)
        return fourier_shift(patch, rest_x, rest_y)[:, _MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width]

    def _rolled(self, view: View) -> Tensor:
        """A square about the content that came to the middle, turned, and cut to the window."""
        _, height, width = self._base.shape
        side = math.ceil(math.hypot(width, height)) + 2 * _MARGIN
        side += (side - width) % 2
        cx, cy = _turned(-view.dx, -view.dy, -view.angle)
        left, top = (side - width) // 2, (side - height) // 2
        square = fourier_roll(self._shifted(cx - left, cy - top, side, side), view.angle)
        return square[:, top : top + height, left : left + width]

    def _zoomed(self, view: View) -> Tensor:
        """Each output pixel sums the sub-pixels whose middles fall into it, over the square root of their number."""
        channels, height, width = self._base.shape
        level = max(0, math.ceil(math.log2(_PITCH * max(view.sx, view.sy))))
        left, top, right, bottom = _seen(view, width, height)
        x0, y0 = math.floor(left * 2**level), math.floor(top * 2**level)
        x1, y1 = math.ceil(right * 2**level), math.ceil(bottom * 2**level)
        patch = self.window(x0, y0, x1 - x0, y1 - y0, level)
        px = (torch.arange(x0, x1, dtype=torch.float64) + 0.5) / 2**level - width / 2
        py = (torch.arange(y0, y1, dtype=torch.float64)[:, None] + 0.5) / 2**level - height / 2
        px, py = px * view.sx, py * view.sy
        c, s = math.cos(math.radians(view.angle)), math.sin(math.radians(view.angle))
        column = torch.floor(width / 2 + view.dx + c * px - s * py).long()
        row = torch.floor(height / 2 + view.dy + s * px + c * py).long()
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        target = (row * width + column)[inside]
        total = torch.zeros(channels, height * width, dtype=torch.float64).index_add_(1, target, patch[:, inside])
        count = torch.bincount(target, minlength=height * width)
        return (total / count.sqrt()).view(channels, height, width)


def _turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    """A vector turned clockwise, y downwards."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return c * x - s * y, s * x + c * y


def _seen(view: View, width: int, height: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the part of the plane that the window sees."""
    corners = []
    for x in (-width / 2 - view.dx, width / 2 - view.dx):
        for y in (-height / 2 - view.dy, height / 2 - view.dy):
            u, v = _turned(x, y, -view.angle)
            corners.append((width / 2 + u / view.sx, height / 2 + v / view.sy))
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _background(frame: Frame, width: int) -> View:
    """A frame's accumulated background motion in latent pixels; both shifts are planned in frame widths."""
    motion = frame.background
    scale = min(max(motion.scale, _SCALES[0]), _SCALES[1])
    return View(dx=motion.dx * width, dy=motion.dy * width, sx=scale, sy=scale, angle=motion.angle)


class _Layers:
    """Noise in layers: the background's, and over it each object's own, which travels and scales with its box.

    A layer O with edge weights m lies over the picture X as √(1-m²)·X + m·O: unit variance, and white because X and O are
    independent. The layers are made by undoing that for the first frame, nearest object first, with fresh noise Z:
    X' = √(1-m²)·X - m·Z and O = m·X + √(1-m²)·Z, a rotation of (X, Z). So the first frame is the base exactly.
    """

    def __init__(self, base: Tensor, seed: int) -> None:
        self._base, self._seed = base, seed
        self._background: NoisePlane | None = None
        self._planes: dict[str, NoisePlane] = {}
        self._home: dict[str, Box] = {}

    def look(self, frame: Frame) -> Tensor:
        """The noise of the next frame: [C, H, W]; the first one takes the base apart."""
        if self._background is None:
            self._background = NoisePlane(self._take_apart(frame), f"{self._seed}/background")
            return self._base
        _, height, width = self._base.shape
        picture = self._background.look(_background(frame, width))
        for item in _far_to_near(frame):
            if item.id not in self._planes:
                self._planes[item.id] = NoisePlane(fresh_noise(self._base.shape, self._key(item)), self._key(item))
                self._home[item.id] = item.box
            m = _edge(item.box, width, height)
            if m.any():
                own = self._planes[item.id].look(_journey(self._home[item.id], item.box, width, height))
                picture = (1 - m * m).sqrt() * picture + m * own
        return picture

    def _take_apart(self, first: Frame) -> Tensor:
        """What is left of the base for the background once each object has its layer."""
        _, height, width = self._base.shape
        below = self._base.double()
        for item in reversed(_far_to_near(first)):
            m, self._home[item.id] = _edge(item.box, width, height), item.box
            rest = (1 - m * m).sqrt()
            fresh = fresh_noise(self._base.shape, self._key(item))
            self._planes[item.id] = NoisePlane(m * below + rest * fresh, self._key(item))
            below = rest * below - m * fresh
        return below

    def _key(self, item: FrameObject) -> str:
        return f"{self._seed}/object/{item.id}"


def _far_to_near(frame: Frame) -> list[FrameObject]:
    return sorted(frame.objects, key=lambda item: item.depth)


def _edge(box: Box, width: int, height: int) -> Tensor:
    """How much each latent pixel belongs to a box, 0..1: [H, W], rising smoothly over two pixels at the edges."""
    x = (torch.arange(width, dtype=torch.float64) + 0.5)[None, :]
    y = (torch.arange(height, dtype=torch.float64) + 0.5)[:, None]
    across = torch.minimum(x - box.x * width, (box.x + box.w) * width - x)
    down = torch.minimum(y - box.y * height, (box.y + box.h) * height - y)
    ramp = ((torch.minimum(across, down) + 1) / 2).clamp(0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def _journey(start: Box, now: Box, width: int, height: int) -> View:
    """What carries the box `start` onto the box `now`, as a view of the object's own plane."""
    sx, sy = (min(max(s, _SCALES[0]), _SCALES[1]) for s in (now.w / start.w, now.h / start.h))
    sx, sy = (1.0 if abs(s - 1) < 1e-9 else s for s in (sx, sy))
    return View(
        dx=(now.cx - 0.5 - sx * (start.cx - 0.5)) * width,
        dy=(now.cy - 0.5 - sy * (start.cy - 0.5)) * height,
        sx=sx,
        sy=sy,
    )
