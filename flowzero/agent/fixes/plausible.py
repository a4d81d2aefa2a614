"""Candidates for what is not plausible, the least change first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flowzero.agent.composing import (
    description_at,
    scenes_for,
)
from flowzero.agent.edits import (
    Edit,
    Move,
    RemoveObject,
    Scale,
    SetMotion,
    SetPath,
    SetScenes,
)
from flowzero.agent.fixes.common import Change, into_frame
from flowzero.agent.fixes.paths import replanned, shifted
from flowzero.agent.measures import Scene
from flowzero.agent.placing import GROUND, crowd_of, stance
from flowzero.dss import Box, Keyframe
from flowzero.dss import Scene as Description
from flowzero.plan import Finding

_ASIDE = ((0.15, 0.0), (-0.15, 0.0), (0.3, 0.0), (-0.3, 0.0), (0.45, 0.0), (-0.45, 0.0), (0.6, 0.0), (-0.6, 0.0))


_ALOFT = ((0.0, -0.2), (0.0, 0.2), (0.2, -0.2), (-0.2, -0.2))
"""Where things go that cover each other."""


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
            path = shifted(dx, dy)(item)
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
        yield tuple(into_frame(item))
    yield tuple(change for item_id in finding.ids for change in into_frame(scene.tracks.by_id[item_id].object))
    yield from _anew(scene, finding)


def _anew(scene: Scene, finding: Finding) -> Iterator[Change]:
    for thing, ids in scene.cast.items():
        for member, item_id in enumerate(ids):
            if item_id in finding.ids:
                yield tuple(replanned(scene.things[thing], scene.tracks.by_id[item_id].object, member, scene))
                yield tuple(replanned(scene.things[thing], scene.tracks.by_id[item_id].object, member, scene, typical=True))


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


PLAUSIBLE: Mapping[str, Callable[[Scene, Finding], Iterator[Change]]] = {
    "teleporting": _smoothed,
    "constancy": _sized_alike,
    "ground": _landed,
    "overlap": _apart,
    "framing": _framed,
    "unasked": _without,
    "description": _described,
}
