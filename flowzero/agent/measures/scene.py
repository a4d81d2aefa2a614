"""What a measure looks at: the reading, the sampled tracks, and who plays what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from flowzero.agent.promises import Promise, Reading, Thing
from flowzero.agent.tracks import Track, Tracks
from flowzero.plan import Finding

KEPT = 0.8
"""A promise whose score is lower is broken; measures give 1 to what holds and less than this to what does not."""

_P = TypeVar("_P", bound=Promise)


@dataclass(frozen=True)
class Outcome:
    """What one measure found: a score, where, and a sentence."""

    score: float
    message: str
    ids: tuple[str, ...] = ()
    samples: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scene:
    """One plan before the measures."""

    reading: Reading
    tracks: Tracks
    cast: Mapping[str, tuple[str, ...]]
    things: Mapping[str, Thing] = field(default_factory=dict)

    def players(self, thing: str) -> list[Track]:
        """The tracks of the objects that play a thing."""
        return [self.tracks.by_id[item_id] for item_id in self.cast.get(thing, ())]

    def name(self, thing: str) -> str:
        """What to call a thing in a sentence: its object's id when there is one."""
        ids = self.cast.get(thing, ())
        return ids[0] if len(ids) == 1 else f"the {self.things[thing].noun}" if thing in self.things else thing


def grade(value: float, need: float, floor: float = 0.0) -> float:
    """1 where value reaches `need`, and below it partial credit that stays under KEPT."""
    if value >= need - 1e-9:
        return 1.0
    return max(0.0, min(0.75, 0.75 * (value - floor) / (need - floor)))


def worst(outcomes: Iterable[Outcome], nobody: Outcome) -> Outcome:
    """The outcome with the lowest score, all ids together; `nobody` when there are none."""
    found = list(outcomes)
    if not found:
        return nobody
    low = min(found, key=lambda outcome: outcome.score)
    bad = [outcome for outcome in found if outcome.score < KEPT] or found
    ids = tuple(dict.fromkeys(item_id for outcome in bad for item_id in outcome.ids))
    return Outcome(
        sum(outcome.score for outcome in found) / len(found) if low.score >= KEPT else low.score, low.message, ids, low.samples
    )


def finding(name: str, outcome: Outcome, scene: Scene, *, weight: float = 1.0, promised: bool = True) -> Finding:
    """The outcome as a finding of the plan."""
    return Finding(
        constraint=name, score=max(0.0, min(1.0, outcome.score)), weight=weight, promised=promised,
        frames=scene.tracks.frames(outcome.samples), ids=outcome.ids, message=outcome.message,
    )  # fmt: skip


Measure = Callable[[_P, Scene], Outcome]
