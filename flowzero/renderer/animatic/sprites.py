"""Sprites: small pictures of the vocabulary's nouns, in any of its colours, looking left or right."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from flowzero.vocabulary import COLOURS, LIGHTS, Facing, Noun

Plane = NDArray[np.float32]

FOLDER = files(__package__) / "sprites"
SIZE = 192
"""Pixels of a sprite's longer side."""


@lru_cache(maxsize=512)
def sprite(noun: Noun, colour: str | None = None, facing: Facing = "", light: str = "") -> Image.Image:
    """The RGBA picture of a noun, cut to its outline.

    `colour` is ignored for nouns that cannot take one, `facing` for those without a side view; `light` is one of `LIGHTS`, or
    none by day.
    """
    image = _ball() if noun.name == "ball" else _load(noun)
    if colour is not None and noun.colourable:
        image = recolour(image, COLOURS[colour], noun.tint)
    if facing and noun.facing and facing != noun.facing:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return _lit(image, LIGHTS[light]) if light else image


def _lit(image: Image.Image, light: tuple[float, float, float]) -> Image.Image:
    """The picture in that share of red, green and blue."""
    rgba = np.asarray(image, dtype=np.float32) * np.asarray([*light, 1], dtype=np.float32)
    return Image.fromarray((rgba + 0.5).astype(np.uint8), "RGBA")


def recolour(image: Image.Image, target: tuple[int, int, int], tint: str = "main") -> Image.Image:
    """Give the part of a sprite that `tint` names the colour `target`; its shading stays.

    `tint` is "main" for the dominant hue (all of it, where the sprite has none), a hue in degrees, or "pale" for what has
    no hue.
    """
    rgba = np.asarray(image, dtype=np.float32) / np.float32(255)
    hue, saturation, value = _hsv(rgba[..., :3])
    opaque = rgba[..., 3] > 0.5
    weight = _tinted(hue, saturation, value, opaque, tint)
    brightness = float(np.average(value[opaque], weights=weight[opaque] + 1e-6))
    shade = np.clip(value / max(brightness, 0.05), 0.35, 1.5)[..., None]
    goal = np.asarray(target, dtype=np.float32) / 255
    # Below the mean the colour darkens; above it, it moves towards white, as a highlight does.
    painted = np.where(shade <= 1, goal * shade, goal + (1 - goal) * (shade - 1) * 0.9)
    rgb = rgba[..., :3] * (1 - weight[..., None]) + painted * weight[..., None]
    result = np.concatenate([rgb, rgba[..., 3:]], axis=-1)
    return Image.fromarray((np.clip(result, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")


def _tinted(hue: Plane, saturation: Plane, value: Plane, opaque: NDArray[np.bool_], tint: str) -> Plane:
    """How much of each pixel takes the new colour, 0..1."""
    coloured = opaque & (saturation > 0.25) & (value > 0.15)
    pale = np.clip((value - 0.1) / 0.15, 0, 1)
    if tint == "pale":
        return _plane(pale * np.clip((0.3 - saturation) / 0.1, 0, 1))
    if tint == "main" and coloured.sum() <= 0.2 * opaque.sum():
        return _plane(pale)
    wanted = _dominant(hue[coloured], saturation[coloured]) if tint == "main" else float(tint) / 360
    distance = np.abs((hue - wanted + 0.5) % 1 - 0.5)
    return _plane(np.clip((0.14 - distance) / 0.05, 0, 1) * np.clip((saturation - 0.12) / 0.15, 0, 1))


def _plane(values: Any) -> Plane:
    return np.asarray(values, dtype=np.float32)


def _dominant(hue: Plane, saturation: Plane) -> float:
    """The most frequent hue, weighted by saturation."""
    counts, edges = np.histogram(hue, bins=36, range=(0, 1), weights=saturation)
    spread = counts + np.roll(counts, 1) + np.roll(counts, -1)
    return float(edges[int(spread.argmax())]) + 0.5 / 36


def _load(noun: Noun) -> Image.Image:
    with (FOLDER / f"{noun.name.replace(' ', '-')}.webp").open("rb") as file:
        return Image.open(file).convert("RGBA")


def _ball() -> Image.Image:
    """A plain shaded ball with two stripes' worth of rim light, red unless recoloured."""
    y, x = (np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) + 0.5) / SIZE * 2 - 1
    r = np.hypot(x, y)
    z = np.sqrt(np.clip(1 - r**2, 0, 1))
    light = np.clip(0.55 * z - 0.45 * y - 0.35 * x, 0, 1)
    glint = np.clip(1 - np.hypot(x + 0.36, y + 0.42) / 0.3, 0, 1) ** 2
    shade = (0.5 + 0.62 * light)[..., None]
    red = np.asarray(COLOURS["red"], dtype=np.float32) / 255
    rgb = np.clip(red * shade, 0, 1) * (1 - 0.75 * glint[..., None]) + 0.75 * glint[..., None]
    alpha = np.clip((1 - r) * SIZE / 2, 0, 1)[..., None]
    return Image.fromarray((np.concatenate([rgb, alpha], -1) * 255 + 0.5).astype(np.uint8), "RGBA")


def _hsv(rgb: Plane) -> tuple[Plane, Plane, Plane]:
    """Hue, saturation and value of [..., 3] sRGB, each in 0..1."""
    high, low = rgb.max(-1), rgb.min(-1)
    span = np.maximum(high - low, 1e-6)
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(high == r, (g - b) / span, np.where(high == g, (b - r) / span + 2, (r - g) / span + 4))
    return (hue / 6) % 1, (high - low) / np.maximum(high, 1e-6), high
