"""Other paths: mirrored, reversed, shifted, stretched, planned anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from flowzero.agent.choreography import Sketch, implied, path_for
from flowzero.agent.composing import (
    depth_for,
    place_object,
    visible_for,
)
from flowzero.agent.edits import (
    Edit,
    SetDepth,
    SetMotion,
    SetPath,
    SetVisible,
    shift,
)
from flowzero.agent.fixes.common import Change, clamped, in_its_size, objects_of
from flowzero.agent.measures import Scene
from flowzero.agent.placing import GROUND, Stance, crowd_of, stance
from flowzero.agent.promises import Carries, Compared, Follows, Grows, Journey, Ordered, Passes, Promise, Step, Thing
from flowzero.agent.slots import slot
from flowzero.dss import Box, Keyframe, Object
from flowzero.errors import PlanError
from flowzero.plan import Finding


def moved(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    """Other paths for the thing, and then for what it relates to: mirrored, reversed, shifted, planned anew."""
    for name in ("thing", "other", "first", "second"):
        thing = scene.things.get(getattr(promise, name, None) or "")
        if thing is None:
            continue
        tracks = scene.players(thing.id)
        hurt = [track.object for track in tracks if track.id in finding.ids] or [track.object for track in tracks]
        if not hurt:
            continue
        spans = visible_for(thing, scene.reading, scene.tracks.dss.seconds)
        yield tuple(SetVisible(id=item.id, visible=spans) for item in hurt if item.visible != spans)
        for transform in _transforms(promise):
            yield tuple(SetPath(id=item.id, path=path) for item in hurt if (path := transform(item)) != item.path)
        if promise.kind == "relation":
            depth = depth_for(thing, scene.reading)
            yield tuple(SetDepth(id=item.id, depth=depth) for item in hurt)
            yield tuple(
                change for item in hurt for change in (SetDepth(id=item.id, depth=depth), *replanned(thing, item, 0, scene))
            )
        members = [track.object.id for track in tracks]
        yield tuple(change for item in hurt for change in replanned(thing, item, members.index(item.id), scene))
        yield tuple(change for item in hurt for change in replanned(thing, item, members.index(item.id), scene, typical=True))
    if isinstance(promise, Passes):
        yield from _aside(promise, scene)
    mates = [
        scene.things[item_id]
        for item_id in (getattr(promise, name, None) or "" for name in ("thing", "other", "first", "second"))
        if item_id in scene.things
    ]
    if len(mates) > 1:
        yield _all_anew(mates, scene, reverse=isinstance(promise, Follows))
        if isinstance(promise, Ordered):
            yield _all_anew(mates, scene, reverse=False)


def _aside(promise: Passes, scene: Scene) -> Iterator[Change]:
    """What stands in the way of several that pass it one behind another, moved towards where they come from, or go."""
    passed = [track.object for track in scene.players(promise.other)]
    if any(len(item.path) > 1 for item in passed):
        return
    for dx in (-0.1, 0.1, -0.2, 0.2, -0.3, 0.3):
        change = shifted(dx, 0.0)
        yield tuple(SetPath(id=item.id, path=path) for item in passed if (path := change(item)) != item.path)


def _all_anew(mates: list[Thing], scene: Scene, *, reverse: bool) -> Change:
    """Both partners planned anew, the one the other depends on first."""
    placed = {thing: tuple(objects_of(scene, thing)) for thing in scene.cast}
    found: list[Edit] = []
    for thing in reversed(mates):
        new: list[Object] = []
        for member, item in enumerate(objects_of(scene, thing.id)):
            path = planned(thing, item, member, scene, {**placed, thing.id: ()})
            new.append(item.model_copy(update={"path": path}))
            if path != item.path:
                found.append(SetPath(id=item.id, path=path))
        placed[thing.id] = tuple(new)
    return tuple(found)


def replanned(thing: Thing, item: Object, member: int, scene: Scene, *, typical: bool = False) -> list[Edit]:
    """The path its promises ask for, with its own size (or a typical one) among the others as they are."""
    placed = {name: tuple(other for other in objects_of(scene, name) if other.id != item.id) for name in scene.cast}
    try:
        path = planned(thing, item, member, scene, placed, typical=typical)
    except (PlanError, ValueError):
        return []
    changes: list[Edit] = [SetPath(id=item.id, path=path)] if path != item.path else []
    if changes and item.motion == "step":
        changes.append(SetMotion(id=item.id, motion="linear"))
    return changes


def placed_anew(thing: Thing, item: Object, member: int, scene: Scene) -> list[Edit]:
    """A path in its own size where it covers the others least."""
    placed = {name: tuple(other for other in objects_of(scene, name) if other.id != item.id) for name in scene.cast}
    at = in_its_size(item, stance(thing, scene.reading, crowd_of(scene.reading)))
    member = min(member, thing.count - 1)
    new = place_object(item.id, thing, member, implied(scene.reading), placed, scene.tracks.dss.seconds, at)
    return [SetPath(id=item.id, path=new.path)] if new.path != item.path else []


def planned(  # noqa: PLR0913
    thing: Thing, item: Object, member: int, scene: Scene, placed: Mapping[str, tuple[Object, ...]], *, typical: bool = False
) -> tuple[Keyframe, ...]:
    """The path that an object's promises ask for, among others that are placed, near where it is or would usually be."""
    reading = implied(scene.reading)
    usual = stance(thing, reading, crowd_of(reading))
    box = item.path[0].box
    level = box.h / 2
    y = GROUND - level if usual.grounded else min(max(box.cy, level), 1 - level)
    if 0.55 < box.y + box.h < 1.0 and usual.grounded:
        y = box.cy
    at = usual if typical else Stance(box.w, box.h, y, usual.grounded)
    x = slot(thing, min(member, thing.count - 1), reading) if typical else min(max(box.cx, 0.1), 0.9)
    taken = any(isinstance(p, Carries) and p.how == "taken" and p.thing == thing.id for p in reading.promises)
    return path_for(
        Sketch(thing.id, at, reading, placed, x, scene.tracks.dss.seconds, member, lies=item.path[:1] if taken else None)
    )


def _transforms(promise: Promise) -> list[Callable[[Object], tuple[Keyframe, ...]]]:
    """Whole-track changes that keep the shape of a path, for the kinds they can help."""
    still: list[Callable[[Object], tuple[Keyframe, ...]]] = [_frozen]
    if promise.kind == "still":
        return still
    if promise.kind in ("journey", "passing", "following"):
        level = isinstance(promise, Journey) and not any(_upright(step) for step in promise.steps)
        return [_even, _reversed, _mirrored] if level else [_even, _reversed, _mirrored, _flipped]
    if promise.kind in ("position", "relation"):
        shifts = [(dx, 0.0) for dx in (-0.2, 0.2, -0.35, 0.35, -0.5, 0.5)]
        upright = [(0.0, dy) for dy in (-0.2, 0.2, -0.4, 0.4)]
        vertical = getattr(promise, "relation", "") in ("above", "below") or (
            promise.kind == "position" and promise.place.x is None
        )
        return [shifted(dx, dy) for dx, dy in (upright if vertical else shifts)] + [_mirrored]
    return []


def _upright(step: Step) -> bool:
    """Whether a step says something of height."""
    return (step.kind == "go" and step.heading not in ("left", "right")) or (step.kind == "at" and step.place.y is not None)


def _frozen(item: Object) -> tuple[Keyframe, ...]:
    return (Keyframe(t=0.0, box=item.path[0].box),)


def _even(item: Object) -> tuple[Keyframe, ...]:
    """The same way at an even pace: each keyframe when its part of the way is done."""
    steps = [math.hypot(b.box.cx - a.box.cx, b.box.cy - a.box.cy) for a, b in pairwise(item.path)]
    total, first, last = sum(steps), item.path[0].t, item.path[-1].t
    if len(item.path) < 3 or min(steps) <= 0.005 or not total:
        return item.path
    done = [0.0]
    for step in steps:
        done.append(done[-1] + step)
    times = [first + (last - first) * way / total for way in done]
    return tuple(Keyframe(t=min(max(t, 0.0), 1.0), box=key.box) for t, key in zip(times, item.path, strict=True))


def _reversed(item: Object) -> tuple[Keyframe, ...]:
    return tuple(Keyframe(t=1 - key.t, box=key.box) for key in reversed(item.path))


def _mirrored(item: Object) -> tuple[Keyframe, ...]:
    return tuple(
        Keyframe(t=key.t, box=Box(x=1 - key.box.x - key.box.w, y=key.box.y, w=key.box.w, h=key.box.h)) for key in item.path
    )


def _flipped(item: Object) -> tuple[Keyframe, ...]:
    return tuple(
        Keyframe(t=key.t, box=Box(x=key.box.x, y=1 - key.box.y - key.box.h, w=key.box.w, h=key.box.h)) for key in item.path
    )


def shifted(dx: float, dy: float) -> Callable[[Object], tuple[Keyframe, ...]]:
    """A change that shifts a whole path, and holds every box within the frame."""

    def moved(item: Object) -> tuple[Keyframe, ...]:
        return tuple(
            Keyframe(t=key.t, box=clamped(Box(x=key.box.x + dx, y=key.box.y + dy, w=key.box.w, h=key.box.h)))
            for key in item.path
        )

    return moved


def _stretched(item: Object, factor: float) -> tuple[Keyframe, ...]:
    xs, ys = [key.box.cx for key in item.path], [key.box.cy for key in item.path]
    mx, my = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    path = []
    for key in item.path:
        cx, cy = mx + (key.box.cx - mx) * factor, my + (key.box.cy - my) * factor
        path.append(Keyframe(t=key.t, box=shift(key.box, cx - key.box.cx, cy - key.box.cy)))
    return tuple(path)


def swollen(promise: Grows, scene: Scene, finding: Finding) -> Iterator[Change]:
    """The usual other paths; then its own, larger or smaller with every keyframe, on its feet or about its middle."""
    yield from moved(promise, scene, finding)
    start, end = promise.window.within(scene.tracks.dss.seconds)
    last = 1.4 if promise.sign > 0 else 0.65
    for feet in (True, False):
        edits = []
        for item in objects_of(scene, promise.thing):
            times = sorted({start, end, *(key.t for key in item.path)})
            path = []
            for t in times:
                box, factor = item.box_at(t), 1 + (last - 1) * min(max((t - start) / (end - start), 0.0), 1.0)
                size = item.path[0].box
                w, h = size.w * factor, size.h * factor
                path.append(Keyframe(t=t, box=Box(x=box.cx - w / 2, y=box.y + box.h - h if feet else box.cy - h / 2, w=w, h=h)))
            edits.append(SetPath(id=item.id, path=tuple(path)))
        yield tuple(edits)


def paced(promise: Compared, scene: Scene) -> Iterator[Change]:
    """Stretch or shorten one of the two ways about its middle."""
    for item_id, sign in ((promise.thing, promise.sign), (promise.other, -promise.sign)):
        for factor in (1.3, 1.7, 2.4) if sign > 0 else (0.75, 0.5, 0.3):
            yield tuple(SetPath(id=item.id, path=_stretched(item, factor)) for item in objects_of(scene, item_id))
