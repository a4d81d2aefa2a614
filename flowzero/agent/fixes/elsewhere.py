"""What every usual change breaks, a place or a relation: a thing, with all that it bears, wherever that is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from flowzero.agent.bonds import crew
from flowzero.agent.constraints import broken, check
from flowzero.agent.edits import Move
from flowzero.agent.fixes.common import Change
from flowzero.agent.measures import Scene
from flowzero.agent.promises import Promise
from flowzero.agent.tracks import Track

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
