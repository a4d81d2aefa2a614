"""Candidate edits for each kind of broken finding, the least change first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from flowzero.agent.casting import likeness
from flowzero.agent.choreography import Sketch, path_for
from flowzero.agent.composing import (
    depth_for,
    description_at,
    first_phrase,
    object_ids,
    place_object,
    scenes_for,
    slot,
    states_for,
    visible_for,
)
from flowzero.agent.constraints import scene_of
from flowzero.agent.edits import (
    AddObject,
    Edit,
    Move,
    RemoveObject,
    Scale,
    SetBackground,
    SetDepth,
    SetMotion,
    SetPath,
    SetPhrase,
    SetScenes,
    SetSetting,
    SetStates,
    SetVisible,
    shift,
)
from flowzero.agent.filming import background_for
from flowzero.agent.measures import Scene
from flowzero.agent.placing import GROUND, Stance, crowd_of, stance
from flowzero.agent.promises import Compared, Count, Follows, Ordered, Promise, Reading, Thing
from flowzero.dss import DSS, Box, Keyframe, Object
from flowzero.dss import Scene as Description
from flowzero.errors import PlanError
from flowzero.plan import Finding

Change = tuple[Edit, ...]

_ASIDE = ((0.15, 0.0), (-0.15, 0.0), (0.3, 0.0), (-0.3, 0.0), (0.45, 0.0), (-0.45, 0.0), (0.6, 0.0), (-0.6, 0.0))
_ALOFT = ((0.0, -0.2), (0.0, 0.2), (0.2, -0.2), (-0.2, -0.2))
"""Where things go that cover each other."""


def candidates(reading: Reading, dss: DSS, findings: tuple[Finding, ...], index: int) -> Iterator[Change]:
    """Edits that may mend the finding at `index`, as :func:`flowzero.agent.constraints.measure` orders findings."""
    finding = findings[index]
    scene = scene_of(reading, dss)
    if index < len(reading.promises):
        promise = reading.promises[index]
        yield from _FIXES.get(promise.kind, _moved)(promise, scene, finding)
    elif finding.constraint in _PLAUSIBLE:
        yield from _PLAUSIBLE[finding.constraint](scene, finding)


def _thing(scene: Scene, promise: Promise) -> Thing | None:
    return scene.things.get(getattr(promise, "thing", ""))


def _objects(scene: Scene, thing: str) -> list[Object]:
    return [track.object for track in scene.players(thing)]


def _count(promise: Count, scene: Scene, finding: Finding) -> Iterator[Change]:
    """Add what is missing, take out what fits least, or bring back what is hidden."""
    have = [item for thing in promise.things for item in _objects(scene, thing)]
    for thing in promise.things:
        wrong = [item for item in _objects(scene, thing) if item.id in finding.ids]
        yield tuple(SetPhrase(id=item.id, phrase=first_phrase(scene.things[thing], scene.reading)) for item in wrong)
    if len(have) < promise.n:
        yield _added(promise, scene, promise.n - len(have))
        return
    if promise.n == 0:
        yield tuple(RemoveObject(id=item_id) for item_id in finding.ids)
        return
    if promise.exact and len(have) > promise.n:
        things = [scene.things[item_id] for item_id in promise.things]
        fit = sorted(
            have, key=lambda item: (max(likeness(thing, item) for thing in things), -scene.tracks.dss.objects.index(item))
        )
        surplus = len(have) - promise.n
        yield tuple(RemoveObject(id=item.id) for item in fit[:surplus])
        for spare in fit[surplus:]:
            yield (*(RemoveObject(id=item.id) for item in fit[: surplus - 1]), RemoveObject(id=spare.id))
        return
    shown = tuple(
        SetVisible(id=item.id, visible=visible_for(scene.things[thing], scene.reading, scene.tracks.dss.seconds))
        for thing in promise.things
        for item in _objects(scene, thing)
        if item.id in finding.ids
    )
    yield shown
    for thing in promise.things:
        for member, item in enumerate(_objects(scene, thing)):
            if item.id in finding.ids:
                yield (*shown, *_into_frame(item))
                yield (*shown, *_placed_anew(scene.things[thing], item, member, scene))
    yield tuple(
        change
        for thing in promise.things
        for item in _objects(scene, thing)
        if item.id in finding.ids
        for change in (*shown, *_into_frame(item))
    )


def _added(promise: Count, scene: Scene, missing: int) -> Change:
    """New objects for the things that lack them, placed among the others."""
    placed = {thing: tuple(_objects(scene, thing)) for thing in scene.cast}
    others = tuple(item for item in scene.tracks.dss.objects if not any(item in items for items in placed.values()))
    placed["*"] = others
    new: list[Edit] = []
    for item_id in promise.things:
        thing = scene.things[item_id]
        while missing and len(placed[item_id]) < thing.count:
            taken = [item.id for items in placed.values() for item in items]
            name = object_ids(thing.model_copy(update={"count": 1}), taken)[0]
            at = stance(thing, scene.reading, crowd_of(scene.reading))
            item = place_object(name, thing, len(placed[item_id]), scene.reading, placed, scene.tracks.dss.seconds, at)
            placed[item_id] = (*placed[item_id], item)
            new.append(AddObject(object=item))
            missing -= 1
    return tuple(new)


def _into_frame(item: Object) -> list[Edit]:
    """Shift keyframes that lie outside of the frame to its nearest inside place."""
    path = tuple(Keyframe(t=key.t, box=_clamped(key.box)) for key in item.path)
    return [SetPath(id=item.id, path=path)] if path != item.path else []


def _clamped(box: Box) -> Box:
    w, h = min(box.w, 1.0), min(box.h, 1.0)
    return Box(x=min(max(box.x, 0.0), 1 - w), y=min(max(box.y, 0.0), 1 - h), w=w, h=h)


def _phrased(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    thing = _thing(scene, promise)
    if thing is None:
        return
    phrase = first_phrase(thing, scene.reading)
    yield tuple(SetPhrase(id=item.id, phrase=phrase) for item in _objects(scene, thing.id) if item.id in finding.ids)


def _turned(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    thing = _thing(scene, promise)
    if thing is None:
        return
    states = states_for(thing, scene.reading, scene.tracks.dss.seconds)
    objects = [item for item in _objects(scene, thing.id) if item.id in finding.ids]
    yield tuple(SetStates(id=item.id, states=states) for item in objects)
    phrase = first_phrase(thing, scene.reading)
    yield tuple(
        change for item in objects for change in (SetPhrase(id=item.id, phrase=phrase), SetStates(id=item.id, states=states))
    )


def _shown(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    thing = _thing(scene, promise)
    if thing is None:
        return
    visible = visible_for(thing, scene.reading, scene.tracks.dss.seconds)
    objects = [item for item in _objects(scene, thing.id) if item.id in finding.ids]
    yield tuple(SetVisible(id=item.id, visible=visible) for item in objects)
    yield tuple(change for item in objects for change in (*_into_frame(item), SetVisible(id=item.id, visible=visible)))
    yield from _moved(promise, scene, finding)


def _set(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    if scene.reading.setting is not None:
        yield (SetSetting(setting=scene.reading.setting),)


def _filmed(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    new = SetBackground(background=background_for(scene.reading, scene.tracks.dss.seconds))
    yield (new,)
    thing = _thing(scene, promise)
    if thing is not None:
        for item in _objects(scene, thing.id):
            yield (new, *_replanned(thing, item, 0, scene))


def _scaled(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    """Scale to what the promise needs, about the feet."""
    thing = _thing(scene, promise)
    if thing is None:
        return
    factors = (1.2, 1.4, 1.7, 2.2) if getattr(promise, "sign", 1) > 0 else (0.8, 0.65, 0.5, 0.35)
    for factor in factors:
        yield tuple(Scale(id=item.id, factor=factor, anchor="bottom") for item in _objects(scene, thing.id))


def _compared(promise: Compared, scene: Scene, finding: Finding) -> Iterator[Change]:
    ours, theirs = _objects(scene, promise.thing), _objects(scene, promise.other)
    if not ours or not theirs:
        return
    if promise.aspect == "speed":
        yield from _paced(promise, scene)
        yield from _moved(promise, scene, finding)
        return
    sizes = [sum(scene.tracks.by_id[item.id].size for item in items) / len(items) for items in (ours, theirs)]
    goal = {1: 1.25, 0: 1.0, -1: 0.8}[promise.sign]
    factor = goal * sizes[1] / sizes[0]
    if factor * sizes[0] <= 0.6:
        yield tuple(Scale(id=item.id, factor=factor, anchor="bottom") for item in ours)
    yield tuple(Scale(id=item.id, factor=1 / factor, anchor="bottom") for item in theirs)
    root = factor**0.5
    yield (
        *(Scale(id=item.id, factor=root, anchor="bottom") for item in ours),
        *(Scale(id=item.id, factor=1 / root, anchor="bottom") for item in theirs),
    )


def _paced(promise: Compared, scene: Scene) -> Iterator[Change]:
    """Stretch or shorten one of the two ways about its middle."""
    for item_id, sign in ((promise.thing, promise.sign), (promise.other, -promise.sign)):
        for factor in (1.3, 1.7, 2.4) if sign > 0 else (0.75, 0.5, 0.3):
            yield tuple(SetPath(id=item.id, path=_stretched(item, factor)) for item in _objects(scene, item_id))


def _stretched(item: Object, factor: float) -> tuple[Keyframe, ...]:
    xs, ys = [key.box.cx for key in item.path], [key.box.cy for key in item.path]
    mx, my = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    path = []
    for key in item.path:
        cx, cy = mx + (key.box.cx - mx) * factor, my + (key.box.cy - my) * factor
        path.append(Keyframe(t=key.t, box=shift(key.box, cx - key.box.cx, cy - key.box.cy)))
    return tuple(path)


def _moved(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
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
                change for item in hurt for change in (SetDepth(id=item.id, depth=depth), *_replanned(thing, item, 0, scene))
            )
        members = [track.object.id for track in tracks]
        yield tuple(change for item in hurt for change in _replanned(thing, item, members.index(item.id), scene))
        yield tuple(change for item in hurt for change in _replanned(thing, item, members.index(item.id), scene, typical=True))
    mates = [
        scene.things[item_id]
        for item_id in (getattr(promise, name, None) or "" for name in ("thing", "other", "first", "second"))
        if item_id in scene.things
    ]
    if len(mates) > 1:
        yield _all_anew(mates, scene, reverse=isinstance(promise, Follows))
        if isinstance(promise, Ordered):
            yield _all_anew(mates, scene, reverse=False)


def _all_anew(mates: list[Thing], scene: Scene, *, reverse: bool) -> Change:
    """Both partners planned anew, the one the other depends on first."""
    placed = {thing: tuple(_objects(scene, thing)) for thing in scene.cast}
    found: list[Edit] = []
    for thing in reversed(mates):
        new: list[Object] = []
        for member, item in enumerate(_objects(scene, thing.id)):
            path = _path(thing, item, member, scene, {**placed, thing.id: ()})
            new.append(Object(**{**dict(item), "path": path}))
            if path != item.path:
                found.append(SetPath(id=item.id, path=path))
        placed[thing.id] = tuple(new)
    return tuple(found)


def _replanned(thing: Thing, item: Object, member: int, scene: Scene, *, typical: bool = False) -> list[Edit]:
    """The path its promises ask for, with its own size (or a typical one) among the others as they are."""
    placed = {name: tuple(other for other in _objects(scene, name) if other.id != item.id) for name in scene.cast}
    try:
        path = _path(thing, item, member, scene, placed, typical=typical)
    except (PlanError, ValueError):
        return []
    changes: list[Edit] = [SetPath(id=item.id, path=path)] if path != item.path else []
    if changes and item.motion == "step":
        changes.append(SetMotion(id=item.id, motion="linear"))
    return changes


def _placed_anew(thing: Thing, item: Object, member: int, scene: Scene) -> list[Edit]:
    """A path in its own size where it covers the others least."""
    placed = {name: tuple(other for other in _objects(scene, name) if other.id != item.id) for name in scene.cast}
    usual, box = stance(thing, scene.reading, crowd_of(scene.reading)), item.path[0].box
    at = Stance(box.w, box.h, GROUND - box.h / 2 if usual.grounded else usual.y, usual.grounded)
    member = min(member, thing.count - 1)
    new = place_object(item.id, thing, member, scene.reading, placed, scene.tracks.dss.seconds, at)
    return [SetPath(id=item.id, path=new.path)] if new.path != item.path else []


def _path(  # noqa: PLR0913
    thing: Thing, item: Object, member: int, scene: Scene, placed: Mapping[str, tuple[Object, ...]], *, typical: bool = False
) -> tuple[Keyframe, ...]:
    usual = stance(thing, scene.reading, crowd_of(scene.reading))
    box = item.path[0].box
    level = box.h / 2
    y = GROUND - level if usual.grounded else min(max(box.cy, level), 1 - level)
    if 0.55 < box.y + box.h < 1.0 and usual.grounded:
        y = box.cy
    at = usual if typical else Stance(box.w, box.h, y, usual.grounded)
    x = slot(thing, min(member, thing.count - 1), scene.reading) if typical else min(max(box.cx, 0.1), 0.9)
    return path_for(Sketch(thing.id, at, scene.reading, placed, x, scene.tracks.dss.seconds, member))


def _transforms(promise: Promise) -> list[Callable[[Object], tuple[Keyframe, ...]]]:
    """Whole-track changes that keep the shape of a path, for the kinds they can help."""
    still: list[Callable[[Object], tuple[Keyframe, ...]]] = [_frozen]
    if promise.kind == "still":
        return still
    if promise.kind in ("journey", "passing", "following"):
        return [_even, _reversed, _mirrored, _flipped]
    if promise.kind in ("position", "relation"):
        shifts = [(dx, 0.0) for dx in (-0.2, 0.2, -0.35, 0.35, -0.5, 0.5)]
        upright = [(0.0, dy) for dy in (-0.2, 0.2, -0.4, 0.4)]
        vertical = getattr(promise, "relation", "") in ("above", "below") or (
            promise.kind == "position" and promise.place.x is None
        )
        return [_shifted(dx, dy) for dx, dy in (upright if vertical else shifts)] + [_mirrored]
    return []


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


def _shifted(dx: float, dy: float) -> Callable[[Object], tuple[Keyframe, ...]]:
    def moved(item: Object) -> tuple[Keyframe, ...]:
        return tuple(
            Keyframe(t=key.t, box=_clamped(Box(x=key.box.x + dx, y=key.box.y + dy, w=key.box.w, h=key.box.h)))
            for key in item.path
        )

    return moved


# -- plausibility --------------------------------------------------------------------------------------------------------------


def _smoothed(scene: Scene, finding: Finding) -> Iterator[Change]:
    """Let a leaping object move between keyframes, or drop the keyframe it leaps to."""
    items = [scene.tracks.by_id[item_id].object for item_id in finding.ids]
    yield tuple(SetMotion(id=item.id, motion="linear") for item in items if item.motion == "step")
    for item in items:
        if len(item.path) > 2:
            for k in range(len(item.path)):
                yield (SetPath(id=item.id, path=item.path[:k] + item.path[k + 1 :]),)
    for item in items:
        yield (SetPath(id=item.id, path=(item.path[0], item.path[-1])),) if len(item.path) > 1 else ()
    yield from _anew(scene, finding)


def _sized_alike(scene: Scene, finding: Finding) -> Iterator[Change]:
    """Give every keyframe the usual one's size, about the same feet."""
    for reference in ("median", "first"):
        changes: list[Edit] = []
        for item_id in finding.ids:
            item = scene.tracks.by_id[item_id].object
            areas = sorted(item.path, key=lambda key: key.box.area)
            like = (areas[len(areas) // 2] if reference == "median" else item.path[0]).box
            path = tuple(
                Keyframe(t=k.t, box=Box(x=k.box.cx - like.w / 2, y=k.box.y + k.box.h - like.h, w=like.w, h=like.h))
                for k in item.path
            )
            changes.append(SetPath(id=item_id, path=path))
        yield tuple(changes)


def _landed(scene: Scene, finding: Finding) -> Iterator[Change]:
    """Put the bottoms of the boxes onto the ground."""
    moved, laid = [], []
    for item_id in finding.ids:
        item = scene.tracks.by_id[item_id].object
        moved.append(Move(id=item_id, dy=GROUND - max(key.box.y + key.box.h for key in item.path)))
        laid.append(
            SetPath(
                id=item_id,
                path=tuple(Keyframe(t=k.t, box=Box(x=k.box.x, y=GROUND - k.box.h, w=k.box.w, h=k.box.h)) for k in item.path),
            )
        )
    yield tuple(moved)
    yield tuple(laid)


def _apart(scene: Scene, finding: Finding) -> Iterator[Change]:
    """Shift the objects that cover each other, the later one first; what keeps to the ground only to the side."""
    bound = _ground_bound(scene)
    for item_id in reversed(finding.ids):
        for dx, dy in _ASIDE if item_id in bound else (*_ASIDE, *_ALOFT):
            item = scene.tracks.by_id[item_id].object
            path = _shifted(dx, dy)(item)
            if path != item.path:
                yield (SetPath(id=item_id, path=path),)


def _ground_bound(scene: Scene) -> set[str]:
    """Objects that the ground holds."""
    crowd = crowd_of(scene.reading)
    held = [thing for thing in scene.reading.things if stance(thing, scene.reading, crowd).grounded]
    return {item_id for thing in held for item_id in scene.cast.get(thing.id, ())}


def _framed(scene: Scene, finding: Finding) -> Iterator[Change]:
    """Bring boxes into the picture; enlarge specks."""
    for item_id in finding.ids:
        item = scene.tracks.by_id[item_id].object
        largest = max(key.box.area for key in item.path) ** 0.5
        if largest < 0.06:
            yield (Scale(id=item_id, factor=0.25 / largest, anchor="bottom"),)
        yield tuple(_into_frame(item))
    yield tuple(change for item_id in finding.ids for change in _into_frame(scene.tracks.by_id[item_id].object))
    yield from _anew(scene, finding)


def _anew(scene: Scene, finding: Finding) -> Iterator[Change]:
    for thing, ids in scene.cast.items():
        for member, item_id in enumerate(ids):
            if item_id in finding.ids:
                yield tuple(_replanned(scene.things[thing], scene.tracks.by_id[item_id].object, member, scene))
                yield tuple(_replanned(scene.things[thing], scene.tracks.by_id[item_id].object, member, scene, typical=True))


def _without(scene: Scene, finding: Finding) -> Iterator[Change]:
    yield tuple(RemoveObject(id=item_id) for item_id in finding.ids)


def _described(scene: Scene, finding: Finding) -> Iterator[Change]:
    """Name in each description who is there; write them anew when that is not enough."""
    dss = scene.tracks.dss
    named = []
    for part in dss.scenes:
        missing = [
            track.object.phrase_at(part.start)
            for item_id in finding.ids
            if (track := scene.tracks.by_id[item_id]).object.visible_at(part.start)
        ]
        missing = [phrase for phrase in missing if phrase not in part.description]
        named.append(Description(start=part.start, description=", ".join([part.description, *missing])[:500]))
    yield (SetScenes(scenes=tuple(named)),)
    yield (SetScenes(scenes=scenes_for(dss)),)
    yield (SetScenes(scenes=(Description(start=0, description=description_at(dss, 0.5)),)),)


_FIXES: Mapping[str, Callable[..., Iterator[Change]]] = {
    "count": _count,
    "attribute": _phrased,
    "change": _turned,
    "appearance": _shown,
    "setting": _set,
    "camera": _filmed,
    "size": _scaled,
    "comparison": _compared,
}

_PLAUSIBLE: Mapping[str, Callable[[Scene, Finding], Iterator[Change]]] = {
    "teleporting": _smoothed,
    "constancy": _sized_alike,
    "ground": _landed,
    "overlap": _apart,
    "framing": _framed,
    "unasked": _without,
    "description": _described,
}
