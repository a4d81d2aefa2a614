"""Backgrounds drawn by code: one function a setting, wider than the frame so that a camera can pan over them.

Each painter takes a random generator, a width and a height and returns RGB in 0..1 of shape [height, width, 3].
The same generator state and height give the same picture, whatever is drawn over it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flowzero.vocabulary import Setting

Picture = NDArray[np.float32]
Rng = np.random.Generator


def background(setting: Setting, seed: int, width: int, height: int) -> Picture:
    """The setting's picture, [height, width, 3] in 0..1; the same arguments give the same picture."""
    return _painted(setting.name, seed, width, height)


def plain(width: int, height: int) -> Picture:
    """What stands behind the objects when nobody drew the setting: a soft vertical blend."""
    return _gradient(_rgb(214, 220, 228), _rgb(176, 184, 196), width, height)


@lru_cache(maxsize=8)
def _painted(name: str, seed: int, width: int, height: int) -> Picture:
    picture = np.clip(PAINTERS[name](np.random.default_rng(seed), width, height), 0, 1).astype(np.float32)
    picture.setflags(write=False)
    return picture


def _rgb(*values: int) -> Picture:
    return np.asarray(values, dtype=np.float32) / np.float32(255)


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
    x, y = _grid(width, height)
    distance = np.hypot(x - cx, y - cy)
    if glow:
        halo = glow * np.exp(-((distance / (3 * r)) ** 2))[..., None]
        picture += halo * (colour - picture)
    cover = np.clip((r - distance) * height + 0.5, 0, 1)[..., None]
    picture += cover * (colour - picture)


def _stars(picture: Picture, rng: Rng, count: float, below: float) -> None:
    """Stars of three brightnesses, above the line `below`."""
    height, width = picture.shape[:2]
    for _ in range(rng.poisson(count * width / height)):
        row, column = int(rng.uniform(0, below) * height), int(rng.uniform(0, width))
        picture[row, column] = np.maximum(picture[row, column], rng.choice([0.55, 0.8, 1.0]))


def _tufts(picture: Picture, rng: Rng, level: float, colour: Picture, count: float) -> None:
    """Little blades or stones on the ground, larger towards the viewer."""
    height, width = picture.shape[:2]
    for _ in range(rng.poisson(count * width / height)):
        y = rng.uniform(level, 1.0)
        size = max(1, int(0.035 * (y - level + 0.15) * height))
        row, column = int(y * height), int(rng.uniform(0, width))
        patch = picture[max(0, row - size) : row, column : column + max(1, size // 2)]
        patch += 0.55 * (colour - patch)


def _meadow(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(96, 178, 245), _rgb(206, 234, 252), width, height)
    _blobs(picture, rng, 1.6, (0.06, 0.3), 0.13, _rgb(255, 255, 255), 0.85)
    level = rng.uniform(0.5, 0.6)
    _hill(picture, rng, level, 0.05, _rgb(140, 200, 120), _rgb(110, 180, 90))
    _hill(picture, rng, level + 0.09, 0.03, _rgb(112, 192, 74), _rgb(70, 150, 48))
    _tufts(picture, rng, level + 0.14, _rgb(56, 128, 40), 26)
    return picture


def _sea(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(112, 190, 248), _rgb(214, 238, 252), width, height)
    _blobs(picture, rng, 1.4, (0.06, 0.3), 0.13, _rgb(255, 255, 255), 0.85)
    level = rng.uniform(0.48, 0.58)
    _hill(picture, rng, level, 0.0, _rgb(42, 132, 196), _rgb(16, 76, 146))
    x, y = _grid(width, height)
    swell = np.sin(2 * np.pi * (3 * x + 26 * np.clip(y - level, 0, 1) ** 0.8 + 0.25 * _waves(rng, x[0])[None]))
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
        cover = (np.abs(x - sway) < 0.012) & (y > 0.93 - tall) & (y < 0.93)
        picture[cover] = _rgb(34, 128, 84)
    for _ in range(rng.poisson(5 * width / height)):
        _disc(picture, rng.uniform(0, width / height), rng.uniform(0.05, 0.8), rng.uniform(0.006, 0.014), _rgb(190, 236, 248))
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
    for _ in range(rng.poisson(26 * width / height)):
        _disc(picture, rng.uniform(0, width / height), rng.uniform(0, 1), rng.uniform(0.004, 0.01), _rgb(255, 255, 255))
    return picture


def _night(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(10, 16, 52), _rgb(44, 56, 110), width, height)
    _stars(picture, rng, 60, 0.6)
    _disc(picture, rng.uniform(0.12, 0.9), rng.uniform(0.12, 0.24), 0.055, _rgb(250, 246, 214), 0.3)
    level = rng.uniform(0.58, 0.66)
    _hill(picture, rng, level, 0.05, _rgb(24, 44, 62), _rgb(18, 34, 46))
    _hill(picture, rng, level + 0.1, 0.03, _rgb(18, 50, 44), _rgb(10, 28, 28))
    return picture


def _space(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(8, 6, 26), _rgb(20, 10, 44), width, height)
    _blobs(picture, rng, 1.2, (0.1, 0.9), 0.3, _rgb(96, 40, 140), 0.35)
    _blobs(picture, rng, 0.8, (0.1, 0.9), 0.25, _rgb(30, 80, 160), 0.3)
    _stars(picture, rng, 110, 1.0)
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
    _blobs(picture, rng, 1.0, (0.05, 0.22), 0.11, _rgb(255, 255, 255), 0.8)
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
    picture = _gradient(_rgb(150, 196, 232), _rgb(232, 240, 246), width, height)
    road = int(0.74 * height)
    left = -0.1
    while left < width / height:
        wide, top = rng.uniform(0.12, 0.24), rng.uniform(0.14, 0.42)
        colour = _rgb(*rng.choice([(178, 120, 100), (140, 150, 168), (196, 176, 140), (110, 128, 150), (160, 160, 160)]))
        columns = slice(max(0, int(left * height)), max(0, int((left + wide) * height)))
        picture[int(top * height) : road, columns] = colour
        lit = _rgb(250, 236, 180) if rng.uniform() < 0.5 else _rgb(206, 228, 244)
        for wy in np.arange(top + 0.04, 0.68, 0.075):
            for wx in np.arange(left + 0.025, left + wide - 0.035, 0.055):
                picture[
                    int(wy * height) : int((wy + 0.04) * height), max(0, int(wx * height)) : max(0, int((wx + 0.028) * height))
                ] = lit
        left += wide + rng.choice([0.0, 0.02])
    picture[road : int(0.78 * height)] = _rgb(190, 188, 184)
    picture[int(0.78 * height) :] = _rgb(84, 88, 96)
    x, _ = _grid(width, height)
    dashes = ((x[0] * 5) % 1) < 0.55
    picture[int(0.88 * height) : int(0.9 * height), dashes] = _rgb(240, 236, 210)
    return picture


def _room(rng: Rng, width: int, height: int) -> Picture:
    wall = _rgb(*rng.choice([(238, 220, 190), (206, 224, 226), (232, 206, 200), (218, 226, 200)]))
    picture = _gradient(wall, wall * 0.94, width, height)
    x, y = _grid(width, height)
    floor = int(0.7 * height)
    planks = ((x * 6).astype(int) % 2)[..., None] * 0.03
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
    _blobs(picture, rng, 2.6, (0.08, 0.95), 0.17, _rgb(255, 255, 255), 0.9)
    return picture


def _beach(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(104, 190, 250), _rgb(216, 240, 252), width, height)
    _blobs(picture, rng, 1.0, (0.06, 0.25), 0.12, _rgb(255, 255, 255), 0.8)
    _hill(picture, rng, 0.46, 0.0, _rgb(36, 150, 200), _rgb(60, 190, 214))
    level = rng.uniform(0.62, 0.68)
    _hill(picture, rng, level - 0.015, 0.012, _rgb(250, 252, 250), _rgb(250, 252, 250), 0.6)
    _hill(picture, rng, level + 0.015, 0.012, _rgb(246, 222, 164), _rgb(226, 192, 128), 0.6)
    return picture


def _forest(rng: Rng, width: int, height: int) -> Picture:
    picture = _gradient(_rgb(170, 216, 190), _rgb(206, 232, 190), width, height)
    x, y = _grid(width, height)
    for shade, count, wide in ((_rgb(110, 160, 120), 7, 0.022), (_rgb(86, 70, 52), 4, 0.04)):
        for _ in range(rng.poisson(count * width / height) + 2):
            cx = rng.uniform(0, width / height)
            picture[(np.abs(x - cx) < wide * (0.8 + 0.3 * y)) & (y < 0.8)] = shade
    _blobs(picture, rng, 5, (0.0, 0.14), 0.2, _rgb(52, 122, 66), 1.0)
    _blobs(picture, rng, 3, (0.0, 0.1), 0.16, _rgb(78, 150, 80), 1.0)
    _hill(picture, rng, 0.7, 0.02, _rgb(104, 150, 70), _rgb(64, 106, 48))
    _tufts(picture, rng, 0.74, _rgb(44, 92, 40), 30)
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
