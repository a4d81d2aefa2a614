"""One object's path in the making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowzero.agent.placing import Stance, crowd_of, stance, within
from flowzero.agent.promises import Reading
from flowzero.agent.rows import Berth
from flowzero.dss import Box, Keyframe, Object

Point = tuple[float, float, float, float]
"""Time, centre x, centre y, scale."""


@dataclass
class Sketch:
    """One object's path in the making. `x` is where it stands when nothing says where."""

    thing: str
    at: Stance
    reading: Reading
    placed: Mapping[str, tuple[Object, ...]]
    x: float
    seconds: float
    member: int = 0
    nudge: tuple[float, float] = (0.0, 0.0)
    together: bool = False
    """Whether this is the path of all of a thing's objects, as one box about them."""
    points: list[Point] = field(default_factory=list)
    berth: Berth | None = None
    """Its place among those who stand beside each other, if it has one."""
    lies: tuple[Keyframe, ...] | None = None
    """Its way to where it lies, planned before that of who takes it along from there."""

    def box_of(self, other: str, t: float) -> Box | None:
        """Where another thing is at a time, if it is planned already."""
        objects = self.placed.get(other, ())
        return objects[0].box_at(t) if objects else None

    def group_of(self, other: str, t: float) -> Box | None:
        """What is taken up by all that play another thing at a time, if they are planned already."""
        boxes = [item.box_at(t) for item in self.placed.get(other, ())]
        if not boxes:
            return None
        x, y = min(box.x for box in boxes), min(box.y for box in boxes)
        return Box(x=x, y=y, w=max(box.x + box.w for box in boxes) - x, h=max(box.y + box.h for box in boxes) - y)

    def stance_of(self, thing: str) -> Stance:
        """How one of a thing's objects stands."""
        return stance(self.reading.thing(thing), self.reading, crowd_of(self.reading))

    @property
    def count(self) -> int:
        """How many objects play the thing."""
        return self.reading.thing(self.thing).count

    @property
    def here(self) -> tuple[float, float]:
        """Where the path has got to."""
        if self.points:
            return self.points[-1][1], self.points[-1][2]
        return self.x, self.at.y

    @property
    def scale(self) -> float:
        """The size it has got to."""
        return self.points[-1][3] if self.points else 1.0

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """The centre nearest to x, y at which the box lies within the frame."""
        return within(x, self.at.w), within(y, self.at.h)


def keyframes(sketch: Sketch, points: list[Point]) -> tuple[Keyframe, ...]:
    """Points as keyframes: times rounded and increasing, standing still told once."""
    found: list[Keyframe] = []
    for t, cx, cy, scale in points or [(0.0, sketch.x, sketch.at.y, 1.0)]:
        key = Keyframe(t=min(max(round(t, 4), 0.0), 1.0), box=sketch.at.box(cx, cy, scale))
        if found and key.t <= found[-1].t:
            found[-1] = Keyframe(t=found[-1].t, box=key.box) if len(found) > 1 else found[-1]
            continue
        found.append(key)
    if all(key.box == found[0].box for key in found):
        return (found[0].model_copy(update={"t": 0.0}),)
    return tuple(found)
