"""A journey that every usual way breaks, told step by step from many places; and who follows, at one distance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from flowzero.agent.bonds import led_by
from flowzero.agent.choreography import Sketch, implied, step_by_step
from flowzero.agent.constraints import broken, check
from flowzero.agent.edits import Edit, SetMotion, SetPath, shift
from flowzero.agent.fixes.common import Change, in_its_size, objects_of
from flowzero.agent.fixes.paths import moved, planned
from flowzero.agent.measures import Scene
from flowzero.agent.placing import crowd_of, stance, within
from flowzero.agent.promises import Follows, Journey, Thing
from flowzero.dss import Box, Keyframe, Object
from flowzero.plan import Finding

_ACROSS = (0.5, 0.3, 0.7, 0.12, 0.88)
_UP = (0.55, 0.3, 0.85)
_LENGTHS = (0.34, 0.2)
_GAPS = (0.12, 0.2, 0.3, 0.45)
_STEEP = 0.5
_KEPT = 12
"""How many ways that keep the promise are tried with all the others."""


def journeyed(promise: Journey, scene: Scene, finding: Finding) -> Iterator[Change]:
    """The usual other paths; then those that take just the steps that are told."""
    yield from moved(promise, scene, finding)
    yield from told_out(promise, scene)


def told_out(promise: Journey, scene: Scene) -> Iterator[Change]:
    """Of the paths that take just the steps that are told, from wherever, those by which the promise is kept."""
    items = objects_of(scene, promise.thing)
    kept = 0
    for across, up, length in product(_ACROSS, (None, *_UP), _LENGTHS):
        paths = [_path(promise, item, member, scene, (across, up, length)) for member, item in enumerate(items)]
        new = {item.id: item.model_copy(update={"path": path}) for item, path in zip(items, paths, strict=True)}
        if not broken(check(promise, _with(scene, new))):
            yield _set(promise.thing, tuple(new.values()), scene)
            kept += 1
        if kept == _KEPT:
            return


def in_formation(promise: Follows, scene: Scene, finding: Finding) -> Iterator[Change]:
    """The usual other paths; then those that keep one distance from the leader, as far behind as its way leads on the whole."""
    yield from moved(promise, scene, finding)
    leaders, items = objects_of(scene, promise.other), objects_of(scene, promise.thing)
    if not leaders or (way := _on_the_whole(leaders[0])) is None:
        return
    walks = stance(scene.things[promise.thing], scene.reading, crowd_of(scene.reading)).grounded
    if walks and way[1] < -_STEEP:
        return  # an elephant does not rise after a balloon
    box = leaders[0].path[0].box
    for gap in _GAPS:
        new = []
        for member, item in enumerate(items):
            back, own = gap * (1 + member), item.path[0].box
            spots = [
                (key.t, key.box.cx - back * way[0], key.box.cy + (box.h - own.h) / 2 - back * way[1]) for key in leaders[0].path
            ]
            level = walks and abs(way[1]) < _STEEP  # it does not bounce as its leader does
            path = tuple(Keyframe(t=t, box=_about(own, x, own.cy if level else y)) for t, x, y in spots)
            new.append(item.model_copy(update={"path": path, "motion": leaders[0].motion}))
        yield _set(promise.thing, tuple(new), scene)


def _on_the_whole(item: Object) -> tuple[float, float] | None:
    """The direction from where a path begins to where it ends, as a unit vector."""
    first, last = item.path[0].box, item.path[-1].box
    dx, dy = last.cx - first.cx, last.cy - first.cy
    far = math.hypot(dx, dy)
    return (dx / far, dy / far) if far > 0.05 else None


def _about(box: Box, cx: float, cy: float) -> Box:
    return shift(box, cx - box.cx, cy - box.cy)


def _set(thing: str, new: tuple[Object, ...], scene: Scene) -> Change:
    """A thing's objects with new paths, and all that goes along with it."""
    own: list[Edit] = []
    for item, old in zip(new, objects_of(scene, thing), strict=True):
        own.append(SetPath(id=item.id, path=item.path))
        if item.motion != old.motion:
            own.append(SetMotion(id=item.id, motion=item.motion))
    return (*own, *_led_along(scene.things[thing], new, scene))


def _path(
    promise: Journey, item: Object, member: int, scene: Scene, start: tuple[float, float | None, float]
) -> tuple[Keyframe, ...]:
    """One member's way from a place, at its own height if that gives none, in legs of a length."""
    across, up, length = start
    reading, box, seconds = implied(scene.reading), item.path[0].box, scene.tracks.dss.seconds
    at = in_its_size(item, stance(scene.things[promise.thing], reading, crowd_of(reading)))
    placed = {name: tuple(other for other in objects_of(scene, name) if other.id != item.id) for name in scene.cast}
    x, y = within(across + 0.06 * member, box.w), within(at.y if up is None else up, box.h)
    sketch = Sketch(promise.thing, at, reading, placed, x, seconds, member)
    return step_by_step(sketch, promise.steps, promise.window.within(seconds), (x, y), length)


def _with(scene: Scene, new: Mapping[str, Object]) -> Scene:
    """The scene with some objects changed."""
    dss = scene.tracks.dss
    changed = dss.model_copy(update={"objects": tuple(new.get(item.id, item) for item in dss.objects)})
    return replace(scene, tracks=scene.tracks.with_objects(changed))


def _led_along(thing: Thing, moved_: tuple[Object, ...], scene: Scene) -> list[Edit]:
    """New paths for all that goes along with a thing that goes another way."""
    placed = {name: tuple(objects_of(scene, name)) for name in scene.cast} | {thing.id: moved_}
    found: list[Edit] = []
    for name in (other for other in scene.cast if thing.id in led_by(scene.reading, other)):
        items = placed[name]
        placed[name] = ()
        paths = [planned(scene.things[name], item, member, scene, placed) for member, item in enumerate(items)]
        placed[name] = tuple(item.model_copy(update={"path": path}) for item, path in zip(items, paths, strict=True))
        found += [SetPath(id=item.id, path=path) for item, path in zip(items, paths, strict=True) if path != item.path]
    return found
