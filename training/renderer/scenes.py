"""Random scenes with their captions, drawn by the compositor: unlimited training data.

A scene is a still picture. Two of one place hold the same things, in other boxes, under the same light, seen from a little
elsewhere: of them a U-Net learns what frames that look at each other have in common. Nothing in them moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from flowzero.dss import Box, FrameBackground
from flowzero.renderer.animatic.backgrounds import SEED, Picture, background
from flowzero.renderer.animatic.compositor import compose
from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.camera import source
from flowzero.renderer.layout_painter import PANORAMA, look_at
from flowzero.renderer.looks import caption, phrase
from flowzero.vocabulary import COLOURS, LIGHTS, Facing, Noun, Place, nouns, places

HOW_MANY = (0.1, 0.18, 0.22, 0.22, 0.17, 0.11)
"""The shares of scenes that are given none, one, two ... things; a U-Net that never saw a place alone draws ghosts into it."""
MAX_OBJECTS = len(HOW_MANY) - 1
EXPOSURE, WARMTH = 0.07, 0.03
"""How far the light of pictures varies, as standard deviations of the logarithm: of all colours, and of red over blue."""


@dataclass(frozen=True)
class Look:
    """One way a noun can look."""

    noun: Noun
    colour: str | None
    facing: Facing

    @property
    def phrase(self) -> str:
        return phrase(self.noun, self.colour, self.facing)


@dataclass(frozen=True)
class Thing(Look):
    """A look in its place."""

    box: Box


@dataclass(frozen=True)
class Scene:
    place: Place
    things: tuple[Thing, ...]
    caption: str
    camera: FrameBackground
    size: int
    """Pixels of the picture, along each axis."""
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """What everything in the picture is lit by, as shares of red, green and blue."""

    def light_on(self, thing: Look) -> tuple[float, float, float]:
        """What the place's light leaves of a thing's red, green and blue."""
        return LIGHTS.get(self.place.light_on(thing.noun), (1.0, 1.0, 1.0))

    @cached_property
    def view(self) -> Tensor:
        """[2, 3]: maps a point of the picture to one of the place's panorama; both in frame heights."""
        return torch.from_numpy(source(self.camera, 1.0, 1.0)).float()

    @cached_property
    def background(self) -> Picture:
        """[size, size, 3] in 0..1, unlit."""
        fine = look_at(panorama(self.place, 2 * self.size)[None], torch.tensor([0]), self.view[None], *(2 * self.size,) * 2)
        picture: Picture = (functional.avg_pool2d(fine, 2)[0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1).numpy()
        return picture

    @cached_property
    def picture(self) -> NDArray[np.uint8]:
        """The composed picture, [size, size, 3]."""
        sprites = ((sprite(t.noun, t.colour, t.facing, self.place.light_on(t.noun)), t.box) for t in self.things)
        composed = np.asarray(compose(self.background, sprites))
        lit: NDArray[np.uint8] = (composed * np.asarray(self.light)).clip(0, 255).round().astype(np.uint8)
        return lit


@cache
def panorama(place: Place, height: int) -> Tensor:
    """A place's whole picture, [3, height, 2 height] in -1..1."""
    return torch.from_numpy(background(place, SEED, PANORAMA * height, height).copy()).permute(2, 0, 1) * 2 - 1


class SceneSampler:
    """Draws scenes of the learned nouns and settings; the same seed draws the same scenes."""

    def __init__(self, size: int, seed: int, limit: int = 0) -> None:
        self.size = size
        self.rng = np.random.default_rng(seed)
        self.nouns = learned(limit)
        self.places = learned_places()

    def sample(self) -> Scene:
        things: list[Thing] = []
        for _ in range(self.rng.choice(len(HOW_MANY), p=HOW_MANY)):
            thing = self.thing()
            if not any(_overlap(thing.box, other.box) > 0.35 for other in things):
                things.append(thing)
        return self.draw(self.place(), tuple(things))

    def place(self) -> Place:
        """Any place, by day twice as often as in each other light."""
        odds = np.array([1.0 if place.light else 2.0 for place in self.places])
        return self.places[self.rng.choice(len(self.places), p=odds / odds.sum())]

    def draw(self, place: Place, things: tuple[Thing, ...]) -> Scene:
        """A scene of these things, anywhere in the place and in any light."""
        exposure, warmth = self.rng.normal(0, EXPOSURE), self.rng.normal(0, WARMTH)
        light = (float(np.exp(exposure + warmth)), float(np.exp(exposure)), float(np.exp(exposure - warmth)))
        return Scene(place, things, self._caption(place, things), self._camera(), self.size, light)

    def again(self, scene: Scene) -> Scene:
        """The same things in the same place and light, otherwise arranged and looked at from a little elsewhere."""
        rng, c = self.rng, scene.camera
        things = tuple(self._moved(thing) for thing in scene.things)
        turned, bent = (rng.normal(0, 4), float(np.exp(rng.normal(0, 0.1)))) if rng.uniform() < 0.25 else (0.0, 1.0)
        camera = _looking(c.dx + rng.normal(0, 0.2), c.dy + rng.normal(0, 0.05), c.scale * bent, c.angle + turned)
        return replace(scene, things=things, camera=camera)

    def _moved(self, thing: Thing) -> Thing:
        b, rng = thing.box, self.rng
        size = float(np.exp(rng.normal(0, 0.15)))
        w, h = b.w * size, b.h * size
        x, y = (float(rng.uniform(-0.3 * side, 1 - 0.7 * side)) for side in (w, h))
        near = rng.uniform() < 0.5
        x, y = (b.cx - w / 2 + rng.normal(0, 0.08), b.cy - h / 2 + rng.normal(0, 0.05)) if near else (x, y)
        return replace(thing, box=Box(x=float(x), y=float(y), w=w, h=h))

    def _camera(self) -> FrameBackground:
        """Most cameras stand upright; all stand anywhere along the place."""
        rng = self.rng
        along = -rng.uniform(0, 2 * PANORAMA)
        if rng.uniform() < 0.65:
            return _looking(along, 0.0, 1.0, 0.0)
        return _looking(along, rng.normal(0, 0.15), float(np.exp(rng.normal(0, 0.25))), rng.normal(0, 6))

    def thing(self, noun: Noun | None = None, height: tuple[float, float] = (0.2, 0.75)) -> Thing:
        """A random look and place for a noun; the box keeps the sprite's proportions roughly."""
        rng = self.rng
        noun = noun or self.nouns[rng.integers(len(self.nouns))]
        colour = str(rng.choice(list(COLOURS))) if noun.colourable and rng.uniform() < 0.45 else None
        facing: Facing = ("left" if rng.uniform() < 0.5 else "right") if noun.facing else ""
        h = float(np.exp(rng.uniform(*np.log(height))))
        w = h * aspect(noun) * float(np.exp(rng.normal(0, 0.14)))
        if w > 0.8:
            w, h = 0.8, h * 0.8 / w
        beyond = rng.uniform() < 0.15
        x, y = (float(rng.uniform(-0.45 * side, 1 - 0.55 * side) if beyond else rng.uniform(0, 1 - side)) for side in (w, h))
        return Thing(noun, colour, facing, Box(x=x, y=y, w=w, h=h))

    def _caption(self, place: Place, things: tuple[Thing, ...]) -> str:
        """Half the time the words the renderer uses, half the time something looser; objects are left out now and then."""
        said = [thing for thing in things if self.rng.uniform() > 0.12]
        names = [phrase(thing.noun, thing.colour) for thing in said]
        if self.rng.uniform() < 0.5:
            return caption(names, place.name)
        where = str(self.rng.choice([place.setting.name, *place.setting.synonyms]))
        where = f"{where} at {place.light}" if place.light else where
        form = str(self.rng.choice(["{n} in {p}", "{p} with {n}", "{n} moving across {p}", "a video of {n}, {p}", "{p}: {n}"]))
        return form.format(n=" and ".join(names) or "nothing", p=where)


def _looking(dx: float, dy: float, scale: float, angle: float) -> FrameBackground:
    """A camera that has moved the place's picture so far."""
    return FrameBackground(direction="none", speed=0, zoom=0, roll=0, dx=dx, dy=dy, scale=scale, angle=angle)


def learned_places() -> list[Place]:
    """The places that scenes are drawn in."""
    return [place for place in places().values() if place.setting.learned]


def learned(limit: int = 0) -> list[Noun]:
    """The nouns that scenes are drawn with; only the first `limit` of them for a rehearsal."""
    return [noun for noun in nouns().values() if noun.learned][: limit or None]


def all_looks(limit: int = 0) -> list[Look]:
    """Every look that scenes are drawn with."""
    return [
        Look(noun, colour, facing)
        for noun in learned(limit)
        for colour in ((None, *COLOURS) if noun.colourable else (None,))
        for facing in (("left", "right") if noun.facing else ("",))
    ]


def aspect(noun: Noun) -> float:
    """Width over height of a noun's sprite."""
    image: Image.Image = sprite(noun)
    return image.width / image.height


def _overlap(a: Box, b: Box) -> float:
    """Intersection over the smaller area."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(w, 0) * max(h, 0) / min(a.area, b.area)
