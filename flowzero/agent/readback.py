"""A sketch read as the values of a plan: units found, gaps filled, order restored, ids made unique.

What cannot be read as anything raises an :class:`~flowzero.errors.LLMReplyError` whose message tells the model what to correct.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from flowzero.agent.layouts import Mark, keyframes, number, simplified, time_scale, units_of
from flowzero.agent.schemas import MOTIONS
from flowzero.agent.sketches import Sketch, Thing, first
from flowzero.dss import VECTORS, BackgroundMotion, Direction, Keyframe, Object, Scene, Span, State
from flowzero.errors import LLMReplyError

_DIRECTION_WORDS: dict[Direction, str] = {
    "none": "still static stationary no fixed stable idle zero null center centre constant",
    "left": "leftward leftwards west westward",
    "right": "rightward rightwards east eastward",
    "up": "upward upwards north top",
    "down": "downward downwards south bottom",
    "up-left": "left-up top-left upper-left north-west northwest nw upleft",
    "up-right": "right-up top-right upper-right north-east northeast ne upright",
    "down-left": "left-down bottom-left lower-left south-west southwest sw downleft",
    "down-right": "right-down bottom-right lower-right south-east southeast se downright",
    "random": "shake shaky handheld varied any",
}
_DIRECTION = {word: name for name, synonyms in _DIRECTION_WORDS.items() for word in (name, *synonyms.split())}


class Reader:
    """Reads one sketch; what its numbers mean is judged from all of them together."""

    def __init__(self, drawn: Sketch, seconds: float, taken: Iterable[str] = ()) -> None:
        tracks = [thing.marks for thing in drawn.things]
        self.units = units_of(tracks, drawn.canvas)
        self.scale = 1.0 if drawn.frames else time_scale(tracks, _starts(drawn), seconds)
        self.framewise = drawn.frames > 0
        self._taken = set(taken)

    def object(self, thing: Thing) -> Object:
        """The object as planned."""
        phrase = words(thing.phrase, 120)
        if not phrase:
            raise LLMReplyError("an object has no phrase: say of every object what it is.")
        name = self._name(thing.id, phrase)
        becomes = self.states(thing.becomes, phrase)
        if becomes and becomes[0].start == 0:
            phrase, becomes = becomes[0].phrase, becomes[1:]
        depth = number(thing.depth)
        return Object(
            id=name,
            phrase=phrase,
            depth=round(min(max(depth, -100), 100)) if math.isfinite(depth) else 0,
            path=self.path(thing, name),
            motion=next((motion for motion in MOTIONS if motion == thing.motion), "linear"),
            visible=self.spans(thing.seen),
            states=becomes,
        )

    def path(self, thing: Thing, id: str) -> tuple[Keyframe, ...]:
        """The object's keyframes, in order of time."""
        path = keyframes(thing.marks, self.units, self._times(thing.marks))
        if not path:
            raise LLMReplyError(f"object {id!r} has no box: give it a path with x, y, w and h.")
        return simplified(path) if self.framewise or len(path) > 64 else path

    def scenes(self, raw: Sequence[Any], otherwise: str) -> tuple[Scene, ...]:
        """The scene descriptions in order of time, the first from the start on."""
        found: dict[float, str] = {}
        for item in raw:
            text = words(first(item, "text", "description", "scene") if isinstance(item, dict) else item, 500)
            if text and text not in list(found.values())[-1:]:
                found[self._start(item)] = text
        return tuple(Scene(start=t, description=text) for t, text in _from_zero(found or {0.0: otherwise}, 64))

    def background(self, raw: Sequence[Any]) -> tuple[BackgroundMotion, ...]:
        """The background's motion in order of time, the first from the start on."""
        found: dict[float, BackgroundMotion] = {}
        for item in raw:
            if not isinstance(item, dict):
                continue
            way = direction(first(item, "direction", "motion", "dir"))
            speed = self._ratio(item.get("speed"), 0.0 if way == "none" else 0.25)
            zoom, roll = (self._ratio(item.get(name), 0.0) for name in ("zoom", "roll"))
            motion = BackgroundMotion(direction=way, speed=abs(speed) if way != "none" else 0.0, zoom=zoom, roll=roll)
            if motion not in list(found.values())[-1:]:
                found[self._start(item)] = motion
        if not found:
            return (BackgroundMotion(),)
        return tuple(motion.model_copy(update={"start": t}) for t, motion in _from_zero(found, 64))

    def _times(self, marks: Sequence[Mark]) -> list[float]:
        """The marks' times in 0..1; evenly spread where the model left one out."""
        if any(mark.t is None for mark in marks):
            return [k / max(1, len(marks) - 1) for k in range(len(marks))]
        return [self._time(mark.t) for mark in marks]

    def _time(self, value: Any) -> float:
        t = number(value) / self.scale
        return min(max(t, 0.0), 1.0) if math.isfinite(t) else 0.0

    def _start(self, item: Any) -> float:
        return self._time(first(item, "at", "start", "t", "time")) if isinstance(item, dict) else 0.0

    def _ratio(self, value: Any, otherwise: float) -> float:
        """A speed, zoom or roll in -1..1."""
        found = number(value)
        if not math.isfinite(found):
            return otherwise
        hundredths = abs(found) > 1 or (found == int(found) and self.units.width == 100)
        return min(max(found / 100 if hundredths else found, -1.0), 1.0)

    def spans(self, raw: Sequence[Any]) -> tuple[Span, ...]:
        """When the object is there, in order and merged; always, if the model did not say."""
        spans: list[tuple[float, float]] = []
        for item in raw:
            if isinstance(item, dict):
                pair = first(item, "start", "from", "at", "t"), first(item, "end", "until", "to")
            elif isinstance(item, list) and len(item) == 2:
                pair = item[0], item[1]
            else:
                continue
            start, end = self._time(pair[0]), 1.0 if pair[1] is None else self._time(pair[1])
            if (end := 1.0 if end >= 0.985 else end) > start:
                spans.append((start, end))
        merged: list[tuple[float, float]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1] + 1e-9:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return tuple(Span(start=start, end=end) for start, end in merged[:32]) or (Span(start=0, end=1),)

    def states(self, raw: Sequence[Any], phrase: str) -> tuple[State, ...]:
        """What the object turns into, in order of time; what it is already is left out."""
        found: dict[float, str] = {}
        for item in raw:
            if isinstance(item, dict) and (text := words(first(item, "phrase", "to", "state", "name", "text"), 120)):
                found[self._start(item)] = text
        states: list[State] = []
        for t, text in sorted(found.items()):
            if text != (states[-1].phrase if states else phrase):
                states.append(State(start=t, phrase=text))
        return tuple(states[:32])

    def _name(self, given: Any, phrase: str) -> str:
        """A slug from the model's id, or from the phrase's last word, that no other object has."""
        named = slug(given) if isinstance(given, str) else ""
        base = named or slug(phrase.rsplit(maxsplit=1)[-1]) or "object"
        name, n = base, 2
        while name in self._taken:
            name, n = f"{base[:36]}-{n}", n + 1
        self._taken.add(name)
        return name


def slug(text: str) -> str:
    """Small letters, digits, - and _, beginning with a letter, at most 40; empty if nothing of the text is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).lstrip("-_0123456789")[:40].rstrip("-_")


def words(value: Any, most: int) -> str:
    """Text in one line without control characters, cut at a word to at most so many characters; empty if it is no text."""
    if not isinstance(value, str):
        return ""
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in value[: 8 * most])
    text = " ".join(text.split())
    return text if len(text) <= most else (text[:most].rpartition(" ")[0] or text[:most]).rstrip(" ,;:-")


def direction(value: Any) -> Direction:
    """The direction that was meant.

    Raises:
        LLMReplyError: if it is none of those a background can move in.
    """
    if value is None or value == "":
        return "none"
    word = re.sub(r"[\s_/]+", "-", str(value).strip().lower())
    for candidate in (word, word.rpartition("to-")[2], word.removeprefix("pan-"), word.replace("-", "")):
        if candidate in _DIRECTION:
            return _DIRECTION[candidate]
    raise LLMReplyError(f"the background direction {str(value)[:40]!r} is unknown: use none, random, {', '.join(VECTORS)}.")


def _starts(drawn: Sketch) -> Iterable[float]:
    """All times of a sketch outside its paths, in its own unit."""
    things = (item for thing in drawn.things for item in (*thing.seen, *thing.becomes))
    for item in (*things, *drawn.scenes, *drawn.background):
        values: list[Any] = []
        if isinstance(item, dict):
            values = [item.get(name) for name in ("at", "start", "end", "t", "time", "from", "until")]
        elif isinstance(item, list):
            values = item
        yield from (t for value in values if math.isfinite(t := number(value)) and t >= 0)


def _from_zero(found: dict[float, Any], most: int) -> list[tuple[float, Any]]:
    """In order of time, the first moved to the start."""
    (_, value), *rest = sorted(found.items(), key=lambda pair: pair[0])[:most]
    return [(0.0, value), *((t, other) for t, other in rest if t > 0)]
