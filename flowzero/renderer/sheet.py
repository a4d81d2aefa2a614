"""The contact sheet: all frames of a video in one picture, with boxes and ids if wanted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from flowzero.dss import FrameObject
from flowzero.renderer.frames import Frames

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    Font: TypeAlias = ImageFont.ImageFont | ImageFont.FreeTypeFont

_GAP = 6
_PIXELS = 16_000_000
_BACK, _INK = (24, 26, 32), (235, 237, 242)
_COLOURS = ((255, 99, 72), (72, 219, 251), (254, 202, 87), (29, 209, 161), (255, 159, 243), (162, 155, 254), (255, 255, 255))


def contact_sheet(  # noqa: PLR0913
    frames: Frames,
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
        side: the longest side of one frame in the sheet, in pixels; when not given, as large as the frames are, or as many
            frames leave room for: a sheet of any length has some sixteen million pixels at most.
    """
    from PIL import Image, ImageDraw

    count, h, w, _ = frames.shape
    scale = side / max(h, w) if side else min(1.0, math.sqrt(_PIXELS / (count * h * w)))
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
    ids: list[tuple[_Tag, tuple[int, int, int]]] = []
    for item in objects:
        if item.id not in tags:
            tags[item.id] = _tag(item.id, _COLOURS[len(tags) % len(_COLOURS)], font)
        tag, box = tags[item.id], item.box
        left, top, bottom = round(box.x * w), round(box.y * h), round((box.y + box.h) * h)
        draw.rectangle((left, top, round((box.x + box.w) * w) - 1, bottom - 1), outline=tag.colour, width=2)
        ids.append((tag, (left, top, bottom)))
    taken: list[tuple[int, int, int, int]] = []
    for tag, side in ids:
        place = _free(tag, side, (w, h), taken)
        if place is not None:
            cell.paste(tag.picture, place)


def _free(
    tag: _Tag, side: tuple[int, int, int], size: tuple[int, int], taken: list[tuple[int, int, int, int]]
) -> tuple[int, int] | None:
    """Where an id can be read: above its box, within it or below it, whichever hides no other id; None if all of them do.

    Args:
        tag: the id.
        side: the box's left, top and bottom in pixels.
        size: of the frame.
        taken: left, top, right and bottom of the ids that are there already; the new one is added.
    """
    left, top, bottom = side
    x = max(min(left + 1, size[0] - tag.picture.width - 1), 1)
    for y in (top - tag.picture.height - 2, top + 2, bottom + 2):
        place = (x, y, x + tag.picture.width, y + tag.picture.height)
        inside = y >= 1 and place[3] <= size[1] - 1
        if inside and not any(_meet(place, other) for other in taken):
            taken.append(place)
            return x, y
    return None


def _meet(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


class _Tag(NamedTuple):
    """An object's id as a picture that is written once and pasted into every frame."""

    picture: Image.Image
    colour: tuple[int, int, int]


def _tag(text: str, colour: tuple[int, int, int], font: Font) -> _Tag:
    from PIL import Image, ImageDraw

    left, top, right, bottom = (math.floor(side) for side in font.getbbox(text))
    picture = Image.new("RGB", (right - left + 1, bottom - top + 1), _BACK)
    ImageDraw.Draw(picture).text((-left, -top), text, colour, font)
    return _Tag(picture, colour)


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
