"""The compositor: pastes sprites into boxes over a background, far ones first."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PIL import Image

from flowzero.dss import Box
from flowzero.renderer.animatic.backgrounds import Picture


def compose(background: Picture, sprites: Iterable[tuple[Image.Image, Box]]) -> Image.Image:
    """An RGB picture of the background with every sprite stretched over its box, in the given order.

    Args:
        background: [height, width, 3] in 0..1.
        sprites: RGBA pictures and their boxes in fractions of the frame; what lies outside the frame is cut off.
    """
    canvas = Image.fromarray((background * 255 + 0.5).astype(np.uint8), "RGB")
    for image, box in sprites:
        paste(canvas, image, box)
    return canvas


def paste(canvas: Image.Image, image: Image.Image, box: Box) -> None:
    """Stretch an RGBA picture over a box of the canvas; the box may begin and end between pixels, so slow motion is smooth."""
    across, down = _span(box.x, box.w, canvas.width), _span(box.y, box.h, canvas.height)
    if across is None or down is None:
        return
    per_x, per_y = image.width / (box.w * canvas.width), image.height / (box.h * canvas.height)
    margin = math.ceil(max(per_x, per_y)) + 1
    # Premultiplied, so that the colour of transparent pixels does not bleed into the outline.
    wide = Image.new("RGBa", (image.width + 2 * margin, image.height + 2 * margin))
    wide.paste(image.convert("RGBa"), (margin, margin))
    (left, right), (top, bottom) = across, down
    x, y = margin - box.x * canvas.width * per_x, margin - box.y * canvas.height * per_y
    source = (x + left * per_x, y + top * per_y, x + right * per_x, y + bottom * per_y)
    scaled = wide.resize(
        (right - left, bottom - top),
        Image.Resampling.BILINEAR if max(per_x, per_y) > 1 else Image.Resampling.BICUBIC,
        box=(max(source[0], 0), max(source[1], 0), min(source[2], wide.width), min(source[3], wide.height)),
    ).convert("RGBA")
    canvas.paste(scaled, (left, top), scaled)


def _span(low: float, length: float, pixels: int) -> tuple[int, int] | None:
    """The pixels of an axis that [low, low + length] touches, in fractions of it; None if there are none."""
    first, last = max(math.floor(low * pixels), 0), min(math.ceil((low + length) * pixels), pixels)
    return (first, last) if first < last and length > 0 else None
