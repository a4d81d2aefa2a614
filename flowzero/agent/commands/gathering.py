"""Several objects brought to one part of the picture, each with a place of its own; who moves goes on moving there."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent.commands.command import Command, cast_from
from flowzero.agent.composing import place_object
from flowzero.agent.edits import Edit, SetPath
from flowzero.agent.placing import Stance
from flowzero.agent.promises import Place, Reading, Stays
from flowzero.dss import Box, Keyframe, Object

_AIR = 0.02
"""How far from the edges of the picture, and of the part of it, they keep."""


def gathered(command: Command, ids: Sequence[str], place: Place) -> list[Edit]:
    """Edits that bring the objects into a part of the picture: those that stand one beside another, the others on their way."""
    items = [command.object(item_id) for item_id in ids]
    moving = [item for item in items if len(item.path) > 1]
    edits: list[Edit] = [SetPath(id=item.id, path=path) for item, path in zip(moving, _fitted(moving, place), strict=True)]
    placed = {item.id: (item,) for item in command.dss.objects if item.id not in ids}
    placed |= {edit.id: (command.object(edit.id).model_copy(update={"path": edit.path}),) for edit in edits}  # type: ignore[union-attr]
    cast = cast_from(command.dss)
    for item in (item for item in items if len(item.path) == 1):
        promises = (Stays(thing=item.id, place=place),)
        reading = Reading(prompt="-", things=cast.things, promises=promises, setting=command.dss.setting)
        box = item.path[0].box
        at = Stance(box.w, box.h, box.cy, box.y + box.h > 0.6)
        found = place_object(f"{item.id}-there", cast[item.id], 0, reading, placed, command.dss.seconds, at)
        placed[item.id] = (item.model_copy(update={"path": found.path}),)
        edits.append(SetPath(id=item.id, path=found.path))
    return [edit for edit in edits if edit.path != command.object(edit.id).path]  # type: ignore[union-attr]


def _fitted(items: Sequence[Object], place: Place) -> list[tuple[Keyframe, ...]]:
    """The ways of all, shifted together into the part of the picture, and shortened where they are too long for it."""
    boxes = [key.box for item in items for key in item.path]
    if not boxes:
        return []
    across = _mapping([box.cx for box in boxes], max(box.w for box in boxes), _SPANS.get(place.x or ""))
    upright = _mapping([box.cy for box in boxes], max(box.h for box in boxes), _SPANS.get(place.y or ""))
    return [tuple(Keyframe(t=key.t, box=_at(key.box, across, upright)) for key in item.path) for item in items]


_Axis = tuple[float, float]
"""Where the old zero goes, and how much shorter ways get."""
_SPANS: dict[str, tuple[float, float]] = {
    "left": (0.0, 0.5), "top": (0.0, 0.5), "right": (0.5, 1.0), "bottom": (0.5, 1.0), "middle": (0.27, 0.73),
}  # fmt: skip


def _mapping(values: Sequence[float], size: float, span: tuple[float, float] | None) -> _Axis:
    """How values on an axis are moved so that all lie in a span of it, and their boxes within the picture."""
    if span is None:
        return 0.0, 1.0
    half = min(size / 2, 0.4) + _AIR
    low, high = max(span[0], half), min(span[1], 1 - half)
    low, high = (low, high - _AIR) if span[0] == 0 else (low + _AIR, high)
    first, last = min(values), max(values)
    share = min(1.0, max(high - low, 0.02) / (last - first)) if last > first else 1.0
    start = min(max(first, low), max(high - share * (last - first), low))
    return start - share * first, share


def _at(box: Box, across: _Axis, upright: _Axis) -> Box:
    cx, cy = across[0] + across[1] * box.cx, upright[0] + upright[1] * box.cy
    return Box(x=round(cx - box.w / 2, 4), y=round(cy - box.h / 2, 4), w=box.w, h=box.h)
