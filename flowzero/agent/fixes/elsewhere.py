"""What every usual change breaks, a place or a relation: a thing, with all that it bears, wherever that is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from flowzero.agent.bonds import crew
from flowzero.agent.constraints import broken, check
from flowzero.agent.edits import Move, SetPath, shift
from flowzero.agent.fixes.common import Change, objects_of
from flowzero.agent.measures import Scene
from flowzero.agent.placing import Stance, beside
from flowzero.agent.promises import Promise, Relation
from flowzero.agent.tracks import Track
from flowzero.dss import Keyframe

_KEPT = 8
"""How many shifts of each thing are tried with all the other promises, the shortest first."""
_STEP = 0.08
_SHIFTS = sorted(
    ((dx * _STEP, dy * _STEP) for dx, dy in product(range(-10, 11), repeat=2) if dx or dy), key=lambda shift: math.hypot(*shift)
)


def elsewhere(promise: Promise, scene: Scene, thing: str) -> Iterator[Change]:
    """The shortest shifts of a thing, with all that it bears, that keep a promise."""
    tracks = [track for mate in crew(scene.reading, thing) for track in scene.players(mate)]
    kept = (shift for shift in _SHIFTS if not broken(check(promise, _with(scene, tracks, shift))))
    for (dx, dy), _ in zip(kept, range(_KEPT), strict=False):
        yield tuple(Move(id=track.id, dx=round(dx, 4), dy=round(dy, 4)) for track in tracks)


def _with(scene: Scene, tracks: Sequence[Track], shift: tuple[float, float]) -> Scene:
    """The scene with some tracks shifted."""
    dx, dy = shift
    moved = {
        track.id: Track(track.object, tuple((x + dx, y + dy, w, h) for x, y, w, h in track.boxes), track.there)
        for track in tracks
    }
    return replace(scene, tracks=scene.tracks.with_tracks(moved))


def within_it(promise: Relation, scene: Scene) -> Iterator[Change]:
    """Who moves on or in a thing that stands, from one end of that to the other."""
    others = [track.object for track in scene.players(promise.other)]
    if promise.relation not in ("on", "inside") or not others or len(others[0].path) > 1:
        return
    box = others[0].path[0].box
    for share in (0.9, 0.6):
        edits = []
        for item in objects_of(scene, promise.thing):
            own = item.path[0].box
            at = Stance(own.w, own.h, own.cy, False)
            _, y = beside(promise.relation, at, box, own.cx, own.cy, noun=scene.things[promise.other].noun)
            xs = [key.box.cx for key in item.path]
            middle, range_ = (min(xs) + max(xs)) / 2, max(xs) - min(xs)
            part = min(1.0, share * box.w / range_) if range_ else 0.0
            path = tuple(
                Keyframe(t=key.t, box=shift(key.box, box.cx + (key.box.cx - middle) * part - key.box.cx, y - key.box.cy))
                for key in item.path
            )
            edits.append(SetPath(id=item.id, path=path))
        yield tuple(edits)
