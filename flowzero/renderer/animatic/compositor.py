"""The compositor: pastes sprites into boxes over a background, far ones first."""

from __future__ import annotations

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
    """Stretch an RGBA picture over a box of the canvas, to whole pixels."""
    left, top = round(box.x * canvas.width), round(box.y * canvas.height)
    width = max(1, round((box.x + box.w) * canvas.width) - left)
    height = max(1, round((box.y + box.h) * canvas.height) - top)
    # Premultiplied, so that the colour of transparent pixels does not bleed into the outline.
    scaled = image.convert("RGBa").resize(
        (width, height), Image.Resampling.BOX if width < image.width else Image.Resampling.BICUBIC
    )
    straight = scaled.convert("RGBA")
    canvas.paste(straight, (left, top), straight)
