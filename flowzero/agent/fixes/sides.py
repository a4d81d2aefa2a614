"""Candidates for those who shall stand side by side and cover each other: one steps aside, or all become smaller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowzero.agent.edits import Edit, Move, Scale
from flowzero.agent.fixes.common import Change, objects_of
from flowzero.agent.fixes.paths import moved
from flowzero.agent.measures import Scene
from flowzero.agent.measures.space import stand_apart
from flowzero.agent.promises import Relation
from flowzero.dss import Object
from flowzero.plan import Finding

_AIR = 0.02
"""The air between neighbours, and to the edge of the picture."""

_Group = Sequence[Object]


def side_by_side(promise: Relation, scene: Scene, finding: Finding) -> Iterator[Change]:
    """One of them beside the other, then all of them in a row, and whatever else helps a relation."""
    if stand_apart(promise, scene.reading):
        row = [group for group in _in_a_row(promise, scene) if group]
        if len(row) > 1:
            for k in range(len(row)):
                yield _stepped_aside(row, k)
            yield _lined_up(row)
    yield from moved(promise, scene, finding)


def _in_a_row(promise: Relation, scene: Scene) -> list[_Group]:
    """The objects of the two or three things, from left to right."""
    ours, theirs = objects_of(scene, promise.thing), objects_of(scene, promise.other)
    second = objects_of(scene, promise.second) if promise.second else theirs[1:]
    if promise.relation == "between":
        ends = sorted((theirs[:1] if not promise.second else theirs, second), key=_middle)
        return [ends[0], ours, ends[1]]
    if promise.relation == "near":
        return sorted((ours, theirs), key=_middle)
    return [ours, theirs] if promise.relation == "left" else [theirs, ours]


def _span(group: _Group) -> tuple[float, float]:
    """From where to where a group stands at first."""
    boxes = [item.path[0].box for item in group]
    return min((box.x for box in boxes), default=0.0), max((box.x + box.w for box in boxes), default=0.0)


def _middle(group: _Group) -> float:
    return sum(_span(group)) / 2


def _stepped_aside(row: list[_Group], k: int) -> Change:
    """One of two beside the other, if there is room in the picture."""
    if len(row) > 2:
        return ()
    (low, high), (other_low, other_high) = _span(row[k]), _span(row[1 - k])
    dx = other_low - _AIR - high if k == 0 else other_high + _AIR - low
    fits = low + dx >= 0 if k == 0 else high + dx <= 1
    return tuple(Move(id=item.id, dx=round(dx, 4), dy=0.0) for item in row[k]) if fits else ()


def _lined_up(row: list[_Group]) -> Change:
    """All of them beside each other about where they are, smaller if there is no room for them."""
    wide = [high - low for low, high in map(_span, row)]
    factor = min(1.0, (1 - _AIR * (len(row) + 1)) / sum(wide))
    whole = factor * sum(wide) + _AIR * (len(row) - 1)
    middle = sum(map(_middle, row)) / len(row)
    x = min(max(middle - whole / 2, _AIR), max(1 - _AIR - whole, 0.0))
    found: list[Edit] = []
    for group, broad in zip(row, wide, strict=True):
        centre = _middle(group)
        for item in group:
            aside = (item.path[0].box.cx - centre) * factor
            if factor < 1:
                found.append(Scale(id=item.id, factor=round(factor, 4), anchor="bottom"))
            found.append(Move(id=item.id, dx=round(x + factor * broad / 2 + aside - item.path[0].box.cx, 4), dy=0.0))
        x += factor * broad + _AIR
    return tuple(found)
