"""The critic's measurements: every promise of a reading, and what any scene owes to plausibility, as findings on a DSS.

Nothing here is a judgement or a guess: each finding is computed from the plan's numbers and words. What makes up the
confidence C is
our choice; the paper (arXiv 2311.15813) does not publish how it is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import permutations, product

from flowzero.agent.casting import cast_of
from flowzero.agent.measures import KEPT, MEASURES, PLAUSIBLE, Outcome, Scene, constraint_name, finding
from flowzero.agent.promises import Moves, Promise, Reading
from flowzero.agent.tracks import Tracks
from flowzero.dss import DSS
from flowzero.plan import Finding

WEIGHTS = {"count": 1.5, "direction": 1.5, "order": 1.5, "appearance": 1.5}
PLAUSIBLE_SHARE = 0.35
"""What one check of plausibility weighs, as a share of all promises together: enough that breaking any takes C below 0.9."""


@lru_cache(maxsize=128)
def measure(reading: Reading, dss: DSS) -> tuple[Finding, ...]:
    """Every promise of the reading, and plausibility, measured on the plan; promises first, in the order of the reading.

    Who drafts, who revises and who judges ask for the same plans in turn, so the last ones are remembered.
    """
    scene = scene_of(reading, dss)
    promised = tuple(check(promise, scene) for promise in reading.promises)
    weight = PLAUSIBLE_SHARE * (sum(item.weight for item in promised if item.promised) or 1.0)
    plausible = (finding(name, _unless_excused(name, scene), scene, weight=weight, promised=False) for name in PLAUSIBLE)
    return (*promised, *plausible)


def _unless_excused(name: str, scene: Scene) -> Outcome:
    """What a check of plausibility finds, unless all that it finds is as an instruction wants it."""
    outcome = PLAUSIBLE[name](scene)
    excused = {f"{name}:{item_id}" for item_id in outcome.ids} <= set(scene.reading.excused)
    if outcome.score < KEPT and outcome.ids and excused:
        return Outcome(1.0, f"{', '.join(outcome.ids)}: as an instruction wants it.", outcome.ids)
    return outcome


def check(promise: Promise, scene: Scene) -> Finding:
    """One promise on one scene."""
    name = constraint_name(promise)
    hint = isinstance(promise, Moves) and not promise.firm
    weight = 0.1 if hint else WEIGHTS.get(name, 1.0)
    return finding(name, MEASURES[promise.kind](promise, scene), scene, weight=weight, promised=not hint)


def broken(finding_: Finding) -> bool:
    """Whether a finding says that something is wrong."""
    return finding_.score < KEPT


def confidence(findings: Iterable[Finding], threshold: float) -> float:
    """C: the findings' weighted mean, held below the threshold while any promise is broken; 1 when there is nothing to measure.

    The cap falls with the mean, so that C still orders plans that all break something.
    """
    found = tuple(findings)
    total = sum(item.weight for item in found)
    mean = sum(item.weight * item.score for item in found) / total if total else 1.0
    if any(item.promised and broken(item) for item in found):
        return max(0.0, min(mean, threshold * (0.98 - 0.1 * (1 - mean))))
    return mean


def scene_of(reading: Reading, dss: DSS, tracks: Tracks | None = None) -> Scene:
    """The plan before the measures, with the casting of things that are alike that keeps the most promises."""
    tracks = tracks or Tracks(dss)
    cast = cast_of(reading, dss)
    things = {thing.id: thing for thing in reading.things}
    scene = Scene(reading, tracks, cast, things)
    twins = _twins(reading)
    if not twins:
        return scene
    alike = _Alike(reading, twins)
    best, best_score = scene, alike.kept(scene)
    for choice in product(*(tuple(permutations(group)) for group in twins)):
        if best_score >= alike.most:
            break
        swapped = dict(cast)
        for group, order in zip(twins, choice, strict=True):
            swapped |= {thing: cast[other] for thing, other in zip(group, order, strict=True)}
        other = Scene(reading, tracks, swapped, things)
        score = alike.kept(other)
        if score > best_score + 1e-9:
            best, best_score = other, score
    return best


def _twins(reading: Reading) -> list[tuple[str, ...]]:
    """Groups of things that only their promises tell apart, few enough to try every casting."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for thing in reading.things:
        groups.setdefault((thing.noun, thing.attributes), []).append(thing.id)
    twins = [tuple(group[:4]) for group in groups.values() if len(group) > 1]
    return twins[:2]


class _Alike:
    """The promises about things that are alike: what a casting keeps of them, each measured once for those it is about."""

    def __init__(self, reading: Reading, twins: Sequence[tuple[str, ...]]) -> None:
        alike = {item_id for group in twins for item_id in group}
        named = [(promise, _named(promise)) for promise in reading.promises]
        self.promises = [(promise, names) for promise, names in named if alike & set(names)]
        self.most = len(self.promises) - 1e-9
        self._scores: dict[tuple[int, tuple[tuple[str, ...], ...]], float] = {}

    def kept(self, scene: Scene) -> float:
        """How well they are kept under the scene's casting."""
        total = 0.0
        for index, (promise, names) in enumerate(self.promises):
            key = index, tuple(scene.cast.get(name, ()) for name in names)
            if key not in self._scores:
                self._scores[key] = MEASURES[promise.kind](promise, scene).score
            total += self._scores[key]
        return total


def _named(promise: Promise) -> tuple[str, ...]:
    """The things that a promise is about."""
    named = (getattr(promise, field, None) for field in ("thing", "other", "first", "second"))
    return tuple(name for name in named if name)
