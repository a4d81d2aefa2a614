"""What all candidates need: the objects of a thing, and boxes within the frame."""

from __future__ import annotations

from flowzero.agent.edits import (
    Edit,
    SetPath,
)
from flowzero.agent.measures import Scene
from flowzero.agent.placing import GROUND, Stance
from flowzero.agent.promises import Promise, Thing
from flowzero.dss import Box, Keyframe, Object

Change = tuple[Edit, ...]


def thing_of(scene: Scene, promise: Promise) -> Thing | None:
    """The thing that a promise is about."""
    return scene.things.get(getattr(promise, "thing", ""))


def objects_of(scene: Scene, thing: str) -> list[Object]:
    """The objects that play a thing."""
    return [track.object for track in scene.players(thing)]


def in_its_size(item: Object, usual: Stance) -> Stance:
    """How an object stands that is not as large as usual."""
    box = item.path[0].box
    return Stance(box.w, box.h, GROUND - box.h / 2 if usual.grounded else usual.y, usual.grounded)


def into_frame(item: Object) -> list[Edit]:
    """Shift keyframes that lie outside of the frame to its nearest inside place."""
    path = tuple(Keyframe(t=key.t, box=clamped(key.box)) for key in item.path)
    return [SetPath(id=item.id, path=path)] if path != item.path else []


def clamped(box: Box) -> Box:
    """The box at its nearest place within the frame."""
    w, h = min(box.w, 1.0), min(box.h, 1.0)
    return Box(x=min(max(box.x, 0.0), 1 - w), y=min(max(box.y, 0.0), 1 - h), w=w, h=h)
