"""Sprites that the artwork lacks, drawn by code in its manner: soft light from the upper left, round edges, one colour each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 768
"""Pixels of the square that they are drawn in."""
Colour = tuple[int, int, int]
_WOOD: Colour = (176, 112, 66)
_STONE: Colour = (150, 152, 164)
_BRASS: Colour = (214, 160, 62)


class _Canvas:
    """A picture to which rounded pieces are added, each shaded from its upper left to its lower right."""

    def __init__(self, width: float = 1.0, height: float = 1.0) -> None:
        self.image = Image.new("RGBA", (round(SIDE * width), round(SIDE * height)))

    def piece(self, outline: Callable[[ImageDraw.ImageDraw], None], colour: Colour, depth: float = 0.2) -> None:
        """Add what `outline` draws onto a mask; `depth` is how far its shades are apart."""
        mask = Image.new("L", self.image.size)
        outline(ImageDraw.Draw(mask))
        box = mask.getbbox()
        if box is None:
            return
        y, x = np.mgrid[0 : self.image.height, 0 : self.image.width].astype(np.float32)
        along = (x - box[0]) / (box[2] - box[0]) * 0.4 + (y - box[1]) / (box[3] - box[1]) * 0.6
        inner = np.asarray(mask.filter(ImageFilter.GaussianBlur(SIDE / 60)), np.float32) / 255  # darker towards its edges
        shade = (1 + depth * (1 - 2 * along)) * (0.82 + 0.18 * inner)
        rgb = np.clip(np.asarray(colour, np.float32) * shade[..., None], 0, 255).astype(np.uint8)
        self.image.paste(Image.fromarray(rgb, "RGB"), (0, 0), mask)

    def bar(self, x: float, y: float, w: float, h: float, colour: Colour, *, depth: float = 0.2) -> None:  # noqa: PLR0913
        """Add a rounded bar, its place and size as shares of `SIDE`."""
        left, top, right, bottom = (value * SIDE for value in (x, y, x + w, y + h))
        radius = min(w * 0.35, h * 0.35, 0.04) * SIDE
        self.piece(lambda draw: draw.rounded_rectangle((left, top, right, bottom), radius, fill=255), colour, depth)


def _darker(colour: Colour, share: float = 0.75) -> Colour:
    r, g, b = (round(value * share) for value in colour)
    return r, g, b


def table() -> Image.Image:
    """A wooden table with four legs."""
    canvas = _Canvas(1.0, 0.66)
    for x in (0.2, 0.72):
        canvas.bar(x, 0.14, 0.08, 0.42, _darker(_WOOD, 0.6))
    canvas.bar(0.1, 0.12, 0.8, 0.12, _darker(_WOOD, 0.72))
    for x in (0.07, 0.83):
        canvas.bar(x, 0.12, 0.1, 0.53, _WOOD)
    canvas.bar(0.0, 0.02, 1.0, 0.13, (206, 138, 84))
    return canvas.image


def fence() -> Image.Image:
    """Five pointed pales on two rails."""
    canvas = _Canvas(1.0, 0.7)
    for y in (0.24, 0.5):
        canvas.bar(0.0, y, 1.0, 0.09, _darker(_WOOD, 0.7))
    for k in range(5):
        left, right = (0.03 + 0.2 * k) * SIDE, (0.17 + 0.2 * k) * SIDE
        tip, shoulder, foot = 0.02 * SIDE, 0.13 * SIDE, 0.69 * SIDE
        corners = [((left + right) / 2, tip), (right, shoulder), (right, foot), (left, foot), (left, shoulder)]
        canvas.piece(lambda draw, at=corners: draw.polygon(at, fill=255), _WOOD)  # type: ignore[misc]
    return canvas.image


def bridge() -> Image.Image:
    """A bridge of stone with two arches."""
    canvas = _Canvas(1.0, 0.46)

    def body(draw: ImageDraw.ImageDraw) -> None:
        draw.rounded_rectangle((0, 0.1 * SIDE, SIDE - 1, 0.46 * SIDE), 0.02 * SIDE, fill=255)
        for x in (0.09, 0.53):
            draw.ellipse((x * SIDE, 0.2 * SIDE, (x + 0.38) * SIDE, 0.74 * SIDE), fill=0)

    canvas.piece(body, _STONE, 0.12)
    for k in range(7):
        canvas.bar(0.02 + 0.15 * k, 0.01, 0.06, 0.1, _darker(_STONE, 0.85))
    canvas.bar(0.0, 0.0, 1.0, 0.045, (176, 178, 190))
    canvas.bar(0.0, 0.1, 1.0, 0.06, (172, 174, 186))
    return canvas.image


def cage() -> Image.Image:
    """A round cage of brass with a ring to hang it by."""
    canvas = _Canvas(0.76, 1.0)
    thick = round(0.035 * SIDE)

    def ring(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse((0.31 * SIDE, 0.01 * SIDE, 0.45 * SIDE, 0.15 * SIDE), outline=255, width=thick)

    canvas.piece(ring, _BRASS)
    for share in (1.0, 0.62, 0.22):

        def hoop(draw: ImageDraw.ImageDraw, half: float = 0.33 * share) -> None:
            left, right = (0.38 - half) * SIDE, (0.38 + half) * SIDE
            draw.arc((left, 0.12 * SIDE, right, 0.84 * SIDE), 180, 360, fill=255, width=thick)
            for x in (left, right - thick):
                draw.rectangle((x, 0.48 * SIDE, x + thick, 0.9 * SIDE), fill=255)

        canvas.piece(hoop, _BRASS)
    canvas.bar(0.03, 0.5, 0.7, 0.05, _darker(_BRASS, 0.9))
    canvas.bar(0.0, 0.87, 0.76, 0.12, _darker(_BRASS, 0.85))
    return canvas.image


def shelf() -> Image.Image:
    """Three boards between two sides."""
    canvas = _Canvas(0.8, 1.0)
    canvas.bar(0.03, 0.02, 0.74, 0.95, _darker(_WOOD, 0.5), depth=0.1)
    for y in (0.0, 0.31, 0.62, 0.91):
        canvas.bar(0.02, y, 0.76, 0.08, (206, 138, 84))
    for x in (0.0, 0.72):
        canvas.bar(x, 0.0, 0.08, 1.0, _WOOD)
    return canvas.image


DRAWN: Mapping[str, Callable[[], Image.Image]] = {
    "table": table,
    "fence": fence,
    "bridge": bridge,
    "cage": cage,
    "shelf": shelf,
}
"""What to draw by the name of the noun."""
