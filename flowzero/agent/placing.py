"""Where things stand before anything moves them: sizes, the ground, and parts of the picture as coordinates.

Typical sizes and habits come from the vocabulary; a noun that it does not know gets middling ones. All lengths are fractions
of the frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent import rows
from flowzero.agent.bonds import bears, comers, crossings, errands
from flowzero.agent.nature import (
    SEATS,
    far_away,
    fixed,
    habit,
    is_person,
    share_beside,
    size_class,
    takes_aboard,
    usual_aspect,
    usual_height,
)
from flowzero.agent.promises import (
    Approach,
    Beside,
    Carries,
    Compared,
    Follows,
    Go,
    Journey,
    Passes,
    Place,
    Reading,
    Relation,
    Relative,
    Thing,
    Trace,
)  # fmt: skip
from flowzero.agent.remembered import remembered
from flowzero.dss import Box

GROUND = 0.86
"""Where feet and wheels stand."""
HORIZON = 0.6
"""Where the sun's centre is when it has sunk, and before it rises."""
_HIGH = frozenset(
    [
        "satellite",
        "rainbow",
        "balloon",
        "kite",
        "airplane",
        "helicopter",
        "parachute",
        "rocket",
    ]
)
_SPECKS = frozenset(
    [
        "star",
        "bubble",
        "snowflake",
        "raindrop",
        "leaf",
        "petal",
        "firefly",
        "bee",
        "fly",
        "ant",
        "butterfly",
        "spark",
        "coin",
        "seed",
        "feather",
    ]
)
"""What is small where there are several."""
YOUNG = frozenset(
    ["puppy", "kitten", "duckling", "chick", "lamb", "calf", "foal", "piglet", "cub", "fawn", "gosling", "cygnet"]
)
_ALOFT = frozenset(["umbrella", "balloon", "kite", "parasol"])
_LARGE, _SMALL = 1.35, 0.65
_BUILDING = 6
"""The class of size from which on things are as large as houses."""
_STACKED = 0.72
"""How tall two are together, one above the other."""
_BOTH = 0.48
"""How broad they are together who come to a thing from the left and from the right, and that thing."""
_ERRAND = 0.95
"""The same of what one comes to, who comes there, twice, and what he goes on to from there."""
_LEAST = 0.12
"""How tall, at least, what is tiny beside another is drawn where there is room, so that it can be seen."""
_BROADEST = 0.62
"""The width of the widest, so that it has room to move."""
_FEW, _ABREAST, _THIRD = range(3, 6), 0.65, 0.3
"""So many of one kind, alone in the picture, stand in one line: how broad are at most all but one of them together, and one."""


@dataclass(frozen=True)
class Stance:
    """How an object stands: the size of its box, the height of its centre, and whether it keeps to the ground."""

    w: float
    h: float
    y: float
    grounded: bool

    def box(self, cx: float, cy: float | None = None, scale: float = 1.0) -> Box:
        """Its box about a centre, on its own height when none is given; no smaller and no larger than a box may be."""
        w, h = (min(max(side * scale, 0.01), 1.9) for side in (self.w, self.h))
        return Box(x=round(cx - w / 2, 4), y=round((self.y if cy is None else cy) - h / 2, 4), w=round(w, 4), h=round(h, 4))


@remembered
def stance(thing: Thing, reading: Reading, crowd: int) -> Stance:
    """The stance of one of a thing's objects in a picture of `crowd` objects."""
    w, h = _bulk(thing, reading, crowd)
    if not far_away(thing.noun):
        smaller = _row_share(reading, crowd)
        w, h = w * smaller, h * smaller
    return Stance(round(w, 4), round(h, 4), *_level(thing, reading, h))


def berths(reading: Reading, crowd: int, wanted: Callable[[str], float | None]) -> dict[rows.Member, rows.Berth]:
    """Where those stand who stand in rows, and who stand for themselves beside them."""
    return rows.berths(reading, lambda thing: stance(thing, reading, crowd).w, lambda thing: _keeps_low(thing, reading), wanted)


@remembered
def _row_share(reading: Reading, crowd: int) -> float:
    """How much smaller all are so that those who stand beside each other have room."""
    return rows.share(reading, lambda thing: _bulk(thing, reading, crowd)[0], lambda thing: _keeps_low(thing, reading))


def _keeps_low(thing: Thing, reading: Reading) -> bool:
    return _level(thing, reading, 0.3)[1]


def _bulk(thing: Thing, reading: Reading, crowd: int) -> tuple[float, float]:
    """Width and height of one of a thing's objects in a crowd."""
    thinner = _thinner(crowd)
    if thing.count == 1 and (size_class(thing.noun) or 0) >= _BUILDING and not set(thing.attributes) & lex.SMALL:
        thinner = max(thinner, 0.7)  # what is so large stays the background of a crowd
    h = max(_height(thing, reading) * thinner, 0.08)
    w = h * aspect(thing)
    broadest = min(_ABREAST / (crowd - 1), _THIRD) if thing.count == crowd and crowd in _FEW else _BROADEST
    if w > broadest:
        w, h = broadest, h * broadest / w
    return w, h


def aspect(thing: Thing) -> float:
    """Width over height of its box."""
    return usual_aspect(thing.noun)


def _thinner(crowd: int) -> float:
    """How much smaller things get when there are many."""
    return 1.0 if crowd <= 2 else max(0.3, (2.3 / crowd) ** 0.6)


def _usual_height(thing: Thing) -> float:
    """What its noun and its adjectives make of its height."""
    height = usual_height(thing.noun)
    words = set(thing.attributes)
    if words & lex.LARGE:
        height = max(height * _LARGE, 0.34)
    if words & lex.SMALL:
        height = min(height * _SMALL, 0.26)
    if thing.noun.split()[-1] in YOUNG:
        height *= 0.7
    if thing.count > 2 and thing.noun in _SPECKS and not words & lex.LARGE:
        height *= 0.5
    return height


def _height(thing: Thing, reading: Reading) -> float:
    height = _in_scale(thing, reading, _usual_height(thing)) * _queue(thing, reading)
    height *= _gathered(thing, reading) * _from_both_sides(thing, reading) * _on_an_errand(thing, reading)
    for promise in reading.promises:
        if isinstance(promise, Carries) and promise.thing == thing.id:
            height = _borne_height(promise, thing, reading, height)
        if isinstance(promise, Journey) and promise.thing == thing.id and (thrower := _thrower(promise, reading)):
            height = min(height, 0.5 * _usual_height(thrower))
        if isinstance(promise, Journey) and (holder := _gets_into(promise, reading)) and thing.id in (promise.thing, holder):
            into = Relation(thing=promise.thing, relation="inside", other=holder)
            height = _related_height(into, thing, reading, height)
        if isinstance(promise, Compared) and promise.aspect == "size" and thing.id in (promise.thing, promise.other):
            height = _compared_height(promise, thing, reading, height)
        if isinstance(promise, Relation) and thing.id in (promise.thing, promise.other):
            height = _related_height(promise, thing, reading, height)
        if bears(promise) and getattr(promise, "other", None) == thing.id and thing.noun.split()[-1] in BOARDS:
            rider = reading.thing(getattr(promise, "thing", ""))
            height = max(height, 0.6 * _usual_height(rider) * aspect(rider) / aspect(thing))
    return min(max(height, 0.07), 0.7)


def _from_both_sides(thing: Thing, reading: Reading) -> float:
    """How much smaller those get who come to one thing from both sides, and that thing, so that all have way to go."""
    for goal in reading.things:
        come = comers(reading, goal.id)
        if thing.id in (goal.id, *come) and {"left", "right"} <= set(come.values()):
            wide = [_in_scale(one, reading, _usual_height(one)) * aspect(one) for one in map(reading.thing, (goal.id, *come))]
            return min(1.0, _BOTH / (wide[0] + 2 * max(wide[1:])))
    return 1.0


def _on_an_errand(thing: Thing, reading: Reading) -> float:
    """How much smaller those get who go to one thing and on to another, and these, so that they have way to go between them."""
    for names in errands(reading):
        if thing.id in names:
            who, first, last = (_in_scale(one, reading, _usual_height(one)) * aspect(one) for one in map(reading.thing, names))
            return min(1.0, _ERRAND / (first + 2 * who + last))
    return 1.0


def _gathered(thing: Thing, reading: Reading) -> float:
    """How much smaller those get who stand close together so that another has room to go round them, and that one with them."""
    about = {
        other.id
        for other in reading.things
        if rounded_up(other, reading) and (other.id == thing.id or thing.id in _rounders(other, reading))
    }
    wide = [(one, _in_scale(one, reading, _usual_height(one)) * aspect(one)) for one in map(reading.thing, sorted(about))]
    return min([1.0, *(1.3 * pitch(one.count) / w for one, w in wide)])


def _rounders(thing: Thing, reading: Reading) -> list[str]:
    """Who goes round a thing."""
    ways = [p for p in reading.promises if isinstance(p, Journey) and p.thing != thing.id]
    return [way.thing for way in ways if any(isinstance(step, Trace) and step.other == thing.id for step in way.steps)]


def _thrower(journey: Journey, reading: Reading) -> Thing | None:
    """Who lets go of a thing that sets out from somebody, as what is thrown does; that had a hand's room."""
    first = journey.steps[0]
    if not (isinstance(first, Approach) and first.away and is_person(reading.thing(first.other).noun)):
        return None
    thrown = vocabulary.find(reading.thing(journey.thing).noun)
    return reading.thing(first.other) if thrown is not None and thrown.moves in ("rolls", "still") else None


def _gets_into(journey: Journey, reading: Reading) -> str | None:
    """The thing that one gets into on its way, if that is no house and no vehicle, into which one goes out of sight."""
    noun = reading.thing(journey.thing).noun
    into = [step.other for step in journey.steps if isinstance(step, Beside) and step.relation == "inside" and not step.start]
    held = [
        other for other in into if not fixed(reading.thing(other).noun) and not takes_aboard(reading.thing(other).noun, noun)
    ]
    return held[0] if held else None


def _related_height(promise: Relation, thing: Thing, reading: Reading, height: float) -> float:
    """A height with which one fits into, onto or above the other."""
    if promise.relation == "on":
        return _seated_height(promise, thing, reading, height)
    if promise.relation == "inside" and promise.other == thing.id:
        return max(height, 0.42)
    if promise.relation == "inside":
        holder = max(usual_height(reading.thing(promise.other).noun), 0.42)
        many = max(1.0, thing.count**0.5)
        return min(height, 0.5 * holder / (many * 0.62 if many > 1 else 1))
    if promise.relation in ("above", "below"):
        mate = reading.thing(promise.other if thing.id == promise.thing else promise.thing)
        return height * min(1.0, _STACKED / (height + _usual_height(mate)))
    return height


def _in_scale(thing: Thing, reading: Reading, height: float) -> float:
    """A height that looks right beside the other things, unless the prompt has a word on its size."""
    said = {p.thing for p in reading.promises if p.kind == "size" or (p.kind == "comparison" and p.aspect == "size")}
    if thing.id in said or set(thing.attributes) & lex.LARGE:
        return height
    breadth = math.sqrt(aspect(thing))
    limits = []
    for other in reading.things:
        giant = bool(set(other.attributes) & lex.LARGE)
        share = share_beside(thing.noun, other.noun, giant=giant) if other.noun != thing.noun else 1.0
        if share < 1:
            limits.append(share * max(_usual_height(other), usual_height(other.noun)) * math.sqrt(aspect(other)))
    return min(height, max(min(limits, default=1.0) / breadth, _LEAST))


def _borne_height(promise: Carries, thing: Thing, reading: Reading, height: float) -> float:
    """What is held is small beside who holds it, and a rider not larger than a mount that is no mere board."""
    bearer = _usual_height(reading.thing(promise.other))
    if promise.how == "ridden":
        return min(height, 0.9 * bearer) if bearer >= 0.3 else height
    if promise.how in ("held", "taken"):
        return min(height, (0.65 if thing.noun.split()[-1] in _ALOFT else 0.5) * bearer)
    return height


def _queue(thing: Thing, reading: Reading) -> float:
    """How much smaller those get who follow each other in a long row, or overtake each other, so that all have room."""
    row = {thing.id}
    follows = [promise for promise in reading.promises if isinstance(promise, Follows)]
    for _ in follows:
        row |= {name for promise in follows for name in (promise.thing, promise.other) if row & {promise.thing, promise.other}}
    if len(row) > 1:
        crowd = _thinner(crowd_of(reading))
        wide = [(other, _usual_height(other) * crowd * aspect(other)) for other in map(reading.thing, sorted(row))]
        goal = any(
            isinstance(p, Journey) and p.thing in row and isinstance(p.steps[-1], Approach) and not p.steps[-1].away
            for p in reading.promises
        )
        return min(1.0, (0.6 if goal else 0.78) / sum(w * (1 + 0.85 * (other.count - 1)) + 0.03 for other, w in wide))
    raced = {frozenset((p.thing, p.other)) for p in reading.promises if isinstance(p, Compared) and p.aspect == "speed"}
    return 0.8 if any(thing.id in pair for pair in raced) else 1.0


def _seated_height(promise: Relation, thing: Thing, reading: Reading, height: float) -> float:
    """A height with which several have room side by side on what bears them all."""
    on = {other.thing for other in reading.promises if isinstance(other, Relation) and _same_seat(other, promise)}
    many = sum(reading.thing(item_id).count for item_id in on)
    if promise.other == thing.id and thing.noun.split()[-1] in SEATS:
        height = max(height, 0.46)
    if many < 2:
        return height
    broad = min(0.6, 0.34 + 0.06 * many)
    if promise.other == thing.id:
        return max(height, broad)
    bearer = reading.thing(promise.other)
    noun = vocabulary.find(bearer.noun)
    width = max(noun.height if noun else 0.32, broad) * aspect(bearer)
    return min(height, 1.05 * width / many / aspect(thing))


def _same_seat(one: Relation, two: Relation) -> bool:
    return (one.relation, one.other) == (two.relation, two.other)


def _compared_height(promise: Compared, thing: Thing, reading: Reading, height: float) -> float:
    """A height that stands in the promised ratio to the other's typical one."""
    ours = promise.sign if thing.id == promise.thing else -promise.sign
    if promise.sign == 0:
        other = vocabulary.find(reading.thing(promise.other if thing.id == promise.thing else promise.thing).noun)
        return (height + (other.height if other else 0.32)) / 2
    return max(height * 1.15, 0.36) if ours > 0 else min(height * 0.7, 0.24)


def _level(thing: Thing, reading: Reading, h: float) -> tuple[float, bool]:
    """Height of the centre, and whether the ground holds it."""
    noun = vocabulary.find(thing.noun)
    kept = habit(thing.noun)
    setting = vocabulary.find_setting(reading.setting) if reading.setting else None
    if reading.view == "top":
        return 0.5, False
    if far_away(thing.noun):
        return 0.45 if _circled(thing, reading) else max(0.22, h / 2 + 0.03), False
    if (
        thing.medium == "air"
        or (kept == "flies" and not thing.medium and not thing.still)
        or (noun is not None and noun.name in _HIGH)
    ):
        return max(0.3, h / 2 + 0.03), False
    if setting is not None and not setting.ground:
        return 0.5, False
    if thing.medium == "water" or kept in ("swims", "floats"):
        return min(0.66, 0.97 - h / 2), False
    return GROUND - h / 2, True


def rounded_up(thing: Thing, reading: Reading) -> bool:
    """Whether another goes round several of one kind, who stand close together then."""
    return thing.count > 1 and bool(_rounders(thing, reading))


def pitch(count: int) -> float:
    """How far from each other those stand of whom so many stand close together."""
    return min(0.22, max(0.51 / count, 0.1))


def _circled(thing: Thing, reading: Reading) -> bool:
    """Whether another goes round it, or up or down past it, and needs room above and below."""
    steps = [step for promise in reading.promises if isinstance(promise, Journey) for step in promise.steps]
    passing = {promise.thing for promise in reading.promises if isinstance(promise, Passes) and promise.other == thing.id}
    ways = [(p.thing, step) for p in reading.promises if isinstance(p, Journey) for step in p.steps]
    upright = {name for name, step in ways if isinstance(step, Go) and step.heading in ("up", "down")}
    return bool(passing & upright) or any(isinstance(step, Trace) and step.other == thing.id for step in steps)


@remembered
def crowd_of(reading: Reading) -> int:
    """How many objects share the picture; what lies in or on something else takes no room of its own."""
    packed = {
        promise.thing for promise in reading.promises if isinstance(promise, Relation) and promise.relation in ("inside", "on")
    } - {on.thing for on in crossings(reading.promises)}
    return sum(1 if thing.id in packed else thing.count for thing in reading.things)


_X = {"left": 0.2, "middle": 0.5, "right": 0.8}
_Y = {"top": 0.22, "middle": 0.5, "bottom": 0.78}


def centre_of(place: Place, at: Stance, x: float, y: float) -> tuple[float, float]:
    """The centre for a part of the picture; open axes keep x or y, and boxes stay within the frame unless it is off."""
    cx = _X[place.x] if place.x else x
    cy = _Y[place.y] if place.y else y
    if place.off:
        cx = {"left": -at.w / 2 - 0.01, "right": 1.01 + at.w / 2}.get(place.x or "", cx)
        if not place.x:
            cy = {"top": -at.h / 2 - 0.01, "bottom": 1.01 + at.h / 2}.get(place.y or "", cy)
        return cx, cy
    if place.y == "bottom" and at.grounded:
        cy = max(at.y, 0.55)
    return within(cx, at.w), within(cy, at.h)


def within(centre: float, size: float) -> float:
    """A centre for which the box lies within the frame with a little air."""
    half = size / 2 + 0.02
    return min(max(centre, half), 1 - half) if half < 0.5 else 0.5


BOARDS = frozenset(["skateboard", "surfboard", "snowboard", "sled", "sleigh", "carpet", "raft", "scooter", "hoverboard"])
"""What a rider stands on with room for its feet, however large it is."""
OPEN = frozenset(
    ["boat", "rowboat", "canoe", "kayak", "raft", "gondola", "dinghy", "cart", "wagon", "carriage", "sled", "sleigh", "basket",
     "bathtub", "tub", "bucket", "nest", "wheelbarrow", "convertible", "cradle", "trough", "speedboat", "sailboat"]
)  # fmt: skip
"""What is open at the top, so that one sees who is in it."""


def _aside(at: Stance, other: Box, usual: float, behind: float) -> float:
    """How far to the side one stands before or behind another, so that half of the one behind, of that area, is seen."""
    side = 1 if other.cx < 0.6 else -1
    hides = min(at.w, other.w) * min(at.h, other.h) > 0.5 * behind
    return side * (max(usual, max(at.w, other.w) / 2) if hides else usual)


def gap(a: Box, b: Box) -> float:
    """How far apart two boxes are."""
    return math.hypot(max(0.0, b.x - a.x - a.w, a.x - b.x - b.w), max(0.0, b.y - a.y - a.h, a.y - b.y - b.h))


def beside(  # noqa: PLR0911, PLR0913
    relation: Relative, at: Stance, other: Box, x: float, y: float, *, second: Box | None = None, noun: str = ""
) -> tuple[float, float]:
    """The centre that stands in a relation to another's box, of that noun; `second` is the other end of "between"."""
    gap = 0.04
    if relation == "left":
        return other.x - at.w / 2 - gap, y
    if relation == "right":
        return other.x + other.w + at.w / 2 + gap, y
    if relation == "above":
        return other.cx, max(other.y - at.h / 2 - gap, at.h / 2 + 0.01)
    if relation == "below" and at.grounded:
        return other.cx, max(at.y, min(other.cy + 0.05, 0.98 - at.h / 2))
    if relation == "below":
        return other.cx, other.y + other.h + at.h / 2 + gap
    if relation == "on":
        sunk = 0.5 * other.h if noun.split()[-1:] and noun.rsplit(maxsplit=1)[-1] in SEATS else min(0.08, 0.25 * other.h)
        return other.cx, max(other.y - at.h / 2 + sunk, at.h / 2)
    if relation == "inside":
        return other.cx, other.y + 0.15 * other.h if noun and noun.rsplit(maxsplit=1)[-1] in OPEN else other.cy
    if relation == "front":
        low = min(other.y + other.h + 0.05, 0.98) - at.h / 2
        return other.cx + _aside(at, other, 0.12, other.area), low if at.grounded else min(low, other.cy)
    if relation == "behind":
        return other.cx + _aside(at, other, 0.14, at.w * at.h), other.y + other.h - 0.05 - at.h / 2
    if relation == "between" and second is not None:
        return (other.cx + second.cx) / 2, y
    if relation == "outside":
        return other.x + other.w + at.w / 2 + 2 * gap, y
    side = 1 if other.cx <= 0.55 else -1
    return other.cx + side * (other.w / 2 + at.w / 2 + gap), y
