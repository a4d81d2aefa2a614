"""What no prompt needs to ask for: nothing teleports, grows for no reason, hangs in the air or covers another by chance.

These findings are not promises: they lower confidence and never cap it. The paper asks for spatial and temporal consistency;
what counts as such here is our choice.
"""

from __future__ import annotations

import math
from itertools import combinations, pairwise

from flowzero import vocabulary
from flowzero.agent.bonds import crew, led_by
from flowzero.agent.casting import head_of
from flowzero.agent.measures.scene import Outcome, Scene
from flowzero.agent.promises import Beside, Carries, Go, Journey, Meets, Passes, Promise, Relation, Trace
from flowzero.agent.tracks import Sample, Track, shared


def steady(scene: Scene) -> Outcome:
    """Whether no object leaps: one step much longer than its others and than anything could go."""
    bad: list[Track] = []
    where: set[int] = set()
    for track in scene.tracks.by_id.values():
        steps = [
            math.hypot(track.cx[b] - track.cx[a], track.cy[b] - track.cy[a]) for a, b in pairwise(track.present) if b == a + 1
        ]
        if len(steps) < 3:
            continue
        usual = sorted(steps)[len(steps) // 2]
        limit = max(0.3, 3 * usual)
        leaps = [k for k, step in enumerate(steps) if step > limit]
        if leaps:
            bad.append(track)
            where.update(track.present[k + 1] for k in leaps)
    if not bad:
        return Outcome(1.0, "nothing teleports.")
    ids = tuple(track.id for track in bad)
    return Outcome(
        0.0, f"{', '.join(ids)} leaps over the picture from one frame to the next: smooth its path.", ids, tuple(sorted(where))
    )


def constant(scene: Scene) -> Outcome:
    """Whether no object changes its size or shape unless it grows, or comes nearer, as promised, or goes with what does."""
    told = [thing for promise in scene.reading.promises for thing in _resized(promise)]
    led = [thing.id for thing in scene.reading.things if not set(told).isdisjoint(led_by(scene.reading, thing.id))]
    free = {name for thing in (*told, *led) for name in crew(scene.reading, thing)}
    named = {item_id for thing in free for item_id in scene.cast.get(thing, ())}
    bad = []
    for track in scene.tracks.by_id.values():
        if track.id in named or not track.present:
            continue
        areas = sorted(track.boxes[k][2] * track.boxes[k][3] for k in track.present)
        usual_area = areas[len(areas) // 2]
        whole = [k for k in track.present if track.boxes[k][2] * track.boxes[k][3] >= usual_area or not _cut(track.boxes[k])]
        widths, heights = ([track.boxes[k][axis] for k in whole] for axis in (2, 3))
        if max(max(widths) / min(widths), max(heights) / min(heights)) > 1.8:
            bad.append(track.id)
    if not bad:
        return Outcome(1.0, "sizes keep.")
    return Outcome(0.0, f"{', '.join(bad)} changes size though nothing asks for it: keep its box's size.", tuple(bad))


def _cut(box: Sample) -> bool:
    """Whether a box ends at an edge of the picture, so that a planner may have cut it there."""
    x, y, w, h = box
    return min(x, y) <= 0.005 or max(x + w, y + h) >= 0.995


def _resized(promise: Promise) -> list[str]:
    """Things that a promise lets change their size."""
    if promise.kind in ("growth", "change"):
        return [promise.thing]
    if isinstance(promise, Journey) and any(
        isinstance(step, Go) and step.heading in ("towards", "away") for step in promise.steps
    ):
        return [promise.thing]
    return []


def grounded(scene: Scene) -> Outcome:
    """Whether what walks, rolls or drives keeps to one ground, unless it jumps, falls, climbs or stands on something."""
    setting = vocabulary.find_setting(scene.tracks.dss.setting)
    if scene.reading.view == "top" or (setting is not None and not setting.ground):
        return Outcome(1.0, "there is no ground to keep to.")
    bad: list[str] = []
    for thing in scene.reading.things:
        noun = vocabulary.find(thing.noun)
        walks = noun is not None and noun.moves in ("walks", "drives") and thing.medium == "" and setting is not None
        bound = thing.medium == "ground" or walks
        if not bound or _lifted(thing.id, scene):
            continue
        for track in scene.players(thing.id):
            bottoms = [track.boxes[k][1] + track.boxes[k][3] for k in track.seen]
            highest = 0.35 if thing.medium == "ground" else 0.2
            if bottoms and (min(bottoms) < highest or (thing.medium == "ground" and max(bottoms) - min(bottoms) > 0.3)):
                bad.append(track.id)
    if not bad:
        return Outcome(1.0, "what needs ground has it.")
    return Outcome(
        0.0, f"{', '.join(bad)} hangs in the air: put the bottom of its box on the ground, at about 0.86.", tuple(bad)
    )


def _lifted(thing: str, scene: Scene) -> bool:
    """Whether a promise takes it off the ground, or puts it on, in, above or behind something."""
    for promise in scene.reading.promises:
        if getattr(promise, "thing", None) != thing and getattr(promise, "other", None) != thing:
            continue
        if isinstance(promise, Carries | Relation) or promise.kind in ("position", "passing"):
            return True
        if isinstance(promise, Journey):
            for step in promise.steps:
                if isinstance(step, Trace | Beside) or (isinstance(step, Go) and step.heading not in ("left", "right")):
                    return True
                if step.kind == "at" and step.place.y:
                    return True
    return False


def apart(scene: Scene) -> Outcome:
    """Whether objects that have nothing to do with each other do not cover each other for long."""
    joined = _joined(scene)
    bad: list[str] = []
    where: set[int] = set()
    for a, b in combinations(scene.tracks.by_id.values(), 2):
        if frozenset((a.id, b.id)) in joined or (a.object.depth != b.object.depth and abs(a.object.depth - b.object.depth) > 1):
            continue
        if not shared(a.hull, b.hull):
            continue
        common = [
            k for k in a.present if b.there[k] and max(a.boxes[k][2] * a.boxes[k][3], b.boxes[k][2] * b.boxes[k][3]) < 0.8
        ]
        covered = [k for k in common if _same_place(a.boxes[k], b.boxes[k])]
        if common and len(covered) > 0.4 * len(common):
            bad += [a.id, b.id]
            where.update(covered)
    ids = tuple(dict.fromkeys(bad))
    if not ids:
        return Outcome(1.0, "nothing covers another by chance.")
    return Outcome(0.0, f"{' and '.join(ids)} cover each other: move them apart.", ids, tuple(sorted(where)))


def _same_place(a: Sample, b: Sample) -> bool:
    """Whether two boxes cover each other so far that neither can be seen for itself; a small one before a large one can."""
    both = shared(a, b)
    return both > 0.5 * (a[2] * a[3] + b[2] * b[3] - both)


def _joined(scene: Scene) -> set[frozenset[str]]:
    """Pairs of objects that a promise brings together."""
    pairs: set[frozenset[str]] = set()
    for promise in scene.reading.promises:
        mates: list[tuple[str, str]] = []
        if isinstance(promise, Relation | Carries | Meets | Passes):
            mates.append((promise.thing, promise.other))
        if isinstance(promise, Journey):
            mates += [(promise.thing, other) for step in promise.steps if (other := getattr(step, "other", None))]
        for one, two in mates:
            pairs |= {frozenset((x, y)) for x in scene.cast.get(one, ()) for y in scene.cast.get(two, ())}
    return pairs


def framed(scene: Scene) -> Outcome:
    """Whether objects are large enough to see and mostly in the picture, unless they come or go."""
    coming = {
        promise.thing
        for promise in scene.reading.promises
        if isinstance(promise, Journey) or promise.kind in ("appearance", "passing", "following", "moves", "growth")
    }
    borne = {thing.id for thing in scene.reading.things if coming & set(led_by(scene.reading, thing.id))}
    leaving = {item_id for thing in coming | borne for item_id in scene.cast.get(thing, ())}
    bad = []
    for track in scene.tracks.by_id.values():
        present = track.present
        if not present:
            continue
        seen = len(track.seen) / len(present)
        tiny = max(track.boxes[k][2] * track.boxes[k][3] for k in present) < 0.001
        if tiny or seen < (0.3 if track.id in leaving else 0.75):
            bad.append(track.id)
    if not bad:
        return Outcome(1.0, "everything can be seen.")
    return Outcome(0.0, f"{', '.join(bad)} can hardly be seen: bring its box into the picture, or enlarge it.", tuple(bad))


def asked(scene: Scene) -> Outcome:
    """Whether nothing is in the plan that moves or bears a name without the prompt asking for it."""
    named = {item_id for ids in scene.cast.values() for item_id in ids}
    words = set(scene.reading.prompt.lower().split())
    heads = {
        track.id: head_of(track.object.phrase).split()[-1:] for track in scene.tracks.by_id.values() if track.id not in named
    }
    extra = [item_id for item_id, head in heads.items() if head and head[0] not in words]
    if not extra or not scene.reading.things or scene.reading.unread:
        return Outcome(1.0, "nothing is there that nobody asked for.")
    return Outcome(0.0, f"the prompt does not speak of {', '.join(extra)}: remove it unless the scene needs it.", tuple(extra))
