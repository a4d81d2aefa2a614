"""The animatic: a plan as moving sprites over a drawn background, in about a second and without a diffusion model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from flowzero.dss import DSS, Box, Frame
from flowzero.renderer.animatic.backgrounds import SEED, Picture, background, plain
from flowzero.renderer.animatic.compositor import margin_for, padded, stretched
from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.camera import source
from flowzero.renderer.looks import Look, looks, place_of
from flowzero.vocabulary import Place

LABEL = "preview"
_REACH = 3.0
"""Frame widths of background drawn beyond each side; the edge is repeated where a camera goes farther."""

Frames = NDArray[np.uint8]


def preview(dss: DSS, path: str | Path, *, width: int = 256, height: int = 256, overwrite: bool = False) -> Path:
    """Draw a plan's animatic into a file.

    Args:
        dss: what to draw, one picture a frame of it.
        path: ends in .gif, .webp, .mp4, or in .png for one contact sheet with boxes and ids.
        width: of a frame in pixels.
        height: of a frame in pixels.
        overwrite: replace an existing file.

    Raises:
        OutputError: if the path cannot be written.
        EncodingError: if the frames cannot be encoded.
    """
    from flowzero.renderer.sheet import contact_sheet
    from flowzero.renderer.video import write_image, write_video

    path, compiled = Path(path), dss.frames()
    frames = draw(dss, width=width, height=height)
    about = {"title": dss.prompt or "FlowZero plan", "comment": "FlowZero animatic preview: sprites, not a render"}
    if path.suffix.lower() != ".png":
        return write_video(frames, path, dss.frame_count / dss.seconds, overwrite=overwrite, metadata=about)
    chosen = _spread(len(frames), 16)
    picture = contact_sheet(
        frames[chosen],
        labels=[f"{compiled[i].time * dss.seconds:.2f} s" for i in chosen],
        boxes=[compiled[i].objects for i in chosen],
        title=f"preview: {dss.prompt}" if dss.prompt else "preview",
    )
    return write_image(picture, path, overwrite=overwrite, metadata=about)


def draw(dss: DSS, *, width: int = 256, height: int = 256, label: bool = True, still: bool = False) -> Frames:
    """The animatic's frames, uint8 [F, height, width, 3].

    A noun without a sprite is drawn as a box with its phrase; a setting that nobody drew as a plain background, and where none
    is named, things are drawn where they belong.

    Args:
        dss: what to draw, one picture a frame of it.
        width: of a frame in pixels.
        height: of a frame in pixels.
        label: write "preview" into the corner.
        still: the pictures are looked at one by one, not as a video: boxes begin at whole pixels, which is much faster.
    """
    frames = dss.frames()
    behind = _Background(dss, frames, width, height)
    pictures: Frames = np.empty((len(frames), height, width, 3), np.uint8)
    for index, (frame, look) in enumerate(zip(frames, looks(frames), strict=True)):
        canvas = behind.at(frame)
        for item in sorted(frame.objects, key=lambda item: item.depth):
            if item.box.inside() > 0:
                _place(canvas, look[item.id], item.phrase, item.box, still)
        if label:
            _stamp(canvas)
        pictures[index] = np.asarray(canvas)
    return pictures


class _Background:
    """A drawn background that a camera moves over."""

    def __init__(self, dss: DSS, frames: Sequence[Frame], width: int, height: int) -> None:
        self.size = (width, height)
        self.dss = dss
        corners = [source(frame.background, *self.size) @ corner for frame in frames for corner in _corners(width, height)]
        xs, ys = ([float(c[k]) for c in corners] for k in (0, 1))
        reach = _REACH * width
        self.left, self.right = (math.floor(max(min(xs), -reach)) - 1, math.ceil(min(max(xs), width + reach)) + 1)
        self.above = min(max(0, math.ceil(-min(ys))) + 1, int(_REACH * height))
        self.below = min(max(0, math.ceil(max(ys) - height)) + 1, int(_REACH * height))
        self.drawn: dict[str, Image.Image] = {}

    def at(self, frame: Frame) -> Image.Image:
        """The frame's background, RGB."""
        matrix = source(frame.background, *self.size)
        matrix[0, 2] -= self.left
        matrix[1, 2] += self.above
        a, b, c, d, e, f = (float(v) for v in matrix.ravel())
        canvas, (width, height) = self._canvas(frame), self.size
        seen = (c, f, c + a * width, f + e * height)
        # What is upright and within the picture is taken out more quickly than by sampling.
        if b == d == 0 and min(seen) >= 0 and seen[2] <= canvas.width and seen[3] <= canvas.height:
            if a == e == 1 and c == round(c) and f == round(f):
                return canvas.crop(seen)
            return canvas.resize(self.size, Image.Resampling.BILINEAR, box=seen)
        # PIL samples pixel centres: shift by half a pixel on both sides.
        c, f = c + 0.5 * (a + b - 1), f + 0.5 * (d + e - 1)
        return canvas.transform(self.size, Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR)

    def _canvas(self, frame: Frame) -> Image.Image:
        """The whole background that the camera sees of this frame's setting."""
        place = place_of(self.dss, frame)
        name = place.name if place else ""
        if name not in self.drawn:
            self.drawn[name] = self._paint(place)
        return self.drawn[name]

    def _paint(self, place: Place | None) -> Image.Image:
        return _painting(place, self.right - self.left, self.size[1], self.above, self.below)


@lru_cache(maxsize=32)
def _painting(place: Place | None, width: int, height: int, above: int, below: int) -> Image.Image:
    """A place with its edges repeated above and below; plans of the same place share it, so nobody draws on it."""
    picture: Picture = background(place, SEED, width, height) if place else plain(width, height)
    padded = np.pad(picture, ((above, below), (0, 0), (0, 0)), mode="edge")
    return Image.fromarray((padded * 255 + 0.5).astype(np.uint8), "RGB")


def _corners(width: int, height: int) -> list[NDArray[np.float64]]:
    return [np.array([x, y, 1.0]) for x in (0, width) for y in (0, height)]


def _place(canvas: Image.Image, look: Look, words: str, box: Box, still: bool) -> None:
    if look.noun is None:
        _card(canvas, words, box)
        return
    if still:
        picture = _sized(look, max(1, round(box.w * canvas.width)), max(1, round(box.h * canvas.height)))
        canvas.paste(picture, (round(box.x * canvas.width), round(box.y * canvas.height)), picture)
    elif (placed := _stretched(look, box, canvas.size)) is not None:
        canvas.paste(placed[0], placed[1], placed[0])


@lru_cache(maxsize=128)
def _sized(look: Look, width: int, height: int) -> Image.Image:
    """A look's sprite in whole pixels; what moves without growing is made once for all frames."""
    whole = _part(look, 1)
    part = _fraction(whole, width, height)
    kind = Image.Resampling.BILINEAR if width < whole.width else Image.Resampling.BICUBIC
    return _part(look, part).resize((width, height), kind)


@lru_cache(maxsize=64)
def _stretched(look: Look, box: Box, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]] | None:
    """A look's sprite over a box of a frame of `size`; what stands still is made once for all frames."""
    part = _fraction(_part(look, 1), box.w * size[0], box.h * size[1])
    margin = margin_for(_part(look, part), box, size)
    return stretched(_padded(look, part, margin), margin, box, size)


def _fraction(whole: Image.Image, width: float, height: float) -> int:
    """The part of a sprite's size that still has more pixels than it is to be drawn with."""
    return max(1, int(min(whole.width / width, whole.height / height) / 1.5))


@lru_cache(maxsize=128)
def _padded(look: Look, part: int, margin: int) -> Image.Image:
    return padded(_part(look, part), margin)


@lru_cache(maxsize=128)
def _part(look: Look, part: int) -> Image.Image:
    """A look's sprite at a fraction of its size: a small box is filled from a small picture at a fraction of the cost."""
    assert look.noun is not None
    image = sprite(look.noun, look.colour, look.facing, look.light)
    size = (max(1, round(image.width / part)), max(1, round(image.height / part)))
    return image if part == 1 else image.resize(size, Image.Resampling.BOX)


def _card(canvas: Image.Image, words: str, box: Box) -> None:
    """A translucent box with the words on it."""
    left, top = box.x * canvas.width, box.y * canvas.height
    right, bottom = left + box.w * canvas.width, top + box.h * canvas.height
    over = Image.new("RGBA", canvas.size, (0, 0, 0, 0))
    draw_over = ImageDraw.Draw(over)
    draw_over.rounded_rectangle(
        (left, top, right, bottom), radius=6, fill=(70, 80, 110, 170), outline=(255, 255, 255, 230), width=2
    )
    font = ImageFont.load_default(max(9, canvas.width // 22))
    lines = _wrap(words, font, right - left - 8)
    draw_over.multiline_text(
        ((left + right) / 2, (top + bottom) / 2), lines, fill=(255, 255, 255, 255), font=font, anchor="mm", align="center"
    )
    canvas.paste(over, (0, 0), over)


def _wrap(words: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, width: float) -> str:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _stamp(canvas: Image.Image) -> None:
    """The word "preview" in the lower left corner, readable on any background."""
    font = ImageFont.load_default(max(9, canvas.width // 24))
    draw_on = ImageDraw.Draw(canvas)
    at = (5, canvas.height - 4)
    draw_on.text(at, LABEL, fill=(255, 255, 255), font=font, anchor="ls", stroke_width=1, stroke_fill=(0, 0, 0))


def _spread(count: int, most: int) -> list[int]:
    """At most `most` indices, evenly over 0..count-1, first and last among them."""
    return sorted({round(k * (count - 1) / max(min(count, most) - 1, 1)) for k in range(min(count, most))})
