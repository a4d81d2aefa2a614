"""The contact sheet: all frames of a video in one picture, with boxes and ids if wanted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flowzero.dss import FrameObject

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    Font: TypeAlias = ImageFont.ImageFont | ImageFont.FreeTypeFont

_GAP = 6
_BACK, _INK = (24, 26, 32), (235, 237, 242)
_COLOURS = ((255, 99, 72), (72, 219, 251), (254, 202, 87), (29, 209, 161), (255, 159, 243), (162, 155, 254), (255, 255, 255))


def contact_sheet(  # noqa: PLR0913
    frames: NDArray[np.uint8],
    *,
    columns: int | None = None,
    labels: Sequence[str] | None = None,
    boxes: Sequence[Iterable[FrameObject]] | None = None,
    title: str = "",
    side: int | None = None,
) -> Image.Image:
    """All frames in one picture, row by row.

    Args:
        frames: uint8 [F, H, W, 3], RGB.
        columns: frames in a row; when not given, as many as make the sheet about square, 8 at most.
        labels: a line under each frame.
        boxes: the objects of each frame, drawn as an outline with its id; an object keeps its colour.
        title: a line above all frames, cut to the sheet's width.
        side: the longest side of one frame in the sheet, in pixels; when not given, as large as the frames are.
    """
    from PIL import Image, ImageDraw

    count, h, w, _ = frames.shape
    scale = (side or max(h, w)) / max(h, w)
    cw, ch = max(1, round(w * scale)), max(1, round(h * scale))
    columns = columns or min(8, math.ceil(math.sqrt(count * ch / cw)))
    columns = max(1, min(columns, count))
    font = _font(max(10, min(cw // 12, 18)))
    line = _height(font) + _GAP
    head, foot = (line if title else 0), (line if labels else 0)
    rows = math.ceil(count / columns)
    sheet = Image.new("RGB", (columns * (cw + _GAP) + _GAP, head + rows * (ch + foot + _GAP) + _GAP), _BACK)
    draw = ImageDraw.Draw(sheet)
    if title:
        draw.text((_GAP, _GAP // 2), _cut(draw, title, font, sheet.width - 2 * _GAP), _INK, font)
    tags: dict[str, _Tag] = {}
    for index in range(count):
        x = _GAP + (index % columns) * (cw + _GAP)
        y = _GAP + head + (index // columns) * (ch + foot + _GAP)
        cell = Image.fromarray(frames[index])
        cell = cell if cell.size == (cw, ch) else cell.resize((cw, ch), Image.Resampling.LANCZOS)
        if boxes is not None:
            _outline(cell, boxes[index], font, tags)
        sheet.paste(cell, (x, y))
        if labels:
            draw.text((x, y + ch + 1), _cut(draw, labels[index], font, cw), _INK, font)
    return sheet


def _outline(cell: Image.Image, objects: Iterable[FrameObject], font: Font, tags: dict[str, _Tag]) -> None:
    """Draw each object's box and id; `tags` remembers which object has which colour."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(cell)
    w, h = cell.size
    for item in objects:
        if item.id not in tags:
            tags[item.id] = _tag(item.id, _COLOURS[len(tags) % len(_COLOURS)], font)
        tag, box = tags[item.id], item.box
        left, top = round(box.x * w), round(box.y * h)
        draw.rectangle((left, top, round((box.x + box.w) * w) - 1, round((box.y + box.h) * h) - 1), outline=tag.colour, width=2)
        above = top - _height(font) - 3  # beside the object where there is room, so that it can be seen
        x = min(max(left + 1, 1), w - 8)
        y = above if above >= 1 else min(max(top + 2, 1), h - _height(font) - 2)
        cell.paste(tag.picture, (x + tag.left, y + tag.top))


class _Tag(NamedTuple):
    """An object's id as a picture that is written once and pasted into every frame."""

    picture: Image.Image
    left: int
    top: int
    colour: tuple[int, int, int]


def _tag(text: str, colour: tuple[int, int, int], font: Font) -> _Tag:
    from PIL import Image, ImageDraw

    left, top, right, bottom = (math.floor(side) for side in font.getbbox(text))
    picture = Image.new("RGB", (right - left + 1, bottom - top + 1), _BACK)
    ImageDraw.Draw(picture).text((-left, -top), text, colour, font)
    return _Tag(picture, left, top, colour)


@cache
def _font(size: int) -> Font:
    from PIL import ImageFont

    return ImageFont.load_default(size)


@lru_cache(maxsize=32)
def _height(font: Font) -> int:
    return math.ceil(font.getbbox("Ag")[3]) + 2


def _cut(draw: ImageDraw.ImageDraw, text: str, font: Font, width: int) -> str:
    """The text, shortened with an ellipsis until it fits."""
    if draw.textlength(text, font) <= width:
        return text
    while text and draw.textlength(text + "…", font) > width:
        text = text[:-1]
    return text + "…"
