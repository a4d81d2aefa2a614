"""The built-in planner's composition: objects for things, one at a time, each where it collides with none of the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from flowzero.agent.bonds import GOING, waits
from flowzero.agent.choreography import (
    Sketch,
    climbs,
    company,
    dwarfs,
    implied,
    member_of,
    on_slopes,
    path_for,
    rivals,
    troop,
    turn,
)
from flowzero.agent.edits import shift
from flowzero.agent.filming import background_for, filmed
from flowzero.agent.homes import at_home
from flowzero.agent.nature import far_away
from flowzero.agent.placing import Stance, berths, crowd_of, rounded_up, stance, within
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Camera,
    Carries,
    Follows,
    Journey,
    Meets,
    Ordered,
    Passes,
    Promise,
    Reading,
    Relation,
    Seen,
    Stays,
    Step,
    Thing,
    Turns,
)
from flowzero.agent.rows import SIDES, Berth, Member
from flowzero.agent.slots import slot, wanted
from flowzero.agent.tracks import overlap
from flowzero.dss import (
    DSS,
    MAX_OBJECTS,
    Keyframe,
    Object,
    Scene,
    Span,
    State,
)
from flowzero.errors import PromptError

PLAIN_SETTING = "a plain background"
_ASIDE = tuple((sign * dx, dy) for dx in (0.1, 0.2, 0.3) for dy in (0.0, -0.05, 0.05) for sign in (1, -1))
_NUDGES = ((0.0, 0.0), (0.0, -0.05), (0.0, 0.06), *_ASIDE)
"""Other lanes and places for what stands on the ground: a little nearer or farther, to the side, and never up in the air."""
_AIR_NUDGES = ((0.0, 0.0), (0.0, 0.14), (0.0, -0.1), (0.0, -0.05), (0.0, 0.25), (0.0, 0.36), *_ASIDE)
_RACE_NUDGES = ((0.0, 0.0), (0.0, -0.14), (0.0, 0.08))
"""Lanes of those that start on one line."""

_MOMENTS = tuple(k / 6 for k in range(7))
"""When lanes are compared."""

Placed = dict[str, tuple[Object, ...]]
Taken = Sequence[tuple[float, float, float, float] | None]
"""Another object's boxes at those moments, None while it is not there."""


def compose(reading: Reading, seconds: float, fps: float) -> DSS:
    """A plan from nothing but a reading.

    Raises:
        PromptError: if the reading names nothing that can be drawn and no setting, or more than fits into a plan.
    """
    total = sum(thing.count for thing in reading.things)
    if not reading.things and reading.setting is None:
        raise PromptError(
            "the built-in mind finds nothing to draw in this prompt: name a thing in English, such as 'a red ball rolls "
            "to the right'."
        )
    if total > MAX_OBJECTS:
        raise PromptError(f"the prompt asks for {total} objects: a plan holds at most {MAX_OBJECTS}, so ask for fewer.")
    reading = on_slopes(implied(reading))
    if (home := at_home(reading)) is not None:
        reading = reading.model_copy(update={"setting": home.setting})
    placed: Placed = {}
    room = berths(reading, crowd_of(reading), lambda name: wanted(reading.thing(name), reading))
    for thing in in_order(reading):
        placed[thing.id] = cast_thing(thing, reading, placed, seconds, room)
    for thing in _too_early(reading):
        placed[thing.id] = cast_thing(thing, reading, {k: v for k, v in placed.items() if k != thing.id}, seconds, room)
    for thing in _taken(reading):
        lying, others = placed[thing.id], {k: v for k, v in placed.items() if k != thing.id}
        at = stance(thing, reading, crowd_of(reading))
        first = Sketch(thing.id, at, reading, others, 0.5, seconds)
        placed[thing.id] = tuple(_taken_along(item, replace(first, member=k)) for k, item in enumerate(lying))
    objects = filmed(reading, tuple(item for thing in reading.things for item in placed[thing.id]), seconds)
    bare = DSS(
        prompt=reading.prompt, seconds=seconds, fps=fps, setting=reading.setting or PLAIN_SETTING, objects=objects,
        scenes=(Scene(start=0, description=reading.prompt[:500]),), background=background_for(reading, seconds),
    )  # fmt: skip
    return DSS(**{**dict(bare), "scenes": scenes_for(bare)})


def _too_early(reading: Reading) -> list[Thing]:
    """Things that were placed before what their place depends on, since that depends on them in turn."""
    order = [thing.id for thing in in_order(reading)]
    needs = _needs(reading)
    return [reading.thing(item_id) for k, item_id in enumerate(order) if needs[item_id] - set(order[:k])]


def in_order(reading: Reading) -> list[Thing]:
    """Things so that what a thing's place depends on comes before it, and what a promise holds in a place first of all."""
    needs = _needs(reading)
    going = {getattr(promise, "thing", None) for promise in reading.promises if promise.kind in GOING | {"carrying"}}
    held = {promise.thing for promise in reading.promises if isinstance(promise, Stays)} - going
    done: list[str] = []
    while len(done) < len(needs):
        ready = [item_id for item_id in needs if item_id not in done and needs[item_id] <= set(done)]
        ready.sort(key=lambda item_id: item_id not in held)
        done.append(ready[0] if ready else next(item_id for item_id in needs if item_id not in done))
    return [reading.thing(item_id) for item_id in done]


def _needs(reading: Reading) -> dict[str, set[str]]:
    """For each thing those that its place depends on."""
    needs: dict[str, set[str]] = {thing.id: set() for thing in reading.things}
    aside = [(p.thing, p.other) for p in reading.promises if isinstance(p, Relation) and p.relation in SIDES]
    for promise in reading.promises:
        thing = getattr(promise, "thing", None)
        lies = isinstance(promise, Carries) and promise.how == "taken"  # until the other, who needs it, has come to it
        if thing in needs and not lies and not isinstance(promise, Camera):
            needs[thing] |= {other for other in _others(promise) if other in needs and other != thing}
        if isinstance(promise, Journey):  # who comes to a thing comes to the side of it on which nobody stands
            goals = {step.other for step in promise.steps if isinstance(step, Approach)}
            needs[promise.thing] |= {mate for mate, other in aside if other in goals and mate != promise.thing}
        if isinstance(promise, Meets) and promise.thing != promise.other:
            going = [name for name in (promise.thing, promise.other) if _travels(reading, name) or waits(reading, name)]
            if len(going) == 1:
                needs[promise.thing if going == [promise.other] else promise.other] |= set(going)
    return needs


def _taken(reading: Reading) -> list[Thing]:
    """Things that others come to and take along."""
    told = [p.thing for p in reading.promises if isinstance(p, Carries) and p.how == "taken"]
    return [reading.thing(name) for name in dict.fromkeys(told)]


def _taken_along(item: Object, sketch: Sketch) -> Object:
    """The object that lies where it was placed, or has got to, on the way on which it is taken along."""
    box = item.path[0].box
    at = Stance(box.w, box.h, box.cy, sketch.at.grounded)
    return item.model_copy(update={"path": path_for(replace(sketch, at=at, x=box.cx, lies=item.path, points=[]))})


def _travels(reading: Reading, thing: str) -> bool:
    """Whether the prompt tells its way step by step."""
    return any(isinstance(promise, Journey) and promise.thing == thing for promise in reading.promises)


def _others(promise: Promise) -> list[str]:
    found = (
        [getattr(promise, name, None) for name in ("other", "second")] if promise.kind not in ("comparison", "meeting") else []
    )
    if isinstance(promise, Journey):
        found += [getattr(step, "other", None) for step in promise.steps]
    return [item_id for item_id in found if item_id]


def object_ids(thing: Thing, taken: Iterable[str] = ()) -> list[str]:
    """Ids for a thing's objects that are not taken."""
    used = set(taken)
    if thing.count == 1 and thing.id not in used and f"{thing.id}-1" not in used:
        return [thing.id]
    ids: list[str] = []
    k = 2 if thing.id in used else 1
    while len(ids) < thing.count:
        if f"{thing.id}-{k}" not in used:
            ids.append(f"{thing.id}-{k}")
        k += 1
    return ids


def cast_thing(
    thing: Thing, reading: Reading, placed: Mapping[str, tuple[Object, ...]], seconds: float, room: Mapping[Member, Berth]
) -> tuple[Object, ...]:
    """The objects that play one thing, among what is placed already, each where it has room."""
    at = stance(thing, reading, crowd_of(reading))
    objects: list[Object] = []
    ids = object_ids(thing, (item.id for items in placed.values() for item in items))
    for member, item_id in enumerate(ids):
        around = {**placed, thing.id: tuple(objects)} if objects else dict(placed)
        objects.append(place_object(item_id, thing, member, reading, around, seconds, at, room.get((thing.id, member))))
    return tuple(objects)


def place_object(  # noqa: PLR0913, PLR0917
    item_id: str,
    thing: Thing,
    member: int,
    reading: Reading,
    placed: Mapping[str, tuple[Object, ...]],
    seconds: float,
    at: Stance,
    berth: Berth | None = None,
) -> Object:
    """One object on the path its promises ask for, in its berth or the lane where it covers the others least."""
    x = slot(thing, member, reading) if berth is None else berth.x
    first = Sketch(thing.id, at, reading, placed, x, seconds, member, berth=berth)
    whole = troop(first)
    if whole is not None:
        slots = [slot(mate, k, reading) for mate in map(reading.thing, company(reading, thing.id)) for k in range(mate.count)]
        whole.x = sum(slots) / len(slots)
    lane = _lane(first if whole is None else whole, thing)
    path = path_for(lane) if whole is None else member_of(first, path_for(lane))
    item = _object(item_id, thing, reading, seconds, _in_sight(path))
    row = round(lane.nudge[1] / 0.07) if at.grounded else 0  # who stands farther off is farther off
    row -= berth.line if berth is not None else 0
    return item.model_copy(update={"depth": item.depth + max(-1, min(1, row))})


def _in_sight(path: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    """The path, shifted so that its last box is in the picture if none of it is."""
    if any(key.box.inside() > 0 for key in path) or len({key.box.cx < 0.5 for key in path}) > 1:
        return path
    box = path[-1].box
    dx, dy = within(box.cx, box.w) - box.cx, within(box.cy, box.h) - box.cy
    return tuple(Keyframe(t=key.t, box=shift(key.box, dx, dy)) for key in path)


def _lane(sketch: Sketch, thing: Thing) -> Sketch:
    """The sketch, nudged to where it covers the others least."""
    reading = sketch.reading
    joined = _joined(thing.id, reading) | _packed_with(thing.id, reading) | set(company(reading, thing.id))
    others = [item for name, items in sketch.placed.items() if name not in joined for item in items]
    follows = any(isinstance(promise, Follows) and promise.thing == thing.id for promise in reading.promises)
    climbing = any(isinstance(p, Relation) and p.thing == thing.id and climbs(reading, p) for p in reading.promises)
    berthed = sketch.berth is not None and sketch.berth.bound
    if not others or follows or climbing or berthed or rounded_up(thing, reading):
        return sketch
    taken = [seen_along(other) for other in others]
    best, least = (0.0, 0.0), math.inf
    places = [p.place for p in reading.promises if isinstance(p, Stays) and p.thing == thing.id]
    ways = [p for p in reading.promises if isinstance(p, Journey) and p.thing == thing.id]
    places += [step.place for way in ways for step in way.steps if isinstance(step, At)]
    held = any(place.x for place in places), any(place.y for place in places)
    bare = _object("tried", thing, reading, sketch.seconds, (Keyframe(t=0, box=sketch.at.box(0.5)),))
    racing = bool(rivals(reading, thing.id))
    for nudge in _RACE_NUDGES if racing else _AIR_NUDGES if sketch.at.y < 0.45 or reading.view == "top" else _NUDGES:
        price = 0.15 * (abs(nudge[0]) + abs(nudge[1]))
        astray = (held[0] and abs(nudge[0]) > 0.1) or (held[1] and abs(nudge[1]) > 0.1)
        if least < 0.02 or price >= least or astray:
            continue
        item = bare.model_copy(update={"path": path_for(replace(sketch, nudge=nudge, points=[]))})
        cost = crowding(item, taken) + price + _lost(item)
        if cost < least - 1e-6:
            best, least = nudge, cost
    return replace(sketch, nudge=best)


def _packed_with(thing: str, reading: Reading) -> set[str]:
    """Things in or on the same one, this one among them: they share out the room there."""
    seats = [promise for promise in reading.promises if isinstance(promise, Relation) and promise.relation in ("inside", "on")]
    own = {(promise.relation, promise.other) for promise in seats if promise.thing == thing}
    return {promise.thing for promise in seats if (promise.relation, promise.other) in own}


def _joined(thing: str, reading: Reading) -> set[str]:
    """Things that a promise lets it touch."""
    mates: set[str] = set()
    for promise in reading.promises:
        apart = isinstance(promise, Relation) and promise.relation not in ("on", "inside", "front", "behind", "below")
        if apart and isinstance(promise, Relation) and not climbs(reading, promise):
            continue
        if isinstance(promise, Relation | Carries | Meets | Journey | Passes):
            pair = {getattr(promise, "thing", ""), *_others(promise), getattr(promise, "other", "") or ""}
            if thing in pair:
                mates |= pair - {thing, ""}
    return mates


def seen_along(item: Object) -> Taken:
    """Where an object is at each of some moments of the video, if it is there."""
    return [values if item.visible_at(t) else None for t, values in zip(_MOMENTS, item.values_along(_MOMENTS), strict=True)]


def crowding(item: Object, taken: Sequence[Taken]) -> float:
    """How much an object covers others while both are there, 0 when it never does."""
    cost = 0.0
    for k, box in enumerate(seen_along(item)):
        if box is not None:
            cost += sum(overlap(box, other) for boxes in taken if (other := boxes[k]) is not None) / len(_MOMENTS)
    return cost


def _lost(item: Object) -> float:
    """How far the path's ends hang out of the frame; much when it is never seen."""
    out = 0.0 if any(key.box.inside() > 0 for key in item.path) else 10.0
    for key in item.path:
        box = key.box
        if box.inside() <= 0:
            continue
        out += max(0.0, -box.x, box.x + box.w - 1) + max(0.0, -box.y, box.y + box.h - 1)
    return out


def _object(item_id: str, thing: Thing, reading: Reading, seconds: float, path: tuple[Keyframe, ...]) -> Object:
    return Object(
        id=item_id,
        phrase=first_phrase(thing, reading),
        depth=depth_for(thing, reading),
        path=path,
        motion="smooth" if _curved(path) else "linear",
        states=states_for(thing, reading, seconds),
        visible=visible_for(thing, reading, seconds),
    )


def _curved(path: tuple[Keyframe, ...]) -> bool:
    """Whether a path turns in height, so that straight pieces would look jagged."""
    ups = [b.box.cy - a.box.cy for a, b in pairwise(path)]
    return len(path) > 3 and any(a * b < -1e-6 for a, b in pairwise(ups))


def first_phrase(thing: Thing, reading: Reading) -> str:
    """What the thing is in the first frame."""
    for promise in reading.promises:
        if (
            isinstance(promise, Turns)
            and promise.thing == thing.id
            and promise.before
            and not set(promise.before) & set(thing.phrase.split())
        ):
            words = [word for word in promise.before if word not in thing.noun.split()]
            return f"a {' '.join([*words, *thing.attributes, thing.noun])}"[:120] if words else f"a {' '.join(promise.before)}"
    return thing.phrase


def states_for(thing: Thing, reading: Reading, seconds: float) -> tuple[State, ...]:
    """What the prompt turns the thing into, halfway when it does not say when."""
    turns = [promise for promise in reading.promises if isinstance(promise, Turns) and promise.thing == thing.id]
    states: list[State] = []
    for k, promise in enumerate(turns):
        first, last = turn(reading, thing.id)
        start = first + (last - first) * (k + 1) / (len(turns) + 1)
        start = promise.window.within(seconds)[0] if promise.window else start
        start = max(start, 0.5 if start <= 0.02 else start)
        if not states or start > states[-1].start:
            states.append(State(start=round(start, 4), phrase=promise.phrase[:120]))
    return tuple(states)


def visible_for(thing: Thing, reading: Reading, seconds: float) -> tuple[Span, ...]:
    """When the prompt lets the thing be there."""
    start, end = 0.0, 1.0
    for promise in reading.promises:
        if isinstance(promise, Seen) and promise.thing == thing.id:
            first, last = promise.window.within(seconds)
            first = max(first, _comes_after(thing, reading, seconds) or turn(reading, thing.id)[0]) if promise.loose else first
            start = max(start, first) if promise.start else start
            end = min(end, last) if promise.end else end
    return (Span(start=round(start, 4), end=round(end, 4)),) if end - start >= 0.02 else (Span(start=0, end=1),)


def _comes_after(thing: Thing, reading: Reading, seconds: float) -> float:
    """Midway between when what comes before it appears and the end; 0 if nothing does."""
    before = {p.first for p in reading.promises if isinstance(p, Ordered) and p.second == thing.id}
    starts = [p.window.within(seconds)[0] for p in reading.promises if isinstance(p, Seen) and p.start and p.thing in before]
    return max(((start + 1) / 2 for start in starts), default=0.0)


def depth_for(thing: Thing, reading: Reading) -> int:
    """Nearer than what it is in front of, farther than what it is behind; riders before their mounts, the sky behind all."""
    depth = -3 if far_away(thing.noun) else 0
    for promise in reading.promises:
        if isinstance(promise, Relation) and promise.relation in ("front", "behind", "inside", "on"):
            sign = -1 if promise.relation == "behind" else 1
            if promise.thing == thing.id:
                depth += sign * 2
                depth = min(depth, _BEYOND) if sign < 0 and far_away(reading.thing(promise.other).noun) else depth
        under = isinstance(promise, Relation) and promise.relation == "below" and not far_away(thing.noun)
        before = under or isinstance(promise, Carries) or (isinstance(promise, Relation) and climbs(reading, promise))
        if before and getattr(promise, "thing", None) == thing.id:
            depth += 1
        if isinstance(promise, Journey) and promise.thing == thing.id:
            leaves = any(isinstance(step, Approach) and step.away for step in promise.steps)
            near = promise.steps[0].kind in ("beside", "approach") or leaves
            depth += -2 if any(_behind(step) for step in promise.steps) else near
            hidden = [step.other for step in promise.steps if isinstance(step, Beside) and _behind(step)]
            far = any(far_away(reading.thing(other).noun) for other in hidden)
            depth = min(depth, _BEYOND) if far else depth
        if isinstance(promise, Passes) and promise.thing == thing.id:
            depth += -1 if dwarfs(reading, promise) else 1
    return depth


_BEYOND = -4
"""How deep what is behind a cloud or the moon lies, which lie behind all else."""


def _behind(step: Step) -> bool:
    return isinstance(step, Beside) and step.relation == "behind"


def scenes_for(dss: DSS) -> tuple[Scene, ...]:
    """A description from each moment at which something appears, vanishes or changes; the prompt when nothing does."""
    moments = {0.0}
    for item in dss.objects:
        moments |= {state.start for state in item.states}
        moments |= {t for span in item.visible for t in (span.start, span.end) if t < 1}
    if len(moments) == 1 and dss.prompt:
        return (Scene(start=0, description=dss.prompt[:500]),)
    scenes: list[Scene] = []
    for t in sorted(moments):
        text = description_at(dss, t)
        if not scenes or scenes[-1].description != text:
            scenes.append(Scene(start=t, description=text))
    return tuple(scenes)


def description_at(dss: DSS, t: float) -> str:
    """Who is there at a time, and where, in one phrase."""
    phrases = [item.phrase_at(t) for item in dss.objects if item.visible_at(t)]
    counted: dict[str, int] = {}
    for phrase in phrases:
        counted[phrase] = counted.get(phrase, 0) + 1
    names = [phrase if n == 1 else f"{n} times {phrase}" for phrase, n in counted.items()]
    listed = ", ".join(names[:-1]) + (" and " if names[:-1] else "") + names[-1] if names else ""
    return f"{listed}, {dss.setting}"[:500] if listed else dss.setting
