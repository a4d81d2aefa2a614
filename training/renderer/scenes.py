"""Random scenes with their captions, drawn by the compositor: unlimited training data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from flowzero.dss import Box
from flowzero.renderer.animatic.backgrounds import Picture, background
from flowzero.renderer.animatic.compositor import compose
from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.looks import caption, phrase
from flowzero.vocabulary import COLOURS, Facing, Noun, Setting, nouns, settings

MAX_OBJECTS = 5


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
    setting: Setting
    things: tuple[Thing, ...]
    caption: str
    background: Picture
    """[size, size, 3] in 0..1"""

    @cached_property
    def picture(self) -> NDArray[np.uint8]:
        """The composed picture, [size, size, 3]."""
        return np.asarray(compose(self.background, ((sprite(t.noun, t.colour, t.facing), t.box) for t in self.things)))


class SceneSampler:
    """Draws scenes of the learned nouns and settings; the same seed draws the same scenes."""

    def __init__(self, size: int, backgrounds: int, seed: int, limit: int = 0) -> None:
        self.size = size
        self.rng = np.random.default_rng(seed)
        self.nouns = learned(limit)
        self.settings = [setting for setting in settings().values() if setting.learned]
        self.pool: dict[str, list[Picture]] = {
            setting.name: [background(setting, k, size * 3 // 2, size) for k in range(backgrounds)] for setting in self.settings
        }

    def sample(self) -> Scene:
        setting = self.settings[self.rng.integers(len(self.settings))]
        things: list[Thing] = []
        for _ in range(self.rng.choice(5, p=[0.2, 0.25, 0.25, 0.18, 0.12]) + 1):
            thing = self.thing()
            if not any(_overlap(thing.box, other.box) > 0.35 for other in things):
                things.append(thing)
        return self.draw(setting, tuple(things))

    def draw(self, setting: Setting, things: tuple[Thing, ...]) -> Scene:
        pool = self.pool[setting.name]
        wide = pool[self.rng.integers(len(pool))]
        left = self.rng.integers(wide.shape[1] - self.size + 1)
        behind = wide[:, left : left + self.size]
        return Scene(setting, things, self._caption(setting, things), behind)

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

    def _caption(self, setting: Setting, things: tuple[Thing, ...]) -> str:
        """Half the time the words the renderer uses, half the time something looser; objects are left out now and then."""
        said = [thing for thing in things if self.rng.uniform() > 0.12]
        names = [phrase(thing.noun, thing.colour) for thing in said]
        if self.rng.uniform() < 0.5:
            return caption(names, setting.name)
        place = str(self.rng.choice([setting.name, *setting.synonyms]))
        form = str(self.rng.choice(["{n} in {p}", "{p} with {n}", "{n} moving across {p}", "a video of {n}, {p}", "{p}: {n}"]))
        return form.format(n=" and ".join(names) or "nothing", p=place)


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
