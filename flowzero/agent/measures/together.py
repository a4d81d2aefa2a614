"""How well tracks keep promises about two of them: faster than, behind, past, towards, with, before one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from flowzero.agent.bonds import led_by, put_down
from flowzero.agent.measures.scene import KEPT, Outcome, Scene, grade, worst
from flowzero.agent.promises import (
    Carries,
    Compared,
    Follows,
    Go,
    Journey,
    Meets,
    Opposed,
    Ordered,
    Passes,
    Trace,
)
from flowzero.agent.tracks import Track


def compared(promise: Compared, scene: Scene) -> Outcome:
    """Whether one is larger, faster or alike."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} and {b} shall be compared, but one is not in the plan: add it.")
    values = [
        sum(track.size if promise.aspect == "size" else speed(track, scene) for track in tracks) / len(tracks)
        for tracks in (ours, theirs)
    ]
    ids = tuple(track.id for track in (*ours, *theirs))
    ratio = (values[0] + 1e-3) / (values[1] + 1e-3)
    if promise.sign == 0:
        score = 1.0 if 0.75 <= ratio <= 1.34 else 0.4
        word = "as large as" if promise.aspect == "size" else "as fast as"
    else:
        score = grade(ratio if promise.sign > 0 else 1 / ratio, 1.1 if promise.aspect == "size" else 1.15)
        word = {
            ("size", 1): "larger than",
            ("size", -1): "smaller than",
            ("speed", 1): "faster than",
            ("speed", -1): "slower than",
        }[(promise.aspect, promise.sign)]
    if score >= KEPT:
        return Outcome(1.0, f"{a} is {word} {b}.", ids)
    return Outcome(score, f"{a} shall be {word} {b}, but has {ratio:.2f} times its {promise.aspect}: change one of them.", ids)


def speed(track: Track, scene: Scene) -> float:
    """Frame sizes a video length, while it moves."""
    moving = sum(
        1 for a, b in pairwise(track.present) if math.hypot(track.cx[b] - track.cx[a], track.cy[b] - track.cy[a]) > 0.002
    )
    return track.length * (scene.tracks.n - 1) / moving if moving else 0.0


def follows(promise: Follows, scene: Scene) -> Outcome:
    """Whether it comes behind the other, going the same way."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} shall follow {b}, but one is not in the plan: add it.")
    ids = tuple(track.id for track in (*ours, *theirs))
    outcomes = []
    for track in ours:
        leader = theirs[0]
        common = [k for k in track.present if leader.there[k]] or [0]
        first, last = common[0], common[-1]
        dx, dy = leader.cx[last] - leader.cx[first], leader.cy[last] - leader.cy[first]
        length = math.hypot(dx, dy)
        if _in_line_of_sight(promise.other, scene) and _deepens(leader, common):
            outcomes.append(_in_depth(track, leader, common, f"{a} follows {b}.", f"{a} shall follow {b}"))
            continue
        if length < 0.08 <= leader.length / 2:
            outcomes.append(_trails(track, leader, common, f"{a} follows {b}.", f"{a} shall follow {b}"))
            continue
        if length < 0.08:
            outcomes.append(Outcome(0.2, f"{a} shall follow {b}, but {b} does not move: let both move, {a} behind.", ids))
            continue
        ux, uy = dx / length, dy / length
        behind = sum((leader.cx[k] - track.cx[k]) * ux + (leader.cy[k] - track.cy[k]) * uy > 0.02 for k in common) / len(common)
        way = (track.cx[last] - track.cx[first]) * ux + (track.cy[last] - track.cy[first]) * uy
        score = min(grade(behind, 0.7), grade(way, 0.06))
        text = f"{a} follows {b}." if score >= KEPT else f"{a} shall follow {b}: let both move the same way with {a} behind."
        outcomes.append(Outcome(score, text, ids, tuple(common)))
    return worst(outcomes, outcomes[0])


def _in_line_of_sight(thing: str, scene: Scene) -> bool:
    """Whether it is told to come nearer to the viewer, or to go away, or goes along with what is."""
    along = {thing, *led_by(scene.reading, thing)}
    ways = [promise.steps for promise in scene.reading.promises if isinstance(promise, Journey) and promise.thing in along]
    return any(isinstance(step, Go) and step.heading in ("towards", "away") for steps in ways for step in steps)


def _deepens(leader: Track, common: list[int]) -> bool:
    """Whether it gets so much larger or smaller that one sees it come nearer, or go away."""
    return not 0.8 < leader.boxes[common[-1]][2] / leader.boxes[common[0]][2] < 1.25


def _in_depth(track: Track, leader: Track, common: list[int], holds: str, shall: str) -> Outcome:
    """Whether one goes along the line of sight as its leader does, and is not before it: farther off than who comes nearer."""
    ours, theirs = (one.boxes[common[-1]][2] / one.boxes[common[0]][2] for one in (track, leader))
    nearer = 1 if theirs > 1 else -1
    feet = [[one.boxes[k][1] + one.boxes[k][3] for k in common] for one in (track, leader)]
    behind = sum((lead - own) * nearer > -0.02 for own, lead in zip(*feet, strict=True)) / len(common)
    score = min(grade(behind, 0.7), 1.0 if (ours - 1) * nearer > 0.1 else 0.4)
    text = holds if score >= KEPT else f"{shall}: let both move along the line of sight, {track.id} behind."
    return Outcome(score, text, (track.id, leader.id), tuple(common))


def _trails(track: Track, leader: Track, common: list[int], holds: str, shall: str) -> Outcome:
    """Whether one is behind another that comes back to where it began: mostly on the side away from where that goes."""
    behind = moving = 0
    for a, b in pairwise(common):
        dx, dy = leader.cx[b] - leader.cx[a], leader.cy[b] - leader.cy[a]
        if math.hypot(dx, dy) > 0.005:
            moving += 1
            behind += (leader.cx[a] - track.cx[a]) * dx + (leader.cy[a] - track.cy[a]) * dy > 0
    score = min(grade(behind / max(1, moving), 0.5), grade(track.length, 0.1))
    ids = (track.id, leader.id)
    text = holds if score >= KEPT else f"{shall}: let it go behind on the same path."
    return Outcome(score, text, ids, tuple(common))


def passes(promise: Passes, scene: Scene) -> Outcome:
    """Whether it begins on one side of the other and ends on the opposite one."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} shall pass {b}, but one is not in the plan: add it.")
    outcomes = []
    if promise.thing == promise.other:
        ours, theirs = ours[:1], theirs[1:]
        if not theirs:
            return Outcome(0.0, f"{a} shall pass another of its kind, and there is only one: add it.")
    for track in ours:
        other = theirs[0]
        common = [k for k in track.present if other.there[k]] or [0]
        first, last = common[0], common[-1]
        changes = [
            (values[first] - others[first], values[last] - others[last])
            for values, others in ((track.cx, other.cx), (track.cy, other.cy))
        ]
        kept = any(before * after < 0 and min(abs(before), abs(after)) > 0.03 for before, after in changes)
        away = max(abs(after - before) for before, after in changes)
        ids = (track.id, other.id)
        if kept and _outrun(promise, scene) and _against(track, other, first, last):
            fault = f"{track.id} shall overtake {other.id}, but they go opposite ways: let both go the same way."
            outcomes.append(Outcome(0.5, fault, ids, tuple(common)))
        elif kept:
            outcomes.append(Outcome(1.0, f"{track.id} passes {other.id}.", ids, tuple(common)))
        else:
            outcomes.append(
                Outcome(
                    min(0.6, away),
                    f"{track.id} shall pass {other.id}: start it on one side and end it on the other.",
                    ids,
                    tuple(common),
                )
            )
    return worst(outcomes, outcomes[0])


def _outrun(promise: Passes, scene: Scene) -> bool:
    """Whether who passes is the faster of the two, so that both go one way."""
    return any(
        isinstance(other, Compared)
        and other.aspect == "speed"
        and (other.thing, other.other, other.sign > 0) == (promise.thing, promise.other, True)
        for other in scene.reading.promises
    )


def _against(one: Track, two: Track, first: int, last: int) -> bool:
    """Whether two go opposite ways."""
    (ax, ay), (bx, by) = ((track.cx[last] - track.cx[first], track.cy[last] - track.cy[first]) for track in (one, two))
    moving = min(abs(ax) + abs(ay), abs(bx) + abs(by)) > 0.05
    return moving and ax * bx + ay * by < 0


def meets(promise: Meets, scene: Scene) -> Outcome:
    """Whether two come together, or part."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    pair = (ours[0], theirs[0]) if ours and theirs else ()
    if len(ours) > 1 and promise.thing == promise.other:
        pair = (ours[0], ours[1])
    if not pair or pair[0].id == pair[1].id:
        return Outcome(0.0, f"{a} and {b} shall meet, but one is not in the plan: add it.")
    one, two = pair
    common = [k for k in one.present if two.there[k]] or [0]
    gaps = [_gap(one, two, k) for k in common]
    met = any(isinstance(p, Meets) and not p.apart and p.thing == promise.thing for p in scene.reading.promises)
    if promise.apart and met:
        gaps = gaps[gaps.index(min(gaps)) :]
    near = gaps[0] if promise.apart else min(gaps)
    far = max(gaps) if promise.apart else gaps[0]
    score = min(grade(far - near, 0.06), 1.0 if near <= 0.15 else 0.5)
    word = "part" if promise.apart else "come together"
    if score >= KEPT:
        return Outcome(1.0, f"{one.id} and {two.id} {word}.", (one.id, two.id), tuple(common))
    return Outcome(score, f"{one.id} and {two.id} shall {word}: let their paths do so.", (one.id, two.id), tuple(common))


def _gap(a: Track, b: Track, k: int) -> float:
    ax, ay, aw, ah = a.boxes[k]
    bx, by, bw, bh = b.boxes[k]
    return math.hypot(max(0.0, bx - ax - aw, ax - bx - bw), max(0.0, by - ay - ah, ay - by - bh))


def opposed(promise: Opposed, scene: Scene) -> Outcome:
    """Whether two go opposite ways."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    pair = (
        (ours[0], ours[1])
        if promise.thing == promise.other and len(ours) > 1
        else (ours[0], theirs[0])
        if ours and theirs
        else ()
    )
    if not pair or pair[0].id == pair[1].id:
        return Outcome(
            0.0, f"two shall move in opposite directions, but {scene.name(promise.thing)} is not there twice: add it."
        )
    ids = (pair[0].id, pair[1].id)
    if _both_circle(promise, scene):
        turns = [_turning(track) for track in pair]
        score = min(grade(min(map(abs, turns)), _ROUND), 1.0 if turns[0] * turns[1] < 0 else 0.3)
        if score >= KEPT:
            return Outcome(1.0, f"{ids[0]} and {ids[1]} circle opposite ways.", ids)
        return Outcome(score, f"{ids[0]} and {ids[1]} shall circle opposite ways: let one of them turn the other way.", ids)
    ways = []
    for track in pair:
        at = track.present or (0,)
        ways.append((track.cx[at[-1]] - track.cx[at[0]], track.cy[at[-1]] - track.cy[at[0]]))
    lengths = [math.hypot(*way) for way in ways]
    cosine = sum(a * b for a, b in zip(*ways, strict=True)) / max(lengths[0] * lengths[1], 1e-9)
    score = min(grade(min(lengths), 0.08), 1.0 if cosine < -0.5 else 0.3)
    if score >= KEPT:
        return Outcome(1.0, f"{ids[0]} and {ids[1]} go opposite ways.", ids)
    return Outcome(score, f"{ids[0]} and {ids[1]} shall go opposite ways: turn one of them round.", ids)


_ROUND = 0.01
"""The area, in frames, that who circles goes round at least."""


def _both_circle(promise: Opposed, scene: Scene) -> bool:
    """Whether both are told to circle, so that where they get to says nothing."""
    circling = {
        journey.thing
        for journey in scene.reading.promises
        if isinstance(journey, Journey) and any(isinstance(step, Trace) and step.pattern == "circle" for step in journey.steps)
    }
    return {promise.thing, promise.other} <= circling


def _turning(track: Track) -> float:
    """The area that a track goes round, positive clockwise as one sees it, negative the other way."""
    at = track.present or (0,)
    corners = [(track.cx[k], track.cy[k]) for k in (*at, at[0])]
    return sum(a * d - c * b for (a, b), (c, d) in pairwise(corners)) / 2


def carries(promise: Carries, scene: Scene) -> Outcome:
    """Whether the two keep together."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} and {b} shall keep together, but one is not in the plan: add it.")
    track, other = ours[0], theirs[0]
    common = [k for k in track.present if other.there[k]] or [0]
    if put_down(scene.reading.promises, promise.thing) is not None:  # it parts from who has brought it there
        common = common[: max(2, round(_BROUGHT * len(common)))]
    if promise.how == "taken":
        thrown = any(isinstance(p, Journey) and p.thing == promise.thing for p in scene.reading.promises)
        return _taken(track, other, common, goes=thrown and put_down(scene.reading.promises, promise.thing) is None)
    strays = min(_strays(track, other, common, grown) for grown in (False, True))
    gap = max(_gap(track, other, k) for k in common)
    score = min(1.0 if strays <= 0.15 else grade(0.15 / strays, 1.0), 1.0 if gap <= 0.08 else grade(0.08 / gap, 1.0))
    ids = (track.id, other.id)
    if score >= KEPT:
        return Outcome(1.0, f"{track.id} keeps with {other.id}.", ids, tuple(common))
    return Outcome(score, f"{track.id} shall keep with {other.id}, touching it: give both the same motion.", ids, tuple(common))


def _taken(track: Track, other: Track, common: Sequence[int], *, goes: bool) -> Outcome:
    """Whether one lies still until another is at it, and keeps with that from then on, from whichever moment suits best.

    What goes a way of its own before need not lie still.
    """
    ids, lain, best = (track.id, other.id), common[:1], 0.0
    for j, k in enumerate(common):
        lain = common[: j + 1]
        moved = max(max(c[i] for i in lain) - min(c[i] for i in lain) for c in (track.cx, track.cy))
        if moved > _LIES and not goes:
            break
        rest = common[j:]
        held = rest[min(round(_TAKES * len(common)), len(rest) - 1) :]
        strays = min(_strays(track, other, held, grown) for grown in (False, True))
        gap = max(_gap(track, other, i) for i in rest)
        best = max(
            best, min(1.0 if strays <= 0.15 else grade(0.15 / strays, 1.0), 1.0 if gap <= 0.08 else grade(0.08 / gap, 1.0))
        )
        if best >= KEPT:
            return Outcome(1.0, f"{track.id} is taken along by {other.id}.", ids, tuple(common[common.index(k) :]))
    text = (
        f"{track.id} shall lie still until {other.id} is at it and go along with it then: give both one motion from there on."
    )
    return Outcome(min(0.75, best), text, ids, tuple(common))


_BROUGHT = 0.75
"""The share of the time for which one keeps what one puts somewhere, at least."""
_TAKES = 0.25
"""The share of the time that one has to take a thing into one's hands."""
_LIES = 0.06
"""How far what waits to be taken may stray."""


def _strays(track: Track, other: Track, frames: Sequence[int], grown: bool) -> float:
    """How far the way from the one's centre to the other's changes; `grown` measures it by the other's size in each frame."""
    width = other.boxes[frames[0]][2]
    scales = [other.boxes[k][2] / width if grown else 1.0 for k in frames]
    ways = [
        [(c[k] - o[k]) / scale for k, scale in zip(frames, scales, strict=True)]
        for c, o in ((track.cx, other.cx), (track.cy, other.cy))
    ]
    return max(max(way) - min(way) for way in ways)


def ordered(promise: Ordered, scene: Scene) -> Outcome:
    """Whether what the first does comes before what the second does, by the middle of their changes."""
    ours, theirs = scene.players(promise.first), scene.players(promise.second)
    a, b = scene.name(promise.first), scene.name(promise.second)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} shall come before {b}, but one is not in the plan: add it.")
    first, second = _centroid(ours[0], scene), _centroid(theirs[0], scene)
    ids = (ours[0].id, theirs[0].id)
    if first is None or second is None or second - first >= 0.05:
        return Outcome(1.0, f"{a} comes before {b}.", ids)
    return Outcome(0.3, f"{a} shall come before {b}: let {a} move or appear earlier, or {b} later.", ids)


def _centroid(track: Track, scene: Scene) -> float | None:
    """The mean time of a track's motion, appearing and turning into something; None if nothing happens to it."""
    times = scene.tracks.middles
    total = weighed = 0.0
    for a, b in pairwise(track.present):
        step = math.hypot(track.cx[b] - track.cx[a], track.cy[b] - track.cy[a])
        step += abs(math.sqrt(track.boxes[b][2] * track.boxes[b][3]) - math.sqrt(track.boxes[a][2] * track.boxes[a][3]))
        total, weighed = total + step, weighed + step * (times[a] + times[b]) / 2
    starts = [span.start for span in track.object.visible if span.start > 0] + [state.start for state in track.object.states]
    total, weighed = total + 0.3 * len(starts), weighed + 0.3 * sum(starts)
    return weighed / total if total > 0.05 else None
