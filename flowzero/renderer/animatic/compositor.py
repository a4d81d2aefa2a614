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
    margin = margin_for(image, box, canvas.size)
    placed = stretched(padded(image, margin), margin, box, canvas.size)
    if placed is not None:
        canvas.paste(placed[0], placed[1], placed[0])


def margin_for(image: Image.Image, box: Box, size: tuple[int, int]) -> int:
    """How many transparent pixels around a picture its outline fades out in, over a box of a frame of `size`."""
    return math.ceil(max(image.width / (box.w * size[0]), image.height / (box.h * size[1]))) + 1


def padded(image: Image.Image, margin: int) -> Image.Image:
    """The picture with a transparent margin, premultiplied, so that the colour of what is transparent does not bleed."""
    wide = Image.new("RGBa", (image.width + 2 * margin, image.height + 2 * margin))
    wide.paste(image.convert("RGBa"), (margin, margin))
    return wide


def stretched(wide: Image.Image, margin: int, box: Box, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]] | None:
    """Stretch a picture that :func:`padded` has made over a box of a frame of `size`.

    Returns:
        The pixels that the box touches, RGBA, and where they begin; None if none of them is in the frame.
    """
    across, down = _span(box.x, box.w, size[0]), _span(box.y, box.h, size[1])
    if across is None or down is None:
        return None
    per_x, per_y = (wide.width - 2 * margin) / (box.w * size[0]), (wide.height - 2 * margin) / (box.h * size[1])
    (left, right), (top, bottom) = across, down
    x, y = margin - box.x * size[0] * per_x, margin - box.y * size[1] * per_y
    source = (x + left * per_x, y + top * per_y, x + right * per_x, y + bottom * per_y)
    scaled = wide.resize(
        (right - left, bottom - top),
        Image.Resampling.BILINEAR if max(per_x, per_y) > 1 else Image.Resampling.BICUBIC,
        box=(max(source[0], 0), max(source[1], 0), min(source[2], wide.width), min(source[3], wide.height)),
    )
    return scaled.convert("RGBA"), (left, top)


def _span(low: float, length: float, pixels: int) -> tuple[int, int] | None:
    """The pixels of an axis that [low, low + length] touches, in fractions of it; None if there are none."""
    first, last = max(math.floor(low * pixels), 0), min(math.ceil((low + length) * pixels), pixels)
    return (first, last) if first < last and length > 0 else None
