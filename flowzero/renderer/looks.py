"""Looks: what each object of each frame is drawn as, in the words that the sprites and the embedded model share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flowzero.dss import DSS, Frame
from flowzero.vocabulary import LIGHTS, Facing, Noun, Place, find, find_colour, find_place, home_of, settings

_MOVES = 0.002
"""Frame widths from one frame to the next; an object that moves less keeps the way it faces."""


_HOMES = {"swims": "underwater", "flies": "sky"}
"""Where things are drawn whose setting nobody named, by habit; anything else stands on a meadow."""
_ALOFT = ("flies", "floats")


@dataclass(frozen=True)
class Look:
    """A known noun with a colour it can take, the way it faces and the light on it; `noun` is None for a thing nobody drew."""

    noun: Noun | None
    colour: str | None
    facing: Facing
    light: str = ""
    """One of the vocabulary's `LIGHTS`, or none by day."""


def looks(frames: Sequence[Frame]) -> list[dict[str, Look]]:
    """For each frame, the look of each object by id. What moves sideways faces where it goes."""
    facings = _facings(frames)
    changes = len({frame.description for frame in frames}) > 1
    result: list[dict[str, Look]] = []
    for frame in frames:
        row: dict[str, Look] = {}
        place = _place_said(frame.setting, frame.description, changes=changes)
        for item in frame.objects:
            noun = find(item.phrase)
            colour = find_colour(item.phrase) if noun and noun.colourable else None
            facing = facings[item.id].get(frame.index) or (noun.facing if noun else "")
            row[item.id] = Look(noun, colour, facing, place.light_on(noun) if place and noun else "")
        result.append(row)
    return result


def place_of(dss: DSS, frame: Frame) -> Place | None:
    """The place to draw behind a frame: the one that is named, or else a home of what is in it; None for one nobody drew."""
    named = place_named(dss, frame)
    unnamed = None if named is not None else place_unnamed(dss)
    return unnamed[0] if unnamed is not None else named


def place_named(dss: DSS, frame: Frame) -> Place | None:
    """The known place that the setting or the scene names."""
    place = _place_said(dss.setting, frame.description, changes=len(dss.scenes) > 1)
    if place is not None and place.setting.name == "sky" and _stands(dss):
        return Place(settings()["meadow"], place.light)
    return place


def _place_said(setting: str, description: str, *, changes: bool) -> Place | None:
    """The known place that either names; where scenes change, the scene's own words come first."""
    texts = (description, setting) if changes else (setting, description)
    return next((place for text in texts if (place := find_place(text)) is not None), None)


def _stands(dss: DSS) -> bool:
    """Whether only some of a plan's things are in the sky, as in "a boy walks past a house, a plane in the sky"."""
    known = [noun for item in dss.objects if (noun := find(item.phrase)) is not None]
    aloft = [noun.moves in _ALOFT for noun in known]
    return any(noun.group == "place" for noun in known) or (any(aloft) and not all(aloft))


def place_unnamed(dss: DSS) -> tuple[Place, str] | None:
    """Where to draw what is in a plan whose setting nobody named, and how that is told: "with a meadow behind"."""
    if dss.setting != DSS.model_fields["setting"].default:
        return None
    home = home_of(item.phrase for item in dss.objects)
    if home is not None:
        return Place(settings()[home.setting]), f"{home.where}, where everything in the plan is at home"
    ways = {noun.moves for item in dss.objects if (noun := find(item.phrase)) is not None}
    name = _HOMES.get(ways.pop() if len(ways) == 1 else "", "meadow")  # a mouse under an owl needs a ground
    return Place(settings()[name]), f"with a {name} behind"


@lru_cache(maxsize=1024)
def light_on(words: str, setting: str) -> tuple[float, float, float]:
    """What the light of a setting leaves of a thing's red, green and blue: all by day, and of what shines."""
    noun, place = find(words), find_place(setting)
    return LIGHTS.get(place.light_on(noun) if place and noun else "", (1.0, 1.0, 1.0))


def phrase(noun: Noun, colour: str | None = None, facing: Facing = "") -> str:
    """The grounding phrase of a noun, such as "red car facing right"."""
    words = [colour or "", noun.name, f"facing {facing}" if facing and noun.facing else ""]
    return " ".join(word for word in words if word)


def caption(phrases: Sequence[str], setting: str) -> str:
    """The scene description of phrases without facing, such as "meadow with red ball, dog"."""
    return f"{setting} with {', '.join(phrases)}" if phrases else setting


def _facings(frames: Sequence[Frame]) -> dict[str, dict[int, Facing]]:
    """By id and frame index: said in the phrase, or where it moves, or where it moved last, or where it will move."""
    tracks: dict[str, list[tuple[int, float, Facing]]] = {}
    for frame in frames:
        for item in frame.objects:
            tracks.setdefault(item.id, []).append((frame.index, item.box.cx, _said(item.phrase)))
    result: dict[str, dict[int, Facing]] = {}
    for name, track in tracks.items():
        moves = [after[1] - before[1] for before, after in pairwise(track)]
        moves = [*moves, moves[-1] if moves else 0.0]
        faces: list[Facing] = [
            said or ("right" if move > _MOVES else "left" if move < -_MOVES else "")
            for (_, _, said), move in zip(track, moves, strict=True)
        ]
        first: Facing = next((face for face in faces if face), "")
        current, row = first, {}
        for (index, _, _), face in zip(track, faces, strict=True):
            current = face or current
            row[index] = current
        result[name] = row
    return result


def _said(text: str) -> Facing:
    match = re.search(r"\b(?:facing|looking)\s+(?:to\s+the\s+)?(left|right)\b", text.lower())
    if match is None:
        return ""
    return "left" if match[1] == "left" else "right"
