"""How well tracks keep promises of place: parts of the picture, and relations between things."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flowzero.agent.measures.scene import KEPT, Outcome, Scene, grade, worst
from flowzero.agent.promises import Carries, Journey, Meets, Place, Reading, Relation, Relative, Sized, Stays
from flowzero.agent.rows import SIDES
from flowzero.agent.tracks import Track, overlap

_NAMES: dict[Relative, str] = {
    "left": "to the left of", "right": "to the right of", "above": "above", "below": "below", "front": "in front of",
    "behind": "behind",
    "inside": "inside", "outside": "outside", "near": "next to", "on": "on", "between": "between",
}  # fmt: skip


def relation_name(relation: Relative) -> str:
    """A relation as a preposition."""
    return _NAMES[relation]


def place_name(place: Place) -> str:
    """A part of the picture in words."""
    parts = [part for part in (place.y, place.x) if part]
    if parts and set(parts) == {"middle"}:
        return "the middle"
    name = "the " + (" ".join(parts) or "picture")
    return f"beyond {name} edge" if place.off else name


def at_place(place: Place, track: Track, k: int) -> float:
    """How well the track's centre lies in a part of the picture at sample k."""
    return at_point(place, track.cx[k], track.cy[k])


def at_point(place: Place, x: float, y: float) -> float:
    """How well a point lies in a part of the picture."""
    scores = [1.0]
    beyond = "x" if place.x else "y"
    for axis, part, value in (("x", place.x, x), ("y", place.y, y)):
        off = place.off and axis == beyond
        if part in ("left", "top"):
            scores.append(grade(0.8 - value, 0.6 if off else 0.3))
        elif part in ("right", "bottom"):
            scores.append(grade(value - 0.2, 0.6 if off else 0.3))
        elif part == "middle":
            scores.append(grade(0.5 - abs(value - 0.5), 0.25))
    return min(scores)


def stays(promise: Stays, scene: Scene) -> Outcome:
    """Whether it is in that part of the picture throughout the window."""
    name = scene.name(promise.thing)
    where = place_name(promise.place)
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))

    def one(track: Track) -> Outcome:
        samples = [k for k in window if track.there[k]] or list(track.present) or [0]
        score = sum(at_place(promise.place, track, k) >= KEPT for k in samples) / len(samples)
        if score >= 0.7 or (at_place(promise.place, track, samples[0]) >= KEPT and _has_journey(promise, scene)):
            return Outcome(1.0, f"{track.id} is at {where}.", (track.id,), tuple(samples))
        x, y = track.cx[samples[0]], track.cy[samples[0]]
        wrong = tuple(k for k in samples if at_place(promise.place, track, k) < KEPT)
        return Outcome(
            min(0.75, score),
            f"{track.id} shall be at {where}, but is at ({x:.2f}, {y:.2f}): move it there.",
            (track.id,),
            wrong,
        )

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} shall be at {where}: add it."))


def _has_journey(promise: Stays, scene: Scene) -> bool:
    """Whether the prompt also sends it somewhere, or to somebody, so that its place is where it starts."""
    told = scene.reading.promises
    met = any(isinstance(other, Meets) and not other.apart and promise.thing in (other.thing, other.other) for other in told)
    ways = ("journey", "moves", "passing", "following")
    return met or any(getattr(other, "thing", None) == promise.thing and other.kind in ways for other in told)


def relation(promise: Relation, scene: Scene) -> Outcome:
    """Whether the relation holds while both are seen within the window."""
    a, b = scene.name(promise.thing), scene.name(promise.other)
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    word = f"{a} shall be {relation_name(promise.relation)} {b}"
    if not ours or not theirs:
        return Outcome(0.0, f"{word}, but one is not in the plan: add it.")
    seconds = scene.players(promise.second) if promise.second else []
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))
    outcomes = []
    aside = stand_apart(promise, scene.reading)
    for track in ours:
        others = [other for other in theirs if other.id != track.id]
        if not others:
            continue
        mates = [*others, *seconds] if aside else []
        samples = [k for k in window if track.there[k] and others[0].there[k]] or [window[0]]
        shared = [max((overlap(track.boxes[k], mate.boxes[k]) for mate in mates), default=0.0) for k in samples]
        scores = [
            min(_score(promise, track, others, seconds, k), grade(_PRESSED / (part or 1.0), 1.0) if part > _PRESSED else 1.0)
            for k, part in zip(samples, shared, strict=True)
        ]
        share = sum(score >= KEPT for score in scores) / len(scores)
        ids = tuple(dict.fromkeys((track.id, others[0].id, *(other.id for other in seconds[:1]))))
        wrong = tuple(k for k, score in zip(samples, scores, strict=True) if score < KEPT)
        mobile = _moves_on(promise, scene)
        if share >= 0.75 or (mobile and max(scores) >= KEPT):
            outcomes.append(Outcome(1.0, f"{track.id} is {relation_name(promise.relation)} {b}.", ids, tuple(samples)))
        else:
            score = min(0.75, sum(scores) / len(scores))
            outcomes.append(Outcome(score, f"{word}, but {_wrong(shared, wrong, samples)}", ids, wrong))
    return worst(outcomes, Outcome(0.0, f"{word}, but there is only one of them: add another."))


_PRESSED = 0.25
"""How much of the smaller of two that stand side by side the other may cover."""
_TOGETHER = frozenset({"on", "inside", "front", "behind"})


def stand_apart(promise: Relation, reading: Reading) -> bool:
    """Whether the two stand side by side, and nothing else that is promised of them lets one cover the other."""
    if promise.relation not in SIDES or promise.thing == promise.other:
        return False
    pair = {promise.thing, promise.other}
    for other in reading.promises:
        if isinstance(other, Carries) or (isinstance(other, Relation) and other.relation in _TOGETHER):
            joined = {other.thing, other.other} == pair
        else:
            steps = other.steps if isinstance(other, Journey) and other.thing in pair else ()
            climbs = bool(steps) and promise.relation == "near"  # as in "climbs up a tree"
            joined = climbs or any(getattr(step, "other", None) in pair for step in steps)
        if joined:
            return False
    return True


def _wrong(shared: Sequence[float], wrong: Sequence[int], samples: Sequence[int]) -> str:
    """What keeps a relation from holding, and what to do about it."""
    worst_share = max(shared, default=0.0)
    if worst_share > _PRESSED:
        return f"they share {worst_share:.0%} of the smaller box: move them apart, or make both smaller."
    return f"is not in {len(wrong)} of {len(samples)} frames: move one of them."


def _moves_on(promise: Relation, scene: Scene) -> bool:
    """Whether the prompt sends one of the two elsewhere, so that the relation need hold only at some time."""
    kinds = ("journey", "passing", "following", "meeting")
    return any(
        getattr(other, "thing", None) in (promise.thing, promise.other) and other.kind in kinds
        for other in scene.reading.promises
    )


def _score(promise: Relation, track: Track, others: list[Track], seconds: list[Track], k: int) -> float:
    if promise.relation == "between":
        ends = [*others, *seconds][:2] if seconds else others[:2]
        if len(ends) < 2:
            return 0.0
        for axis in (0, 1):
            low, high = sorted((end.cx[k], end.cy[k])[axis] for end in ends)
            if low + 0.01 < (track.cx[k], track.cy[k])[axis] < high - 0.01:
                return 1.0
        return 0.4
    return max(related(promise.relation, track, other, k) for other in others)


def related(relation_: Relative, a: Track, b: Track, k: int) -> float:  # noqa: PLR0911
    """How well a stands in a relation to b at sample k."""
    ax, ay, aw, ah = a.boxes[k]
    bx, by, bw, bh = b.boxes[k]
    dx, dy = b.cx[k] - a.cx[k], b.cy[k] - a.cy[k]
    if relation_ in ("left", "right"):
        return _beyond(dx if relation_ == "left" else -dx)
    if relation_ in ("above", "below"):
        return _beyond(dy if relation_ == "above" else -dy)
    gap = math.hypot(max(0.0, bx - ax - aw, ax - bx - bw), max(0.0, by - ay - ah, ay - by - bh))
    if relation_ == "near":
        return 1.0 if gap <= 0.2 else grade(0.2 / gap, 1.0)
    if relation_ == "inside":
        shared = max(0.0, min(ax + aw, bx + bw) - max(ax, bx)) * max(0.0, min(ay + ah, by + bh) - max(ay, by))
        return grade(shared / (aw * ah), 0.6)
    if relation_ == "outside":
        return grade(1 - overlap(a.boxes[k], b.boxes[k]), 0.8)
    if relation_ == "on":
        across = min(ax + aw, bx + bw) - max(ax, bx)
        rests = -0.12 <= ay + ah - by <= 0.65 * bh + 0.02 and ay < by + 0.5 * bh
        return 1.0 if across > 0.25 * min(aw, bw) and rests else 0.4 if across > 0 else 0.1
    depth = a.object.depth - b.object.depth
    nearer = depth if depth else (ay + ah) - (by + bh)
    close = 1.0 if gap <= 0.35 else 0.6
    return min(close, 1.0 if (nearer > 0.005 if relation_ == "front" else nearer < -0.005) else 0.2)


def _beyond(way: float) -> float:
    """Credit for a centre on the right side of another: full from a little way on."""
    return 1.0 if way >= 0.03 else 0.9 if way > 1e-6 else grade(way, 0.03, -0.5)


def sized(promise: Sized, scene: Scene) -> Outcome:
    """Whether it takes much or little of the picture."""
    name = scene.name(promise.thing)
    word = "large" if promise.sign > 0 else "small"

    def one(track: Track) -> Outcome:
        samples = track.present or (0,)
        size = max((track.boxes[k][2] * track.boxes[k][3]) ** 0.5 for k in samples) if promise.sign > 0 else track.size
        score = grade(size, 0.22) if promise.sign > 0 else grade(0.42 / size, 1.0)
        if score >= KEPT:
            return Outcome(1.0, f"{track.id} is {word}.", (track.id,))
        return Outcome(score, f"{track.id} shall be {word}, but measures {size:.2f} of the frame: scale it.", (track.id,))

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} is not in the plan: add it."))
