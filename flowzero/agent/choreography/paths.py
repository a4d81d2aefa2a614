"""All promises of motion and place that are made of one thing, as one path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from flowzero.agent.bonds import GOING, put_down
from flowzero.agent.choreography.bearing import carry, go_along
from flowzero.agent.choreography.crossing import steps_of
from flowzero.agent.choreography.encounters import bend, go_past, meet, oppose
from flowzero.agent.choreography.following import follow, leads, make_room, races, rivals
from flowzero.agent.choreography.shapes import changing_pace, grow, holder_of, laid_over, overlay, swayed, swaying
from flowzero.agent.choreography.sketch import Point, Sketch, keyframes
from flowzero.agent.choreography.standing import stand
from flowzero.agent.choreography.troops import member_of, troop
from flowzero.agent.choreography.walking import travel, walk
from flowzero.agent.promises import (
    Camera,
    Carries,
    Compared,
    Go,
    Grows,
    Journey,
    Meets,
    Moves,
    Opposed,
    Ordered,
    Paced,
    Passes,
    Promise,
    Reading,
    Rest,
    Seen,
    Step,
    Still,
    Trace,
)
from flowzero.dss import Keyframe

_WHOLE: Mapping[str, Callable[..., list[Point] | None]] = {
    "following": follow,
    "carrying": carry,
    "opposition": oppose,
    "passing": go_past,
    "meeting": meet,
}
"""Promises that give a whole path, by kind; None where the thing's own way is bent to the promise instead."""


def path_for(sketch: Sketch) -> tuple[Keyframe, ...]:
    """Keyframes that follow every promise of motion and place made of the sketch's thing."""
    if (whole := troop(sketch)) is not None:
        return member_of(sketch, path_for(whole))
    promises = _promises(sketch)
    path = _path_for(sketch, promises)
    for promise in promises:
        if isinstance(promise, Paced):
            path = changing_pace(path, promise.sign)
    return path


def _path_for(sketch: Sketch, promises: list[Promise]) -> tuple[Keyframe, ...]:
    """Keyframes of one that goes on its own, at an even pace."""
    start, end = _busy(sketch, promises)
    for promise in promises:
        if (handler := _WHOLE.get(promise.kind)) is not None:
            path = handler(sketch, promise, start, end)
            if path is not None:
                sketch.points = path
                for grows in (other for other in promises if isinstance(other, Grows)):
                    grow(sketch, grows, (start, end))
                whole = keyframes(sketch, sketch.points)
                return _hopping(sketch, whole, carried=promise.kind == "carrying") if promise.kind in _LED else whole
    journeys = _journeys(sketch, promises)
    onwards = any(isinstance(promise, Moves) and promise.across for promise in promises)
    if onwards and any(map(_then_rests, journeys)):
        journeys = [j.model_copy(update={"steps": j.steps[:1]}) if _then_rests(j) else j for j in journeys]
        end = start + _ON_THE_WAY * (end - start)
    stand(sketch, promises)
    travelled = False
    overlays = [journey for journey in journeys if len(journey.steps) == 1 and isinstance(journey.steps[0], Trace)]
    for journey in (journey for journey in journeys if journey not in overlays):
        span = (start, end) if journey.window.whole else journey.window.within(sketch.seconds)
        walk(sketch, journey, span, _length(sketch, journey))
        travelled = True
    if not travelled and (onwards or not overlays) and _strolls(sketch, promises):
        windows = [promise.window for promise in promises if isinstance(promise, Moves) and not promise.window.whole]
        span = windows[0].within(sketch.seconds) if windows else (start, end)
        _go_about(sketch, span)
        travelled = onwards
    if not travelled and go_along(sketch):
        return _hopping(sketch, keyframes(sketch, sketch.points), carried=True)
    for promise in promises:
        if isinstance(promise, Grows):
            grow(sketch, promise, (start, end))
    for journey in overlays:
        span = (start, end) if journey.window.whole or travelled else journey.window.within(sketch.seconds)
        overlay(sketch, cast("Trace", journey.steps[0]), span, travelled=travelled)
    bend(sketch, promises)
    make_room(sketch)
    return keyframes(sketch, sketch.points)


_LED = ("following", "carrying")
"""Promises by which one goes another's way."""


def _hopping(sketch: Sketch, path: tuple[Keyframe, ...], *, carried: bool) -> tuple[Keyframe, ...]:
    """The path of one that goes another's way, as it goes it: "a starling hops after the cart", "a lantern sways on it"."""
    if carried:
        sways = swaying(sketch)
        return swayed(path, sways) if sways is not None else path
    for step in steps_of(sketch, sketch.thing):
        if isinstance(step, Trace) and step.pattern in ("bounce", "zigzag", "up-down"):
            return laid_over(sketch, path, step)
    return path


_LIES_BY = 0.35
"""The share of the time in which what is thrown and then fetched gets to where it lies."""
_ON_THE_WAY = 0.7
"""The share of the time in which one who stops at the other side gets there."""


def _then_rests(journey: Journey) -> bool:
    """As in "hops across the road, then stops"."""
    return len(journey.steps) == 2 and isinstance(journey.steps[0], Trace) and isinstance(journey.steps[1], Rest)


def _promises(sketch: Sketch) -> list[Promise]:
    """What is promised of the thing, passing last."""
    own = [promise for promise in sketch.reading.promises if getattr(promise, "thing", None) == sketch.thing]
    if _lies(sketch, own) and put_down(sketch.reading.promises, sketch.thing) is not None:
        own = [promise for promise in own if promise.kind not in GOING]  # it goes nowhere until it is taken
    mutual = [
        promise
        for promise in sketch.reading.promises
        if isinstance(promise, Meets | Opposed | Passes) and promise.other == sketch.thing != promise.thing
    ]
    return sorted([*own, *mutual], key=lambda promise: promise.kind == "passing")


def _lies(sketch: Sketch, promises: Sequence[Promise]) -> bool:
    """Whether this is the way to where it lies until it is taken along."""
    return sketch.lies is None and any(isinstance(promise, Carries) and promise.how == "taken" for promise in promises)


def _journeys(sketch: Sketch, promises: list[Promise]) -> list[Journey]:
    """The thing's journeys in order of time; who only comes to rest has gone somewhere before."""
    journeys = sorted(
        (promise for promise in promises if isinstance(promise, Journey)),
        key=lambda journey: journey.window.within(sketch.seconds)[0],
    )
    found: list[Journey] = []
    for journey, then in zip(journeys, [*journeys[1:], None], strict=False):
        made = journey
        if journey.steps == (Rest(),) and not found:
            made = made.model_copy(update={"steps": (_stroll(sketch), *journey.steps)})
        if journey.window.whole and then is not None and then.window.start > 0:
            made = made.model_copy(update={"window": then.window.before})  # it is over when the next begins
        found.append(made)
    return found


def _busy(sketch: Sketch, promises: list[Promise]) -> tuple[float, float]:
    """When it moves: while it is seen, and after what comes before it."""
    start, end = 0.0, 1.0
    for promise in promises:
        if isinstance(promise, Seen):
            first, last = promise.window.within(sketch.seconds)
            start, end = (first if promise.start else 0.0), (last if promise.end else 1.0)
        if isinstance(promise, Still) and promise.window.waiting and promise.thing == sketch.thing:
            start = max(start, promise.window.within(sketch.seconds)[1])
    first, last = turn(sketch.reading, sketch.thing)
    start, end = max(start, first), min(end, last)
    if _lies(sketch, promises):
        end = start + _LIES_BY * (end - start)
    return (start, end) if end - start > 0.05 else (0.0, 1.0)


def turn(reading: Reading, thing: str) -> tuple[float, float]:
    """When it is a thing's turn, among those that act one after the other; the whole time if it is none of them."""
    chain = [promise for promise in reading.promises if isinstance(promise, Ordered)]
    order = list(dict.fromkeys(name for promise in chain for name in (promise.first, promise.second)))
    if thing not in order:
        return 0.0, 1.0
    k = order.index(thing)
    return k / len(order), (k + 1) / len(order)


def _strolls(sketch: Sketch, promises: list[Promise]) -> bool:
    """Whether it moves, though nothing says where to."""
    raced = any(
        isinstance(p, Compared) and p.aspect == "speed" and sketch.thing in (p.thing, p.other) for p in sketch.reading.promises
    )
    return leads(sketch) or raced or any(isinstance(promise, Moves) for promise in promises)


def _go_about(sketch: Sketch, span: tuple[float, float]) -> None:
    """The way of one that moves, though nothing says where to."""
    if not _about_in_it(sketch, span):
        travel(sketch, Journey(thing=sketch.thing, steps=(_stroll(sketch),)), span, _length(sketch, None))


def _about_in_it(sketch: Sketch, span: tuple[float, float]) -> bool:
    """As in "a fish swims in a bowl", which it does not leave: from one side of that to the other; whether there is room."""
    holder = holder_of(sketch)
    if holder is None or sketch.count > 1 or len(sketch.placed[holder][0].path) > 1 or not sketch.points:
        return False
    around = sketch.placed[holder][0].box_at(span[0])
    room = 0.45 * (around.w - sketch.at.w)
    if room < 0.03:
        return False
    _, _, y, scale = sketch.points[-1]
    sketch.points[:] = [
        (0.0, around.cx - room, y, scale),
        (span[0], around.cx - room, y, scale),
        (span[1], around.cx + room, y, scale),
    ]
    return True


def _stroll(sketch: Sketch) -> Step:
    """Where something goes that only moves: where its rival goes, or to the side that has more room."""
    for rival in rivals(sketch.reading, sketch.thing):
        headings = [step.heading for step in steps_of(sketch, rival) if isinstance(step, Go)]
        return Go(heading=headings[0] if headings else "right")
    for camera in sketch.reading.camera:
        if camera.move == "pan" and camera.window.whole and camera.heading in ("left", "right"):
            return Go(heading=camera.heading)  # with the camera, or it would seem to stand still
    return Go(heading="right" if sketch.x <= 0.55 or sketch.count > 1 else "left")


def _length(sketch: Sketch, journey: Journey | None) -> float:
    """How far a leg goes, in frame widths."""
    length = 0.52
    if any(
        isinstance(promise, Camera) and promise.move == "follow" and promise.thing in (sketch.thing, None)
        for promise in sketch.reading.promises
    ):
        return 0.16
    if leads(sketch):
        return 0.4
    manner = journey.manner if journey is not None else "any"
    if manner == "fast":
        length = 0.62
    if manner == "slow":
        length = 0.3
    for promise in sketch.reading.promises:
        if isinstance(promise, Compared) and promise.aspect == "speed" and sketch.thing in (promise.thing, promise.other):
            ours = promise.sign if sketch.thing == promise.thing else -promise.sign
            length = {1: 0.62, 0: 0.45, -1: 0.14 if races(sketch.reading, sketch.thing) else 0.28}[ours]
    return length
