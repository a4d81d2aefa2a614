"""What FlowZero can draw: nouns with a sprite, settings with a drawn background, and colours.

One vocabulary for everybody: the animatic draws it, the embedded model was trained on its `learned` part, and the planner
takes typical sizes and habits of motion from it. A noun or setting that is not here still makes a valid plan; it is drawn
as a labelled box, or as the nearest known one, and the result says so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from flowzero.vocabulary.colours import COLOUR_SYNONYMS as COLOUR_SYNONYMS
from flowzero.vocabulary.colours import COLOURS as COLOURS
from flowzero.vocabulary.colours import colours_in

Habit = Literal["walks", "hops", "flies", "swims", "floats", "rolls", "drives", "still"]
Facing = Literal["left", "right", ""]


@dataclass(frozen=True)
class Noun:
    """A thing with a sprite."""

    name: str
    group: str
    moves: Habit
    height: float
    """Typical height of its box, as a fraction of the frame."""
    aspect: float
    """Width over height of its sprite."""
    facing: Facing
    """Where the sprite looks; empty when it has no side view."""
    tint: str
    """Which part takes a colour: "main" (its dominant hue), a hue in degrees, "pale" (what has no hue), or none when empty."""
    learned: bool
    """Whether the embedded model was trained to draw it."""
    glows: bool
    """Whether it shines of its own, and so at night as by day."""
    sprite: str
    """Code points of the sprite's source, or "drawn" if we drew it; empty when it is drawn anew each time."""
    synonyms: tuple[str, ...]

    @property
    def colourable(self) -> bool:
        """Whether it can be drawn in any of the colours."""
        return bool(self.tint)


@dataclass(frozen=True)
class Setting:
    """A background that can be drawn."""

    name: str
    ground: bool
    """Whether it has a ground that things stand on."""
    learned: bool
    synonyms: tuple[str, ...]
    drawn: tuple[str, ...] = ()
    """Other places that it is drawn for."""
    within: tuple[str, ...] = ()
    """Things, such as buildings, for the inside of which it is drawn: "in a church" is a room, "past a church" is none."""


LIGHTS: Mapping[str, tuple[float, float, float]] = MappingProxyType({"sunset": (1.0, 0.85, 0.74), "night": (0.6, 0.66, 0.85)})
"""Settings that are times of day, and so the light that another place can stand in; with what it leaves of a thing's red, green
and blue."""


@dataclass(frozen=True)
class Home:
    """Where some things are at home, so that a picture of nothing else is one of that place."""

    setting: str
    where: str
    """The same with a preposition: "in space"."""
    sure: frozenset[str]
    """Nouns, each of which alone says so."""
    fitting: frozenset[str]
    """Nouns that may be there, too."""


@dataclass(frozen=True)
class Place:
    """A setting, in daylight or in the light of a time of day."""

    setting: Setting
    light: str = ""

    @property
    def name(self) -> str:
        """Such as "city at night"."""
        return f"{self.setting.name} at {self.light}" if self.light else self.setting.name

    def light_on(self, noun: Noun) -> str:
        """The name of the light that falls on a thing in it; none by day, and on what shines."""
        name = self.light or self.setting.name
        return name if name in LIGHTS and not noun.glows else ""


@cache
def nouns() -> Mapping[str, Noun]:
    """Every noun by name, in the order of the file."""
    return MappingProxyType(
        {
            row["noun"]: Noun(
                name=row["noun"],
                group=row["group"],
                moves=cast("Habit", row["moves"]),
                height=float(row["height"]),
                aspect=float(row["aspect"]),
                facing=cast("Facing", row["facing"]),
                tint=row["colours"],
                learned=row["learned"] == "1",
                glows=row["glows"] == "1",
                sprite=row["sprite"],
                synonyms=_list(row["synonyms"]),
            )
            for row in _rows("nouns.csv")
        }
    )


@cache
def settings() -> Mapping[str, Setting]:
    """Every setting by name, in the order of the file."""
    return MappingProxyType(
        {
            row["setting"]: Setting(
                name=row["setting"],
                ground=row["ground"] == "1",
                learned=row["learned"] == "1",
                synonyms=_list(row["synonyms"]),
                drawn=_list(row["drawn"]),
                within=_list(row["within"]),
            )
            for row in _rows("settings.csv")
        }
    )


@cache
def places() -> Mapping[str, Place]:
    """Every place by name: the settings, and then those with a day in every other light."""
    plain = [Place(setting) for setting in settings().values()]
    lit = [Place(place.setting, light) for place in plain for light in LIGHTS if _has_days(place.setting)]
    return MappingProxyType({place.name: place for place in (*plain, *lit)})


@cache
def homes() -> tuple[Home, ...]:
    """The places that things alone can name, the first that fits first."""
    return tuple(
        Home(row["setting"], row["where"], frozenset(_list(row["sure"])), frozenset(_list(row["fitting"])))
        for row in _rows("homes.csv")
    )


def home_of(phrases: Iterable[str]) -> Home | None:
    """Where things belong where nobody says where they are; None unless every one of them is at home there."""
    names = [_heads(phrase) for phrase in phrases]
    for home in homes():
        if names and all(name & (home.sure | home.fitting) for name in names) and any(name & home.sure for name in names):
            return home
    return None


def _heads(phrase: str) -> frozenset[str]:
    """What a noun may be looked up as: its last word, its last two, each as if it were a plural, too."""
    words = _words(phrase)
    return frozenset(name for n in (1, 2) for name in _singulars(" ".join(words[-n:])))


@lru_cache(maxsize=4096)
def find(phrase: str) -> Noun | None:
    """The known noun that a phrase such as "two small puppies in a basket" is about, by name or synonym.

    It is the last known word before what the phrase adds with a preposition, or else the last one at all ("a slice of pizza").
    """
    head = _ADDED.split(phrase.lower(), maxsplit=1)[0]
    return _last_named(head, _noun_names()) or _last_named(phrase, _noun_names())


def is_thing(word: str) -> bool:
    """Whether a word names a thing that is known, and hardly ever anything else: "fly" is more often done than seen."""
    return _ALSO_DONE.isdisjoint(_singulars(word)) and find(word) is not None


def is_place(word: str) -> bool:
    """Whether a word names a setting, though it can be drawn as a thing, too: "a mountain"."""
    known = find(word)
    return (known is None or known.group == "place") and find_setting(word) is not None


def find_setting(text: str) -> Setting | None:
    """The known setting that a text such as "across a wide green field" names first, by name or synonym.

    Who is under the sea is underwater.
    """
    if _SUBMERGED.search(text.lower()):
        return settings()["underwater"]
    return next(_named(text, _setting_names()), None)


def find_place(text: str) -> Place | None:
    """The place to draw for a text, the one that it names first, in the light of the time of day that it names with it.

    "The mountains at sunset" are mountains, and a sunset alone is the setting of that name.
    """
    named = tuple(_named(text, _place_names()))
    if _SUBMERGED.search(text.lower()):
        named = (settings()["underwater"], *named)
    if not named:
        return None
    where = next((setting for setting in named if setting.name not in LIGHTS), None)
    light = next((setting.name for setting in named if setting.name in LIGHTS), "")
    if where is None:
        return Place(named[0])
    return Place(where, light if _has_days(where) else "")


def _has_days(setting: Setting) -> bool:
    """Whether the light of a time of day reaches it."""
    return setting.name not in ("space", "underwater", *LIGHTS)


def find_colour(phrase: str) -> str | None:
    """The known colour that a phrase first says its thing has: of "a man in a red coat" red, of "a dog in a red scarf" none."""
    noun = find(phrase)
    return next(colours_in(phrase, person=noun is None or noun.group == "person"), None)


_ADDED = re.compile(r" (?:with|without|in|on|at|from|under|behind|inside|wearing|holding|carrying|made) ")
"""Where a phrase goes on to what its noun has, wears, or where it is."""
_ALSO_DONE = frozenset(
    [
        "anchor", "circle", "cook", "drop", "express", "fly", "guard", "light", "perch", "ring", "roll", "saw", "shadow",
        "sink", "slide", "smoke", "steam", "steer", "wave",
    ]
)  # fmt: skip
"""Names of things that are verbs, too, and more often so."""
_SUBMERGED = re.compile(
    r"\b(under|beneath|below|underneath) (the |a |an )?(\w+ ){0,2}(sea|ocean|water|waves|lake|river|pond|surface)\b"
)


@cache
def _noun_names() -> Mapping[str, Noun]:
    table = {synonym: noun for noun in nouns().values() for synonym in noun.synonyms}
    return table | dict(nouns())


@cache
def _setting_names() -> Mapping[str, Setting]:
    table = {synonym: setting for setting in settings().values() for synonym in setting.synonyms}
    return table | dict(settings())


@cache
def _place_names() -> Mapping[str, Setting]:
    others = {name: setting for setting in settings().values() for name in setting.drawn}
    rooms = {
        f"{preposition} {article} {name}": setting
        for setting in settings().values()
        for name in setting.within
        for preposition in ("in", "inside")
        for article in ("a", "the")
    }
    return {**others, **rooms, **_setting_names()}


def _last_named(phrase: str, table: Mapping[str, Noun]) -> Noun | None:
    """Longest match that ends last, so that "fire engine" beats "engine" and "dog house" is a house."""
    words = _words(phrase)
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - 3), end):
            for name in _singulars(" ".join(words[start:end])):
                if name in table:
                    return table[name]
    return None


def _named(text: str, table: Mapping[str, Setting]) -> Iterator[Setting]:
    """The settings that a text names, as they come; of two names that share a word the one that begins first, or is longer."""
    words = _words(text)
    start = 0
    while start < len(words):
        spans = (
            (end, name)
            for end in range(min(len(words), start + 3), start, -1)
            for name in _singulars(" ".join(words[start:end]))
        )
        end, name = next(((end, name) for end, name in spans if name in table), (start + 1, ""))
        if name:
            yield table[name]
        start = end


def _singulars(name: str) -> Iterator[str]:
    """The name itself, then what it would be the plural of."""
    yield name
    irregular = {"mice": "mouse", "men": "man", "women": "woman", "children": "child", "geese": "goose", "people": "person"}
    head, _, last = name.rpartition(" ")
    prefix = f"{head} " if head else ""
    if last in irregular:
        yield prefix + irregular[last]
    if last.endswith("ies"):
        yield prefix + last[:-3] + "y"
    if last.endswith("ves"):
        yield prefix + last[:-3] + "f"
        yield prefix + last[:-3] + "fe"
    if last.endswith("es"):
        yield prefix + last[:-2]
    if last.endswith("s") and not last.endswith("ss"):
        yield prefix + last[:-1]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())


def _rows(name: str) -> list[dict[str, str]]:
    with (files(__name__) / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)
