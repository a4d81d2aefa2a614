"""Backgrounds drawn by code: one function a setting, wider than the frame so that a camera can pan over them.

Each painter takes a random generator, a width and a height and returns RGB in 0..1 of shape [height, width, 3].
The same generator state and height give the same picture, whatever is drawn over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flowzero.vocabulary import Place

Picture = NDArray[np.float32]
Rng = np.random.Generator


SEED = 7
"""Of the places as previews, the page and the embedded model's training show them."""


def background(place: Place, seed: int, width: int, height: int) -> Picture:
    """The place's picture, [height, width, 3] in 0..1; the same arguments give the same picture."""
    return _painted(place.setting.name, place.light, seed, width, height)


def plain(width: int, height: int) -> Picture:
    """What stands behind the objects when nobody drew the setting: a soft vertical blend."""
    return _gradient(_rgb(214, 220, 228), _rgb(176, 184, 196), width, height)


@lru_cache(maxsize=8)
def _painted(name: str, light: str, seed: int, width: int, height: int) -> Picture:
    picture = PAINTERS[name](np.random.default_rng(seed), width, height)
    if light:
        picture = _lit(picture, *_LIGHT[light])
    picture = np.clip(picture, 0, 1).astype(np.float32)
    picture.setflags(write=False)
    return picture


_LIGHT = {
    "sunset": ((0.86, 0.62, 0.82), (1.12, 0.74, 0.5), (0.72, 0.5, 0.52)),
    "night": ((0.16, 0.2, 0.42), (0.3, 0.36, 0.6), (0.22, 0.28, 0.42)),
}
"""What falls on a place at the top of its picture, at the horizon and at the bottom, as shares of red, green and blue."""


def _lit(picture: Picture, top: Sequence[float], middle: Sequence[float], bottom: Sequence[float]) -> Picture:
    """The picture in other light than daylight, except for lamps."""
    y = (np.arange(len(picture), dtype=np.float32) + 0.5) / len(picture)
    light = np.stack([np.interp(y, (0, 0.55, 1), shares) for shares in zip(top, middle, bottom, strict=True)], -1)
    lamps = (np.abs(picture - _LAMP) < 0.002).all(-1, keepdims=True)
    lit: Picture = np.where(lamps, picture, picture * light[:, None].astype(np.float32))
    return lit


def _rgb(*values: int) -> Picture:
    return np.asarray(values, dtype=np.float32) / np.float32(255)


_LAMP = _rgb(252, 238, 180)
"""A lit window."""


def _gradient(top: Picture, bottom: Picture, width: int, height: int, power: float = 1.0) -> Picture:
    """A vertical blend."""
    t = (np.linspace(0, 1, height, dtype=np.float32) ** power)[:, None, None]
    return np.broadcast_to(top * (1 - t) + bottom * t, (height, width, 3)).copy()


def _waves(rng: Rng, x: Picture, octaves: int = 4, base: float = 1.0) -> Picture:
    """A smooth random line over x (in frame heights), about -1..1."""
    line = np.zeros_like(x)
    for k in range(octaves):
        frequency = base * 1.9**k * rng.uniform(0.8, 1.2)
        line += np.sin(2 * np.pi * (frequency * x + rng.uniform())) / 1.8**k
    return line / 1.8


def _grid(width: int, height: int) -> tuple[Picture, Picture]:
    """Pixel centres as x and y, both in frame heights."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x + 0.5) / height, (y + 0.5) / height


def _hill(  # noqa: PLR0913, PLR0917 (a shape, its place, its colours)
    picture: Picture, rng: Rng, level: float, rough: float, top: Picture, bottom: Picture, base: float = 0.7
) -> None:
    """Fill below a wavy line at `level` (0 is the top) with a vertical blend that starts at the line."""
    height, width = picture.shape[:2]
    x, y = _grid(width, height)
    line = level + rough * _waves(rng, x[0], base=base)[None]
    depth = np.clip((y - line) / max(1 - level, 0.05), 0, 1)[..., None]
    cover = np.clip((y - line) * height + 0.5, 0, 1)[..., None]
    picture += cover * (top * (1 - depth) + bottom * depth - picture)


def _blobs(  # noqa: PLR0913, PLR0917
    picture: Picture, rng: Rng, count: float, y_range: tuple[float, float], size: float, colour: Picture, alpha: float
) -> None:
    """Soft clouds, each made of a few ellipses; `count` is for every frame height of width."""
    height, width = picture.shape[:2]
    x, y = _grid(width, height)
    for _ in range(rng.poisson(count * width / height)):
        cx, cy = rng.uniform(0, width / height), rng.uniform(*y_range)
        scale = size * rng.uniform(0.6, 1.4)
        density = np.zeros((height, width), np.float32)
        for _ in range(5):
            dx, dy = rng.normal(0, scale * 0.9), rng.normal(0, scale * 0.18)
            r = scale * rng.uniform(0.35, 0.7)
            density = np.maximum(density, 1 - ((x - cx - dx) ** 2 + 2.2 * (y - cy - dy) ** 2) / r**2)
        cover = alpha * np.clip(density * 2.2, 0, 1)[..., None]
        picture += cover * (colour - picture)


def _disc(  # noqa: PLR0913, PLR0917
    picture: Picture, cx: float, cy: float, r: float, colour: Picture, glow: float = 0.0
) -> None:
    """A disc around (cx, cy), in frame heights, with a glow of the given strength."""
    height, width = picture.shape[:2]
    reach = (7 if glow else 1) * r * height + 2
    rows, columns = (slice(max(0, int(c * height - reach)), max(0, int(c * height + reach))) for c in (cy, cx))
    part = picture[rows, columns]
    x, y = (grid[rows, columns] for grid in _grid(width, height))
    distance = np.hypot(x - cx, y - cy)
    if glow:
        halo = glow * np.exp(-((distance / (3 * r)) ** 2))[..., None]
        part += halo * (colour - part)
    cover = np.clip((r - distance) * height + 0.5, 0, 1)[..., None]
    part += cover * (colour - part)


def _scatter(
    picture: Picture, rng: Rng, count: float, y_range: tuple[float, float], r: tuple[float, float], *colours: Picture
) -> None:
    """Small discs in any of the colours; `count` is for every frame height of width. None touches another."""
    height, width = picture.shape[:2]
    placed: list[tuple[float, float]] = []
    for _ in range(rng.poisson(count * width / height)):
        cx, cy = rng.uniform(0, width / height), rng.uniform(*y_range)
        radius, colour = rng.uniform(*r), colours[rng.integers(len(colours))]
        if all(np.hypot(cx - x, cy - y) > 5 * r[1] for x, y in placed):
            placed.append((cx, cy))
            _disc(picture, cx, cy, radius, colour)


def _scallops(picture: Picture, rng: Rng, level: float, size: float, colour: Picture) -> None:
    """Fill above a line of round leaves at `level`, each about `size` wide, in frame heights."""
    height, width = picture.shape[:2]
    x, y = _grid(width, height)
    line = level + 0.45 * size * np.sqrt(np.abs(np.sin(np.pi * (x[0] / size + rng.uniform()))))
    line += 0.05 * _waves(rng, x[0], 1, 0.6)
    cover = np.clip((line[None] - y) * height + 0.5, 0, 1)[..., None]
    picture += cover * (colour - picture)


def _meadow(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(96, 178, 245), _rgb(206, 234, 252), width, height)
    _blobs(picture, rng, 2.0, (0.06, 0.3), 0.13, _rgb(255, 255, 255), 0.85)
    level = rng.uniform(0.5, 0.6)
    _hill(picture, rng, level, 0.05, _rgb(140, 200, 120), _rgb(110, 180, 90))
    _hill(picture, rng, level + 0.09, 0.03, _rgb(112, 192, 74), _rgb(70, 150, 48))
    _scatter(picture, rng, 9, (level + 0.16, 0.98), (0.012, 0.017), _rgb(255, 255, 250), _rgb(255, 222, 90))
    return picture


def _sea(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(112, 190, 248), _rgb(214, 238, 252), width, height)
    _blobs(picture, rng, 2.0, (0.06, 0.3), 0.13, _rgb(255, 255, 255), 0.85)
    level = rng.uniform(0.48, 0.58)
    _hill(picture, rng, level, 0.0, _rgb(42, 132, 196), _rgb(16, 76, 146))
    x, y = _grid(width, height)
    swell = np.sin(2 * np.pi * (2 * x + 15 * np.clip(y - level, 0, 1) ** 0.8 + 0.25 * _waves(rng, x[0])[None]))
    crest = np.clip(swell - 0.86, 0, 1) * 4 * (y > level + 0.03)
    picture += 0.5 * crest[..., None] * (_rgb(150, 210, 240) - picture)
    return picture


def _underwater(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(52, 176, 214), _rgb(10, 70, 130), width, height)
    x, y = _grid(width, height)
    rays = np.clip(_waves(rng, x[0][None] + 0.35 * y, 3, 1.3), 0, 1) * np.clip(0.9 - y, 0, 1)
    picture += 0.32 * rays[..., None] * (_rgb(200, 246, 255) - picture)
    _hill(picture, rng, 0.87, 0.025, _rgb(196, 178, 128), _rgb(150, 130, 92))
    for _ in range(rng.poisson(3 * width / height)):
        foot, tall = rng.uniform(0, width / height), rng.uniform(0.12, 0.3)
        sway = foot + 0.018 * np.sin(22 * y + rng.uniform(0, 6))
        cover = (np.abs(x - sway) < 0.016) & (y > 0.93 - tall) & (y < 0.93)
        picture[cover] = _rgb(34, 128, 84)
    _scatter(picture, rng, 5, (0.05, 0.8), (0.011, 0.018), _rgb(190, 236, 248))
    return picture


def _desert(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(250, 190, 110), _rgb(255, 236, 190), width, height)
    _disc(picture, rng.uniform(0.1, 0.9), rng.uniform(0.12, 0.26), 0.06, _rgb(255, 246, 210), 0.4)
    level = rng.uniform(0.52, 0.6)
    _hill(picture, rng, level, 0.06, _rgb(236, 188, 110), _rgb(214, 156, 82), 0.5)
    _hill(picture, rng, level + 0.12, 0.05, _rgb(246, 206, 128), _rgb(222, 166, 88), 0.45)
    return picture


def _snow(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(160, 196, 230), _rgb(226, 238, 248), width, height)
    level = rng.uniform(0.52, 0.6)
    _hill(picture, rng, level - 0.06, 0.06, _rgb(186, 208, 230), _rgb(206, 222, 240))
    _hill(picture, rng, level + 0.06, 0.035, _rgb(250, 252, 255), _rgb(214, 228, 244))
    _scatter(picture, rng, 20, (0.0, 1.0), (0.008, 0.014), _rgb(255, 255, 255))
    return picture


def _night(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(10, 16, 52), _rgb(44, 56, 110), width, height)
    _scatter(picture, rng, 26, (0.02, 0.56), (0.006, 0.011), _rgb(255, 255, 255), _rgb(255, 244, 200))
    _disc(picture, rng.uniform(0.12, 0.9), rng.uniform(0.12, 0.24), 0.055, _rgb(250, 246, 214), 0.3)
    level = rng.uniform(0.58, 0.66)
    _hill(picture, rng, level, 0.05, _rgb(24, 44, 62), _rgb(18, 34, 46))
    _hill(picture, rng, level + 0.1, 0.03, _rgb(18, 50, 44), _rgb(10, 28, 28))
    return picture


def _space(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(8, 6, 26), _rgb(20, 10, 44), width, height)
    _blobs(picture, rng, 1.2, (0.1, 0.9), 0.3, _rgb(96, 40, 140), 0.35)
    _blobs(picture, rng, 0.8, (0.1, 0.9), 0.25, _rgb(30, 80, 160), 0.3)
    _scatter(picture, rng, 40, (0.0, 1.0), (0.006, 0.012), _rgb(255, 255, 255), _rgb(255, 240, 196), _rgb(196, 214, 255))
    return picture


def _sunset(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(94, 60, 140), _rgb(255, 160, 90), width, height, 0.8)
    level = rng.uniform(0.56, 0.64)
    _disc(picture, rng.uniform(0.2, 0.8), level - 0.06, 0.1, _rgb(255, 226, 140), 0.5)
    _blobs(picture, rng, 1.2, (0.1, 0.4), 0.14, _rgb(250, 140, 130), 0.6)
    _hill(picture, rng, level, 0.05, _rgb(120, 62, 90), _rgb(96, 48, 76))
    _hill(picture, rng, level + 0.12, 0.04, _rgb(74, 40, 64), _rgb(44, 24, 44))
    return picture


def _mountains(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(110, 180, 240), _rgb(220, 238, 250), width, height)
    _blobs(picture, rng, 1.8, (0.05, 0.22), 0.11, _rgb(255, 255, 255), 0.8)
    x, y = _grid(width, height)
    for shade, low, high in ((_rgb(140, 160, 190), 0.2, 0.34), (_rgb(104, 122, 150), 0.3, 0.44)):
        line = np.full(width, 0.72, np.float32)
        for _ in range(int(3.5 * width / height) + 1):
            peak, top = rng.uniform(-0.2, width / height + 0.2), rng.uniform(low, high)
            line = np.minimum(line, top + np.abs(x[0] - peak) * rng.uniform(0.9, 1.5))
        cover = np.clip((y - line) * height + 0.5, 0, 1)[..., None]
        snow = (np.clip((0.1 - (y - line) + 0.02 * _waves(rng, x[0], 3, 5.0)[None]) * 30, 0, 1) * (line < 0.5))[..., None]
        picture += cover * (shade * (1 - snow) + _rgb(246, 250, 255) * snow - picture)
    _hill(picture, rng, 0.7, 0.025, _rgb(96, 160, 84), _rgb(62, 120, 58))
    return picture


def _city(rng: Rng, width: int, height: int) -> Picture:
    """Houses of two or three windows a floor, all floors of one height."""
    picture = _gradient(_rgb(150, 196, 232), _rgb(232, 240, 246), width, height)
    x, y = _grid(width, height)
    road, floor, pitch = 0.74, 0.12, 0.1
    colours = [_rgb(196, 122, 98), _rgb(126, 142, 172), _rgb(206, 180, 136), _rgb(150, 126, 158)]
    left, last = -rng.uniform(0.05, 0.25), -1
    while left < width / height:
        windows = int(rng.integers(2, 4))
        floors = int(rng.integers(3, 5))
        last = (last + int(rng.integers(1, len(colours)))) % len(colours)
        wide, top = windows * pitch + 0.03, road - floors * floor - 0.04
        picture[(x >= left) & (x < left + wide) & (y >= top) & (y < road)] = colours[last]
        # The place within a window's cell, from its middle.
        u = np.abs((x - left - 0.015) % pitch - pitch / 2)
        v = np.abs((y - top - 0.03) % floor - floor / 2)
        inside = (x > left + 0.015) & (x < left + wide - 0.015) & (y > top + 0.03) & (y < road - 0.01)
        picture[inside & (u < 0.028) & (v < 0.034)] = _LAMP if rng.uniform() < 0.5 else _rgb(208, 232, 250)
        left += wide
    picture[(y >= road) & (y < 0.79)] = _rgb(200, 198, 192)
    picture[y >= 0.79] = _rgb(84, 88, 96)
    picture[(y >= 0.875) & (y < 0.905) & ((x * 3) % 1 < 0.55)] = _rgb(244, 238, 206)
    return picture


def _room(rng: Rng, width: int, height: int) -> Picture:
    wall = _rgb(*rng.choice([(238, 220, 190), (206, 224, 226), (232, 206, 200), (218, 226, 200)]))
    picture = _gradient(wall, wall * 0.94, width, height)
    x, y = _grid(width, height)
    floor = int(0.7 * height)
    planks = ((x * 4).astype(int) % 2)[..., None] * 0.05
    picture[floor:] = (_rgb(178, 126, 82) - planks)[floor:]
    picture[int(0.67 * height) : floor] = _rgb(250, 246, 238)
    cx = rng.uniform(0.25, 0.75)
    for offset in np.arange(0, width / height, 1.3):
        frame = (np.abs(x - cx - offset) < 0.15) & (np.abs(y - 0.27) < 0.17)
        pane = (np.abs(x - cx - offset) < 0.13) & (np.abs(y - 0.27) < 0.15) & (np.abs(x - cx - offset) > 0.008)
        picture[frame] = _rgb(250, 248, 244)
        picture[pane] = _rgb(160, 210, 244)
    return picture


def _sky(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(70, 150, 236), _rgb(190, 226, 252), width, height)
    _blobs(picture, rng, 4.5, (0.08, 0.95), 0.17, _rgb(255, 255, 255), 0.9)
    return picture


def _beach(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(104, 190, 250), _rgb(216, 240, 252), width, height)
    _blobs(picture, rng, 1.8, (0.06, 0.25), 0.12, _rgb(255, 255, 255), 0.8)
    _hill(picture, rng, 0.46, 0.0, _rgb(36, 150, 200), _rgb(60, 190, 214))
    level = rng.uniform(0.62, 0.68)
    _hill(picture, rng, level - 0.015, 0.012, _rgb(250, 252, 250), _rgb(250, 252, 250), 0.6)
    _hill(picture, rng, level + 0.015, 0.012, _rgb(246, 222, 164), _rgb(226, 192, 128), 0.6)
    return picture


def _forest(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(184, 226, 196), _rgb(214, 238, 196), width, height)
    x, y = _grid(width, height)
    for shade, apart, wide in ((_rgb(136, 178, 136), 0.22, 0.026), (_rgb(104, 80, 56), 0.42, 0.045)):
        start = rng.uniform(0, apart)
        for k in range(-1, int(width / height / apart) + 1):
            cx = start + (k + rng.uniform(-0.15, 0.15)) * apart
            cover = np.clip((wide * (0.85 + 0.3 * y) - np.abs(x - cx)) * height + 0.5, 0, 1) * (y < 0.8)
            picture += cover[..., None] * (shade - picture)
    _scallops(picture, rng, 0.16, 0.2, _rgb(52, 122, 66))
    _scallops(picture, rng, 0.06, 0.16, _rgb(82, 156, 84))
    _hill(picture, rng, 0.7, 0.02, _rgb(104, 160, 70), _rgb(64, 112, 48))
    return picture


PAINTERS: dict[str, Callable[[Rng, int, int], Picture]] = {
    "meadow": _meadow,
    "sea": _sea,
    "underwater": _underwater,
    "desert": _desert,
    "snow": _snow,
    "night": _night,
    "space": _space,
    "sunset": _sunset,
    "mountains": _mountains,
    "city": _city,
    "room": _room,
    "sky": _sky,
    "beach": _beach,
    "forest": _forest,
}
